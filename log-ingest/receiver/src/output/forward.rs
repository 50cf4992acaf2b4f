//! Sends parts to a forward receiver, one of several: a server that fails is left for the next one in the list.

use forward_protocol::encode::carried_forward;

use super::config::{Compress, ForwardOutput};
use super::connect::connect;
use super::connection::Connection;
use super::packer::Part;
use super::send_error::SendError;
use super::work_id::WorkId;

/// The servers, and the connection to one of them.
#[derive(Debug)]
pub(super) struct Servers {
    config: ForwardOutput,
    /// Counts failures; which server comes next follows from it.
    turn: usize,
    connection: Option<Connection>,
}

impl Servers {
    pub(super) fn new(config: ForwardOutput) -> Self {
        Self {
            config,
            turn: 0,
            connection: None,
        }
    }

    /// Returns the bytes that were sent.
    pub(super) async fn send(&mut self, part: &Part, work_id: &WorkId) -> Result<usize, SendError> {
        let id = work_id.id(part);
        let chunk = self.config.require_ack.then_some(id.as_str());
        let how = match self.config.compress {
            Compress::None => None,
            Compress::Gzip => Some("gzip"),
            Compress::Zstd => Some("zstd"),
        };
        let message = carried_forward(&part.tag, (&part.bytes, part.events), chunk, how);
        if let Some(connection) = self.connection.take()
            && self.on(connection, &message, chunk).await.is_ok()
        {
            return Ok(message.len());
        }
        // One that was kept open may have been closed by the other end long ago; only a new one shows whether the server is there.
        let servers = &self.config.servers;
        let server = servers.get(self.turn % servers.len().max(1));
        let server = server.map(String::as_str).unwrap_or_default();
        let sent = match connect(&self.config, server).await {
            Ok(connection) => self.on(connection, &message, chunk).await,
            Err(error) => Err(error),
        };
        if sent.is_err() {
            self.turn = self.turn.wrapping_add(1);
        }
        sent.map(|()| message.len())
    }

    async fn on(
        &mut self,
        mut connection: Connection,
        message: &[u8],
        chunk: Option<&str>,
    ) -> Result<(), SendError> {
        let patience = self.config.ack_timeout;
        connection.send(message, chunk, patience).await?;
        match self.config.keepalive {
            true => self.connection = Some(connection),
            false => connection.close().await,
        }
        Ok(())
    }
}
