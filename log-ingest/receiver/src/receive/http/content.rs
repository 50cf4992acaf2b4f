//! What a body holds, by its content type: JSON or MessagePack, bare or inside a form.

use axum::http::{HeaderMap, header};
use bytes::Bytes;

/// Why a form cannot be used.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ContentError {
    #[error("the form must have a field json, ndjson or msgpack")]
    NoField,
    #[error("the multipart body has no boundary, or does not keep to it")]
    Multipart,
}

/// The content type, as far as it matters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Content {
    /// JSON or lines of JSON; everything else. A beacon says `text/plain`, or nothing.
    Json,
    MsgPack,
    Form,
    Multipart {
        boundary: Option<String>,
    },
}

/// Events, and the time that a form gives for them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Events {
    pub(crate) bytes: Bytes,
    pub(crate) msgpack: bool,
    pub(crate) time: Option<String>,
}

impl Content {
    pub(crate) fn of(headers: &HeaderMap) -> Self {
        let value = headers.get(header::CONTENT_TYPE);
        let value = value.and_then(|value| value.to_str().ok()).unwrap_or("");
        let (kind, parameters) = value.split_once(';').unwrap_or((value, ""));
        match kind.trim().to_ascii_lowercase().as_str() {
            "application/msgpack" | "application/x-msgpack" | "application/vnd.msgpack" => {
                Self::MsgPack
            }
            "application/x-www-form-urlencoded" => Self::Form,
            "multipart/form-data" => Self::Multipart {
                boundary: boundary(parameters),
            },
            _ => Self::Json,
        }
    }

    /// Takes the events out of what surrounds them.
    pub(crate) fn events(&self, body: Bytes, query: &str) -> Result<Events, ContentError> {
        let bare = |bytes, msgpack| Events {
            bytes,
            msgpack,
            time: None,
        };
        // As in Fluentd: with an empty body, the query is the form, whatever the type says.
        if body.is_empty() && !query.is_empty() {
            let fields = fields_of(query.as_bytes())?;
            if fields.events.is_some() {
                return fields.events();
            }
        }
        match self {
            Self::Form => fields_of(&body).and_then(Fields::events),
            Self::Multipart { boundary } => {
                let boundary = boundary.as_deref().ok_or(ContentError::Multipart)?;
                parts_of(&body, boundary).and_then(Fields::events)
            }
            Self::MsgPack => Ok(bare(body, true)),
            Self::Json => Ok(bare(body, false)),
        }
    }
}

fn boundary(parameters: &str) -> Option<String> {
    let mut pairs = parameters
        .split(';')
        .filter_map(|pair| pair.split_once('='));
    let (_, value) = pairs.find(|(name, _)| name.trim().eq_ignore_ascii_case("boundary"))?;
    let value = value.trim().trim_matches('"');
    (!value.is_empty()).then(|| value.to_owned())
}

/// Bytes, and whether they are MessagePack.
type Field = (Vec<u8>, bool);

/// The fields of a form that mean something.
#[derive(Debug, Default)]
struct Fields {
    events: Option<Field>,
    time: Option<String>,
}

impl Fields {
    fn set(&mut self, name: &[u8], value: Vec<u8>) {
        match name {
            b"json" | b"ndjson" => self.events = Some((value, false)),
            b"msgpack" => self.events = Some((value, true)),
            b"time" => self.time = Some(String::from_utf8_lossy(&value).into_owned()),
            _ => {}
        }
    }

    fn events(self) -> Result<Events, ContentError> {
        let (bytes, msgpack) = self.events.ok_or(ContentError::NoField)?;
        Ok(Events {
            bytes: bytes.into(),
            msgpack,
            time: self.time,
        })
    }
}

fn fields_of(form: &[u8]) -> Result<Fields, ContentError> {
    let mut fields = Fields::default();
    for pair in form.split(|byte| *byte == b'&') {
        let at = pair
            .iter()
            .position(|byte| *byte == b'=')
            .unwrap_or(pair.len());
        let (name, value) = pair.split_at(at);
        let value = value.get(1..).unwrap_or_default();
        fields.set(name, decoded(value));
    }
    Ok(fields)
}

/// `+` is a space and `%2B` a plus, as browsers and libraries write them. A value that begins with a bare bracket
/// was not encoded at all, since encoding changes brackets too: `curl -d 'json={"a":"1+1"}'` means a plus.
fn decoded(value: &[u8]) -> Vec<u8> {
    if value.starts_with(b"{") || value.starts_with(b"[") {
        return value.to_vec();
    }
    let mut out = Vec::with_capacity(value.len());
    let mut rest = value;
    while let Some((byte, after)) = rest.split_first() {
        rest = after;
        match (byte, after) {
            (b'+', _) => out.push(b' '),
            (b'%', [high, low, behind @ ..]) if let Some(byte) = hex(*high, *low) => {
                out.push(byte);
                rest = behind;
            }
            _ => out.push(*byte),
        }
    }
    out
}

fn hex(high: u8, low: u8) -> Option<u8> {
    let digit = |byte: u8| {
        char::from(byte)
            .to_digit(16)
            .and_then(|digit| u8::try_from(digit).ok())
    };
    Some(digit(high)? * 16 + digit(low)?)
}

/// Parts between lines of `--boundary`, up to `--boundary--`.
fn parts_of(body: &[u8], boundary: &str) -> Result<Fields, ContentError> {
    let mark = format!("--{boundary}");
    let mut fields = Fields::default();
    let first = find(body, mark.as_bytes()).ok_or(ContentError::Multipart)?;
    let mut rest = body.get(first + mark.len()..).unwrap_or_default();
    let separator = format!("\r\n{mark}");
    while !rest.starts_with(b"--") {
        let end = find(rest, separator.as_bytes()).ok_or(ContentError::Multipart)?;
        let (part, after) = rest.split_at(end);
        let head = find(part, b"\r\n\r\n").ok_or(ContentError::Multipart)?;
        let (head, value) = part.split_at(head);
        if let Some(name) = name_of(&String::from_utf8_lossy(head)) {
            fields.set(name.as_bytes(), value.get(4..).unwrap_or_default().to_vec());
        }
        rest = after.get(separator.len()..).unwrap_or_default();
    }
    Ok(fields)
}

/// The field's name in `Content-Disposition: form-data; name="json"`.
fn name_of(head: &str) -> Option<String> {
    let mut lines = head.lines().filter_map(|line| line.split_once(':'));
    let (_, value) =
        lines.find(|(name, _)| name.trim().eq_ignore_ascii_case("content-disposition"))?;
    let mut parameters = value.split(';').filter_map(|pair| pair.split_once('='));
    let (_, name) = parameters.find(|(name, _)| name.trim().eq_ignore_ascii_case("name"))?;
    Some(name.trim().trim_matches('"').to_owned())
}

fn find(text: &[u8], wanted: &[u8]) -> Option<usize> {
    text.windows(wanted.len())
        .position(|window| window == wanted)
}

#[cfg(test)]
mod tests;
