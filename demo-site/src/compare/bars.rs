//! Lays one typical page view of each variant out as bars on a common time axis.

use serde::Serialize;

use super::rows::Call;
use super::views::View;
use crate::variant::Variant;

/// Width of the plot in the drawing's units.
const WIDTH: f64 = 760.0;

/// One variant's waterfall.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Timeline {
    /// The variant's name.
    pub name: &'static str,
    /// The variant's name for people.
    pub title: &'static str,
    /// Kind of page that the view was of.
    pub page_type: String,
    /// The lanes from top to bottom.
    pub lanes: Vec<Lane>,
    /// Marks on the time axis.
    pub ticks: Vec<Tick>,
    /// When the first ad appeared.
    pub first_ad: String,
}

/// One bar, or one mark if it takes no time.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Lane {
    /// What happens.
    pub label: String,
    /// Kind of work; decides the colour.
    pub kind: &'static str,
    /// Left end in the drawing's units.
    pub x: f64,
    /// Length in the drawing's units.
    pub width: f64,
    /// From and to, for people.
    pub times: String,
}

/// A mark on the time axis.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Tick {
    /// Place in the drawing's units.
    pub x: f64,
    /// The time.
    pub label: String,
}

/// A typical view of each variant that has shown an ad.
pub fn typical_views(views: &[View]) -> Vec<&View> {
    Variant::ALL
        .into_iter()
        .filter_map(|variant| typical(views, variant))
        .collect()
}

/// The waterfall of each view, with its auction's calls to bidders.
pub fn timelines(typical: &[&View], calls: &[Call]) -> Vec<Timeline> {
    let end = typical
        .iter()
        .filter_map(|view| view.last("ad_rendered"))
        .fold(100.0, f64::max);
    let step = tick_step(end);
    let end = (end / step).ceil() * step;
    typical
        .iter()
        .map(|view| timeline(view, calls, end, step))
        .collect()
}

/// The view whose first ad came at the median time.
fn typical(views: &[View], variant: Variant) -> Option<&View> {
    let own = views.iter().filter(|view| view.variant == variant);
    let mut shown: Vec<(f64, &View)> = own
        .filter_map(|view| Some((view.first("ad_rendered")?, view)))
        .collect();
    shown.sort_by(|a, b| a.0.total_cmp(&b.0));
    let middle = shown.len().checked_sub(1)? / 2;
    shown.get(middle).map(|(_, view)| *view)
}

fn timeline(view: &View, calls: &[Call], end: f64, step: f64) -> Timeline {
    let scale = WIDTH / end;
    Timeline {
        name: view.variant.name(),
        title: view.variant.title(),
        page_type: view.page_type.clone(),
        lanes: lanes(view, calls, scale),
        ticks: ticks(end, step, scale),
        first_ad: format!("{:.0}", view.first("ad_rendered").unwrap_or_default()),
    }
}

fn lanes(view: &View, calls: &[Call], scale: f64) -> Vec<Lane> {
    let lane = |label: String, kind, from: f64, to: f64| Lane {
        label,
        kind,
        x: from * scale,
        width: ((to - from) * scale).max(3.0),
        times: if to > from {
            format!("{from:.0} to {to:.0} ms")
        } else {
            format!("{from:.0} ms")
        },
    };
    let span = |label: &str, kind, from: &str, to: &str| {
        let from = view.first(from)?;
        Some(lane(label.to_owned(), kind, from, view.last(to)?.max(from)))
    };
    let before = [
        span("Loader starts", "mark", "loader_started", "loader_started"),
        span("SDK ready", "mark", "sdk_ready", "sdk_ready"),
        span("Auction", "auction", "auction_requested", "bids_returned"),
    ];
    let asked = view.first("auction_requested");
    let bidders = calls
        .iter()
        .filter(|call| view.auction() == Some(call.auction_id.as_str()))
        .filter_map(|call| Some(call_lane(call, asked?, scale)));
    let after = [
        span("Key-values set", "mark", "targeting_set", "targeting_set"),
        span(
            "Ad server",
            "ad-server",
            "ad_server_requested",
            "ad_server_responded",
        ),
    ];
    let ads = view.ads().into_iter().map(|ad| {
        let slot = ad.slot.clone().unwrap_or_default();
        let from = view.of_slot("ad_server_responded", &slot).unwrap_or(ad.ms);
        let buyer = ad.bidder.as_deref().unwrap_or("ad");
        let price = ad
            .cpm
            .map(|cpm| format!(" at {cpm:.2}"))
            .unwrap_or_default();
        let label = format!("{} {buyer}{price}", slot.trim_start_matches("div-"));
        lane(label, "render", from.min(ad.ms), ad.ms)
    });
    let before = before.into_iter().flatten().chain(bidders);
    before
        .chain(after.into_iter().flatten())
        .chain(ads)
        .collect()
}

