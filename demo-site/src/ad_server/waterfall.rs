//! The waterfall's rule, without any input or output: ask in order, take the first bid that is good enough.

use crate::cpm::Cpm;
use crate::slots::Size;

/// A network's bid that fits the slot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NetworkBid {
    /// The network's code.
    pub network: String,
    /// Its price.
    pub price: Cpm,
    /// Its creative's size.
    pub size: Size,
    /// Its creative's markup.
    pub markup: String,
    /// Where it wants to hear that it won.
    pub win_notice: Option<String>,
}

/// Makes the calls one after another and stops at the first bid at or over the floor.
///
/// A call does nothing before it is awaited, so the networks further down are never asked. This is why a waterfall
/// earns less: one of them might have paid more.
pub async fn first_over_floor<C>(
    calls: impl IntoIterator<Item = C>,
    floor: Cpm,
) -> Option<NetworkBid>
where
    C: Future<Output = Option<NetworkBid>>,
{
    for call in calls {
        if let Some(bid) = call.await
            && bid.price >= floor
        {
            return Some(bid);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;

    use super::{NetworkBid, first_over_floor};
    use crate::cpm::Cpm;

    fn bid(network: &str, price: f64) -> NetworkBid {
        NetworkBid {
            network: network.to_owned(),
            price: Cpm::from_number(price).unwrap(),
            size: (728, 90),
            markup: String::new(),
            win_notice: None,
        }
    }

    type Offer = (&'static str, Option<f64>);

    async fn run(prices: &[Offer]) -> (Option<String>, Vec<&'static str>) {
        let asked = RefCell::new(Vec::new());
        let floor = Cpm::from_number(1.0).unwrap();
        let calls = prices.iter().map(|(network, price)| async {
            asked.borrow_mut().push(*network);
            price.map(|price| bid(network, price))
        });
        let winner = first_over_floor(calls, floor).await;
        (winner.map(|bid| bid.network), asked.into_inner())
    }

    #[tokio::test]
    async fn takes_first_over_floor_and_never_asks_the_best() {
        let prices = [
            ("alpha", Some(0.8)),
            ("beta", Some(1.2)),
            ("delta", Some(2.0)),
        ];
        let (winner, asked) = run(&prices).await;
        assert_eq!(winner.as_deref(), Some("beta"));
        assert_eq!(asked, ["alpha", "beta"]);
    }

    #[tokio::test]
    async fn a_bid_at_the_floor_is_enough() {
        let (winner, _) = run(&[("alpha", None), ("beta", Some(1.0))]).await;
        assert_eq!(winner.as_deref(), Some("beta"));
    }

    #[tokio::test]
    async fn nobody_wins_below_the_floor() {
        let (winner, asked) = run(&[("alpha", Some(0.8)), ("beta", None)]).await;
        assert_eq!(winner, None);
        assert_eq!(asked, ["alpha", "beta"]);
    }
}
