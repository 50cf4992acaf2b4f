//! Picks the line item for a slot: whichever pays most of a header bid, a network and the house's own.

use super::header_bid::HeaderBid;
use super::waterfall::NetworkBid;
use crate::config::HouseLineItem;
use crate::cpm::Cpm;
use crate::slots::Size;

/// The line item that won a slot.
#[derive(Debug, Clone, PartialEq)]
pub enum Pick<'a> {
    /// The header bidding line item of the bid's price bucket.
    HeaderBidding(HeaderBid),
    /// The network that the waterfall found.
    Network(NetworkBid),
    /// One of the publisher's own.
    House {
        /// Its place in the configuration.
        index: usize,
        /// The line item.
        item: &'a HouseLineItem,
        /// The size of its creative.
        size: Size,
    },
}

/// The best line item for a slot. Demand wins a tie against the house, since it pays in money.
pub fn pick<'a>(
    header_bid: Option<HeaderBid>,
    network: Option<NetworkBid>,
    house: &'a [HouseLineItem],
    ad_unit_path: &str,
    sizes: &[Size],
) -> Option<Pick<'a>> {
    let own = best_house(house, ad_unit_path, sizes);
    let candidates = [
        header_bid.map(Pick::HeaderBidding),
        network.map(Pick::Network),
        own,
    ];
    // `rev`, because `max_by_key` keeps the last of equal ones.
    candidates.into_iter().flatten().rev().max_by_key(price)
}

fn price(pick: &Pick<'_>) -> Cpm {
    match pick {
        Pick::HeaderBidding(bid) => bid.price,
        Pick::Network(bid) => bid.price,
        Pick::House { item, .. } => item.cpm,
    }
}

fn best_house<'a>(
    house: &'a [HouseLineItem],
    ad_unit_path: &str,
    sizes: &[Size],
) -> Option<Pick<'a>> {
    let fitting = house.iter().enumerate().filter_map(|(index, item)| {
        let runs_here = ad_unit_path.starts_with(&item.ad_units);
        let size = sizes.iter().find(|size| item.sizes.contains(size))?;
        runs_here.then_some(Pick::House {
            index,
            item,
            size: *size,
        })
    });
    fitting.rev().max_by_key(price)
}

#[cfg(test)]
mod tests;
