//! Flat structs straight to MessagePack: a record that is serialised here needs no JSON tree.
//!
//! What comes out is what [`write_record`](crate::write_record) makes of the same struct as JSON.

use std::fmt::Display;

use serde::ser::{Impossible, SerializeStruct, Serializer};
use serde::{Serialize, ser};
use thiserror::Error;

use crate::write;

/// A value that is not a row, or cannot be in one.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum RowError {
    /// Rows are structs whose fields are texts, numbers, booleans or nothing.
    #[error("not a flat struct")]
    NotFlat,
    /// An error that the value's own code reported.
    #[error("{0}")]
    Other(String),
}

impl ser::Error for RowError {
    fn custom<T: Display>(message: T) -> Self {
        Self::Other(message.to_string())
    }
}

/// Appends a struct as a map; on an error, what was appended is of no use.
pub(crate) fn write_row(out: &mut Vec<u8>, row: &impl Serialize) -> Result<(), RowError> {
    row.serialize(Row(out))
}

/// Takes a struct.
struct Row<'o>(&'o mut Vec<u8>);

/// Takes its fields, one after the other.
struct Fields<'o>(&'o mut Vec<u8>);

/// Takes one field.
struct Field<'o>(&'o mut Vec<u8>);

impl SerializeStruct for Fields<'_> {
    type Ok = ();
    type Error = RowError;

    fn serialize_field<T: Serialize + ?Sized>(
        &mut self,
        key: &'static str,
        value: &T,
    ) -> Result<(), RowError> {
        write::text(self.0, key);
        value.serialize(Field(self.0))
    }

    fn end(self) -> Result<(), RowError> {
        Ok(())
    }
}

type No = Impossible<(), RowError>;

/// Methods of a [`Serializer`] that refuse.
macro_rules! refused {
    ($($method:ident($($argument:ident: $type:ty),*) -> $result:ty;)+) => {
        $(fn $method(self, $($argument: $type),*) -> Result<$result, RowError> {
            Err(RowError::NotFlat)
        })+
    };
}

