//! Takes the bid server's rows and acknowledges them, so that sending them is part of what is measured.

use forward_protocol::{Ack, Frame, FrameScanner, Limits, Scan};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

/// A running receiver; dropping it stops it.
#[derive(Debug)]
pub(super) struct LogSink {
    pub(super) address: String,
    _task: JoinSet<anyhow::Result<()>>,
}

impl LogSink {
    pub(super) async fn start() -> anyhow::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?.to_string();
        let mut task = JoinSet::new();
        task.spawn(accept(listener));
        Ok(Self {
            address,
            _task: task,
        })
    }
}

async fn accept(listener: TcpListener) -> anyhow::Result<()> {
    let mut connections = JoinSet::new();
    loop {
        let (stream, _) = listener.accept().await?;
        connections.spawn(serve(stream));
    }
}

async fn serve(mut stream: TcpStream) -> anyhow::Result<()> {
    let mut bytes = Vec::new();
    let mut scanner = FrameScanner::new();
    while stream.read_buf(&mut bytes).await? > 0 {
        while let Scan::Complete(length) = scanner.scan(&bytes, &Limits::default())? {
            let frame = bytes.get(..length).unwrap_or_default();
            if let Frame::Message(message) = Frame::decode(frame, &Limits::default())?
                && let Some(chunk) = message.option.chunk
            {
                let mut ack = Vec::new();
                Ack { chunk }.encode(&mut ack);
                stream.write_all(&ack).await?;
            }
            bytes.drain(..length);
            scanner = FrameScanner::new();
        }
    }
    Ok(())
}
