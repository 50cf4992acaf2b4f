//! [`Granularities`]: one for all bids, or one by media type.

use openrtb::ext::{MediaTypeGranularity, PriceGranularity, Targeting};
use openrtb::{MediaType, Price};

use super::{Granularity, PresetScale, Rounding, preset};

/// The granularities of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Granularities {
    general: Granularity,
    banner: Option<Granularity>,
    video: Option<Granularity>,
    native: Option<Granularity>,
}

/// The member below `ext.prebid.targeting`, and what is wrong with it.
type Fault = (&'static str, String);

/// Picks the granularity of one media type.
type Pick = fn(&MediaTypeGranularity) -> Option<&PriceGranularity>;

impl Granularities {
    /// Reads them; a granularity that makes no sense is a fault and stays at the default.
    pub(crate) fn read(targeting: Option<&Targeting>, scale: PresetScale) -> (Self, Vec<Fault>) {
        let mut faults = Vec::new();
        let mut read = |path, targeting: Option<&PriceGranularity>| {
            let read = Granularity::from_wire(targeting?, scale);
            read.map_err(|problem| faults.push((path, problem))).ok()
        };
        let by_media = targeting.and_then(|targeting| targeting.mediatypepricegranularity.as_ref());
        let of_media = |pick: Pick| by_media.and_then(pick);
        let general = targeting.and_then(|targeting| targeting.pricegranularity.as_ref());
        let granularities = Self {
            general: read("pricegranularity", general).unwrap_or_else(|| preset::default(scale)),
            banner: read(
                "mediatypepricegranularity.banner",
                of_media(|by_media| by_media.banner.as_ref()),
            ),
            video: read(
                "mediatypepricegranularity.video",
                of_media(|by_media| by_media.video.as_ref()),
            ),
            native: read(
                "mediatypepricegranularity.native",
                of_media(|by_media| by_media.native.as_ref()),
            ),
        };
        (granularities, faults)
    }

    /// The bucket of a bid.
    pub(crate) fn bucket(
        &self,
        price: Price,
        media_type: MediaType,
        rounding: Rounding,
    ) -> Option<String> {
        let own = match media_type {
            MediaType::Banner => self.banner.as_ref(),
            MediaType::Video => self.video.as_ref(),
            MediaType::Native => self.native.as_ref(),
            MediaType::Audio => None,
        };
        own.unwrap_or(&self.general).bucket(price, rounding)
    }
}
