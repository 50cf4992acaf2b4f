//! A cursor over complete MessagePack bytes; text is handed out as bytes, since clients put gzip into `str`.

use rmp::Marker;

use crate::error::DecodeError;
use crate::shape::{Shape, shape};

/// One value, or the opening of an array or a map whose values follow.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Token<'a> {
    /// nil
    Nil,
    /// true or false
    Bool(bool),
    /// An integer that is not negative, whichever format carries it.
    UInt(u64),
    /// A negative integer.
    Int(i64),
    /// A float of either width.
    Float(f64),
    /// Text, which need not be UTF-8.
    Str(&'a [u8]),
    /// Bytes.
    Bin(&'a [u8]),
    /// An extension: its type and its data.
    Ext(i8, &'a [u8]),
    /// This many elements follow.
    Array(u32),
    /// This many pairs of key and value follow.
    Map(u32),
}

/// Reads tokens one after another.
#[derive(Debug, Clone)]
pub struct Reader<'a> {
    rest: &'a [u8],
    /// Texts that were not UTF-8, counted by whoever turns them into text.
    pub(crate) replaced: u64,
}

impl<'a> Reader<'a> {
    /// Reads from the start of `bytes`.
    pub fn new(bytes: &'a [u8]) -> Self {
        Self {
            rest: bytes,
            replaced: 0,
        }
    }

    /// What has not been read yet.
    pub fn rest(&self) -> &'a [u8] {
        self.rest
    }

    /// The next token.
    ///
    /// # Errors
    /// [`DecodeError::Truncated`] at the end of the bytes, [`DecodeError::ReservedByte`] at 0xc1.
    pub fn token(&mut self) -> Result<Token<'a>, DecodeError> {
        let shape = shape(self.rest)?.ok_or(DecodeError::Truncated)?;
        let marker = self
            .rest
            .first()
            .map_or(Marker::Null, |byte| Marker::from_u8(*byte));
        let after = self.rest.get(shape.head..).ok_or(DecodeError::Truncated)?;
        let (body, after) = after
            .split_at_checked(shape.body)
            .ok_or(DecodeError::Truncated)?;
        self.rest = after;
        Ok(token_of(marker, shape, body))
    }

    /// Skips the next value with all that it contains and returns its bytes.
    ///
    /// # Errors
    /// As [`Reader::token`].
    pub fn raw(&mut self) -> Result<&'a [u8], DecodeError> {
        let start = self.rest;
        let mut left = 1u64;
        while left > 0 {
            let next = shape(self.rest)?.ok_or(DecodeError::Truncated)?;
            self.rest = self
                .rest
                .get(next.head.saturating_add(next.body)..)
                .ok_or(DecodeError::Truncated)?;
            left = left.saturating_add(next.children) - 1;
        }
        Ok(start
            .get(..start.len() - self.rest.len())
            .unwrap_or_default())
    }
}

fn token_of(marker: Marker, shape: Shape, body: &[u8]) -> Token<'_> {
    match marker {
        Marker::Null | Marker::Reserved => Token::Nil,
        Marker::True => Token::Bool(true),
        Marker::False => Token::Bool(false),
        Marker::FixPos(value) => Token::UInt(u64::from(value)),
        Marker::FixNeg(value) => Token::Int(i64::from(value)),
        Marker::U8 | Marker::U16 | Marker::U32 | Marker::U64 => Token::UInt(unsigned(body)),
        Marker::I8 | Marker::I16 | Marker::I32 | Marker::I64 => signed(body),
        Marker::F32 => Token::Float(
            body.try_into()
                .map_or(0.0, |raw| f64::from(f32::from_be_bytes(raw))),
        ),
        Marker::F64 => Token::Float(body.try_into().map_or(0.0, f64::from_be_bytes)),
        Marker::FixStr(_) | Marker::Str8 | Marker::Str16 | Marker::Str32 => Token::Str(body),
        Marker::Bin8 | Marker::Bin16 | Marker::Bin32 => Token::Bin(body),
        Marker::FixArray(_) | Marker::Array16 | Marker::Array32 => {
            Token::Array(count(shape.children))
        }
        Marker::FixMap(_) | Marker::Map16 | Marker::Map32 => Token::Map(count(shape.children / 2)),
        _ => extension(body),
    }
}

fn extension(body: &[u8]) -> Token<'_> {
    let (kind, data) = body.split_first().unwrap_or((&0, &[]));
    Token::Ext(i8::from_be_bytes([*kind]), data)
}

fn unsigned(body: &[u8]) -> u64 {
    body.iter()
        .fold(0, |sum, byte| (sum << 8) | u64::from(*byte))
}

/// Clients send positive numbers in signed formats too (the Go library's int32 times), so the sign decides.
fn signed(body: &[u8]) -> Token<'static> {
    let fill = if body.first().is_some_and(|byte| byte & 0x80 != 0) {
        -1i64
    } else {
        0
    };
    let value = body
        .iter()
        .fold(fill, |sum, byte| (sum << 8) | i64::from(*byte));
    u64::try_from(value).map_or(Token::Int(value), Token::UInt)
}

/// A header holds at most 32 bits, so the count always fits.
fn count(children: u64) -> u32 {
    u32::try_from(children).unwrap_or(u32::MAX)
}
