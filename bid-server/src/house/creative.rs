//! Makes a bid of a line item's creative.

use openrtb::{Bid, MediaType};
use url::Url;

use super::select::Pick;
use crate::clock;

/// Stands in a creative's markup for the address that a click leads to.
const CLICK_URL: &str = "${CLICK_URL}";

/// The bid for one imp. Auction macros are expanded later, with those of all other bids.
pub(super) fn bid(pick: &Pick<'_>, impid: &str) -> Bid {
    let creative = pick.creative;
    let click = creative
        .click_url
        .as_deref()
        .and_then(|url| Url::parse(url).ok());
    let target = click
        .as_ref()
        .map(|url| escape(url.as_str()))
        .unwrap_or_default();
    let domain = click.as_ref().and_then(Url::host_str);
    Bid {
        id: clock::new_id(),
        impid: impid.to_owned(),
        price: Some(pick.price),
        adm: Some(creative.html.replace(CLICK_URL, &target)),
        adomain: domain.map(str::to_owned).into_iter().collect(),
        cid: Some(pick.item.id.clone()),
        crid: Some(creative.id.clone()),
        w: Some(creative.w),
        h: Some(creative.h),
        mtype: Some(MediaType::Banner),
        ..Bid::default()
    }
}

/// For use inside an HTML attribute of either quote.
fn escape(url: &str) -> String {
    let mut out = String::with_capacity(url.len());
    for c in url.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            other => out.push(other),
        }
    }
    out
}
