//! MessagePack primitives into a `Vec`, which cannot fail; the shortest format is chosen each time.

use std::convert::Infallible;

use rmp::encode::{self, ByteBuf, ValueWriteError};

use crate::event_time::EventTime;

pub(crate) fn array_header(out: &mut Vec<u8>, len: u32) {
    with(out, |buf| encode::write_array_len(buf, len).map(drop));
}

pub(crate) fn map_header(out: &mut Vec<u8>, len: u32) {
    with(out, |buf| encode::write_map_len(buf, len).map(drop));
}

pub(crate) fn text(out: &mut Vec<u8>, value: &str) {
    with(out, |buf| encode::write_str(buf, value));
}

pub(crate) fn bin(out: &mut Vec<u8>, value: &[u8]) {
    with(out, |buf| encode::write_bin(buf, value));
}

pub(crate) fn unsigned(out: &mut Vec<u8>, value: u64) {
    with(out, |buf| encode::write_uint(buf, value).map(drop));
}

pub(crate) fn signed(out: &mut Vec<u8>, value: i64) {
    with(out, |buf| encode::write_sint(buf, value).map(drop));
}

pub(crate) fn float(out: &mut Vec<u8>, value: f64) {
    with(out, |buf| encode::write_f64(buf, value));
}

pub(crate) fn nil(out: &mut Vec<u8>) {
    out.push(rmp::Marker::Null.to_u8());
}

pub(crate) fn boolean(out: &mut Vec<u8>, value: bool) {
    let marker = if value {
        rmp::Marker::True
    } else {
        rmp::Marker::False
    };
    out.push(marker.to_u8());
}

/// Eight bytes of extension type 0.
pub(crate) fn event_time(out: &mut Vec<u8>, time: EventTime) {
    out.push(rmp::Marker::FixExt8.to_u8());
    out.push(0);
    out.extend_from_slice(&time.to_wire());
}

/// Lends the bytes to rmp as a writer whose error type has no values.
fn with(
    out: &mut Vec<u8>,
    write: impl FnOnce(&mut ByteBuf) -> Result<(), ValueWriteError<Infallible>>,
) {
    let mut buf = ByteBuf::from_vec(std::mem::take(out));
    match write(&mut buf) {
        Ok(()) => {}
        Err(
            ValueWriteError::InvalidMarkerWrite(never) | ValueWriteError::InvalidDataWrite(never),
        ) => match never {},
    }
    *out = buf.into_vec();
}
