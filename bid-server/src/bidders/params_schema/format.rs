//! [`Format`]: what `format` requires of a text.

use std::net::{Ipv4Addr, Ipv6Addr};

use chrono::{DateTime, NaiveDate};
use url::Url;

/// A format that can be checked. Schemas with any other format are refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Format {
    Uri,
    Uuid,
    Email,
    Hostname,
    Ipv4,
    Ipv6,
    Date,
    DateTime,
}

impl Format {
    /// The format with that name (JSON Schema 2020-12, section 7.3 of the validation part).
    pub(super) fn named(name: &str) -> Option<Self> {
        Some(match name {
            // `url` is how OpenAPI and older schemas write it.
            "uri" | "url" => Self::Uri,
            "uuid" => Self::Uuid,
            "email" => Self::Email,
            "hostname" => Self::Hostname,
            "ipv4" => Self::Ipv4,
            "ipv6" => Self::Ipv6,
            "date" => Self::Date,
            "date-time" => Self::DateTime,
            _ => return None,
        })
    }

    /// What a text must be, in words for faults.
    pub(super) const fn words(self) -> &'static str {
        match self {
            Self::Uri => "a URI",
            Self::Uuid => "a UUID",
            Self::Email => "an email address",
            Self::Hostname => "the name of a host",
            Self::Ipv4 => "an IPv4 address",
            Self::Ipv6 => "an IPv6 address",
            Self::Date => "a date",
            Self::DateTime => "a date with a time",
        }
    }

    /// Whether the text has this format.
    pub(super) fn fits(self, text: &str) -> bool {
        match self {
            Self::Uri => Url::parse(text).is_ok(),
            Self::Uuid => text.len() == UUID_LENGTH && uuid::Uuid::try_parse(text).is_ok(),
            Self::Email => text.rsplit_once('@').is_some_and(|(name, host)| {
                !name.is_empty() && !name.contains(char::is_whitespace) && is_host(host)
            }),
            Self::Hostname => is_host(text),
            Self::Ipv4 => text.parse::<Ipv4Addr>().is_ok(),
            Self::Ipv6 => text.parse::<Ipv6Addr>().is_ok(),
            Self::Date => NaiveDate::parse_from_str(text, "%Y-%m-%d").is_ok(),
            Self::DateTime => DateTime::parse_from_rfc3339(text).is_ok(),
        }
    }
}

/// With hyphens, and without braces or a prefix.
const UUID_LENGTH: usize = 36;

/// RFC 1123, section 2.1.
fn is_host(text: &str) -> bool {
    let label = |label: &str| {
        let edges = !label.starts_with('-') && !label.ends_with('-');
        let known = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
        (1..=63).contains(&label.len()) && edges && label.bytes().all(known)
    };
    text.len() <= 253 && text.split('.').all(label)
}
