//! Records between MessagePack and JSON values. What JSON cannot hold is kept readable instead of dropped.

use std::borrow::Cow;

use serde_json::{Map, Number, Value};

use crate::error::DecodeError;
use crate::reader::{Reader, Token};
use crate::write;

/// Deeper than any message that [`crate::Limits`] lets through; a second guard for the recursion.
const MAX_DEPTH: usize = 256;

/// Reads the map of an [`crate::Entry`].
///
/// Text that is not UTF-8 and binary become text with replacement
/// characters, NaN and infinities their names, extensions `[type, "hex"]`, keys that are not text their JSON
/// form, maps and arrays as keys the digits of their bytes; of equal keys the last one counts.
///
/// # Errors
/// [`DecodeError::BadRecord`] if it is not a map, else as [`Reader::token`].
pub fn read_record(record: &[u8]) -> Result<Map<String, Value>, DecodeError> {
    read_record_counting(record).map(|(fields, _)| fields)
}

/// Fields, and in how many texts and keys something was replaced.
pub type CountedRecord = (Map<String, Value>, u64);

/// As [`read_record`], and counts texts that were not UTF-8.
///
/// # Errors
/// As [`read_record`].
pub fn read_record_counting(record: &[u8]) -> Result<CountedRecord, DecodeError> {
    let mut reader = Reader::new(record);
    match reader.token()? {
        Token::Map(pairs) => {
            let fields = read_map(pairs, &mut reader, 1)?;
            Ok((fields, reader.replaced))
        }
        _ => Err(DecodeError::BadRecord { entry: 0 }),
    }
}

/// Reads any complete MessagePack value, by the same rules.
///
/// # Errors
/// As [`Reader::token`].
pub fn read_json(value: &[u8]) -> Result<Value, DecodeError> {
    let mut reader = Reader::new(value);
    let token = reader.token()?;
    read_value(token, &mut reader, 1)
}

fn read_map(
    pairs: u32,
    reader: &mut Reader<'_>,
    depth: usize,
) -> Result<Map<String, Value>, DecodeError> {
    // Every pair takes two bytes, so the bytes that are left bound the capacity, not the header.
    let mut map = Map::with_capacity(
        reader
            .rest()
            .len()
            .min(usize::try_from(pairs).unwrap_or(0))
            .min(64),
    );
    for _ in 0..pairs {
        let key = read_key(reader, depth)?;
        let token = reader.token()?;
        let value = read_value(token, reader, depth)?;
        map.insert(key, value);
    }
    Ok(map)
}

fn read_key(reader: &mut Reader<'_>, depth: usize) -> Result<String, DecodeError> {
    let whole = reader.clone();
    Ok(match reader.token()? {
        Token::Str(key) | Token::Bin(key) => lossy(key, reader),
        // JSON in a key of JSON in a key: every level would double the backslashes.
        Token::Map(_) | Token::Array(_) => {
            *reader = whole;
            hex(reader.raw()?)
        }
        token => read_value(token, reader, depth)?.to_string(),
    })
}

fn read_value(
    token: Token<'_>,
    reader: &mut Reader<'_>,
    depth: usize,
) -> Result<Value, DecodeError> {
    if depth > MAX_DEPTH {
        return Err(DecodeError::TooDeep { limit: MAX_DEPTH });
    }
    Ok(match token {
        Token::Nil => Value::Null,
        Token::Bool(value) => Value::Bool(value),
        Token::UInt(value) => Value::from(value),
        Token::Int(value) => Value::from(value),
        Token::Float(value) => {
            Number::from_f64(value).map_or_else(|| Value::String(value.to_string()), Value::Number)
        }
        Token::Str(bytes) | Token::Bin(bytes) => Value::String(lossy(bytes, reader)),
        Token::Ext(kind, data) => Value::Array(vec![Value::from(kind), Value::String(hex(data))]),
        Token::Map(pairs) => Value::Object(read_map(pairs, reader, depth + 1)?),
        Token::Array(len) => {
            let mut items = Vec::new();
            for _ in 0..len {
                let token = reader.token()?;
                items.push(read_value(token, reader, depth + 1)?);
            }
            Value::Array(items)
        }
    })
}

fn lossy(bytes: &[u8], reader: &mut Reader<'_>) -> String {
    match String::from_utf8_lossy(bytes) {
        Cow::Borrowed(text) => text.to_owned(),
        Cow::Owned(text) => {
            reader.replaced += 1;
            text
        }
    }
}

fn hex(data: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let digit = |half: u8| char::from(DIGITS.get(usize::from(half)).copied().unwrap_or_default());
    let digits = data
        .iter()
        .flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]);
    digits.collect()
}

/// Appends a record as a MessagePack map.
pub fn write_record(out: &mut Vec<u8>, record: &Map<String, Value>) {
    write::map_header(out, length(record.len()));
    for (key, value) in record {
        write::text(out, key);
        write_json(out, value);
    }
}

/// Appends any JSON value as MessagePack.
pub fn write_json(out: &mut Vec<u8>, value: &Value) {
    match value {
        Value::Null => write::nil(out),
        Value::Bool(value) => write::boolean(out, *value),
        Value::Number(number) => write_number(out, number),
        Value::String(value) => write::text(out, value),
        Value::Array(items) => {
            write::array_header(out, length(items.len()));
            for item in items {
                write_json(out, item);
            }
        }
        Value::Object(map) => write_record(out, map),
    }
}

fn write_number(out: &mut Vec<u8>, number: &Number) {
    if let Some(value) = number.as_u64() {
        write::unsigned(out, value);
    } else if let Some(value) = number.as_i64() {
        write::signed(out, value);
    } else {
        write::float(out, number.as_f64().unwrap_or_default());
    }
}

/// More than four billion fields do not fit into memory, let alone a message.
fn length(len: usize) -> u32 {
    u32::try_from(len).unwrap_or(u32::MAX)
}
