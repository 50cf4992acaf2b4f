//! One forward protocol connection: reads message after message, and answers each once it is durable.
//!
//! Reading and answering run side by side, so that a client may send on while the disk works. What ends a
//! connection (bad bytes, silence, shutdown) ends the reading only; acks that are owed are still sent.

use std::net::IpAddr;
use std::ops::ControlFlow;
use std::sync::Arc;

use bytes::Bytes;
use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use super::acks::{Owed, send_acks};
use super::check::{CheckedMessage, Terms, check};
use super::config::ForwardConfig;
use super::end::SessionEnd;
use super::handshake::{Greeting, greet};
use super::incoming::Incoming;
use super::wire::{Next, Wire};
use crate::buffer::{AppendError, Buffer};
use crate::clock::now_micros;
use crate::receive::connections::Place;
use crate::receive::labels::Input;
use crate::receive::memory::ReceiveMemory;
use crate::receive::metrics::ReceiveMetrics;
use crate::receive::tally::Rejected;
use crate::tag_pattern::TagSet;

/// Messages of one connection that may wait for the disk at the same time.
const PIPELINE: usize = 64;

/// The other end of a connection.
#[derive(Debug)]
pub(crate) struct Client {
    /// `None` where there is none, as on a Unix socket.
    pub(crate) address: Option<IpAddr>,
    /// It has shown a certificate that one of our authorities signed.
    pub(crate) has_certificate: bool,
    pub(crate) place: Arc<Place>,
}

impl Client {
    /// Whether it may use the tags of servers: it has proved that it is one, or is on this machine.
    fn is_server(&self, greeting: Greeting) -> bool {
        // A Unix socket has no address, and the permissions of its file say who may connect.
        let local = self
            .address
            .is_none_or(|address| address.to_canonical().is_loopback());
        local || self.has_certificate || greeting == Greeting::KnowsKey
    }
}

/// What a session needs besides its socket.
#[derive(Debug, Clone)]
pub(crate) struct Session {
    pub(crate) config: ForwardConfig,
    pub(crate) buffer: Buffer,
    pub(crate) metrics: ReceiveMetrics,
    pub(crate) memory: ReceiveMemory,
}

impl Session {
    /// From the handshake, where there is one, to the last ack.
    pub(crate) async fn run<R, W>(
        self,
        (read, mut write): (R, W),
        client: Client,
        shutdown: CancellationToken,
    ) where
        R: AsyncRead + Unpin,
        W: AsyncWrite + Unpin,
    {
        let Client { address, place, .. } = &client;
        let place = Arc::clone(place);
        let memory = self.memory.clone();
        let mut incoming = Incoming::new(read, &self.config, memory, shutdown, place);
        let end = match greet(&self.config, &mut incoming, &mut write, *address).await {
            Ok(greeting) => {
                let denied = match client.is_server(greeting) {
                    true => TagSet::default(),
                    false => self.config.server_tags.clone(),
                };
                self.serve(&mut incoming, &mut write, denied).await
            }
            Err(end) => end,
        };
        end.report(&self.metrics);
        drop(write.shutdown().await);
        if !matches!(
            end,
            SessionEnd::Closed | SessionEnd::CutOff | SessionEnd::Broken(_)
        ) {
            incoming.linger().await;
        }
    }

    async fn serve<R, W>(
        &self,
        incoming: &mut Incoming<R>,
        write: &mut W,
        denied: TagSet,
    ) -> SessionEnd
    where
        R: AsyncRead + Unpin,
        W: AsyncWrite + Unpin,
    {
        let (owe, owed) = mpsc::channel(PIPELINE);
        let acks = send_acks(owed, write, self.config.stall_timeout, &self.metrics);
        let mut acks = std::pin::pin!(acks);
        tokio::select! {
            // The reader's end of the channel is dropped, so the answering ends when all acks are sent.
            end = self.read_messages(incoming, owe, denied) => acks.await.err().unwrap_or(end),
            // Only a failure ends the answering while messages are still being read.
            answered = &mut acks => answered.err().unwrap_or(SessionEnd::Closed),
        }
    }

