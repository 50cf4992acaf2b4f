//! [`ImpFaults`]: which of a request's faults concern only one imp.
//!
//! One faulty slot must not cost a page the bids for all others: if other imps and the request itself are in
//! order, the faulty ones are left out of the auction, and both the answer and the rows say so.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use ad_events::outcome::BidOutcome;
use openrtb::{BidRequest, Imp};

use super::refusal::{MOST_FAULTS, cut};
use crate::remark::{Remark, code};

/// An imp that takes no part in the auction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct LeftOutImp {
    /// Its id; empty if that could not be read.
    pub(crate) id: String,
    /// Why.
    pub(crate) outcome: BidOutcome,
}

/// Faults of one imp.
#[derive(Debug)]
struct Mark {
    /// Its place in the request.
    imp: usize,
    /// Where they are in the list of all faults.
    faults: Range<usize>,
    /// What they make of the imp.
    outcome: BidOutcome,
}

/// The faults of imps and of their bidders, as ranges of the list of all faults.
#[derive(Debug, Default)]
pub(crate) struct ImpFaults {
    marks: Vec<Mark>,
    /// Imps about which nothing more is said.
    closed: BTreeSet<usize>,
    /// How many faults are about a bidder of an imp alone.
    bidders: usize,
    beyond: Option<Beyond>,
}

/// The imps beyond the limit.
#[derive(Debug)]
struct Beyond {
    /// The limit.
    most: usize,
    /// The ids of as many as are named.
    ids: Vec<String>,
    /// How many others there are.
    more: usize,
}

impl ImpFaults {
    /// Notes that the faults from `before` on are about this imp alone.
    pub(super) fn mark(&mut self, imp: usize, before: usize, faults: &[String]) {
        self.mark_as(BidOutcome::ImpInvalid, imp, before..faults.len());
    }

    /// Notes that stored data of this imp does not exist or does not fit; the faults from `before` on say so,
    /// and they are all that is said about it.
    pub(super) fn mark_missing(&mut self, imp: usize, before: usize, faults: &[String]) {
        self.mark_as(BidOutcome::ImpNotStored, imp, before..faults.len());
        self.close(imp);
    }

    fn mark_as(&mut self, outcome: BidOutcome, imp: usize, faults: Range<usize>) {
        if !faults.is_empty() {
            self.marks.push(Mark {
                imp,
                faults,
                outcome,
            });
        }
    }

    /// Nothing more is said about this imp, and it is left out.
    pub(super) fn close(&mut self, imp: usize) {
        self.closed.insert(imp);
    }

    /// Whether nothing more is said about this imp.
    pub(super) fn is_closed(&self, imp: usize) -> bool {
        self.closed.contains(&imp)
    }

    /// Takes away the imps beyond the limit, except for one that stands for all of them in a refusal.
    pub(super) fn limit(&mut self, imps: &mut Vec<Imp>, most: usize) {
        let Some(beyond) = imps.get(most..).filter(|beyond| !beyond.is_empty()) else {
            return;
        };
        let named = beyond.iter().take(MOST_FAULTS);
        self.beyond = Some(Beyond {
            most,
            ids: named.map(|imp| imp.id.clone()).collect(),
            more: beyond.len().saturating_sub(MOST_FAULTS),
        });
        imps.truncate(most + 1);
    }

    /// Notes that the faults from `before` on say that there are too many imps.
    pub(super) fn mark_beyond(&mut self, most: usize, before: usize, faults: &[String]) {
        self.mark_as(BidOutcome::ImpOverLimit, most, before..faults.len());
    }

    /// Notes that the faults from `before` on are about single bidders of an imp.
    pub(super) fn mark_bidders(&mut self, before: usize, faults: &[String]) {
        self.bidders += faults.len() - before;
    }

    /// Whether nothing else is wrong, and imps remain without the mistaken ones.
    pub(super) fn are_all(&self, faults: &[String], imps: usize) -> bool {
        let of_imps: usize = self.marks.iter().map(|mark| mark.faults.len()).sum();
        let outcomes = self.outcomes();
        let mistaken = outcomes.keys().filter(|imp| **imp < imps);
        of_imps + self.bidders == faults.len() && mistaken.count() < imps
    }

    /// What becomes of each imp that is left out, by its place.
    pub(super) fn outcomes(&self) -> BTreeMap<usize, BidOutcome> {
        let closed = self.closed.iter();
        let closed = closed.map(|imp| (*imp, BidOutcome::ImpInvalid));
        let marked = self.marks.iter().map(|mark| (mark.imp, mark.outcome));
        closed.chain(marked).collect()
    }

