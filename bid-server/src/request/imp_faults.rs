//! [`ImpFaults`]: which of a request's faults concern only one imp.
//!
//! One faulty slot must not cost a page the bids for all others: if the other imps and the request itself are
//! in order, the faulty ones are left out of the auction, and the answer says so.

use std::collections::BTreeSet;
use std::ops::Range;

use openrtb::BidRequest;

use crate::remark::{Remark, code};

/// An imp, by its place in the request, and which of all faults are about it.
type FaultsOfImp = (usize, Range<usize>);

/// The faults of imps and of their bidders, as ranges of the list of all faults.
#[derive(Debug, Default)]
pub(super) struct ImpFaults {
    imps: Vec<FaultsOfImp>,
    /// How many are about a bidder of an imp alone.
    bidders: usize,
}

impl ImpFaults {
    /// Notes that the faults from `before` on are about this imp alone.
    pub(super) fn mark(&mut self, imp: usize, before: usize, faults: &[String]) {
        if faults.len() > before {
            self.imps.push((imp, before..faults.len()));
        }
    }

    /// Notes that the faults from `before` on are about single bidders of an imp.
    pub(super) fn mark_bidders(&mut self, before: usize, faults: &[String]) {
        self.bidders += faults.len() - before;
    }

    /// Whether any bidder is mistaken.
    pub(super) fn name_bidders(&self) -> bool {
        self.bidders > 0
    }

    /// Whether nothing else is wrong, and imps remain without the mistaken ones.
    pub(super) fn are_all(&self, faults: &[String], imps: usize) -> bool {
        let of_imps: usize = self.imps.iter().map(|(_, range)| range.len()).sum();
        of_imps + self.bidders == faults.len() && self.mistaken().len() < imps
    }

    /// Leaves the mistaken imps out; each of their faults becomes a warning.
    pub(super) fn leave_out(&self, request: &mut BidRequest, faults: &[String]) -> Vec<Remark> {
        let mistaken = self.mistaken();
        let mut index = 0;
        request.imp.retain(|_| {
            index += 1;
            !mistaken.contains(&(index - 1))
        });
        let ranges = self.imps.iter().map(|(_, range)| range.clone());
        let told = ranges.flat_map(|range| faults.get(range).unwrap_or_default());
        let remark = |fault: &String| {
            let text = format!("{fault}; the imp is left out");
            Remark::general(code::UNKNOWN_WARNING, text)
        };
        told.map(remark).collect()
    }

    fn mistaken(&self) -> BTreeSet<usize> {
        self.imps.iter().map(|(imp, _)| *imp).collect()
    }
}

#[cfg(test)]
mod tests {
    use openrtb::Imp;

    use super::*;

    #[track_caller]
    fn check(imps: usize, marks: &[(usize, usize)], others: usize, remaining: Option<usize>) {
        let mut request = BidRequest {
            imp: vec![Imp::default(); imps],
            ..BidRequest::default()
        };
        let mut faults: Vec<String> = (0..others)
            .map(|_| "request.id: missing".to_owned())
            .collect();
        let mut of_imps = ImpFaults::default();
        for (imp, count) in marks {
            let before = faults.len();
            faults.extend((0..*count).map(|nth| format!("request.imp[{imp}].x{nth}: wrong")));
            of_imps.mark(*imp, before, &faults);
        }
        let fits = of_imps.are_all(&faults, imps);
        assert_eq!(fits, remaining.is_some());
        if let Some(remaining) = remaining {
            let remarks = of_imps.leave_out(&mut request, &faults);
            assert_eq!(request.imp.len(), remaining);
            // Every fault is told.
            assert_eq!(remarks.len(), faults.len());
        }
    }

    #[test]
    fn mistaken_imps_are_left_out_where_others_remain() {
        check(3, &[(1, 2)], 0, Some(2));
        check(3, &[(0, 1), (2, 1), (0, 1)], 0, Some(1));
        check(2, &[], 0, Some(2));
        check(2, &[(0, 1), (1, 1)], 0, None);
        check(1, &[(0, 1)], 0, None);
        check(3, &[(1, 1)], 1, None);
    }
}
