//! What an SSP bids: a bid request in, its latency and its bids out, no I/O.

use serde_json::{Value, json};

use crate::config::SspConfig;
use crate::creative::banner_html;
use crate::draw::{Draw, cents};
use crate::fault::Fault;

/// What the SSP makes of one bid request.
#[derive(Debug)]
pub struct Answer {
    /// How long it thinks.
    pub latency_ms: u64,
    /// Its bids as OpenRTB objects.
    pub bids: Vec<Value>,
}

/// Thinks about a bid request; the same request always gets the same answer.
pub fn answer(ssp: &SspConfig, win_url: &str, fault: Fault, request: &Value) -> Answer {
    let id = request["id"].as_str().unwrap_or_default();
    let latency = ssp
        .latency_ms
        .sample(&mut Draw::new(ssp.seed, &[&ssp.code, id]));
    let imps = request["imp"].as_array().map_or(&[][..], Vec::as_slice);
    let bids = imps
        .iter()
        .filter_map(|imp| bid(ssp, win_url, fault, id, imp))
        .collect();
    Answer {
        latency_ms: whole_ms(latency),
        bids,
    }
}

/// The bid response around the bids.
pub fn bid_response(ssp: &SspConfig, request_id: &str, bids: &[Value]) -> Value {
    json!({
        "id": request_id,
        "bidid": format!("{}-{request_id}", ssp.code),
        "cur": ssp.currency,
        "seatbid": [{ "seat": ssp.code, "bid": bids }],
    })
}

fn bid(
    ssp: &SspConfig,
    win_url: &str,
    fault: Fault,
    request_id: &str,
    imp: &Value,
) -> Option<Value> {
    let imp_id = imp["id"].as_str()?;
    let mut draw = Draw::new(ssp.seed, &[&ssp.code, request_id, imp_id]);
    let wants = draw.unit() < ssp.bid_rate;
    let price = match fault {
        Fault::BelowFloor => cents(imp["bidfloor"].as_f64().unwrap_or(0.02) / 2.0),
        _ => ssp.price.sample(&mut draw),
    };
    let (w, h) = *draw.choose(&fitting_sizes(ssp, imp))?;
    if !wants && fault != Fault::BelowFloor {
        return None;
    }
    let code = &ssp.code;
    let size = format!("{w}x{h}");
    let bid_on = match fault {
        Fault::WrongImpid => format!("not-{imp_id}"),
        _ => imp_id.to_owned(),
    };
    Some(json!({
        "id": format!("{code}-{request_id}-{imp_id}"),
        "impid": bid_on,
        "price": price,
        "adm": banner_html(code, price, &ssp.currency, (w, h)),
        "nurl": format!("{win_url}?auction=${{AUCTION_ID}}&imp=${{AUCTION_IMP_ID}}&price=${{AUCTION_PRICE}}"),
        "adomain": [format!("{code}.example")],
        "crid": format!("{code}-{size}"),
        "cid": format!("{code}-campaign"),
        "w": w,
        "h": h,
        "mtype": 1,
    }))
}

/// The imp's banner formats that the SSP has creatives for.
fn fitting_sizes(ssp: &SspConfig, imp: &Value) -> Vec<(u64, u64)> {
    let banner = &imp["banner"];
    let size = |of: &Value| Some((of["w"].as_u64()?, of["h"].as_u64()?));
    let formats = banner["format"].as_array().map_or(&[][..], Vec::as_slice);
    let mut offered: Vec<(u64, u64)> = formats.iter().filter_map(size).collect();
    if offered.is_empty() {
        offered.extend(size(banner));
    }
    let has = |&(w, h): &(u64, u64)| {
        ssp.sizes.is_empty()
            || ssp
                .sizes
                .iter()
                .any(|&(a, b)| (w, h) == (a.into(), b.into()))
    };
    offered.retain(has);
    offered
}

/// Whole milliseconds; a distribution's far tail is cut at a minute.
fn whole_ms(latency: f64) -> u64 {
    let text = format!("{:.0}", latency.clamp(0.0, 60_000.0));
    text.parse().unwrap_or(60_000)
}

#[cfg(test)]
mod tests;
