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
    /// Google Publisher Tag, by key-values.
    Gpt,
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
    /// Name of the imp that the bid server has in store for the slot.
    pub stored_imp: Option<String>,
    /// Bidders' parameters as written, for slots without a stored imp.
    pub bidders: Option<String>,
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
                "adServer" => config.ad_server = ad_server(reader)?,
                "page" => config.page = page_names(reader)?,
                "slots" => reader.maybe_array(&mut |item| {
                    let unit = ad_unit(item)?;
                    if !unit.code.is_empty() {
                        config.ad_units.push(unit);
                    }
                    Ok(())
                })?,
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
        if key == "type" && reader.maybe_string()?.as_deref() == Some("gpt") {
            found = AdServer::Gpt;
            return Ok(());
        }
        if key == "type" { Ok(()) } else { reader.skip() }
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

fn ad_unit(reader: &mut Reader<'_>) -> Parsed<AdUnit> {
    let mut unit = AdUnit::default();
    reader.maybe_object(&mut |reader, key| {
        match key {
            "code" => unit.code = reader.maybe_string()?.unwrap_or_default(),
            "adUnitPath" => unit.path = reader.maybe_string()?.unwrap_or_default(),
            "storedImp" => unit.stored_imp = reader.maybe_string()?,
            "bidders" => unit.bidders = Some(reader.raw()?.to_owned()),
            "sizes" => reader.maybe_array(&mut |item| {
                let size = read_size(item)?.unwrap_or_default();
                if !size.is_empty() {
                    unit.sizes.push(size);
                }
                Ok(())
            })?,
            _ => reader.skip()?,
        }
        Ok(())
    })?;
    Ok(unit)
}

#[cfg(test)]
mod tests;
