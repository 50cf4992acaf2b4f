//! What each bidder may see of a request: first-party data, ids and supply chain meant for it, and only those.
//!
//! Most bidders see the same: [`Views::of`] gives them the one plain request. Those that a request treats
//! differently get a view of their own, and those that it treats alike share one, so that its JSON is
//! written once for all of them.

mod first_party;
mod imp_patch;
mod schain;
mod wishes;

use std::collections::BTreeMap;

use openrtb::BidRequest;

use super::auction_request::offered_imp::OfferedImp;
use wishes::Treatment;
pub(super) use wishes::Wishes;

/// The views of one request.
#[derive(Debug, Default)]
pub(crate) struct Views {
    special: Vec<View>,
    by_name: BTreeMap<String, usize>,
}

/// A request as some bidders see it.
#[derive(Debug)]
struct View {
    shared: BidRequest,
    /// `None` = as everybody sees them.
    imps: Option<Vec<OfferedImp>>,
}

/// The request without imps, and all of its imps.
pub(crate) type Seen<'a> = (&'a BidRequest, &'a [OfferedImp]);

impl Views {
    /// Makes the views of the bidders of these names. Faults are added where data cannot be laid over.
    pub(super) fn new<'a>(
        plain: Seen<'a>,
        names: impl Iterator<Item = &'a str>,
        wishes: &'a Wishes,
        faults: &mut Vec<String>,
    ) -> Self {
        let mut views = Self::default();
        let mut made: Vec<Treatment<'a>> = Vec::new();
        for name in names {
            let treatment = wishes.treatment(name, plain.1);
            if treatment == Treatment::default() {
                continue;
            }
            let same = made.iter().position(|other| *other == treatment);
            let index = same.unwrap_or_else(|| {
                views.special.push(View {
                    shared: wishes.shared(&treatment, plain.0, faults),
                    imps: treatment
                        .patches_for
                        .map(|name| imp_patch::imps(name, plain.1, faults)),
                });
                made.push(treatment);
                made.len() - 1
            });
            views.by_name.insert(name.to_owned(), index);
        }
        views
    }

    /// What the bidder asked under this name sees, where `plain` is what most do.
    pub(crate) fn of<'a>(&'a self, name: &str, plain: Seen<'a>) -> Seen<'a> {
        let index = self.by_name.get(name);
        let view = index.and_then(|index| self.special.get(*index));
        view.map_or(plain, |view| {
            (&view.shared, view.imps.as_deref().unwrap_or(plain.1))
        })
    }
}

#[cfg(test)]
mod tests;
