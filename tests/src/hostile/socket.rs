//! Connections of a stranger: from an address of this machine other than the users'.

use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use anyhow::Context as _;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpSocket, TcpStream};
use tokio::time::{sleep, timeout};

/// Linux has all of 127.0.0.0/8 without being told.
pub(super) const STRANGER: Ipv4Addr = Ipv4Addr::new(127, 0, 0, 2);

/// Connections of one flood.
const FLOOD: usize = 100;
/// How long a flood is held.
const HELD: Duration = Duration::from_secs(2);
const PATIENCE: Duration = Duration::from_secs(5);

pub(super) async fn connect(address: &str) -> anyhow::Result<TcpStream> {
    let address: SocketAddr = address.parse()?;
    let socket = TcpSocket::new_v4()?;
    socket.bind((STRANGER, 0).into())?;
    let connected = timeout(PATIENCE, socket.connect(address)).await;
    connected
        .context("not connected in time")?
        .context("not connected")
}

/// Many connections that begin to say something and hold their places. Returns how many were let in.
pub(super) async fn hold_many(address: &str, beginning: &[u8]) -> anyhow::Result<usize> {
    let mut held = Vec::new();
    for _ in 0..FLOOD {
        let Ok(mut stream) = connect(address).await else {
            continue;
        };
        if stream.write_all(beginning).await.is_ok() {
            held.push(stream);
        }
    }
    sleep(HELD).await;
    Ok(held.len())
}

/// One connection that says a byte at a time, until it is closed or has held its place for a while.
pub(super) async fn drip(address: &str, beginning: &[u8]) -> anyhow::Result<()> {
    let mut stream = connect(address).await?;
    stream.write_all(beginning).await?;
    for _ in 0..20 {
        sleep(Duration::from_millis(100)).await;
        stream.write_all(b"x").await?;
    }
    Ok(())
}

/// Says all at once and takes the beginning of an answer, if there is one.
pub(super) async fn say(address: &str, bytes: &[u8]) -> anyhow::Result<()> {
    let mut stream = connect(address).await?;
    stream.write_all(bytes).await?;
    let mut answer = [0; 1024];
    // No answer is as good as any other.
    drop(timeout(PATIENCE, stream.read(&mut answer)).await);
    Ok(())
}
