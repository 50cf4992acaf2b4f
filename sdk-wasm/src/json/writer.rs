//! Writes JSON objects into one string; the caller keeps the nesting right.

use super::{push_fixed, push_integer};

/// A JSON text in the making.
#[derive(Debug, Clone, Default)]
pub struct Writer {
    out: String,
}

impl Writer {
    /// The text.
    pub fn finish(self) -> String {
        self.out
    }

    /// Appends text that is JSON already.
    pub fn raw(&mut self, text: &str) -> &mut Self {
        self.out.push_str(text);
        self
    }

    /// Appends a key with its colon, and a comma before it unless it opens an object.
    pub fn key(&mut self, key: &str) -> &mut Self {
        self.comma();
        self.quoted(key);
        self.out.push(':');
        self
    }

    /// Appends a string value under `key`.
    pub fn string(&mut self, key: &str, value: &str) -> &mut Self {
        self.key(key);
        self.quoted(value);
        self
    }

    /// Appends a string to an array.
    pub fn item(&mut self, value: &str) -> &mut Self {
        self.comma();
        self.quoted(value);
        self
    }

    /// Appends a string value under `key` if there is one.
    pub fn maybe_string(&mut self, key: &str, value: Option<&str>) -> &mut Self {
        if let Some(value) = value {
            self.string(key, value);
        }
        self
    }

    /// Appends an integer under `key`.
    pub fn integer(&mut self, key: &str, value: u64) -> &mut Self {
        self.key(key);
        push_integer(&mut self.out, value);
        self
    }

    /// Appends an integer of `10^-decimals` under `key`.
    pub fn fixed(&mut self, key: &str, value: i64, decimals: u32) -> &mut Self {
        self.key(key);
        push_fixed(&mut self.out, value, decimals);
        self
    }

    /// Appends a comma unless the array or object has no element yet.
    pub fn comma(&mut self) -> &mut Self {
        if !matches!(self.out.as_bytes().last(), None | Some(b'{' | b'[' | b':')) {
            self.out.push(',');
        }
        self
    }

    fn quoted(&mut self, text: &str) {
        self.out.push('"');
        for character in text.chars() {
            match character {
                '"' | '\\' => {
                    self.out.push('\\');
                    self.out.push(character);
                }
                '\n' => self.out.push_str("\\n"),
                control if control < ' ' => {
                    self.out.push_str("\\u00");
                    for shift in [4, 0] {
                        let digit = (u32::from(control) >> shift) & 15;
                        self.out.push(char::from_digit(digit, 16).unwrap_or('0'));
                    }
                }
                other => self.out.push(other),
            }
        }
        self.out.push('"');
    }
}
