//! Figures per variant: median and 95th percentile of each step, and revenue.

use serde::Serialize;

use super::views::View;
use crate::variant::Variant;

/// The steps in the table, with their names for people.
const STEPS: [(&str, &str); 5] = [
    ("auction_requested", "Auction request sent"),
    ("bids_returned", "Bids back"),
    ("targeting_set", "Key-values set"),
    ("ad_server_requested", "Ad server asked"),
    ("ad_rendered", "First ad rendered"),
];

/// The figures of one variant.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Summary {
    /// The variant's name.
    pub name: &'static str,
    /// The variant's name for people.
    pub title: &'static str,
    /// How many page views there are.
    pub views: usize,
    /// One entry per step of the table.
    pub steps: Vec<StepFigures>,
    /// Earned per thousand page views, two decimals.
    pub revenue: String,
}

/// Median and 95th percentile of a step's first time.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct StepFigures {
    /// The step's name for people.
    pub title: &'static str,
    /// Whole milliseconds; none where no view had the step.
    pub p50: Option<String>,
    /// Whole milliseconds.
    pub p95: Option<String>,
}

/// A summary for each variant that has views.
pub fn summarise(views: &[View]) -> Vec<Summary> {
    let summaries = Variant::ALL.into_iter().map(|variant| {
        let own: Vec<&View> = views
            .iter()
            .filter(|view| view.variant == variant)
            .collect();
        one(variant, &own)
    });
    summaries.filter(|summary| summary.views > 0).collect()
}

fn one(variant: Variant, views: &[&View]) -> Summary {
    let steps = STEPS.into_iter().map(|(event, title)| {
        let times = sorted(views.iter().filter_map(|view| view.first(event)));
        StepFigures {
            title,
            p50: percentile(&times, 50).map(whole),
            p95: percentile(&times, 95).map(whole),
        }
    });
    let total: f64 = views.iter().map(|view| view.cpm_total()).sum();
    let count = u32::try_from(views.len()).unwrap_or(u32::MAX);
    Summary {
        name: variant.name(),
        title: variant.title(),
        views: views.len(),
        steps: steps.collect(),
        revenue: format!("{:.2}", total / f64::from(count.max(1))),
    }
}

fn whole(ms: f64) -> String {
    format!("{ms:.0}")
}

/// The numbers in rising order.
pub fn sorted(numbers: impl Iterator<Item = f64>) -> Vec<f64> {
    let mut numbers: Vec<f64> = numbers.collect();
    numbers.sort_by(f64::total_cmp);
    numbers
}

/// Between two numbers if need be, as `percentile_cont` of SQL: the figures here equal those of `latency_by_variant.sql`.
pub fn percentile(sorted: &[f64], percent: u32) -> Option<f64> {
    let gaps = u32::try_from(sorted.len().checked_sub(1)?).ok()?;
    let place = f64::from(gaps) * f64::from(percent) / 100.0;
    let below = usize::try_from(gaps.checked_mul(percent)? / 100).ok()?;
    let low = sorted.get(below)?;
    let high = sorted.get(below + 1).unwrap_or(low);
    Some(low + (high - low) * place.fract())
}

#[cfg(test)]
mod tests {
    use super::{percentile, summarise};
    use crate::compare::{rows::Row, views};

    fn rows(json: &str) -> Vec<Row> {
        serde_json::from_str(json).unwrap()
    }

    #[test]
    fn percentiles_are_those_of_sql() {
        let numbers = [10.0, 20.0, 30.0, 40.0];
        assert_eq!(percentile(&numbers, 50), Some(25.0));
        assert_eq!(percentile(&numbers, 95), Some(38.5));
        assert_eq!(percentile(&numbers, 100), Some(40.0));
        assert_eq!(percentile(&[7.0], 95), Some(7.0));
        assert_eq!(percentile(&[], 50), None);
    }

    #[test]
    fn counts_views_times_and_revenue() {
        let rows = rows(
            r#"[
            {"variant":"early","page_view_id":"a","event":"page_started","ms":0},
            {"variant":"early","page_view_id":"a","event":"auction_requested","ms":30.4},
            {"variant":"early","page_view_id":"a","event":"ad_rendered","slot":"div-top","ms":300,"cpm":2.0},
            {"variant":"early","page_view_id":"a","event":"ad_rendered","slot":"div-side","ms":250,"cpm":1.0},
            {"variant":"early","page_view_id":"b","event":"page_started","ms":0},
            {"variant":"elsewhere","page_view_id":"c","event":"page_started","ms":0}]"#,
        );
        let summaries = summarise(&views::group(rows));
        assert_eq!(summaries.len(), 1);
        let early = &summaries[0];
        assert_eq!(
            (early.name, early.views, early.revenue.as_str()),
            ("early", 2, "1.50")
        );
        assert_eq!(early.steps[0].p50.as_deref(), Some("30"));
        assert_eq!(early.steps[1].p50, None);
        assert_eq!(early.steps[4].p50.as_deref(), Some("250"));
    }
}