/// A bidder's call. The server's clock is not the browser's, so its bar begins with the auction's.
fn call_lane(call: &Call, asked: f64, scale: f64) -> Lane {
    Lane {
        label: call.bidder.clone(),
        kind: "bidder",
        x: asked * scale,
        width: (call.ms * scale).max(3.0),
        times: format!("{:.0} ms", call.ms),
    }
}

fn ticks(end: f64, step: f64, scale: f64) -> Vec<Tick> {
    let mut ticks = Vec::new();
    let mut at = 0.0;
    while at <= end {
        ticks.push(Tick {
            x: at * scale,
            label: format!("{at:.0}"),
        });
        at += step;
    }
    ticks
}

/// A round distance that gives at most about ten marks.
fn tick_step(end: f64) -> f64 {
    let steps = [50.0, 100.0, 200.0, 500.0, 1000.0, 2000.0, 5000.0];
    let fits = steps.into_iter().find(|step| end / step <= 10.0);
    fits.unwrap_or(10_000.0)
}

#[cfg(test)]
mod tests {
    use super::{timelines, typical_views};
    use crate::compare::rows::Call;
    use crate::compare::views;

    #[test]
    fn draws_the_median_view_on_a_common_axis() {
        let rows = serde_json::from_str(
            r#"[
            {"variant":"waterfall","page_view_id":"w","event":"ad_server_requested","slot":"div-top","ms":100},
            {"variant":"waterfall","page_view_id":"w","event":"ad_server_responded","slot":"div-top","ms":300},
            {"variant":"waterfall","page_view_id":"w","event":"ad_rendered","slot":"div-top","ms":380,"cpm":1.2,"bidder":"beta","source":"network"},
            {"variant":"early","page_view_id":"e","event":"auction_requested","ms":20},
            {"variant":"early","page_view_id":"e","event":"bids_returned","ms":95},
            {"variant":"early","page_view_id":"e","event":"ad_rendered","slot":"div-top","ms":190,"cpm":2,"bidder":"delta","auction_id":"a1"}]"#,
        )
        .unwrap();
        let views = views::group(rows);
        let call = |auction: &str| Call {
            auction_id: auction.to_owned(),
            bidder: "delta".to_owned(),
            ms: 40.0,
        };
        let calls = [call("a1"), call("another")];
        let timelines = timelines(&typical_views(&views), &calls);
        assert_eq!(timelines.len(), 2);
        let waterfall = &timelines[0];
        let labels: Vec<&str> = waterfall
            .lanes
            .iter()
            .map(|lane| lane.label.as_str())
            .collect();
        assert_eq!(labels, ["Ad server", "top beta at 1.20"]);
        assert_eq!(waterfall.lanes[1].times, "300 to 380 ms");
        assert_eq!(waterfall.ticks.last().unwrap().label, "400");
        let early = &timelines[1];
        let labels: Vec<&str> = early.lanes.iter().map(|lane| lane.label.as_str()).collect();
        assert_eq!(labels, ["Auction", "delta", "top delta at 2.00"]);
        assert!(
            (early.lanes[0].x - 38.0).abs() < 0.01,
            "{:?}",
            early.lanes[0]
        );
    }

    #[test]
    fn no_rows_draw_nothing() {
        assert!(timelines(&typical_views(&[]), &[]).is_empty());
    }
}