    async fn read_messages<R: AsyncRead + Unpin>(
        &self,
        incoming: &mut Incoming<R>,
        owe: mpsc::Sender<Owed>,
        denied: TagSet,
    ) -> SessionEnd {
        let mut wire = Wire::default();
        loop {
            let step = match wire.next(&mut incoming.buffer, &self.config.limits) {
                Ok(Next::Frame { bytes, replaced }) => {
                    incoming.is_working();
                    let terms = Terms {
                        received_at_us: now_micros(),
                        limits: self.config.limits,
                        keying: self.buffer.keying(),
                        json: wire.is_json(),
                        denied: denied.clone(),
                    };
                    let taken = self.take(bytes, terms, &owe).await;
                    self.metrics.replaced_texts().inc_by(replaced);
                    incoming.release();
                    taken
                }
                Ok(Next::More(least)) => incoming.read_more(least).await,
                Err(error) => Err(error.into()),
            };
            if let Err(end) = step {
                return end;
            }
        }
    }

    /// Checks one complete message and queues it for the disk.
    async fn take(
        &self,
        frame: Bytes,
        terms: Terms,
        owe: &mpsc::Sender<Owed>,
    ) -> Result<(), SessionEnd> {
        let checked_frame = check(frame, terms, &self.memory).await;
        // The connection ends without an ack.
        let checked_frame = checked_frame
            .ok_or_else(|| SessionEnd::NotStored(AppendError::Closed, Rejected::unread()))?;
        let ControlFlow::Continue(checked) = checked_frame? else {
            return Ok(());
        };
        let CheckedMessage {
            payload,
            key,
            ack,
            tag,
            tally,
            bytes,
        } = checked;
        let durable = self.buffer.append_once(key, payload).await;
        let owed = Owed {
            durable: durable
                .map_err(|error| SessionEnd::NotStored(error, Rejected::of(&tag, &tally)))?,
            ack,
            tag,
            tally,
            bytes,
        };
        // The answering side is gone only if it failed, and then it says why.
        owe.send(owed).await.map_err(|_| SessionEnd::Closed)
    }

    pub(crate) fn connection_opened(&self) -> crate::receive::metrics::ConnectionGauge {
        self.metrics.connection_opened(Input::Forward)
    }
}

#[cfg(test)]
mod tests {
    use std::net::IpAddr;
    use std::sync::Arc;

    use tokio::time::Instant;

    use super::{Client, Greeting};
    use crate::receive::connections::{ConnectionLimits, Connections};

    #[test]
    fn a_server_is_known_by_its_key_its_certificate_or_its_machine() {
        let limits = ConnectionLimits {
            all: 1,
            per_client: 1,
        };
        let place = Connections::new(limits).admit(None, Instant::now());
        let place = Arc::new(place.unwrap());
        let cases = [
            (Some("192.0.2.1"), false, Greeting::Anyone, false),
            (Some("10.0.0.1"), false, Greeting::Anyone, false),
            (Some("2001:db8::1"), false, Greeting::Anyone, false),
            (Some("192.0.2.1"), true, Greeting::Anyone, true),
            (Some("192.0.2.1"), false, Greeting::KnowsKey, true),
            (Some("127.0.0.1"), false, Greeting::Anyone, true),
            (Some("::ffff:127.0.0.1"), false, Greeting::Anyone, true),
            (Some("::1"), false, Greeting::Anyone, true),
            (None, false, Greeting::Anyone, true),
        ];
        for (address, has_certificate, greeting, expected) in cases {
            let client = Client {
                address: address.map(|text| text.parse::<IpAddr>().unwrap()),
                has_certificate,
                place: Arc::clone(&place),
            };
            assert_eq!(
                client.is_server(greeting),
                expected,
                "{client:?} {greeting:?}"
            );
        }
    }
}
