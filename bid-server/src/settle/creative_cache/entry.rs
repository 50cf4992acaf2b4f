//! [`Entry`]: one stored item and its content type.

use bytes::Bytes;

/// The kind of content.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum EntryKind {
    /// JSON text.
    Json,
    /// VAST, or other XML.
    Xml,
}

/// One stored item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Entry {
    /// The kind of its content.
    pub(crate) kind: EntryKind,
    /// The content as it is served.
    pub(crate) content: Bytes,
}

impl EntryKind {
    /// The value of the answer's header.
    pub(crate) fn content_type(self) -> &'static str {
        match self {
            Self::Json => "application/json",
            Self::Xml => "application/xml",
        }
    }

    /// The name in Prebid Cache's API.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Json => "json",
            Self::Xml => "xml",
        }
    }
}

impl Entry {
    /// The content with its kind in front, as Prebid Cache stores it, so that both can share one store.
    pub(super) fn to_stored(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(self.content.len() + 4);
        out.extend_from_slice(self.kind.name().as_bytes());
        out.extend_from_slice(&self.content);
        out
    }

    /// The reverse; `None` = something else wrote it.
    pub(super) fn from_stored(bytes: &[u8]) -> Option<Self> {
        let entry = |kind, rest: &[u8]| Self {
            kind,
            content: Bytes::copy_from_slice(rest),
        };
        if let Some(rest) = bytes.strip_prefix(b"json") {
            return Some(entry(EntryKind::Json, rest));
        }
        Some(entry(EntryKind::Xml, bytes.strip_prefix(b"xml")?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stored_form_leads_back() {
        for kind in [EntryKind::Json, EntryKind::Xml] {
            let entry = Entry {
                kind,
                content: Bytes::from_static(b"<VAST/>"),
            };
            assert_eq!(Entry::from_stored(&entry.to_stored()), Some(entry));
        }
        assert_eq!(Entry::from_stored(b"text"), None);
    }
}
