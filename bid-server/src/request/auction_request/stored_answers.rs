//! Rules for stored answers that imps name.

use super::offered_imp::OfferedImp;
use crate::bidder_names;

/// Either all imps have a stored answer or none has one; and only bidders of an imp can have one.
pub(super) fn check(imps: &[OfferedImp], faults: &mut Vec<String>) {
    let answered = imps.iter().filter(|imp| imp.stored_answer.is_some());
    let count = answered.count();
    if count > 0 && count < imps.len() {
        faults
            .push("request.imp: either all name a storedauctionresponse, or none does".to_owned());
    }
    for (index, imp) in imps.iter().enumerate() {
        for (position, stored) in imp.stored_bids.iter().enumerate() {
            let mut names = imp.params.keys();
            if !names.any(|name| bidder_names::same(name, &stored.bidder)) {
                faults.push(format!(
                    "request.imp[{index}].ext.prebid.storedbidresponse[{position}].bidder: {:?} is no bidder of the imp",
                    stored.bidder
                ));
            }
        }
    }
}
