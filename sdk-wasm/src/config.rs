//! The page config as the publisher wrote it into `#earlybid-config`, checked.

use crate::ad_server::read_size;
use crate::json::{Parsed, Reader};
use crate::units::Size;

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

/// When an ad that has been seen makes room for the next one.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct RefreshRule {
    /// Seconds on screen; 0 for never.
    pub every: u32,
    /// How often in a page view; 0 for as often as it likes.
    pub times: u32,
}

/// Sizes from a viewport width on.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SizesFrom {
    /// Least width of the viewport in CSS pixels.
    pub width: u32,
    /// Sizes; none where the slot is not to be filled.
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
    /// An auction of its own, so that it neither waits for others nor holds them.
    pub own_auction: bool,
    /// What to show where nobody bids and there is no ad server, as JSON for `js/render.js`.
    pub house: Option<String>,
    /// Name of the imp that the bid server has in store for the slot.
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
    /// Which way of loading ads the page uses.
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
    /// A bid that came too late may serve the slot's next ad, while it is good.
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
        let mut config = Self {
            tmax: 700,
            failsafe: 1500,
            ..Self::default()
        };
        Reader::new(text).object(&mut |reader, key| {
            match key {
                "account" => config.account = reader.maybe_string()?.unwrap_or_default(),
                "auctionUrl" => config.auction_url = reader.maybe_string()?.unwrap_or_default(),
                "eventsUrl" => config.events_url = reader.maybe_string()?,
                "tmax" => config.tmax = positive(reader, config.tmax)?,
                "failsafe" => config.failsafe = positive(reader, config.failsafe)?,
                "lateBids" => config.late_bids = reader.raw()? == "true",
                "adServer" => config.ad_server = ad_server(reader)?,
                "page" => config.page = page_names(reader)?,
                "slots" => config.ad_units = ad_units(reader)?,
                _ => reader.skip()?,
            }
            Ok(())
        })?;
        Ok(config)
    }
}

fn positive(reader: &mut Reader<'_>, default: u32) -> Parsed<u32> {
    Ok(reader
        .maybe_u32()?
        .filter(|value| *value > 0)
        .unwrap_or(default))
}

fn ad_server(reader: &mut Reader<'_>) -> Parsed<AdServer> {
    let mut found = AdServer::None;
    reader.maybe_object(&mut |reader, key| {
        if key != "type" {
            return reader.skip();
        }
        if matches!(reader.maybe_string()?.as_deref(), Some("gpt" | "custom")) {
            found = AdServer::KeyValues;
        }
        Ok(())
    })?;
    Ok(found)
}

fn page_names(reader: &mut Reader<'_>) -> Parsed<PageNames> {
    let mut page = PageNames::default();
    reader.maybe_object(&mut |reader, key| {
        let field = match key {
            "site" => &mut page.site,
            "type" => &mut page.page_type,
            "variant" => &mut page.variant,
            _ => return reader.skip(),
        };
        *field = reader.maybe_string()?.unwrap_or_default();
        Ok(())
    })?;
    Ok(page)
}

/// Reads an array of slots; those without a code are left out.
pub fn ad_units(reader: &mut Reader<'_>) -> Parsed<Vec<AdUnit>> {
    let mut units = Vec::new();
    reader.maybe_array(&mut |item| {
        let unit = ad_unit(item)?;
        if !unit.code.is_empty() {
            units.push(unit);
        }
        Ok(())
    })?;
    Ok(units)
}

fn ad_unit(reader: &mut Reader<'_>) -> Parsed<AdUnit> {
    let mut unit = AdUnit::default();
    reader.maybe_object(&mut |reader, key| {
        match key {
            "code" => unit.code = reader.maybe_string()?.unwrap_or_default(),
            "adUnitPath" => unit.path = reader.maybe_string()?.unwrap_or_default(),
            "storedImp" => unit.stored_imp = reader.maybe_string()?,
            "house" => unit.house = Some(reader.raw()?.to_owned()),
            "bidders" => unit.bidders = Some(reader.raw()?.to_owned()),
            "sizes" => unit.sizes = sizes(reader)?,
            "sizeMap" => reader.maybe_array(&mut |item| {
                unit.size_map.push(sizes_from(item)?);
                Ok(())
            })?,
            "lazy" => unit.lazy = margins(reader)?,
            "refresh" => unit.refresh = refresh_rule(reader)?,
            "ownAuction" => unit.own_auction = reader.raw()? == "true",
            _ => reader.skip()?,
        }
        Ok(())
    })?;
    Ok(unit)
}

fn sizes(reader: &mut Reader<'_>) -> Parsed<Vec<Size>> {
    let mut sizes = Vec::new();
    reader.maybe_array(&mut |item| {
        sizes.extend(read_size(item)?.filter(|size| !size.is_empty()));
        Ok(())
    })?;
    Ok(sizes)
}

fn sizes_from(reader: &mut Reader<'_>) -> Parsed<SizesFrom> {
    let mut step = SizesFrom::default();
    reader.maybe_object(&mut |reader, key| {
        match key {
            "minWidth" => step.width = reader.maybe_u32()?.unwrap_or_default(),
            "sizes" => step.sizes = sizes(reader)?,
            _ => reader.skip()?,
        }
        Ok(())
    })?;
    Ok(step)
}

/// `true`, or an object with one or both margins.
fn margins(reader: &mut Reader<'_>) -> Parsed<Option<Margins>> {
    let mut margins = Margins {
        fetch: 200,
        render: 100,
    };
    let text = reader.raw()?;
    Reader::new(text).maybe_object(&mut |reader, key| {
        match key {
            "fetch" => margins.fetch = reader.maybe_u32()?.unwrap_or(margins.fetch),
            "render" => margins.render = reader.maybe_u32()?.unwrap_or(margins.render),
            _ => reader.skip()?,
        }
        Ok(())
    })?;
    let wanted = !matches!(text, "false" | "null");
    Ok(wanted.then_some(margins))
}

fn refresh_rule(reader: &mut Reader<'_>) -> Parsed<RefreshRule> {
    let mut rule = RefreshRule::default();
    reader.maybe_object(&mut |reader, key| {
        match key {
            "every" => rule.every = reader.maybe_u32()?.unwrap_or_default(),
            "times" => rule.times = reader.maybe_u32()?.unwrap_or_default(),
            _ => reader.skip()?,
        }
        Ok(())
    })?;
    Ok(rule)
}

#[cfg(test)]
mod tests;
