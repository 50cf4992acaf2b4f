//! The page config as the publisher wrote it into `#earlybid-config`, checked.

use crate::json::{Parsed, Value};
use crate::units::Size;

/// What the bid server may spend if the page does not say, in milliseconds. A test checks
/// that scripts, types and documents name the same number.
pub const TMAX: u32 = 700;
/// When the page stops waiting if it does not say, in milliseconds.
pub const FAILSAFE: u32 = 1500;

/// Who puts the winner into the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum AdServer {
    /// The SDK itself, in a sandboxed frame.
    #[default]
    None,
    /// An ad server, by key-values: Google Publisher Tag, or what the page puts in its place.
    KeyValues,
}

/// How far above and below the screen something begins, in percent of the screen's height.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Margins {
    /// The auction.
    pub fetch: u32,
    /// Rendering.
    pub render: u32,
}

/// When an ad that has been on screen makes room for the next one.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct RefreshRule {
    /// Seconds on screen; 0 for never.
    pub every: u32,
    /// How often in a page view; 0 for no limit.
    pub times: u32,
}

/// Sizes for viewports of at least some width.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SizesFrom {
    /// Least width of the viewport in CSS pixels.
    pub width: u32,
    /// Sizes; none if the slot is not to be filled there.
    pub sizes: Vec<Size>,
}

/// One ad unit of the page.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AdUnit {
    /// Code: id of the slot's element and `imp.id`.
    pub code: String,
    /// The ad server's path of the ad unit.
    pub path: String,
    /// Sizes that fit, the preferred one first.
    pub sizes: Vec<Size>,
    /// Sizes by the viewport's width, in place of `sizes`.
    pub size_map: Vec<SizesFrom>,
    /// Wait until the slot is near the screen.
    pub lazy: Option<Margins>,
    /// Refresh by time on screen.
    pub refresh: RefreshRule,
    /// An auction of its own, so that it neither waits for other slots nor holds them up.
    pub own_auction: bool,
    /// What to show if nobody bids and there is no ad server, as JSON for `js/render.js`.
    pub house: Option<String>,
    /// Name of the slot's stored imp at the bid server.
    pub stored_imp: Option<String>,
    /// Bidders' parameters as written, for slots without a stored imp.
    pub bidders: Option<String>,
}

impl AdUnit {
    /// Sizes that fit a viewport of this width; none means that the slot is not filled there.
    pub fn fitting(&self, viewport: u32) -> &[Size] {
        let mut best: Option<&SizesFrom> = None;
        for step in &self.size_map {
            if step.width <= viewport && best.is_none_or(|best| best.width <= step.width) {
                best = Some(step);
            }
        }
        match best {
            Some(step) => &step.sizes,
            None if self.size_map.is_empty() => &self.sizes,
            None => &[],
        }
    }

    /// Whether anything fits, so that asking makes sense.
    pub fn fits(&self, viewport: u32) -> bool {
        self.size_map.is_empty() || !self.fitting(viewport).is_empty()
    }
}

/// What the publisher calls the page in the tables.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PageNames {
    /// Site.
    pub site: String,
    /// Kind of page.
    pub page_type: String,
    /// Which arm of an experiment the page belongs to.
    pub variant: String,
}

/// The whole page config.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Config {
    /// The publisher's account at the bid server.
    pub account: String,
    /// Where auctions are asked for.
    pub auction_url: String,
    /// Where events go; without it nothing is recorded.
    pub events_url: Option<String>,
    /// What the bid server may spend on an auction, in milliseconds.
    pub tmax: u32,
    /// When the page stops waiting for an answer, in milliseconds.
    pub failsafe: u32,
    /// A bid that came too late may serve the slot's next ad, while it is valid.
    pub late_bids: bool,
    /// Who renders.
    pub ad_server: AdServer,
    /// Names in the tables.
    pub page: PageNames,
    /// The page's slots.
    pub ad_units: Vec<AdUnit>,
}

impl Config {
    /// Reads the config; unknown keys are left for later versions.
    pub fn parse(text: &str) -> Parsed<Self> {
        let found = Value::object(text)?;
        let page = found.get("page");
        Ok(Self {
            account: found.get("account").text(),
            auction_url: found.get("auctionUrl").text(),
            events_url: found.get("eventsUrl").maybe_text(),
            tmax: positive(found.get("tmax"), TMAX),
            failsafe: positive(found.get("failsafe"), FAILSAFE),
            late_bids: found.get("lateBids").is_true(),
            ad_server: ad_server(found.get("adServer")),
            page: PageNames {
                site: page.get("site").text(),
                page_type: page.get("type").text(),
                variant: page.get("variant").text(),
            },
            ad_units: ad_units(found.get("slots")),
        })
    }
}

fn positive(value: &Value<'_>, default: u32) -> u32 {
    value.number().filter(|value| *value > 0).unwrap_or(default)
}

fn ad_server(value: &Value<'_>) -> AdServer {
    match value.get("type").text().as_str() {
        "gpt" | "custom" => AdServer::KeyValues,
        _ => AdServer::None,
    }
}

/// Reads an array of slots; those without a code are left out.
pub fn ad_units(value: &Value<'_>) -> Vec<AdUnit> {
    let mut units: Vec<AdUnit> = value.items().map(ad_unit).collect();
    units.retain(|unit| !unit.code.is_empty());
    units
}

fn ad_unit(value: &Value<'_>) -> AdUnit {
    let raw = |key| Some(value.get(key).raw().to_owned()).filter(|raw| !raw.is_empty());
    let rule = value.get("refresh");
    AdUnit {
        code: value.get("code").text(),
        path: value.get("adUnitPath").text(),
        sizes: sizes(value.get("sizes")),
        size_map: value.get("sizeMap").items().map(sizes_from).collect(),
        lazy: margins(value.get("lazy")),
        refresh: RefreshRule {
            every: rule.get("every").number().unwrap_or_default(),
            times: rule.get("times").number().unwrap_or_default(),
        },
        own_auction: value.get("ownAuction").is_true(),
        house: raw("house"),
        stored_imp: value.get("storedImp").maybe_text(),
        bidders: raw("bidders"),
    }
}

fn sizes(value: &Value<'_>) -> Vec<Size> {
    let mut sizes: Vec<Size> = value.items().filter_map(Size::read).collect();
    sizes.retain(|size| !size.is_empty());
    sizes
}

fn sizes_from(value: &Value<'_>) -> SizesFrom {
    SizesFrom {
        width: value.get("minWidth").number().unwrap_or_default(),
        sizes: sizes(value.get("sizes")),
    }
}

/// `true`, or an object with one or both margins.
fn margins(value: &Value<'_>) -> Option<Margins> {
    let wanted = value.is_true() || !value.fields().is_empty();
    wanted.then(|| Margins {
        fetch: value.get("fetch").number().unwrap_or(200),
        render: value.get("render").number().unwrap_or(100),
    })
}

#[cfg(test)]
mod tests;
