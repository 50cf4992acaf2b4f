//! Which bidders are asked for what: those that the imps name and that are configured.

use std::collections::BTreeMap;

use super::adapter::Offer;
use super::registry::{Bidder, Registry};
use super::stored_answers::{StoredOffer, of_bidder};
use crate::bidder_names;
use crate::request::AuctionRequest;

/// Offers by the name under which a bidder is asked.
#[derive(Debug, Default)]
pub(super) struct Plan<'a> {
    /// Sorted by name, so that answers do not depend on chance.
    pub(super) asked: BTreeMap<&'a str, Asked<'a>>,
    /// Why a bidder is not asked, by name.
    pub(super) warnings: BTreeMap<&'a str, &'static str>,
}

/// A bidder and what it is offered.
#[derive(Debug)]
pub(super) struct Asked<'a> {
    pub(super) bidder: &'a Bidder,
    pub(super) offers: Vec<Offer<'a>>,
    /// Offers with a stored answer.
    pub(super) stored: Vec<StoredOffer<'a>>,
}

/// Collects the offers of all imps; no more than the allowed number of names are asked.
pub(super) fn plan<'a>(
    request: &'a AuctionRequest,
    registry: &'a Registry,
    most: usize,
) -> Plan<'a> {
    let mut plan = Plan::default();
    for (index, imp) in request.indexed_imps() {
        for (name, params) in &imp.params {
            let code = bidder_names::find(&request.options.aliases, name).unwrap_or(name);
            match registry.get(code) {
                None => {
                    plan.warnings.insert(name, "unknown bidder, not asked");
                }
                Some(bidder) if !bidder.enabled => {
                    plan.warnings.insert(name, "the bidder has been disabled");
                }
                Some(_) if plan.asked.len() >= most && !plan.asked.contains_key(&**name) => {
                    plan.warnings
                        .insert(name, "not asked: the request names too many bidders");
                }
                Some(bidder) => {
                    let fresh = || Asked {
                        bidder,
                        offers: Vec::new(),
                        stored: Vec::new(),
                    };
                    let asked = plan.asked.entry(name).or_insert_with(fresh);
                    let offer = Offer { imp: index, params };
                    match of_bidder(request, imp, name, offer) {
                        Some(stored) => asked.stored.push(stored),
                        None => asked.offers.push(offer),
                    }
                }
            }
        }
    }
    plan
}
