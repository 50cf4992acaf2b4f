//! A pull-parser: the caller says what it expects next and skips what it does not know.

/// The text is not JSON, or not of the shape that was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Malformed;

/// What reading gives.
pub type Parsed<T> = Result<T, Malformed>;

/// What to do with the value under a key: read or skip it.
pub type OnField<'f, 'a> = &'f mut dyn FnMut(&mut Reader<'a>, &str) -> Parsed<()>;

/// What to do with an element of an array: read or skip it.
pub type OnItem<'f, 'a> = &'f mut dyn FnMut(&mut Reader<'a>) -> Parsed<()>;

/// A place in a JSON text.
#[derive(Debug)]
pub struct Reader<'a> {
    text: &'a str,
    at: usize,
}

/// Reads an array of strings; other elements are left out.
pub fn read_strings(text: &str) -> Parsed<Vec<String>> {
    let mut strings = Vec::new();
    Reader::new(text).array(&mut |item| {
        strings.extend(item.maybe_string()?);
        Ok(())
    })?;
    Ok(strings)
}

impl<'a> Reader<'a> {
    /// At the start of `text`.
    pub fn new(text: &'a str) -> Self {
        Self { text, at: 0 }
    }

    /// Reads an object; `field` gets each key and must read or skip the value.
    pub fn object(&mut self, field: OnField<'_, 'a>) -> Parsed<()> {
        self.expect(b'{')?;
        if self.take(b'}') {
            return Ok(());
        }
        loop {
            let key = self.string()?;
            self.expect(b':')?;
            field(self, &key)?;
            if self.take(b'}') {
                return Ok(());
            }
            self.expect(b',')?;
        }
    }

    /// Reads an array; `item` must read or skip each element.
    pub fn array(&mut self, item: OnItem<'_, 'a>) -> Parsed<()> {
        self.expect(b'[')?;
        if self.take(b']') {
            return Ok(());
        }
        loop {
            item(self)?;
            if self.take(b']') {
                return Ok(());
            }
            self.expect(b',')?;
        }
    }

    /// Reads an object where there is one, skips anything else.
    pub fn maybe_object(&mut self, field: OnField<'_, 'a>) -> Parsed<()> {
        if self.peek() == Some(b'{') {
            self.object(field)
        } else {
            self.skip()
        }
    }

    /// Reads an array where there is one, skips anything else.
    pub fn maybe_array(&mut self, item: OnItem<'_, 'a>) -> Parsed<()> {
        if self.peek() == Some(b'[') {
            self.array(item)
        } else {
            self.skip()
        }
    }

    /// Reads a string where there is one, skips anything else.
    pub fn maybe_string(&mut self) -> Parsed<Option<String>> {
        if self.peek() == Some(b'"') {
            return self.string().map(Some);
        }
        self.skip().map(|()| None)
    }

    /// Reads a number as an integer of `10^-decimals`, skips anything else.
    pub fn maybe_fixed(&mut self, decimals: i32) -> Parsed<Option<i64>> {
        let start = self.after_space();
        self.skip()?;
        Ok(self
            .text
            .get(start..self.at)
            .and_then(|text| super::fixed(text, decimals)))
    }

    /// Reads a non-negative integer that fits, skips anything else.
    pub fn maybe_u32(&mut self) -> Parsed<Option<u32>> {
        Ok(self
            .maybe_fixed(0)?
            .and_then(|value| u32::try_from(value).ok()))
    }

