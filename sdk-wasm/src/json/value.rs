//! A JSON text with its structure found, and its texts and numbers read when they are asked for.
//!
//! What is missing, or is of another type, reads as nothing: asking is always safe.

use super::reader::{Malformed, Parsed, Reader};

/// Deeper structure than this is left unread, so that depth costs no stack.
const DEEPEST: u32 = 24;

/// A value: its text, and what is in it.
#[derive(Debug, Default)]
pub struct Value<'a> {
    raw: &'a str,
    /// Elements of an array, or fields of an object with their keys as written.
    inside: Vec<(&'a str, Self)>,
}

static MISSING: Value<'static> = Value {
    raw: "",
    inside: Vec::new(),
};

impl<'a> Value<'a> {
    /// Reads a text that holds an object.
    pub fn object(text: &'a str) -> Parsed<Self> {
        Self::of_kind(text, b'{')
    }

    /// Reads a text that holds an array.
    pub fn array(text: &'a str) -> Parsed<Self> {
        Self::of_kind(text, b'[')
    }

    fn of_kind(text: &'a str, kind: u8) -> Parsed<Self> {
        let value = read(&mut Reader::new(text), 0)?;
        if value.starts_with(kind) {
            Ok(value)
        } else {
            Err(Malformed)
        }
    }

    fn starts_with(&self, byte: u8) -> bool {
        self.raw.as_bytes().first() == Some(&byte)
    }

    /// The field of this name.
    pub fn get(&self, key: &str) -> &Self {
        if self.starts_with(b'{') {
            for (name, value) in &self.inside {
                if *name == key {
                    return value;
                }
            }
        }
        // A static that owns nothing fits any lifetime.
        &MISSING
    }

    /// The elements of an array; none of anything else.
    pub fn items(&self) -> impl Iterator<Item = &Self> {
        let inside: &[(&str, Self)] = if self.starts_with(b'[') {
            &self.inside
        } else {
            &[]
        };
        inside.iter().map(|(_, value)| value)
    }

    /// The fields of an object, with their keys as written; none of anything else.
    pub fn fields(&self) -> &[(&'a str, Self)] {
        if self.starts_with(b'{') {
            &self.inside
        } else {
            &[]
        }
    }

    /// The text as it is written; empty if there is no value.
    pub fn raw(&self) -> &'a str {
        self.raw
    }

    /// A string's content.
    pub fn maybe_text(&self) -> Option<String> {
        if self.starts_with(b'"') {
            return Reader::new(self.raw).string().ok();
        }
        None
    }

    /// A string's content; empty for anything else.
    pub fn text(&self) -> String {
        self.maybe_text().unwrap_or_default()
    }

    /// The strings of an array.
    pub fn texts(&self) -> Vec<String> {
        self.items().filter_map(Self::maybe_text).collect()
    }

    /// A number as an integer of `10^-decimals`.
    pub fn fixed(&self, decimals: i32) -> Option<i64> {
        super::fixed(self.raw, decimals)
    }

    /// A non-negative number that fits, without its decimals.
    pub fn number(&self) -> Option<u32> {
        u32::try_from(self.fixed(0)?).ok()
    }

    /// Whether this is `true`.
    pub fn is_true(&self) -> bool {
        self.raw == "true"
    }
}

fn read<'a>(reader: &mut Reader<'a>, depth: u32) -> Parsed<Value<'a>> {
    let start = reader.after_space();
    let mut inside = Vec::new();
    let open = reader.peek();
    let close = match open {
        Some(b'{') => b'}',
        Some(b'[') => b']',
        _ => 0,
    };
    if close == 0 || depth == DEEPEST {
        reader.skip()?;
    } else {
        reader.advance();
        let mut more = !reader.take(close);
        while more {
            let key = if close == b'}' { reader.key()? } else { "" };
            inside.push((key, read(reader, depth + 1)?));
            more = !reader.take(close);
            if more {
                reader.expect(b',')?;
            }
        }
    }
    Ok(Value {
        raw: reader.since(start),
        inside,
    })
}
