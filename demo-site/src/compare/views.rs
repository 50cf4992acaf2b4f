//! Page views put together from their rows.

use std::collections::BTreeMap;

use super::rows::Row;
use crate::variant::Variant;

/// One page view.
#[derive(Debug, Clone)]
pub struct View {
    /// The way of loading ads.
    pub variant: Variant,
    /// Kind of page.
    pub page_type: String,
    steps: Vec<Row>,
}

/// The rows' page views; rows of unknown variants are left out.
pub fn group(rows: Vec<Row>) -> Vec<View> {
    let mut views: BTreeMap<String, View> = BTreeMap::new();
    for row in rows {
        let Some(variant) = Variant::from_name(&row.variant) else {
            continue;
        };
        let view = views
            .entry(row.page_view_id.clone())
            .or_insert_with(|| View {
                variant,
                page_type: row.page_type.clone().unwrap_or_default(),
                steps: Vec::new(),
            });
        view.steps.push(row);
    }
    views.into_values().collect()
}

impl View {
    /// When the step first happened.
    pub fn first(&self, event: &str) -> Option<f64> {
        self.times(event).min_by(f64::total_cmp)
    }

    /// When the step last happened.
    pub fn last(&self, event: &str) -> Option<f64> {
        self.times(event).max_by(f64::total_cmp)
    }

    /// When the step happened for the slot.
    pub fn of_slot(&self, event: &str, slot: &str) -> Option<f64> {
        let of_slot = |row: &&Row| row.event == event && row.slot.as_deref() == Some(slot);
        self.steps.iter().find(of_slot).map(|row| row.ms)
    }

    /// The ads shown, in the order in which they appeared.
    pub fn ads(&self) -> Vec<&Row> {
        let mut ads: Vec<&Row> = self.rows("ad_rendered").collect();
        ads.sort_by(|a, b| a.ms.total_cmp(&b.ms));
        ads
    }

    /// The view's auction, if it had one.
    pub fn auction(&self) -> Option<&str> {
        self.steps.iter().find_map(|row| row.auction_id.as_deref())
    }

    /// What the view's ads earn, in thousandths: the sum of their prices per thousand.
    pub fn cpm_total(&self) -> f64 {
        self.rows("ad_rendered").filter_map(|row| row.cpm).sum()
    }

    fn times(&self, event: &str) -> impl Iterator<Item = f64> {
        self.rows(event).map(|row| row.ms)
    }

    fn rows(&self, event: &str) -> impl Iterator<Item = &Row> {
        self.steps.iter().filter(move |row| row.event == event)
    }
}
