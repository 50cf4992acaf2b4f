//! The size of the next MessagePack value, read from its first bytes; the one place that knows the formats.

use rmp::Marker;

use crate::error::DecodeError;

/// How many bytes a value takes and how many values follow inside it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Shape {
    /// Marker and length field.
    pub(crate) head: usize,
    /// Bytes after the head that belong to this value alone; an extension's type byte counts.
    pub(crate) body: usize,
    /// Values inside: elements of an array, keys and values of a map.
    pub(crate) children: u64,
}

/// `None` = not even the head has arrived.
pub(crate) fn shape(bytes: &[u8]) -> Result<Option<Shape>, DecodeError> {
    let Some(&first) = bytes.first() else {
        return Ok(None);
    };
    let marker = Marker::from_u8(first);
    let found = match marker {
        Marker::Reserved => return Err(DecodeError::ReservedByte),
        Marker::FixPos(_) | Marker::FixNeg(_) | Marker::Null | Marker::True | Marker::False => {
            leaf(1, 0)
        }
        Marker::U8 | Marker::I8 => leaf(1, 1),
        Marker::U16 | Marker::I16 => leaf(1, 2),
        Marker::U32 | Marker::I32 | Marker::F32 => leaf(1, 4),
        Marker::U64 | Marker::I64 | Marker::F64 => leaf(1, 8),
        Marker::FixExt1 => leaf(1, 2),
        Marker::FixExt2 => leaf(1, 3),
        Marker::FixExt4 => leaf(1, 5),
        Marker::FixExt8 => leaf(1, 9),
        Marker::FixExt16 => leaf(1, 17),
        Marker::FixStr(len) => leaf(1, usize::from(len)),
        Marker::FixArray(len) => open(1, u64::from(len)),
        Marker::FixMap(len) => open(1, u64::from(len) * 2),
        sized => return Ok(sized_shape(sized, bytes)),
    };
    Ok(Some(found))
}

/// Values whose length is in the one, two or four bytes behind the marker.
fn sized_shape(marker: Marker, bytes: &[u8]) -> Option<Shape> {
    let width = match marker {
        Marker::Str8 | Marker::Bin8 | Marker::Ext8 => 1,
        Marker::Str16 | Marker::Bin16 | Marker::Ext16 | Marker::Array16 | Marker::Map16 => 2,
        _ => 4,
    };
    let field = bytes.get(1..=width)?;
    let len = field
        .iter()
        .fold(0u32, |sum, byte| (sum << 8) | u32::from(*byte));
    let head = 1 + width;
    Some(match marker {
        Marker::Array16 | Marker::Array32 => open(head, u64::from(len)),
        Marker::Map16 | Marker::Map32 => open(head, u64::from(len) * 2),
        Marker::Ext8 | Marker::Ext16 | Marker::Ext32 => leaf(head, as_usize(len).saturating_add(1)),
        _ => leaf(head, as_usize(len)),
    })
}

const fn leaf(head: usize, body: usize) -> Shape {
    Shape {
        head,
        body,
        children: 0,
    }
}

const fn open(head: usize, children: u64) -> Shape {
    Shape {
        head,
        body: 0,
        children,
    }
}

fn as_usize(len: u32) -> usize {
    usize::try_from(len).unwrap_or(usize::MAX)
}