/// The kinds of values that neither rows nor fields are.
macro_rules! nested {
    () => {
        type Ok = ();
        type Error = RowError;
        type SerializeSeq = No;
        type SerializeTuple = No;
        type SerializeTupleStruct = No;
        type SerializeTupleVariant = No;
        type SerializeMap = No;
        type SerializeStructVariant = No;

        refused! {
            serialize_bytes(_bytes: &[u8]) -> ();
            serialize_unit_struct(_name: &'static str) -> ();
            serialize_seq(_len: Option<usize>) -> No;
            serialize_tuple(_len: usize) -> No;
            serialize_tuple_struct(_name: &'static str, _len: usize) -> No;
            serialize_tuple_variant(_name: &'static str, _index: u32, _variant: &'static str, _len: usize) -> No;
            serialize_map(_len: Option<usize>) -> No;
            serialize_struct_variant(_name: &'static str, _index: u32, _variant: &'static str, _len: usize) -> No;
        }

        fn serialize_newtype_struct<T: Serialize + ?Sized>(
            self,
            _name: &'static str,
            value: &T,
        ) -> Result<(), RowError> {
            value.serialize(self)
        }

        fn serialize_newtype_variant<T: Serialize + ?Sized>(
            self,
            _name: &'static str,
            _index: u32,
            _variant: &'static str,
            _value: &T,
        ) -> Result<(), RowError> {
            Err(RowError::NotFlat)
        }
    };
}

impl<'o> Serializer for Row<'o> {
    nested!();
    type SerializeStruct = Fields<'o>;

    refused! {
        serialize_bool(_value: bool) -> ();
        serialize_i8(_value: i8) -> ();
        serialize_i16(_value: i16) -> ();
        serialize_i32(_value: i32) -> ();
        serialize_i64(_value: i64) -> ();
        serialize_u8(_value: u8) -> ();
        serialize_u16(_value: u16) -> ();
        serialize_u32(_value: u32) -> ();
        serialize_u64(_value: u64) -> ();
        serialize_f32(_value: f32) -> ();
        serialize_f64(_value: f64) -> ();
        serialize_char(_value: char) -> ();
        serialize_str(_value: &str) -> ();
        serialize_none() -> ();
        serialize_unit() -> ();
        serialize_unit_variant(_name: &'static str, _index: u32, _variant: &'static str) -> ();
    }

    fn serialize_some<T: Serialize + ?Sized>(self, _value: &T) -> Result<(), RowError> {
        Err(RowError::NotFlat)
    }

    /// The derived code counts the fields that it does not skip.
    fn serialize_struct(self, _name: &'static str, len: usize) -> Result<Fields<'o>, RowError> {
        write::map_header(self.0, u32::try_from(len).unwrap_or(u32::MAX));
        Ok(Fields(self.0))
    }
}

/// Methods of a [`Serializer`] for numbers.
macro_rules! numbers {
    ($($method:ident($type:ty) as $write:ident;)+) => {
        $(fn $method(self, value: $type) -> Result<(), RowError> {
            self.$write(value.into())
        })+
    };
}

impl Field<'_> {
    fn unsigned(self, value: u64) -> Result<(), RowError> {
        write::unsigned(self.0, value);
        Ok(())
    }

    /// What is not negative has one form, whichever type it came in.
    fn signed(self, value: i64) -> Result<(), RowError> {
        match u64::try_from(value) {
            Ok(value) => write::unsigned(self.0, value),
            Err(_) => write::signed(self.0, value),
        }
        Ok(())
    }

    /// JSON has no NaN.
    fn float(self, value: f64) -> Result<(), RowError> {
        if value.is_finite() {
            write::float(self.0, value);
        } else {
            write::nil(self.0);
        }
        Ok(())
    }
}

impl Serializer for Field<'_> {
    nested!();
    type SerializeStruct = No;

    numbers! {
        serialize_i8(i8) as signed;
        serialize_i16(i16) as signed;
        serialize_i32(i32) as signed;
        serialize_i64(i64) as signed;
        serialize_u8(u8) as unsigned;
        serialize_u16(u16) as unsigned;
        serialize_u32(u32) as unsigned;
        serialize_u64(u64) as unsigned;
        serialize_f32(f32) as float;
        serialize_f64(f64) as float;
    }

    refused! {
        serialize_struct(_name: &'static str, _len: usize) -> No;
    }

    fn serialize_bool(self, value: bool) -> Result<(), RowError> {
        write::boolean(self.0, value);
        Ok(())
    }

    fn serialize_char(self, value: char) -> Result<(), RowError> {
        self.serialize_str(value.encode_utf8(&mut [0; 4]))
    }

    fn serialize_str(self, value: &str) -> Result<(), RowError> {
        write::text(self.0, value);
        Ok(())
    }

    fn serialize_none(self) -> Result<(), RowError> {
        self.serialize_unit()
    }

    fn serialize_unit(self) -> Result<(), RowError> {
        write::nil(self.0);
        Ok(())
    }

    fn serialize_unit_variant(
        self,
        _name: &'static str,
        _index: u32,
        variant: &'static str,
    ) -> Result<(), RowError> {
        self.serialize_str(variant)
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<(), RowError> {
        value.serialize(self)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;
    use crate::write_record;

    #[derive(Serialize)]
    #[serde(rename_all = "lowercase")]
    enum Kind {
        Small,
    }

    #[derive(Serialize)]
    struct Sample<'a> {
        text: &'a str,
        #[serde(skip_serializing_if = "Option::is_none")]
        absent: Option<u8>,
        nothing: Option<u8>,
        some: Option<&'a str>,
        byte: u8,
        wide: u64,
        count: i64,
        below: i32,
        float: f64,
        no_number: f64,
        flag: bool,
        letter: char,
        kind: Kind,
    }

    const SAMPLE: Sample<'_> = Sample {
        text: "\u{e4}\"",
        absent: None,
        nothing: None,
        some: Some("x"),
        byte: 200,
        wide: u64::MAX,
        count: 7,
        below: -70_000,
        float: 0.1,
        no_number: f64::NAN,
        flag: true,
        letter: '\u{3042}',
        kind: Kind::Small,
    };

    #[test]
    fn is_the_same_as_by_way_of_json() {
        let mut direct = Vec::new();
        write_row(&mut direct, &SAMPLE).unwrap();
        let Value::Object(record) = serde_json::to_value(&SAMPLE).unwrap() else {
            panic!("a struct is an object");
        };
        let mut by_json = Vec::new();
        write_record(&mut by_json, &record);
        assert_eq!(direct, by_json);
    }

    #[test]
    fn what_is_not_flat_is_refused() {
        #[derive(Serialize)]
        struct Nested {
            list: Vec<u8>,
        }
        let nested = Nested { list: vec![1] };
        let refused = Err(RowError::NotFlat);
        assert_eq!(write_row(&mut Vec::new(), &nested), refused);
        assert_eq!(write_row(&mut Vec::new(), &"text"), refused);
        assert_eq!(write_row(&mut Vec::new(), &Some(SAMPLE)), refused);
    }
}
