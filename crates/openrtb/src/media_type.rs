//! [`MediaType`]: the kinds of creative, by number (`mtype`) and by name.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Kind of markup (OpenRTB 2.6 section 4.2.3, `mtype`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum MediaType {
    /// Display.
    Banner,
    /// VAST video.
    Video,
    /// DAAST or VAST audio.
    Audio,
    /// Native assets.
    Native,
}

impl MediaType {
    /// The type that a number stands for.
    pub fn from_number(number: i64) -> Option<Self> {
        match number {
            1 => Some(Self::Banner),
            2 => Some(Self::Video),
            3 => Some(Self::Audio),
            4 => Some(Self::Native),
            _ => None,
        }
    }

    /// The type that a name stands for, as in `ext.prebid.type`.
    pub fn from_name(name: &str) -> Option<Self> {
        match name {
            "banner" => Some(Self::Banner),
            "video" => Some(Self::Video),
            "audio" => Some(Self::Audio),
            "native" => Some(Self::Native),
            _ => None,
        }
    }

    /// The number on the wire.
    pub const fn number(self) -> u8 {
        match self {
            Self::Banner => 1,
            Self::Video => 2,
            Self::Audio => 3,
            Self::Native => 4,
        }
    }

    /// The name on the wire.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Banner => "banner",
            Self::Video => "video",
            Self::Audio => "audio",
            Self::Native => "native",
        }
    }
}

impl fmt::Display for MediaType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl Serialize for MediaType {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_u8(self.number())
    }
}

/// For `deserialize_with`: an unknown number counts as left out.
pub(crate) fn known<'de, D>(deserializer: D) -> Result<Option<MediaType>, D::Error>
where
    D: Deserializer<'de>,
{
    let number = Option::<i64>::deserialize(deserializer)?;
    Ok(number.and_then(MediaType::from_number))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_names_lead_back() {
        for number in 1..=4 {
            let kind = MediaType::from_number(number).unwrap();
            assert_eq!(i64::from(kind.number()), number);
            assert_eq!(MediaType::from_name(kind.name()), Some(kind));
        }
        assert_eq!(MediaType::from_number(9), None);
    }
}
