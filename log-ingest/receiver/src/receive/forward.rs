//! The forward protocol's input: connections over TCP, TLS and a Unix socket, each a session that reads messages and
//! sends acks.

mod acks;
mod check;
mod config;
mod end;
mod handshake;
mod heartbeat;
mod incoming;
mod listener;
mod security;
mod session;
mod tls;
mod tls_files;
mod unix_socket;
mod wire;

#[cfg(any(test, feature = "fuzzing"))]
pub(crate) use check::{CheckedMessage, Terms, check_now};
pub use config::{ForwardConfig, ForwardSection, UnixPath};
pub(crate) use heartbeat::answer_heartbeats;
pub(crate) use listener::ForwardListener;
pub use security::{ClientRule, ClientSection, Security, SecuritySection, UserSection};
pub(crate) use session::Session;
pub(crate) use tls::ForwardTls;
pub use tls_files::{TlsFiles, TlsSection};
pub(crate) use unix_socket::UnixSocket;
#[cfg(any(test, feature = "fuzzing"))]
pub(crate) use wire::{Next, Wire};
