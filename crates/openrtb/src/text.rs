//! [`JsonText`]: a long JSON string that is passed on as it was written.

use std::borrow::Cow;
use std::fmt;
use std::sync::LazyLock;

use memchr::memmem::Finder;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::value::RawValue;

/// A text, usually the markup of a creative. If it came as JSON, it keeps its quotes and escapes, so that
/// passing it on costs no more than copying it.
#[derive(Clone)]
pub struct JsonText(Form);

#[derive(Clone)]
enum Form {
    Plain(String),
    /// A JSON string. None of its `\u` escapes stands for a character of [`is_findable`], nor for half of one.
    Written(Box<RawValue>),
}

impl JsonText {
    /// The text itself. It is copied only if it was written with escapes.
    pub fn text(&self) -> Cow<'_, str> {
        match &self.0 {
            Form::Plain(text) => Cow::Borrowed(text),
            Form::Written(raw) => match inner(raw) {
                written if written.contains('\\') => {
                    // Only a JSON string becomes a `Written`.
                    Cow::Owned(serde_json::from_str(raw.get()).unwrap_or_default())
                }
                written => Cow::Borrowed(written),
            },
        }
    }

    /// Whether the text contains the word.
    pub fn contains(&self, word: &Word) -> bool {
        let searched = match &self.0 {
            Form::Plain(text) => text,
            Form::Written(raw) => inner(raw),
        };
        word.0.find(searched.as_bytes()).is_some()
    }

    /// Approximate bytes that it takes in JSON.
    pub fn size(&self) -> usize {
        match &self.0 {
            Form::Plain(text) => text.len() + 2,
            Form::Written(raw) => raw.get().len(),
        }
    }

    /// Whether it contains nothing but white space.
    pub fn is_blank(&self) -> bool {
        match &self.0 {
            Form::Plain(text) => text.trim().is_empty(),
            Form::Written(raw) => match inner(raw).trim_start() {
                "" => true,
                start if start.starts_with('\\') => self.text().trim().is_empty(),
                _ => false,
            },
        }
    }
}

/// A word to look for in texts, prepared once: auctions look for the same few words in every creative.
#[derive(Debug, Clone)]
pub struct Word(Finder<'static>);

impl Word {
    /// `word` consists of letters, digits and `$ { } _ : %` and does not begin with a letter that JSON uses in escapes
    /// (`b`, `f`, `n`, `r`, `t`, `u`).
    pub fn new(word: &'static str) -> Self {
        Self(Finder::new(word.as_bytes()))
    }
}

/// What begins an escape by number.
static NUMBERED: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new(b"\\u"));

/// The text between the quotes.
fn inner(raw: &RawValue) -> &str {
    let written = raw.get();
    let open = written.strip_prefix('"').unwrap_or(written);
    open.strip_suffix('"').unwrap_or(open)
}

/// Characters that searches in markup look for: those of schemes and macros.
fn is_findable(code: u32) -> bool {
    let letter = char::from_u32(code).filter(char::is_ascii);
    letter.is_some_and(|c| {
        c.is_ascii_alphanumeric() || matches!(c, '$' | '{' | '}' | '_' | ':' | '%')
    })
}

/// Whether a search in the written form would miss something, or an escape does not stand for text.
fn hides(written: &str) -> bool {
    let bytes = written.as_bytes();
    // Most markup does not contain this kind of escape.
    if NUMBERED.find(bytes).is_none() {
        return false;
    }
    let mut rest = bytes;
    while let Some(at) = memchr::memchr(b'\\', rest) {
        let escape = rest.get(at + 1..).unwrap_or_default();
        let digits = escape.strip_prefix(b"u").and_then(|digits| digits.get(..4));
        if let Some(digits) = digits {
            let digits = std::str::from_utf8(digits).unwrap_or_default();
            // Halves of characters beyond the basic plane are left to the JSON parser.
            match u32::from_str_radix(digits, 16) {
                Ok(0xd800..=0xdfff) | Err(_) => return true,
                Ok(code) if is_findable(code) => return true,
                Ok(_) => {}
            }
        }
        rest = escape.get(1..).unwrap_or_default();
    }
    false
}

impl Serialize for JsonText {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match &self.0 {
            Form::Plain(text) => serializer.serialize_str(text),
            Form::Written(raw) => raw.serialize(serializer),
        }
    }
}

impl<'de> Deserialize<'de> for JsonText {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let raw = Box::<RawValue>::deserialize(deserializer)?;
        if raw.get().starts_with('"') && !hides(raw.get()) {
            return Ok(Self(Form::Written(raw)));
        }
        // Reports what is wrong if it is not a text.
        let text = serde_json::from_str::<String>(raw.get());
        text.map(Self::from).map_err(D::Error::custom)
    }
}

impl From<String> for JsonText {
    fn from(text: String) -> Self {
        Self(Form::Plain(text))
    }
}

impl From<&str> for JsonText {
    fn from(text: &str) -> Self {
        Self(Form::Plain(text.to_owned()))
    }
}

impl PartialEq for JsonText {
    fn eq(&self, other: &Self) -> bool {
        self.text() == other.text()
    }
}

impl fmt::Debug for JsonText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.text().fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn read(written: &str) -> JsonText {
        serde_json::from_str(written).unwrap()
    }

    #[track_caller]
    fn check(written: &str, kept: bool) {
        let text = read(written);
        let plain: String = serde_json::from_str(written).unwrap();
        assert_eq!(text.text(), plain);
        assert_eq!(text, JsonText::from(plain.as_str()));
        assert_eq!(text.is_blank(), plain.trim().is_empty(), "{written}");
        for word in ["http:", "https%3A", "${AUCTION_"] {
            assert_eq!(
                text.contains(&Word::new(word)),
                plain.contains(word),
                "{written}"
            );
        }
        let again = serde_json::to_string(&text).unwrap();
        assert_eq!(again == written, kept, "{again}");
        assert_eq!(serde_json::from_str::<String>(&again).unwrap(), plain);
    }

    #[test]
    fn is_passed_on_as_it_was_written() {
        for written in [
            r#""<b>plain</b>""#,
            r#""a\/b\n\"quoted\" \\u0041 \u003cb\u003e \u3042""#,
            r#""https:\/\/x\thttp:""#,
            r#""\\${AUCTION_PRICE}""#,
            r#""""#,
            r#"" \n\t""#,
            r#""\u00a0x""#,
        ] {
            check(written, true);
        }
    }

    #[test]
    fn what_a_search_would_miss_is_read() {
        for written in [
            r#""\u0068ttp:""#,
            r#""${AUCTION\u005fPRICE}""#,
            r#""https\u00253A""#,
            r#""\ud83d\ude00""#,
        ] {
            check(written, false);
        }
    }

    #[test]
    fn comes_from_values_and_goes_into_them() {
        let text: JsonText = serde_json::from_value(json!("a\"b")).unwrap();
        assert_eq!(serde_json::to_value(&text).unwrap(), json!("a\"b"));
        let kept = serde_json::to_value(read(r#""\u003cb""#)).unwrap();
        assert_eq!(kept, Value::from("<b"));
    }

    #[test]
    fn what_is_no_text_is_refused() {
        for written in ["5", "null", "[]", "{}", r#""\ud800""#, "\"a\nb\"", "\""] {
            let read: Result<JsonText, _> = serde_json::from_str(written);
            assert!(read.is_err(), "{written}");
        }
        let error = serde_json::from_str::<JsonText>("5")
            .unwrap_err()
            .to_string();
        assert!(error.contains("expected a string"), "{error}");
    }
}
