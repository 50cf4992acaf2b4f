//! The little of a Postgres driver that the tests need: the extended query protocol by hand.

use std::net::SocketAddr;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

pub(crate) struct WireClient {
    socket: TcpStream,
    key: Vec<u8>,
}

/// A message of the server: its kind and its body.
pub(crate) type Message = (u8, Vec<u8>);

impl WireClient {
    pub(crate) async fn connect(address: SocketAddr) -> Self {
        let connected = Self::try_connect(address).await;
        connected.unwrap_or_else(|answer| panic!("no session: {answer:?}"))
    }

    /// A session, or what the server says instead.
    pub(crate) async fn try_connect(address: SocketAddr) -> Result<Self, Vec<Message>> {
        let mut socket = TcpStream::connect(address).await.unwrap();
        let mut startup = 196_608_u32.to_be_bytes().to_vec(); // Protocol 3.0.
        startup.extend(b"user\0tester\0database\0log_ingest\0\0");
        let length = u32::try_from(startup.len() + 4).unwrap();
        socket.write_all(&length.to_be_bytes()).await.unwrap();
        socket.write_all(&startup).await.unwrap();
        let mut client = Self {
            socket,
            key: Vec::new(),
        };
        let greeting = client.until_ready().await;
        match greeting.iter().find(|(kind, _)| *kind == b'K') {
            Some((_, key)) => {
                client.key = key.clone();
                Ok(client)
            }
            None => Err(greeting),
        }
    }

    /// The key by which this session's queries are cancelled.
    pub(crate) fn key(&self) -> &[u8] {
        &self.key
    }

    /// Asks for the cancellation of what the session with that key does.
    pub(crate) async fn cancel(address: SocketAddr, key: &[u8]) {
        let mut socket = TcpStream::connect(address).await.unwrap();
        let length = u32::try_from(key.len() + 8).unwrap().to_be_bytes();
        let request = [&length[..], &80_877_102_u32.to_be_bytes(), key].concat();
        socket.write_all(&request).await.unwrap();
        let mut nothing = Vec::new();
        socket.read_to_end(&mut nothing).await.unwrap();
    }

    /// Sends a statement.
    pub(crate) async fn start(&mut self, sql: &str) {
        self.send(b'Q', &[sql.as_bytes(), b"\0"].concat()).await;
    }

    /// Runs a statement by the simple protocol.
    pub(crate) async fn query(&mut self, sql: &str) -> Vec<Message> {
        self.start(sql).await;
        self.until_ready().await
    }

    /// The answer to what was sent.
    pub(crate) async fn answer(&mut self) -> Vec<Message> {
        self.until_ready().await
    }

    pub(crate) async fn send_raw(&mut self, bytes: &[u8]) {
        self.socket.write_all(bytes).await.unwrap();
    }

    /// Runs a prepared statement without parameters.
    pub(crate) async fn execute(&mut self, name: &str) -> Vec<Message> {
        let bind = [b"\0", name.as_bytes(), b"\0\0\0\0\0\0\0"];
        self.send(b'B', &bind.concat()).await;
        self.send(b'E', b"\0\0\0\0\0").await;
        self.sync().await
    }

    /// Parses a statement under a name.
    pub(crate) async fn prepare(&mut self, name: &str, sql: &str) -> Vec<Message> {
        self.send(
            b'P',
            &[name.as_bytes(), b"\0", sql.as_bytes(), b"\0\0\0"].concat(),
        )
        .await;
        self.sync().await
    }

    /// Binds one text parameter and runs the statement; the answer comes as text or binary.
    pub(crate) async fn run(&mut self, name: &str, parameter: &str, binary: bool) -> Vec<Message> {
        let length = u32::try_from(parameter.len()).unwrap().to_be_bytes();
        let format = u16::from(binary).to_be_bytes();
        // Unnamed portal, no parameter formats, one parameter, one result format for all columns.
        let bind = [
            b"\0",
            name.as_bytes(),
            b"\0\0\0\0\x01",
            &length,
            parameter.as_bytes(),
            b"\0\x01",
            &format,
        ];
        self.send(b'B', &bind.concat()).await;
        self.send(b'D', b"P\0").await;
        self.send(b'E', b"\0\0\0\0\0").await;
        self.sync().await
    }

    async fn sync(&mut self) -> Vec<Message> {
        self.send(b'S', b"").await;
        self.until_ready().await
    }

    async fn send(&mut self, kind: u8, body: &[u8]) {
        let length = u32::try_from(body.len() + 4).unwrap();
        let message = [&[kind][..], &length.to_be_bytes(), body].concat();
        self.socket.write_all(&message).await.unwrap();
    }

    /// What comes until the server is ready, or closes the connection.
    async fn until_ready(&mut self) -> Vec<Message> {
        let mut messages = Vec::new();
        loop {
            let Ok(kind) = self.socket.read_u8().await else {
                return messages;
            };
            let length = self.socket.read_u32().await.unwrap();
            let mut body = vec![0; usize::try_from(length).unwrap() - 4];
            self.socket.read_exact(&mut body).await.unwrap();
            if kind == b'Z' {
                return messages;
            }
            messages.push((kind, body));
        }
    }
}

/// The only value of the only row.
pub(crate) fn value(messages: &[Message]) -> Vec<u8> {
    let rows: Vec<&Message> = messages.iter().filter(|(kind, _)| *kind == b'D').collect();
    assert_eq!(rows.len(), 1, "{messages:?}");
    let body = &rows[0].1;
    assert_eq!(body[..2], [0, 1], "one column");
    body[6..].to_vec()
}

/// The text of the error message, if there is one.
pub(crate) fn error(messages: &[Message]) -> Option<String> {
    let (_, body) = messages.iter().find(|(kind, _)| *kind == b'E')?;
    Some(String::from_utf8_lossy(body).replace('\0', " "))
}

/// The state of the error message, if there is one.
pub(crate) fn state(messages: &[Message]) -> Option<String> {
    let (_, body) = messages.iter().find(|(kind, _)| *kind == b'E')?;
    let mut fields = body.split(|byte| *byte == 0);
    let field = fields.find(|field| field.first() == Some(&b'C'))?;
    Some(String::from_utf8_lossy(&field[1..]).into_owned())
}
