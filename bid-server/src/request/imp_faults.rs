//! [`ImpFaults`]: which of a request's faults concern only one imp.
//!
//! One faulty slot must not cost a page the bids for all others: if the other imps and the request itself are
//! in order, the faulty ones are left out of the auction, and the answer says so.

use std::collections::BTreeSet;
use std::ops::Range;

use openrtb::BidRequest;

use crate::remark::{Remark, code};

/// The faults of imps, as ranges of the list of all faults.
#[derive(Debug, Default)]
pub(super) struct ImpFaults(Vec<(usize, Range<usize>)>);

impl ImpFaults {
    /// Records that the faults from `before` on concern only this imp.
    pub(super) fn mark(&mut self, imp: usize, before: usize, faults: &[String]) {
        if faults.len() > before {
            self.0.push((imp, before..faults.len()));
        }
    }

    /// Leaves out the faulty imps if nothing else is wrong and some imps remain; each fault becomes a warning.
    pub(super) fn leave_out(
        self,
        request: &mut BidRequest,
        faults: &mut Vec<String>,
    ) -> Vec<Remark> {
        let mistaken: BTreeSet<usize> = self.0.iter().map(|(imp, _)| *imp).collect();
        let of_imps: usize = self.0.iter().map(|(_, range)| range.len()).sum();
        if mistaken.is_empty() || of_imps < faults.len() || mistaken.len() >= request.imp.len() {
            return Vec::new();
        }
        let mut index = 0;
        request.imp.retain(|_| {
            index += 1;
            !mistaken.contains(&(index - 1))
        });
        let remark = |fault: String| {
            let text = format!("{fault}; the imp is left out");
            Remark::general(code::UNKNOWN_WARNING, text)
        };
        faults.drain(..).map(remark).collect()
    }
}

#[cfg(test)]
mod tests {
    use openrtb::Imp;

    use super::*;

    #[track_caller]
    fn check(imps: usize, marks: &[(usize, usize)], others: usize, remaining: usize) {
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
        let all = faults.len();
        let remarks = of_imps.leave_out(&mut request, &mut faults);
        assert_eq!(request.imp.len(), remaining);
        // Every fault is reported, either as such or as a warning.
        assert_eq!(remarks.len() + faults.len(), all);
        assert_eq!(faults.is_empty(), remaining < imps || all == 0);
    }

    #[test]
    fn mistaken_imps_are_left_out_where_others_remain() {
        check(3, &[(1, 2)], 0, 2);
        check(3, &[(0, 1), (2, 1), (0, 1)], 0, 1);
        check(2, &[], 0, 2);
        check(2, &[(0, 1), (1, 1)], 0, 2);
        check(1, &[(0, 1)], 0, 1);
        check(3, &[(1, 1)], 1, 3);
    }
}
