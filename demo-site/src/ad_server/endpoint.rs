//! `POST /gampad/ads`: the answer to an ad request, after a realistic think time.

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::{Json, body::Bytes};
use futures_util::future::join_all;
use uuid::Uuid;

use super::creative::BidCreative;
use super::header_bid::header_bid;
use super::line_items::{Pick, pick};
use super::macros::{MacroValues, expand};
use super::network_call::{self, Ask};
use super::waterfall::{NetworkBid, first_over_floor};
use super::wire::{AdRequest, AdRequestSlot, AdResponse, AdResponseSlot, Creative, KeyValues};
use super::{creative, frames};
use crate::app::{App, SharedApp};

/// More slots than this on a page are a mistake or an attack.
const MOST_SLOTS: usize = 50;

/// Answers an ad request.
pub async fn serve(State(app): State<SharedApp>, body: Bytes) -> Response {
    let request: AdRequest = match serde_json::from_slice(&body) {
        Ok(request) => request,
        Err(error) => {
            return (StatusCode::BAD_REQUEST, format!("ad request: {error}\n")).into_response();
        }
    };
    if request.slots.len() > MOST_SLOTS {
        return (StatusCode::BAD_REQUEST, "ad request: too many slots\n").into_response();
    }
    tokio::time::sleep(app.settings.ad_server.think_time).await;
    let fills: Vec<_> = request
        .slots
        .iter()
        .map(|slot| fill(&app, &request, slot))
        .collect();
    let slots = join_all(fills).await;
    Json(AdResponse { slots }).into_response()
}

async fn fill(app: &Arc<App>, request: &AdRequest, slot: &AdRequestSlot) -> AdResponseSlot {
    let targeting = request.merged_targeting(slot);
    let picked = best(app, request, slot, &targeting).await;
    AdResponseSlot {
        element_id: slot.element_id.clone(),
        creative: picked.and_then(|pick| finish(app, request, &targeting, pick)),
    }
}

/// The line item for the slot. A slot without sizes is one for fluid creatives or for a format that the tag manages, and
/// there are no line items for those.
async fn best<'a>(
    app: &'a App,
    request: &AdRequest,
    slot: &AdRequestSlot,
    targeting: &KeyValues,
) -> Option<Pick<'a>> {
    if slot.sizes.is_empty() {
        return None;
    }
    let network = match runs_waterfall(targeting) {
        true => waterfall(app, request, slot).await,
        false => None,
    };
    pick(
        header_bid(targeting, &slot.sizes),
        network,
        &app.settings.ad_server.house,
        &slot.ad_unit_path,
        &slot.sizes,
    )
}

/// The network line items are booked for pages that say `demand=waterfall`.
fn runs_waterfall(targeting: &KeyValues) -> bool {
    says(targeting, "demand", "waterfall")
}

/// The header bidding line items have two creatives: Prebid's, and Earlybid's own for pages that say
/// `hb_creative=inline`.
fn bid_creative<'a>(app: &'a App, targeting: &KeyValues) -> BidCreative<'a> {
    match &app.creative_script {
        Some(script) if says(targeting, "hb_creative", "inline") => BidCreative::Inline { script },
        _ => BidCreative::Universal {
            origin: &app.ad_server_origin,
        },
    }
}

fn says(targeting: &KeyValues, key: &str, value: &str) -> bool {
    let values = targeting.get(key).map(Vec::as_slice);
    values.is_some_and(|values| values.iter().any(|said| said == value))
}

async fn waterfall(app: &App, request: &AdRequest, slot: &AdRequestSlot) -> Option<NetworkBid> {
    let settings = &app.settings.ad_server;
    let ask = Ask {
        http: &app.http,
        slot,
        page_url: &request.url,
        floor: settings.floor,
        timeout: settings.network_timeout,
    };
    let calls: Vec<_> = settings
        .networks
        .iter()
        .map(|network| network_call::ask(network, ask))
        .collect();
    first_over_floor(calls, settings.floor).await
}

fn finish(
    app: &Arc<App>,
    request: &AdRequest,
    targeting: &KeyValues,
    picked: Pick<'_>,
) -> Option<Creative> {
    if let Pick::Network(bid) = &picked {
        notify(app, bid);
    }
    let draft = creative::draft(picked, &app.templates, bid_creative(app, targeting))
        .inspect_err(|error| tracing::error!(%error, "creative template failed"))
        .ok()?;
    let cache_buster = Uuid::new_v4().simple().to_string();
    let html = expand(
        &draft.template,
        &MacroValues {
            targeting,
            page_url: &request.url,
            click_url: &frames::click_url(&app.ad_server_origin, &request.url),
            view_url: &frames::view_url(&app.ad_server_origin, draft.ids.line_item_id),
            cache_buster: &cache_buster,
            size: draft.size,
        },
    );
    Some(Creative {
        html,
        size: draft.size,
        ids: draft.ids,
        revenue: draft.revenue,
    })
}

/// Tells the network that it won, without making the page wait.
fn notify(app: &Arc<App>, bid: &NetworkBid) {
    let Some(address) = &bid.win_notice else {
        return;
    };
    let address = address.replace("${AUCTION_PRICE}", &bid.price.to_string());
    let (http, network) = (app.http.clone(), bid.network.clone());
    app.tasks.spawn(async move {
        if let Err(error) = http.get(address).send().await {
            tracing::warn!(bidder.code = %network, %error, "win notice failed");
        }
    });
}