    /// Leaves the mistaken imps out; each of their faults becomes a warning.
    pub(super) fn leave_out(
        &self,
        request: &mut BidRequest,
        faults: &[String],
    ) -> (Vec<Remark>, Vec<LeftOutImp>) {
        let outcomes = self.outcomes();
        let most = self.beyond.as_ref().map(|beyond| beyond.most);
        let is_beyond = |place: usize| most.is_some_and(|most| place >= most);
        let mut left_out = Vec::new();
        let imps = std::mem::take(&mut request.imp).into_iter().enumerate();
        for (place, imp) in imps.filter(|(place, _)| !is_beyond(*place)) {
            match outcomes.get(&place) {
                None => request.imp.push(imp),
                Some(outcome) => left_out.push(LeftOutImp {
                    id: imp.id,
                    outcome: *outcome,
                }),
            }
        }
        let marks = self.marks.iter().filter(|mark| !is_beyond(mark.imp));
        let told = marks.flat_map(|mark| faults.get(mark.faults.clone()).unwrap_or_default());
        let told = told.map(|fault| format!("{fault}; the imp is left out"));
        let mut texts: Vec<String> = told.collect();
        cut(&mut texts);
        if let Some(beyond) = &self.beyond {
            texts.extend(beyond.texts());
            left_out.extend(beyond.left_out());
        }
        let texts = texts.into_iter();
        let remarks = texts.map(|text| Remark::general(code::UNKNOWN_WARNING, text));
        (remarks.collect(), left_out)
    }
}

impl Beyond {
    fn texts(&self) -> Vec<String> {
        let most = self.most;
        let named = self.ids.iter().enumerate().map(|(nth, id)| {
            let place = most + nth;
            format!("request.imp[{place}]: {id:?} is one of more than {most}; the imp is left out")
        });
        let mut texts = named.collect();
        cut(&mut texts);
        if self.more > 0 {
            texts.push(format!("{} more imps are left out", self.more));
        }
        texts
    }

    fn left_out(&self) -> impl Iterator<Item = LeftOutImp> {
        self.ids.iter().map(|id| LeftOutImp {
            id: id.clone(),
            outcome: BidOutcome::ImpOverLimit,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(imps: usize) -> BidRequest {
        let imp = |nth: usize| Imp {
            id: nth.to_string(),
            ..Imp::default()
        };
        BidRequest {
            imp: (0..imps).map(imp).collect(),
            ..BidRequest::default()
        }
    }

    fn ids(left_out: &[LeftOutImp]) -> Vec<&str> {
        left_out.iter().map(|imp| imp.id.as_str()).collect()
    }

    #[track_caller]
    fn check(imps: usize, marks: &[(usize, usize)], others: usize, remaining: Option<usize>) {
        let mut request = request(imps);
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
            let (remarks, left_out) = of_imps.leave_out(&mut request, &faults);
            assert_eq!(request.imp.len(), remaining);
            assert_eq!(left_out.len(), imps - remaining);
            // Every fault is reported.
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

    #[test]
    fn imps_beyond_the_limit_are_named_up_to_a_point() {
        for (imps, named, remarks) in [(2, 0, 0), (3, 1, 1), (52, 50, 50), (60, 50, 51)] {
            let mut request = request(imps);
            let (mut of_imps, mut faults) = (ImpFaults::default(), Vec::new());
            of_imps.limit(&mut request.imp, 2);
            if imps > 2 {
                faults.push("request.imp: more than 2".to_owned());
                of_imps.mark_beyond(2, 0, &faults);
            }
            assert!(of_imps.are_all(&faults, request.imp.len()));
            let (told, left_out) = of_imps.leave_out(&mut request, &faults);
            assert_eq!(request.imp.len(), 2);
            assert_eq!((left_out.len(), told.len()), (named, remarks), "{told:?}");
            let outcomes = left_out.iter().map(|imp| imp.outcome);
            for outcome in outcomes {
                assert_eq!(outcome, BidOutcome::ImpOverLimit);
            }
        }
    }

    #[test]
    fn what_is_said_is_as_short_as_a_refusal() {
        let mut request = request(2);
        let faults: Vec<String> = (0..9000)
            .map(|nth| format!("request.imp[1].banner.format[{nth}]: {}", "x".repeat(2000)))
            .collect();
        let mut of_imps = ImpFaults::default();
        of_imps.mark(1, 0, &faults);
        let (remarks, left_out) = of_imps.leave_out(&mut request, &faults);
        assert_eq!(ids(&left_out), ["1"]);
        assert_eq!(remarks.len(), MOST_FAULTS + 1);
        assert!(remarks.iter().all(|remark| remark.text.len() < 1100));
    }

    #[test]
    fn an_imp_whose_stored_data_is_missing_is_named_so() {
        let mut request = request(3);
        let faults = vec!["request.imp[1]: no stored imp".to_owned()];
        let mut of_imps = ImpFaults::default();
        of_imps.mark_missing(1, 0, &faults);
        of_imps.close(2);
        let (remarks, left_out) = of_imps.leave_out(&mut request, &faults);
        assert_eq!(remarks.len(), 1);
        let outcomes: Vec<_> = left_out.iter().map(|imp| imp.outcome).collect();
        assert_eq!(outcomes, [BidOutcome::ImpNotStored, BidOutcome::ImpInvalid]);
    }
}
