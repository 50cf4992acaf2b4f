//! Render events for measurements: each one sent only once, and dated today.

use chrono::Utc;
use serde_json::{Map, Value, json};

use crate::rows::row;

/// Render events as the SDK sends them: 16 fields, about 400 bytes of JSON. Those of one batch differ from those of any
/// other.
pub(crate) fn records(count: u32, batch: u32) -> Vec<Map<String, Value>> {
    const STEPS: [&str; 6] = [
        "loader_started",
        "auction_requested",
        "bids_returned",
        "targeting_set",
        "ad_server_requested",
        "ad_rendered",
    ];
    const VARIANTS: [&str; 4] = ["waterfall", "serial", "prebid", "early"];
    // The tables take what happened within days of its receipt.
    let now = Utc::now().timestamp_millis();
    (0..count)
        .map(|number| {
            let (view, step) = (number / 6, number % 6);
            let page_view_id = format!("{batch:016x}{view:016x}");
            let step_name = STEPS.get(step as usize).copied().unwrap_or_default();
            let variant = VARIANTS
                .get((view % 4) as usize)
                .copied()
                .unwrap_or_default();
            row(json!({
                "event_id": format!("{page_view_id}-{step}"),
                "seq": step,
                "page_view_id": page_view_id,
                "auction_id": format!("{view:032x}"),
                "event": step_name,
                "elapsed_ms": f64::from(step * 40 + view % 97),
                "client_time": now + i64::from(number % 1000),
                "site": "recipes",
                "page_type": "recipe",
                "variant": variant,
                "page_path": "/recipes/onion-soup",
                "slot": "div-top",
                "cpm": f64::from(view % 30) / 10.0,
                "currency": "USD",
                "device": "desktop",
                "sdk_version": "0.1.0",
            }))
        })
        .collect()
}
