//! One bidder without a server around it: for the test cases of definitions, and for fuzz targets.

use openrtb::{BidRequest, version};
use serde::Deserialize;
use serde_json::Value;
use tokio::time::Instant;

use super::adapter::{Ask, Offer};
use crate::data::accounts::Account;
use crate::request::auction_request::Arrival;
use crate::request::{AuctionRequest, Server};

/// The tmax that SSPs see.
const TMAX: i64 = 500;

/// A request as auctions see it: unchecked, without stored data, for the default account.
pub(crate) fn request(request: Value, server: Server<'_>) -> Result<AuctionRequest, String> {
    let mut request = BidRequest::deserialize(request).map_err(|error| error.to_string())?;
    version::to_26(&mut request);
    let arrival = Arrival {
        at: Instant::now(),
        knows_secret: false,
    };
    AuctionRequest::new(
        request,
        Default::default(),
        server,
        Account::default(),
        arrival,
    )
    .map_err(|refusal| format!("{refusal:?}"))
}

/// The offers for a bidder.
pub(crate) fn offers<'a>(code: &str, request: &'a AuctionRequest) -> Vec<Offer<'a>> {
    let imps = request.indexed_imps();
    imps.filter_map(|(imp, offered)| {
        Some(Offer {
            imp,
            params: offered.params.get(code)?,
        })
    })
    .collect()
}

/// What its adapter is asked.
pub(crate) fn ask<'a>(code: &str, request: &'a AuctionRequest, offers: &'a [Offer<'a>]) -> Ask<'a> {
    Ask {
        shared: &request.shared,
        imps: &request.imps,
        offers,
        tmax: TMAX,
        exchange: &request.exchange,
        preferred: request.options.preferred_types.of(code),
    }
}
