//! `[[output]]` with `kind = "forward"`.

use std::path::PathBuf;
use std::time::Duration;

use super::{
    CertificateAndKey, CommonKeys, Compress, OutputConfig, OutputKind, all_tags, text, wrong,
};
use crate::setting::{ConfigError, Secret, millis};

/// As in the file.
#[derive(Debug, Clone, PartialEq, Eq, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ForwardOutputSection {
    /// Names its position, its metrics and its lines in the log.
    pub name: String,
    /// Patterns of the tags it gets, as Fluentd has them. Default ["**"].
    #[serde(rename = "match", default = "all_tags")]
    pub patterns: Vec<String>,
    /// Addresses, "host:port"; one that fails is left for the next.
    pub servers: Vec<String>,
    /// Send again what is not acknowledged. Default true.
    #[serde(default = "yes")]
    pub require_ack_response: bool,
    /// How long an ack may take. Default 60000.
    #[serde(default = "minute")]
    pub ack_timeout_ms: u64,
    /// How long connecting may take, with TLS and handshake. Default 10000.
    #[serde(default = "ten_seconds")]
    pub connect_timeout_ms: u64,
    /// Send all chunks over one connection. Default true.
    #[serde(default = "yes")]
    pub keepalive: bool,
    /// Of entries. Default "none".
    #[serde(default = "none")]
    pub compress: Compress,
    /// Bytes of entries in a chunk. Default 1 MiB.
    #[serde(default = "one_mib")]
    pub chunk_bytes: u64,
    /// Bytes of segments that it may lie behind. Default 1 GiB.
    #[serde(default = "one_gib")]
    pub max_lag_bytes: u64,
    /// Longest pause between attempts. Default 30000.
    #[serde(default = "half_a_minute")]
    pub max_backoff_ms: u64,
    /// What we call ourselves in the handshake. Default "log-ingest-output".
    #[serde(default = "hostname")]
    pub self_hostname: String,
    /// Key that the server asks for; given, even empty, a handshake is expected. Default: not given.
    #[serde(default)]
    pub shared_key: Option<Secret>,
    /// User, where the server asks for one. Default "".
    #[serde(default)]
    pub username: String,
    /// The user's password. Default: not given.
    #[serde(default)]
    pub password: Option<Secret>,
    /// `[output.tls]`; not given = plain TCP.
    #[serde(default)]
    pub tls: Option<OutputTlsSection>,
}

/// As in the file.
#[derive(Debug, Clone, PartialEq, Eq, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OutputTlsSection {
    /// PEM file with the authorities that the server's certificate must be signed by.
    pub authorities: PathBuf,
    /// The name in the server's certificate. Default: the host in `servers`.
    #[serde(default)]
    pub server_name: Option<String>,
    /// PEM file with our own certificate, where the server asks for one. Default: not given.
    #[serde(default)]
    pub certificate: Option<PathBuf>,
    /// PEM file with its private key. Default: not given.
    #[serde(default)]
    pub private_key: Option<PathBuf>,
}

/// Checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ForwardOutput {
    /// Addresses.
    pub servers: Vec<String>,
    /// Send again what is not acknowledged.
    pub require_ack: bool,
    /// How long an ack may take.
    pub ack_timeout: Duration,
    /// How long connecting may take.
    pub connect_timeout: Duration,
    /// Send all chunks over one connection.
    pub keepalive: bool,
    /// Of entries.
    pub compress: Compress,
    /// What to say in the handshake; `None` = there is none.
    pub login: Option<Login>,
    /// `None` = plain TCP.
    pub tls: Option<OutputTls>,
}

/// Who we are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Login {
    /// What we call ourselves.
    pub hostname: String,
    /// The common key.
    pub shared_key: Secret,
    /// User, where the server asks for one.
    pub username: Option<String>,
    /// Password, or empty.
    pub password: Secret,
}

/// Checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutputTls {
    /// Who signs servers.
    pub authorities: PathBuf,
    /// The name in the server's certificate, if it is not the address.
    pub server_name: Option<String>,
    /// Our certificate and key.
    pub own: Option<CertificateAndKey>,
}

fn yes() -> bool {
    true
}

fn none() -> Compress {
    Compress::None
}

fn minute() -> u64 {
    60_000
}

fn ten_seconds() -> u64 {
    10_000
}

fn one_mib() -> u64 {
    1 << 20
}

pub(super) fn one_gib() -> u64 {
    1 << 30
}

pub(super) fn half_a_minute() -> u64 {
    30_000
}

fn hostname() -> String {
    "log-ingest-output".to_owned()
}

impl ForwardOutputSection {
    pub(super) fn check(&self) -> Result<OutputConfig, ConfigError> {
        let well_formed = |server: &String| {
            let parts = server.rsplit_once(':');
            parts.is_some_and(|(host, port)| !host.is_empty() && port.parse::<u16>().is_ok())
        };
        if self.servers.is_empty() || !self.servers.iter().all(well_formed) {
            let reason = "must be a list of \"host:port\"";
            return Err(wrong("output.servers", &self.name, reason));
        }
        let login = self.shared_key.clone().map(|shared_key| Login {
            hostname: self.self_hostname.clone(),
            shared_key,
            username: Some(self.username.clone()).filter(|name| !name.is_empty()),
            password: text(self.password.as_ref()),
        });
        if login.is_none() && !self.username.is_empty() {
            let reason = "must be given, even if empty, where a user is";
            return Err(wrong("output.shared_key", &self.name, reason));
        }
        let forward = ForwardOutput {
            servers: self.servers.clone(),
            require_ack: self.require_ack_response,
            ack_timeout: millis("output.ack_timeout_ms", self.ack_timeout_ms)?,
            connect_timeout: millis("output.connect_timeout_ms", self.connect_timeout_ms)?,
            keepalive: self.keepalive,
            compress: self.compress,
            login,
            tls: self
                .tls
                .as_ref()
                .map(|tls| tls.check(&self.name))
                .transpose()?,
        };
        let common = CommonKeys {
            name: &self.name,
            patterns: &self.patterns,
            chunk_bytes: self.chunk_bytes,
            max_lag_bytes: self.max_lag_bytes,
            max_backoff_ms: self.max_backoff_ms,
        };
        common.check(Duration::ZERO, OutputKind::Forward(forward))
    }
}

impl OutputTlsSection {
    fn check(&self, output: &str) -> Result<OutputTls, ConfigError> {
        let own = match (&self.certificate, &self.private_key) {
            (Some(certificate), Some(key)) => Some((certificate.clone(), key.clone())),
            (None, None) => None,
            _ => {
                let reason = "certificate and private_key must be given together";
                return Err(wrong("output.tls", output, reason));
            }
        };
        Ok(OutputTls {
            authorities: self.authorities.clone(),
            server_name: self.server_name.clone(),
            own,
        })
    }
}
