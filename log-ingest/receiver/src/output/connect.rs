//! Connects to a forward receiver, and proves who we are if that is asked for.

use tokio::net::TcpStream;

use super::config::ForwardOutput;
use super::connection::{Connection, Stream};
use super::handshake::shake_hands;
use super::send_error::SendError;
use super::tls::client;

/// A connection that is ready for chunks, within the time that is allowed for it.
pub(super) async fn connect(config: &ForwardOutput, server: &str) -> Result<Connection, SendError> {
    let opened = tokio::time::timeout(config.connect_timeout, open(config, server));
    opened.await.map_err(|_| SendError::Late)?
}

async fn open(config: &ForwardOutput, server: &str) -> Result<Connection, SendError> {
    let stream = TcpStream::connect(server).await?;
    stream.set_nodelay(true)?;
    let stream: Box<dyn Stream> = match &config.tls {
        None => Box::new(stream),
        Some(files) => {
            let (connector, name) = client(files, server)?;
            Box::new(connector.connect(name, stream).await?)
        }
    };
    let mut connection = Connection::over(stream);
    if let Some(login) = &config.login {
        shake_hands(&mut connection, login).await?;
    }
    Ok(connection)
}
