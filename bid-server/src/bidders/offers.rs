//! Who is asked for what: the bidders that each imp names, as far as they are configured.

use std::collections::BTreeMap;

use super::adapter::Offer;
use super::registry::{Bidder, Registry};
use super::stored_answers::{StoredOffer, of_bidder};
use crate::request::AuctionRequest;

/// Offers by the name under which a bidder is asked.
#[derive(Debug, Default)]
pub(super) struct Plan<'a> {
    /// In the order of names, so that answers do not depend on chance.
    pub(super) asked: BTreeMap<&'a str, Asked<'a>>,
    /// By name: why it is not asked.
    pub(super) warnings: BTreeMap<&'a str, &'static str>,
}

/// A bidder and what it is offered.
#[derive(Debug)]
pub(super) struct Asked<'a> {
    pub(super) bidder: &'a Bidder,
    pub(super) offers: Vec<Offer<'a>>,
    /// Offers that are answered by what is stored.
    pub(super) stored: Vec<StoredOffer<'a>>,
}

/// Collects the offers of all imps.
pub(super) fn plan<'a>(request: &'a AuctionRequest, registry: &'a Registry) -> Plan<'a> {
    let mut plan = Plan::default();
    for (index, imp) in request.indexed_imps() {
        for (name, params) in &imp.params {
            let code = request.options.aliases.get(name).unwrap_or(name);
            match registry.get(code) {
                None => {
                    plan.warnings.insert(name, "unknown bidder, not asked");
                }
                Some(bidder) if !bidder.enabled => {
                    plan.warnings.insert(name, "the bidder has been disabled");
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