    /// The next value as it is written.
    pub fn raw(&mut self) -> Parsed<&'a str> {
        let start = self.after_space();
        self.skip()?;
        self.text.get(start..self.at).ok_or(Malformed)
    }

    /// Passes over one value of any kind. Does not recurse, so depth costs no stack.
    pub fn skip(&mut self) -> Parsed<()> {
        let mut depth = 0_u32;
        loop {
            match self.peek().ok_or(Malformed)? {
                b'{' | b'[' => {
                    depth += 1;
                    self.at += 1;
                }
                b'}' | b']' => {
                    depth = depth.checked_sub(1).ok_or(Malformed)?;
                    self.at += 1;
                }
                b',' | b':' if depth > 0 => self.at += 1,
                b'"' => self.skip_string()?,
                _ => self.skip_word()?,
            }
            if depth == 0 {
                return Ok(());
            }
        }
    }

    fn skip_word(&mut self) -> Parsed<()> {
        let start = self.at;
        while matches!(
            self.byte(),
            Some(b'-' | b'+' | b'.' | b'0'..=b'9' | b'a'..=b'z' | b'A'..=b'Z')
        ) {
            self.at += 1;
        }
        if self.at > start {
            Ok(())
        } else {
            Err(Malformed)
        }
    }

    fn skip_string(&mut self) -> Parsed<()> {
        self.at += 1;
        loop {
            match self.byte().ok_or(Malformed)? {
                b'"' => {
                    self.at += 1;
                    return Ok(());
                }
                b'\\' => self.at += 2,
                _ => self.at += 1,
            }
        }
    }

    fn string(&mut self) -> Parsed<String> {
        self.expect(b'"')?;
        let mut out = String::new();
        let mut start = self.at;
        loop {
            let byte = self.byte().ok_or(Malformed)?;
            if byte == b'"' || byte == b'\\' {
                out.push_str(self.text.get(start..self.at).ok_or(Malformed)?);
                self.at += 1;
                if byte == b'"' {
                    return Ok(out);
                }
                out.push(self.escape()?);
                start = self.at;
            } else {
                self.at += 1;
            }
        }
    }

    fn escape(&mut self) -> Parsed<char> {
        let byte = self.byte().ok_or(Malformed)?;
        self.at += 1;
        Ok(match byte {
            b'n' => '\n',
            b't' => '\t',
            b'r' => '\r',
            b'b' => '\u{8}',
            b'f' => '\u{c}',
            b'"' | b'\\' | b'/' => char::from(byte),
            b'u' => self.unicode()?,
            _ => return Err(Malformed),
        })
    }

    fn unicode(&mut self) -> Parsed<char> {
        let first = self.hex4()?;
        if !(0xD800..0xDC00).contains(&first) {
            return Ok(char::from_u32(first).unwrap_or(char::REPLACEMENT_CHARACTER));
        }
        // The first half of a pair; without its second half it means nothing.
        if self.byte() != Some(b'\\') || self.text.as_bytes().get(self.at + 1) != Some(&b'u') {
            return Ok(char::REPLACEMENT_CHARACTER);
        }
        self.at += 2;
        let second = self.hex4()?;
        let point = 0x10000 + ((first - 0xD800) << 10) + (second.wrapping_sub(0xDC00) & 0x3FF);
        Ok(char::from_u32(point).unwrap_or(char::REPLACEMENT_CHARACTER))
    }

    fn hex4(&mut self) -> Parsed<u32> {
        let mut value = 0;
        for _ in 0..4 {
            let digit = char::from(self.byte().ok_or(Malformed)?)
                .to_digit(16)
                .ok_or(Malformed)?;
            value = value * 16 + digit;
            self.at += 1;
        }
        Ok(value)
    }

    fn expect(&mut self, byte: u8) -> Parsed<()> {
        if self.take(byte) {
            Ok(())
        } else {
            Err(Malformed)
        }
    }

    fn take(&mut self, byte: u8) -> bool {
        let found = self.peek() == Some(byte);
        self.at += usize::from(found);
        found
    }

    fn peek(&mut self) -> Option<u8> {
        self.after_space();
        self.byte()
    }

    fn after_space(&mut self) -> usize {
        while matches!(self.byte(), Some(b' ' | b'\n' | b'\r' | b'\t')) {
            self.at += 1;
        }
        self.at
    }

    fn byte(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }
}
