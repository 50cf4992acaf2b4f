//! When an event happened: seconds and nanoseconds, extension type 0 on the wire.

use crate::reader::Token;

const NANOS_PER_SECOND: u32 = 1_000_000_000;

/// A moment with nanoseconds. On the wire the seconds are unsigned 32 bits, which lasts until 2106.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EventTime {
    /// Seconds since 1970-01-01 00:00:00 UTC.
    pub seconds: i64,
    /// Nanoseconds within the second, below 1,000,000,000.
    pub nanoseconds: u32,
}

impl EventTime {
    /// From microseconds since 1970.
    pub fn from_micros(micros: i64) -> Self {
        let nanoseconds = u32::try_from(micros.rem_euclid(1_000_000)).unwrap_or(0) * 1000;
        Self {
            seconds: micros.div_euclid(1_000_000),
            nanoseconds,
        }
    }

    /// Microseconds since 1970; `None` where 64 bits do not hold them.
    pub fn micros(self) -> Option<i64> {
        self.seconds
            .checked_mul(1_000_000)?
            .checked_add(i64::from(self.nanoseconds / 1000))
    }

    /// The eight bytes of the extension. Seconds beyond 32 bits, which the wire cannot carry, are clamped.
    pub fn to_wire(self) -> [u8; 8] {
        let seconds = u32::try_from(self.seconds.clamp(0, i64::from(u32::MAX))).unwrap_or(0);
        let whole = (u64::from(seconds) << 32) | u64::from(self.nanoseconds);
        whole.to_be_bytes()
    }

    /// Reads any time that a client is known to send: `EventTime`, integer of either sign, float, MessagePack's own
    /// timestamp. `Ok(None)` = the client does not know (nil, or 0, which Fluentd takes for "now" as well).
    pub(crate) fn from_token(token: Token<'_>) -> Result<Option<Self>, NotATime> {
        let time = match token {
            Token::Nil => return Ok(None),
            Token::UInt(seconds) => Self {
                seconds: i64::try_from(seconds).map_err(|_| NotATime)?,
                nanoseconds: 0,
            },
            Token::Int(seconds) => Self {
                seconds,
                nanoseconds: 0,
            },
            Token::Float(seconds) => Self::from_float(seconds)?,
            Token::Ext(0, data) => Self::from_wire(data)?,
            Token::Ext(-1, data) => Self::from_timestamp(data)?,
            _ => return Err(NotATime),
        };
        Ok((time.seconds != 0).then_some(time))
    }

    fn from_wire(data: &[u8]) -> Result<Self, NotATime> {
        let whole = u64::from_be_bytes(data.try_into().map_err(|_| NotATime)?);
        let (seconds, nanoseconds) = ((whole >> 32), (whole & 0xffff_ffff));
        Ok(Self::carried(
            i64::try_from(seconds).map_err(|_| NotATime)?,
            nanoseconds,
        ))
    }

    /// The three lengths of the timestamp extension of MessagePack itself.
    fn from_timestamp(data: &[u8]) -> Result<Self, NotATime> {
        if let Ok(short) = <[u8; 4]>::try_from(data) {
            return Ok(Self {
                seconds: i64::from(u32::from_be_bytes(short)),
                nanoseconds: 0,
            });
        }
        if let Ok(both) = <[u8; 8]>::try_from(data) {
            let whole = u64::from_be_bytes(both);
            return Ok(Self::carried(
                i64::try_from(whole & 0x3_ffff_ffff).map_err(|_| NotATime)?,
                whole >> 34,
            ));
        }
        let (nanos, seconds) = data.split_at_checked(4).ok_or(NotATime)?;
        let nanos = u32::from_be_bytes(nanos.try_into().map_err(|_| NotATime)?);
        let seconds = i64::from_be_bytes(seconds.try_into().map_err(|_| NotATime)?);
        Ok(Self::carried(seconds, u64::from(nanos)))
    }

    /// Nanoseconds of a second or more are carried over, as Fluentd does.
    fn carried(seconds: i64, nanoseconds: u64) -> Self {
        let per_second = u64::from(NANOS_PER_SECOND);
        let carry = i64::try_from(nanoseconds / per_second).unwrap_or(0);
        Self {
            seconds: seconds.saturating_add(carry),
            nanoseconds: u32::try_from(nanoseconds % per_second).unwrap_or(0),
        }
    }

    /// The Python client sends float seconds; microseconds are what a float of today's size can hold.
    fn from_float(seconds: f64) -> Result<Self, NotATime> {
        let micros = (seconds * 1e6).round();
        if !micros.is_finite() || micros.abs() >= 9e18 {
            return Err(NotATime);
        }
        #[expect(
            clippy::cast_possible_truncation,
            reason = "a whole number that was just checked to fit 63 bits"
        )]
        let micros = micros as i64;
        Ok(Self::from_micros(micros))
    }
}

/// The value cannot be a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct NotATime;

#[cfg(test)]
mod tests;
