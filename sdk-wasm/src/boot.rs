//! What the loader and the browser know when the SDK starts, handed over as one JSON text.

use crate::json::{Parsed, Reader};
use crate::platform::NewView;
use crate::report::PageView;
use crate::request::PageAddress;
use crate::units::Elapsed;

/// The facts of the start.
#[derive(Debug, Clone, Default)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "facts, each of its own, as the loader writes them"
)]
pub struct Boot {
    /// The page view, as events describe it.
    pub view: PageView,
    /// The page, as auctions describe it.
    pub page: PageAddress,
    /// The auction that the loader asked for first; its id is empty until the answer names it.
    pub auction_id: String,
    /// All auctions that it asked for: ids, and codes of their slots.
    pub asked: Vec<(String, Vec<String>)>,
    /// Random digits from which further ids are made.
    pub seed: String,
    /// When the loader ran.
    pub started: Elapsed,
    /// When its request left; `None` if it could not.
    pub requested: Option<Elapsed>,
    /// The failsafe time was up, and the loader sent the ad server off without bids.
    pub late: bool,
    /// It had the answer by then, and set the key-values.
    pub keyed: bool,
    /// The tab is not visible.
    pub hidden: bool,
}

impl Boot {
    /// Reads what `js/sdk.js` puts together; what is missing stays empty.
    pub fn parse(text: &str) -> Parsed<Self> {
        let mut boot = Self::default();
        Reader::new(text).object(&mut |reader, key| {
            match key {
                "started" => boot.started = time(reader)?.unwrap_or_default(),
                "sent" => boot.requested = time(reader)?,
                "began" => boot.view.began_at = wall_clock(reader.maybe_fixed(0)?),
                "late" => boot.late = reader.raw()? == "true",
                "keyed" => boot.keyed = reader.raw()? == "true",
                "viewport" => boot.page.viewport = reader.maybe_u32()?.unwrap_or_default(),
                "asked" => reader.maybe_array(&mut |item| {
                    boot.asked.push(asked(item)?);
                    Ok(())
                })?,
                "hidden" => boot.hidden = reader.raw()? == "true",
                "secure" => boot.page.secure = reader.raw()? == "true",
                "connection" => boot.view.connection = reader.maybe_string()?,
                _ => {
                    let text = reader.maybe_string()?.unwrap_or_default();
                    boot.set_text(key, text);
                }
            }
            Ok(())
        })?;
        Ok(boot)
    }

    fn set_text(&mut self, key: &str, text: String) {
        match key {
            "view" => self.view.id = text,
            "auction" => self.auction_id = text,
            "seed" => self.seed = text,
            "url" => self.page.url = text,
            "referrer" => self.page.referrer = text,
            "path" => self.view.path = text,
            "device" => self.view.device = text,
            _ => {}
        }
    }
}

/// Reads what begins another page view.
pub fn parse_view(text: &str) -> Parsed<NewView> {
    let mut view = NewView::default();
    Reader::new(text).object(&mut |reader, key| {
        if key == "began" {
            view.began_at = wall_clock(reader.maybe_fixed(0)?);
            return Ok(());
        }
        let text = reader.maybe_string()?.unwrap_or_default();
        match key {
            "view" => view.id = text,
            "url" => view.url = text,
            "path" => view.path = text,
            _ => {}
        }
        Ok(())
    })?;
    Ok(view)
}

fn asked(reader: &mut Reader<'_>) -> Parsed<(String, Vec<String>)> {
    let (mut id, mut codes) = (String::new(), Vec::new());
    reader.maybe_object(&mut |reader, key| {
        match key {
            "id" => id = reader.maybe_string()?.unwrap_or_default(),
            "slots" => codes = crate::json::read_strings(reader.raw()?)?,
            _ => reader.skip()?,
        }
        Ok(())
    })?;
    Ok((id, codes))
}

fn time(reader: &mut Reader<'_>) -> Parsed<Option<Elapsed>> {
    Ok(reader.maybe_fixed(3)?.map(Elapsed))
}

fn wall_clock(millis: Option<i64>) -> u64 {
    millis
        .and_then(|millis| u64::try_from(millis).ok())
        .unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::Boot;
    use crate::units::Elapsed;

    #[test]
    fn takes_over_what_the_loader_knows() {
        let boot = Boot::parse(
            r#"{"view":"v","auction":"a","started":12.3,"sent":14.25,"late":false,"hidden":true,"began":1700000000000.4,
            "url":"https://x/?q","path":"/","secure":true,"device":"mobile","connection":null,"new":[1]}"#,
        )
        .unwrap();
        assert_eq!(
            (boot.started, boot.requested),
            (Elapsed(12_300), Some(Elapsed(14_250)))
        );
        assert_eq!(
            (boot.late, boot.hidden, boot.page.secure),
            (false, true, true)
        );
        assert_eq!(
            (boot.view.id.as_str(), boot.auction_id.as_str()),
            ("v", "a")
        );
        assert_eq!(
            (boot.view.began_at, boot.view.connection),
            (1_700_000_000_000, None)
        );
    }

    #[test]
    fn a_request_that_did_not_leave_has_no_time() {
        assert_eq!(Boot::parse(r#"{"sent":null}"#).unwrap().requested, None);
        assert!(Boot::parse("undefined").is_err());
    }
}
