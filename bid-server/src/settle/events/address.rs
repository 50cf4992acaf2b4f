//! Addresses of `/event`.

use url::Url;

use crate::settle::creative_cache::below;

/// What pages and players report about a bid.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Event {
    /// The bid has won in the page as well.
    Win,
    /// It was seen.
    Imp,
    /// How far a video has played; the query says it.
    Vast,
}

impl Event {
    /// The name in addresses, tables and metrics.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Win => "win",
            Self::Imp => "imp",
            Self::Vast => "vast",
        }
    }

    /// The reverse.
    pub(crate) fn from_name(name: &str) -> Option<Self> {
        let all = [Self::Win, Self::Imp, Self::Vast];
        all.into_iter().find(|event| event.name() == name)
    }
}

/// Identifies a bid in an auction.
#[derive(Debug, Clone, Copy)]
pub(crate) struct EventAddress<'a> {
    /// The id that we gave the bid.
    pub(crate) bid_id: &'a str,
    /// The account.
    pub(crate) account: &'a str,
    /// The bidder's name.
    pub(crate) bidder: &'a str,
    /// The auction; not among Prebid Server's parameters.
    pub(crate) auction_id: &'a str,
    /// Start of the auction, in milliseconds since the Unix epoch.
    pub(crate) auctioned_at: i64,
    /// How the page is integrated.
    pub(crate) integration: Option<&'a str>,
}

impl EventAddress<'_> {
    /// The address that reports the event, with Prebid Server's order of parameters.
    pub(crate) fn url(&self, event: Event, public_url: &Url) -> String {
        let mut url = below(public_url, "event");
        let mut pairs = url.query_pairs_mut();
        pairs
            .append_pair("t", event.name())
            .append_pair("b", self.bid_id)
            .append_pair("a", self.account)
            .append_pair("bidder", self.bidder)
            .append_pair("ts", &self.auctioned_at.to_string());
        if let Some(integration) = self.integration {
            pairs.append_pair("int", integration);
        }
        if !self.auction_id.is_empty() {
            pairs.append_pair("aid", self.auction_id);
        }
        if event == Event::Imp {
            // Players load it as an image.
            pairs.append_pair("f", "i");
        }
        drop(pairs);
        url.into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_what_it_carries() {
        let address = EventAddress {
            bid_id: "b&1",
            account: "a c",
            bidder: "x",
            auction_id: "q",
            auctioned_at: 5,
            integration: None,
        };
        let public = Url::parse("https://bids.example/pbs/").unwrap();
        assert_eq!(
            address.url(Event::Win, &public),
            "https://bids.example/pbs/event?t=win&b=b%261&a=a+c&bidder=x&ts=5&aid=q"
        );
        assert!(address.url(Event::Imp, &public).ends_with("&f=i"));
    }
}
