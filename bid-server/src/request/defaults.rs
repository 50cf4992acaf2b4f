//! Fills in what a request may leave out and the HTTP request or the configuration knows.

mod device;
mod site;
mod topics;

use std::net::IpAddr;

use axum::http::HeaderMap;
use openrtb::ext::ImpExt;
use openrtb::{BidRequest, Imp, Regs, Source};
use serde_json::Value;

use crate::clock;
use crate::data::market::CurrencyConfig;

/// Nothing that the request says is ever overwritten.
pub(super) fn fill(
    request: &mut BidRequest,
    headers: &HeaderMap,
    address: Option<IpAddr>,
    money: &CurrencyConfig,
) {
    request.at.get_or_insert(1);
    if request.cur.is_empty() {
        request.cur.push(money.default.clone());
    }
    site::fill(request, headers);
    device::fill(request, headers, address);
    topics::fill(request, headers);
    fill_gpc(request, headers);
    let ids = may_have_ids(request);
    if ids {
        let source = request.source.get_or_insert_with(Source::default);
        source.tid.get_or_insert_with(clock::new_id);
    }
    for imp in &mut request.imp {
        fill_imp(imp, ids);
    }
}

/// `ext.prebid.createtids: false` asks us not to create transaction ids.
fn may_have_ids(request: &BidRequest) -> bool {
    let prebid = request.ext.as_ref().and_then(|ext| ext.prebid.as_ref());
    let create = prebid.and_then(|prebid| prebid.other.get("createtids"));
    create != Some(&Value::Bool(false))
}

/// Pages are secure by default, and each imp has a transaction id.
fn fill_imp(imp: &mut Imp, ids: bool) {
    imp.secure.get_or_insert(1);
    if ids {
        let ext = imp.ext.get_or_insert_with(ImpExt::default);
        let tid = ext.other.entry("tid");
        tid.or_insert_with(|| Value::from(clock::new_id()));
    }
}

/// Global Privacy Control, as the browser's header states it.
fn fill_gpc(request: &mut BidRequest, headers: &HeaderMap) {
    if text(headers, "sec-gpc") == Some("1") {
        let regs = request.regs.get_or_insert_with(Regs::default);
        let ext = regs.ext.get_or_insert_default();
        ext.entry("gpc").or_insert_with(|| Value::from("1"));
    }
}

fn text<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name)?.to_str().ok()
}
