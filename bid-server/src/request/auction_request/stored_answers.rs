//! The rule for stored answers that imps name.

use super::offered_imp::OfferedImp;

/// Either all imps have a stored answer or none has one.
pub(super) fn check(imps: &[OfferedImp], faults: &mut Vec<String>) {
    let answered = imps.iter().filter(|imp| imp.stored_answer.is_some());
    let count = answered.count();
    if count > 0 && count < imps.len() {
        faults
            .push("request.imp: either all name a storedauctionresponse, or none does".to_owned());
    }
}
