//! Asks one network of the waterfall for one slot, over OpenRTB; any failure is simply no bid.

use std::time::Duration;

use serde::Deserialize;
use serde_json::{Value, json};
use uuid::Uuid;

use super::waterfall::NetworkBid;
use super::wire::AdRequestSlot;
use crate::config::Network;
use crate::cpm::Cpm;

/// What does not change between the networks of one slot.
#[derive(Debug, Clone, Copy)]
pub struct Ask<'a> {
    /// The shared client.
    pub http: &'a reqwest::Client,
    /// The slot.
    pub slot: &'a AdRequestSlot,
    /// The publisher's page.
    pub page_url: &'a str,
    /// The floor that is sent to the network.
    pub floor: Cpm,
    /// How long to wait.
    pub timeout: Duration,
}

/// The network's best bid for the slot.
pub async fn ask(network: &Network, ask: Ask<'_>) -> Option<NetworkBid> {
    let call = ask
        .http
        .post(network.endpoint.clone())
        .timeout(ask.timeout)
        .header("content-type", "application/json")
        .header("x-openrtb-version", "2.6")
        .body(request(&ask).to_string())
        .send();
    let answer = match call.await {
        Ok(answer) if answer.status().as_u16() == 200 => answer.bytes().await,
        Ok(_) => return None,
        Err(error) => Err(error),
    };
    match answer {
        Ok(body) => best_bid(&network.code, &body, ask.slot),
        Err(error) => {
            tracing::warn!(bidder.code = %network.code, %error, "network did not answer");
            None
        }
    }
}

fn request(ask: &Ask<'_>) -> Value {
    let format: Vec<Value> = ask
        .slot
        .sizes
        .iter()
        .map(|(w, h)| json!({"w": w, "h": h}))
        .collect();
    json!({
        "id": Uuid::new_v4().simple().to_string(),
        "imp": [{
            "id": ask.slot.element_id,
            "tagid": ask.slot.ad_unit_path,
            "banner": {"format": format},
            "bidfloor": ask.floor,
            "bidfloorcur": "USD",
        }],
        "site": {"page": ask.page_url},
        "at": 1,
        "cur": ["USD"],
        "tmax": u64::try_from(ask.timeout.as_millis()).unwrap_or_default(),
    })
}

#[derive(Deserialize)]
struct Answer {
    #[serde(default)]
    seatbid: Vec<Seat>,
}

#[derive(Deserialize)]
struct Seat {
    #[serde(default)]
    bid: Vec<Bid>,
}

#[derive(Deserialize)]
struct Bid {
    impid: String,
    price: f64,
    adm: Option<String>,
    w: Option<u32>,
    h: Option<u32>,
    nurl: Option<String>,
}

fn best_bid(network: &str, body: &[u8], slot: &AdRequestSlot) -> Option<NetworkBid> {
    let answer: Answer = serde_json::from_slice(body)
        .inspect_err(
            |error| tracing::warn!(bidder.code = %network, %error, "network answered badly"),
        )
        .ok()?;
    let bids = answer.seatbid.into_iter().flat_map(|seat| seat.bid);
    bids.filter(|bid| bid.impid == slot.element_id)
        .filter_map(|bid| usable(network, bid, slot))
        .max_by_key(|bid| bid.price)
}

fn usable(network: &str, bid: Bid, slot: &AdRequestSlot) -> Option<NetworkBid> {
    let size = match (bid.w, bid.h) {
        (Some(w), Some(h)) => (w, h),
        _ => *slot.sizes.first()?,
    };
    let price = Cpm::from_number(bid.price)?;
    let fits = slot.sizes.contains(&size) && price > Cpm::ZERO;
    fits.then_some(NetworkBid {
        network: network.to_owned(),
        price,
        size,
        markup: bid.adm?,
        win_notice: bid.nurl,
    })
}

#[cfg(test)]
mod tests {
    use super::best_bid;
    use crate::ad_server::wire::AdRequestSlot;

    fn check(body: &str, expected: Option<&str>) {
        let slot: AdRequestSlot = serde_json::from_str(
            r#"{"elementId":"div-top","adUnitPath":"/1/top","sizes":[[728,90],[970,250]]}"#,
        )
        .unwrap();
        let bid = best_bid("beta", body.as_bytes(), &slot);
        let found = bid.map(|bid| format!("{} {:?} {}", bid.price, bid.size, bid.markup));
        assert_eq!(found.as_deref(), expected, "{body}");
    }

    #[test]
    fn takes_the_best_bid_that_fits() {
        check(
            r#"{"seatbid":[{"bid":[
                {"impid":"div-top","price":1.2,"adm":"a","w":728,"h":90},
                {"impid":"div-top","price":1.3,"adm":"b"},
                {"impid":"div-top","price":5,"adm":"c","w":1,"h":1},
                {"impid":"other","price":6,"adm":"d","w":728,"h":90}]}]}"#,
            Some("1.3 (728, 90) b"),
        );
    }

    #[test]
    fn anything_else_is_no_bid() {
        for body in [
            "",
            "{}",
            "[1",
            r#"{"seatbid":[]}"#,
            r#"{"seatbid":[{"bid":[{"impid":"div-top","price":0,"adm":"a"}]}]}"#,
            r#"{"seatbid":[{"bid":[{"impid":"div-top","price":1}]}]}"#,
        ] {
            check(body, None);
        }
    }
}
