//! `[forward.security]`: who may send over the forward protocol, and which keys prove it.

use crate::setting::{ConfigError, Network, Secret};

/// As in the file. Without `shared_key` there is no handshake and everybody may send.
#[derive(Debug, Clone, PartialEq, Eq, serde::Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SecuritySection {
    /// What the server calls itself; a client of the same name refuses to talk. Default "log-ingest".
    pub hostname: String,
    /// Key that clients must know; given, even empty, it turns the handshake on. Default: not given.
    pub shared_key: Option<Secret>,
    /// Users, of whom a client must name one with its password; empty = no user is asked for. Default [].
    pub users: Vec<UserSection>,
    /// Rules for clients by address; the first that fits counts. Default [].
    pub clients: Vec<ClientSection>,
    /// Clients that no rule fits may send. Default true.
    pub allow_anonymous: bool,
}

/// A user.
#[derive(Debug, Clone, PartialEq, Eq, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UserSection {
    /// Name.
    pub name: String,
    /// Password.
    pub password: Secret,
}

/// A rule for the clients of one range of addresses.
#[derive(Debug, Clone, PartialEq, Eq, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ClientSection {
    /// Address, or range such as "10.0.0.0/8".
    pub network: String,
    /// Their own key instead of the common one.
    #[serde(default)]
    pub shared_key: Option<Secret>,
    /// Names of the users that they may name; not given = any.
    #[serde(default)]
    pub users: Option<Vec<String>>,
}

impl Default for SecuritySection {
    fn default() -> Self {
        Self {
            hostname: "log-ingest".to_owned(),
            shared_key: None,
            users: Vec::new(),
            clients: Vec::new(),
            allow_anonymous: true,
        }
    }
}

/// Checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Security {
    /// What the server calls itself.
    pub hostname: String,
    /// The common key.
    pub shared_key: Secret,
    /// Name and password.
    pub users: Vec<UserSection>,
    /// The first that fits counts.
    pub clients: Vec<ClientRule>,
    /// Clients that no rule fits may send.
    pub allow_anonymous: bool,
}

/// Checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClientRule {
    /// Where they come from.
    pub network: Network,
    /// Their own key instead of the common one.
    pub shared_key: Option<Secret>,
    /// Names of the users that they may name; `None` = any.
    pub users: Option<Vec<String>>,
}

impl Security {
    /// `None` = no handshake.
    pub(super) fn check(section: &SecuritySection) -> Result<Option<Self>, ConfigError> {
        let wrong = |key, reason: &str| {
            let reason = reason.to_owned();
            Err(ConfigError { key, reason })
        };
        let Some(shared_key) = section.shared_key.clone() else {
            return match (section.users.is_empty(), section.clients.is_empty()) {
                (true, true) if section.allow_anonymous => Ok(None),
                _ => wrong(
                    "forward.security.shared_key",
                    "must be given, even if empty, where users or clients are",
                ),
            };
        };
        if section.hostname.is_empty() {
            return wrong("forward.security.hostname", "must not be empty");
        }
        let clients = section.clients.iter().map(|rule| section.rule(rule));
        Ok(Some(Self {
            hostname: section.hostname.clone(),
            shared_key,
            users: section.users.clone(),
            clients: clients.collect::<Result<_, _>>()?,
            allow_anonymous: section.allow_anonymous,
        }))
    }
}

impl SecuritySection {
    fn rule(&self, rule: &ClientSection) -> Result<ClientRule, ConfigError> {
        let network = Network::parse(&rule.network).ok_or_else(|| ConfigError {
            key: "forward.security.clients",
            reason: format!("{:?} is neither an address nor a range", rule.network),
        })?;
        let names = rule.users.iter().flatten();
        let mut unknown = names.filter(|name| self.users.iter().all(|user| user.name != **name));
        if let Some(name) = unknown.next() {
            return Err(ConfigError {
                key: "forward.security.clients",
                reason: format!("there is no user {name:?}"),
            });
        }
        Ok(ClientRule {
            network,
            shared_key: rule.shared_key.clone(),
            users: rule.users.clone(),
        })
    }
}
