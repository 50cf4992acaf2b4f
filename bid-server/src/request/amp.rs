//! What is special about requests from AMP pages.

use openrtb::ext::Targeting;
use openrtb::{Members, Site};
use serde_json::{Value, json};

use super::parse::Parsed;
use super::query::Query;

/// The time allowed if neither the URL nor the stored request sets it.
const DEFAULT_TMAX_MS: i64 = 900;

/// Lays the URL's parameters over the stored request: one imp, a site, key-values asked for.
pub(crate) fn complete(query: &Query, parsed: Parsed) -> Parsed {
    let Parsed {
        mut request,
        mut faults,
        of_imps,
        found,
        owners,
    } = query.lay_over(parsed);
    if request.imp.len() != 1 {
        faults.push("query.tag_id: the stored request must have exactly one imp".to_owned());
    }
    if request.app.is_some() || request.dooh.is_some() {
        faults.push("query.tag_id: the stored request must not have app or dooh".to_owned());
    } else {
        let site = request.site.get_or_insert_with(Site::default);
        if let Some(page) = query.text(&["curl"]) {
            site.page = Some(page.to_owned());
        }
        let ext = site.ext.get_or_insert_with(Members::new);
        ext.insert("amp".to_owned(), Value::from(1));
    }
    request.tmax.get_or_insert(DEFAULT_TMAX_MS);
    let ext = request.ext.get_or_insert_default();
    let prebid = ext.prebid.get_or_insert_default();
    prebid.targeting.get_or_insert_with(Targeting::default);
    // The frame that fetches the creative knows only its id.
    prebid
        .other
        .entry("cache")
        .or_insert_with(|| json!({"bids": {}}));
    Parsed {
        request,
        faults,
        of_imps,
        found,
        owners,
    }
}
