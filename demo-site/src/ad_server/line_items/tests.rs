//! Who wins a slot, as a table of prices.

use super::{Pick, pick};
use crate::ad_server::header_bid::HeaderBid;
use crate::ad_server::waterfall::NetworkBid;
use crate::config::HouseLineItem;
use crate::cpm::Cpm;

const PATH: &str = "/1234/recipes/home/top";

fn cpm(number: f64) -> Cpm {
    Cpm::from_number(number).unwrap()
}

fn house(name: &str, price: f64, ad_units: &str) -> HouseLineItem {
    HouseLineItem {
        name: name.to_owned(),
        cpm: cpm(price),
        sizes: vec![(728, 90)],
        ad_units: ad_units.to_owned(),
        headline: name.to_owned(),
        text: String::new(),
        color: "#000000".to_owned(),
        landing: "/".to_owned(),
    }
}

fn winner(header: Option<f64>, network: Option<f64>, house: &[HouseLineItem]) -> String {
    let header = header.map(|price| HeaderBid {
        price: cpm(price),
        size: (728, 90),
    });
    let network = network.map(|price| NetworkBid {
        network: "beta".to_owned(),
        price: cpm(price),
        size: (728, 90),
        markup: String::new(),
        win_notice: None,
    });
    match pick(header, network, house, PATH, &[(970, 250), (728, 90)]) {
        Some(Pick::HeaderBidding(_)) => "header bid".to_owned(),
        Some(Pick::Network(bid)) => bid.network,
        Some(Pick::House { item, size, .. }) => format!("{} {}x{}", item.name, size.0, size.1),
        None => "nobody".to_owned(),
    }
}

#[test]
fn the_highest_price_wins() {
    let own = [
        house("soups", 0.4, "/1234/recipes/"),
        house("breads", 0.9, "/1234/recipes/"),
        house("elsewhere", 9.0, "/1234/news/"),
    ];
    let cases = [
        (Some(2.0), None, "header bid"),
        (Some(0.5), None, "breads 728x90"),
        (Some(0.9), None, "header bid"),
        (None, Some(1.2), "beta"),
        (Some(1.5), Some(1.2), "header bid"),
        (None, None, "breads 728x90"),
    ];
    for (header, network, expected) in cases {
        assert_eq!(
            winner(header, network, &own),
            expected,
            "{header:?} {network:?}"
        );
    }
}

#[test]
fn the_first_of_equal_house_line_items_wins() {
    let own = [
        house("first", 0.4, "/1234/"),
        house("second", 0.4, "/1234/"),
    ];
    assert_eq!(winner(None, None, &own), "first 728x90");
}

#[test]
fn no_line_item_leaves_the_slot_empty() {
    assert_eq!(winner(None, None, &[]), "nobody");
}
