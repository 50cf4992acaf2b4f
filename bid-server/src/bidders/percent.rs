//! Percent-encoding for URLs, and decoding. Anything that is not an escape stays as it is.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode, utf8_percent_encode};

/// RFC 3986, section 2.3: everything but the unreserved characters.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'_')
    .remove(b'.')
    .remove(b'~');

/// Appends the text to `out`, escaped for any part of a URL.
pub(in crate::bidders) fn encode(out: &mut String, text: &str) {
    out.extend(utf8_percent_encode(text, RESERVED));
}

/// Decodes as in a form: `+` is a space. A text that would not decode to UTF-8 stays as it is.
pub(in crate::bidders) fn decode_form(text: &str) -> String {
    let bytes = decode(text.replace('+', " ").as_bytes());
    String::from_utf8(bytes).unwrap_or_else(|_| text.to_owned())
}

/// Decodes to bytes.
pub(in crate::bidders) fn decode(text: &[u8]) -> Vec<u8> {
    percent_decode(text).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_escape_stays_as_it_is() {
        for (text, decoded) in [
            ("a%40b", "a@b"),
            ("%C3%A9", "\u{e9}"),
            ("100%", "100%"),
            ("%4", "%4"),
            ("%zz%41", "%zzA"),
            ("%+1", "%+1"),
        ] {
            assert_eq!(decode(text.as_bytes()), decoded.as_bytes(), "{text}");
        }
        assert_eq!(decode_form("a+b%2Bc%+1"), "a b+c% 1");
        assert_eq!(decode_form("%ff+"), "%ff+");
    }
}
