//! What the loader and the browser know when the SDK starts, handed over as one JSON text.

use crate::json::{Parsed, Value};
use crate::platform::Listeners;
use crate::report::PageView;
use crate::request::PageAddress;
use crate::units::Elapsed;

/// An auction that the loader asked for.
#[derive(Debug, Clone, Default)]
pub struct LoaderAuction {
    /// Its id; empty until the answer names it.
    pub id: String,
    /// Codes of its slots.
    pub slots: Vec<String>,
}

/// The facts of the start.
#[derive(Debug, Clone, Default)]
pub struct Boot {
    /// The page view, as events describe it.
    pub view: PageView,
    /// The page, as auctions describe it.
    pub page: PageAddress,
    /// The auction that the loader asked for first; its id is empty until the answer names it.
    pub auction_id: String,
    /// All auctions that it requested.
    pub auctions: Vec<LoaderAuction>,
    /// Random digits from which further ids are made.
    pub seed: String,
    /// When the loader ran.
    pub started: Elapsed,
    /// When its request left; `None` if it could not be sent.
    pub requested: Option<Elapsed>,
    /// The failsafe time was up while an answer was missing, and the loader let the ad server go on.
    pub late: bool,
    /// Slots for which it asked the ad server, with the key-values of the bids that had come by then, and when.
    pub sent_off: Vec<(String, Elapsed)>,
    /// The tab is not visible.
    pub hidden: bool,
    /// Whether there is a listener from the start.
    pub listeners: Listeners,
}

impl Boot {
    /// Reads what `js/sdk.js` puts together; what is missing stays empty.
    pub fn parse(text: &str) -> Parsed<Self> {
        let found = Value::object(text)?;
        Ok(Self {
            view: PageView {
                id: found.get("view").text(),
                began_at: wall_clock(found.get("began").fixed(0)),
                path: found.get("path").text(),
                browser: found.get("browser").text(),
            },
            page: PageAddress {
                url: found.get("url").text(),
                referrer: found.get("referrer").text(),
                secure: found.get("secure").is_true(),
                viewport: found.get("viewport").number().unwrap_or_default(),
            },
            auction_id: found.get("auction").text(),
            auctions: found.get("asked").items().map(auction).collect(),
            seed: found.get("seed").text(),
            started: time(found.get("started")).unwrap_or_default(),
            requested: time(found.get("sent")),
            late: found.get("late").is_true(),
            sent_off: found.get("gone").items().filter_map(sent_off).collect(),
            hidden: found.get("hidden").is_true(),
            listeners: if found.get("heard").is_true() {
                Listeners::Some
            } else {
                Listeners::None
            },
        })
    }
}

fn auction(value: &Value<'_>) -> LoaderAuction {
    LoaderAuction {
        id: value.get("id").text(),
        slots: value.get("slots").texts(),
    }
}

fn sent_off(value: &Value<'_>) -> Option<(String, Elapsed)> {
    Some((value.get("slot").maybe_text()?, time(value.get("at"))?))
}

fn time(value: &Value<'_>) -> Option<Elapsed> {
    value.fixed(3).map(Elapsed)
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
            r#"{"view":"v","auction":"a","started":12.3,"sent":14.25,"late":false,"hidden":true,"gone":[{"slot":"top","at":20.5},{"slot":"side"}],"began":1700000000000.4,
            "url":"https://x/?q","path":"/","secure":true,"browser":"\"device\":\"mobile\",\"os\":\"ios\"","new":[1]}"#,
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
        assert_eq!(boot.view.began_at, 1_700_000_000_000);
        assert_eq!(boot.view.browser, r#""device":"mobile","os":"ios""#);
        assert_eq!(boot.sent_off, [("top".to_owned(), Elapsed(20_500))]);
    }

    #[test]
    fn a_request_that_did_not_leave_has_no_time() {
        assert_eq!(Boot::parse(r#"{"sent":null}"#).unwrap().requested, None);
        assert!(Boot::parse("undefined").is_err());
    }
}
