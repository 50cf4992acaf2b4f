//! What each bidder may see of a request: the first-party data, ids and supply chain meant for it, and no others.
//!
//! Most bidders see the same: [`BidderRequests::of`] gives them the one plain request. Bidders that a request
//! treats differently get a view of their own, and those that it treats alike share one, so that its JSON is
//! written once for all of them.

mod bidder_data;
mod first_party;
mod imp_patch;
mod schain;

use std::collections::BTreeMap;

use openrtb::BidRequest;

use super::auction_request::offered_imp::OfferedImp;
pub(super) use bidder_data::BidderData;
use bidder_data::Treatment;
pub(super) use imp_patch::leave_out_unfit;

/// One request, as each of its bidders gets it.
#[derive(Debug, Default)]
pub(crate) struct BidderRequests {
    special: Vec<SpecialRequest>,
    by_name: BTreeMap<String, usize>,
}

/// A request as some bidders see it.
#[derive(Debug)]
struct SpecialRequest {
    shared: BidRequest,
    /// `None` = the imps that everybody sees.
    imps: Option<Vec<OfferedImp>>,
}

/// The request without imps, and all of its imps.
pub(crate) type BidderView<'a> = (&'a BidRequest, &'a [OfferedImp]);

impl BidderRequests {
    /// Makes the requests for the named bidders. Adds a fault for any data that cannot be laid over the request.
    pub(super) fn new<'a>(
        plain: BidderView<'a>,
        names: impl Iterator<Item = &'a str>,
        data: &'a BidderData,
        faults: &mut Vec<String>,
    ) -> Self {
        let mut bidder_requests = Self::default();
        let mut made: Vec<Treatment<'a>> = Vec::new();
        for name in names {
            let treatment = data.treatment(name, plain.1);
            if treatment == Treatment::default() {
                continue;
            }
            let same = made.iter().position(|other| *other == treatment);
            let index = same.unwrap_or_else(|| {
                bidder_requests.special.push(SpecialRequest {
                    shared: data.shared(&treatment, plain.0, faults),
                    imps: treatment
                        .patches_for
                        .map(|name| imp_patch::imps(name, plain.1, faults)),
                });
                made.push(treatment);
                made.len() - 1
            });
            bidder_requests.by_name.insert(name.to_owned(), index);
        }
        bidder_requests
    }

    /// What the bidder that is asked under this name sees; `plain` is what most bidders see.
    pub(crate) fn of<'a>(&'a self, name: &str, plain: BidderView<'a>) -> BidderView<'a> {
        let index = self.by_name.get(name);
        let view = index.and_then(|index| self.special.get(*index));
        view.map_or(plain, |view| {
            (&view.shared, view.imps.as_deref().unwrap_or(plain.1))
        })
    }
}

#[cfg(test)]
mod tests;
