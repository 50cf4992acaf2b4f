//! Which creatives of an auction are kept, for how long, and what the answer says about them.

use std::time::Duration;

use bytes::Bytes;
use openrtb::{Bid, Imp};

use super::put::ttl;
use super::{CacheConfig, CacheError, CreativeCache, Entry, EntryKind, Put};
use crate::request::auction_request::CacheTerms;

/// The part of a bid that is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Content {
    /// The whole bid.
    Bid,
    /// Its VAST.
    Vast,
}

/// The shorter lifetime of imp and bid; otherwise the one in the request; otherwise the default. Some extra
/// time is added, so that the creative outlives the bid.
pub(crate) fn life(
    imp: &Imp,
    bid: &Bid,
    terms: CacheTerms,
    of_type: Option<i64>,
    config: &CacheConfig,
) -> Duration {
    let stated = |seconds: Option<i64>| seconds.filter(|seconds| *seconds > 0);
    let both = [stated(imp.exp), stated(bid.exp)];
    let shorter = both.into_iter().flatten().min();
    let seconds = shorter
        .or(stated(terms.ttl))
        .or(stated(of_type))
        .unwrap_or_else(|| i64::try_from(config.default_ttl.as_secs()).unwrap_or(i64::MAX));
    let extra = i64::try_from(config.extra_ttl.as_secs()).unwrap_or(0);
    ttl(Some(seconds.saturating_add(extra)), config)
}

/// The VAST of a bid: its markup, or a wrapper around the URL that serves it.
pub(crate) fn vast_of(bid: &Bid) -> Option<String> {
    let adm = bid.adm.as_ref().filter(|adm| !adm.is_blank());
    let nurl = bid.nurl.as_ref();
    let nurl = nurl.filter(|nurl| !nurl.trim().is_empty());
    let adm = adm.map(|adm| adm.text().into_owned());
    adm.or_else(|| Some(wrapper(nurl?, "")))
}

/// A VAST document that refers to another one and reports its impression to that address, if there is one.
pub(crate) fn wrapper(url: &str, impression: &str) -> String {
    let url = cdata(url);
    let impression = match impression {
        "" => String::new(),
        address => cdata(address),
    };
    format!(
        "<VAST version=\"3.0\"><Ad><Wrapper><AdSystem>prebid.org wrapper</AdSystem><VASTAdTagURI>{url}</VASTAdTagURI><Impression>{impression}</Impression><Creatives></Creatives></Wrapper></Ad></VAST>"
    )
}

/// A CDATA section cannot contain its own end marker, but the marker can be split over two sections.
fn cdata(text: &str) -> String {
    let text = text.replace("]]>", "]]]]><![CDATA[>");
    format!("<![CDATA[{text}]]>")
}

/// Something to store.
pub(crate) fn put(kind: EntryKind, content: String, ttl: Duration) -> Put {
    let content = Bytes::from(content);
    Put {
        entry: Entry { kind, content },
        ttl,
        key: None,
    }
}

/// Stores all of them and says where; the second value is what went wrong.
pub(crate) async fn keep(
    cache: &CreativeCache,
    wanted: Vec<(usize, Content, Put)>,
) -> (Vec<(usize, Content, String)>, Option<CacheError>) {
    let mut places = Vec::with_capacity(wanted.len());
    let mut puts = Vec::with_capacity(wanted.len());
    for (bid, content, put) in wanted {
        places.push((bid, content));
        puts.push(put);
    }
    let mut failure = None;
    let mut kept = Vec::with_capacity(places.len());
    for ((bid, content), result) in places.into_iter().zip(cache.put_all(puts).await) {
        match result {
            // Nobody asks for a particular id here, so none can be taken already.
            Ok(stored) => kept.extend(stored.uuid.map(|uuid| (bid, content, uuid))),
            Err(error) => failure = Some(error),
        }
    }
    (kept, failure)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Config;

    #[track_caller]
    fn check(imp: Option<i64>, bid: Option<i64>, asked: Option<i64>, expected: u64) {
        let config = Config::parse("").unwrap().cache;
        let imp = Imp {
            exp: imp,
            ..Imp::default()
        };
        let bid = Bid {
            exp: bid,
            ..Bid::default()
        };
        let terms = CacheTerms {
            return_creative: true,
            ttl: asked,
        };
        let life = life(&imp, &bid, terms, Some(200), &config);
        assert_eq!(life.as_secs(), expected);
    }

    #[test]
    fn shorter_of_imp_and_bid_counts_and_gets_spare_time() {
        check(Some(100), Some(50), None, 110);
        check(Some(100), None, Some(20), 160);
        check(None, Some(100), Some(20), 160);
        check(Some(0), Some(-5), Some(20), 80);
        check(None, None, None, 260);
        check(Some(i64::MAX), None, None, 3600);
    }

    #[test]
    fn bid_without_markup_is_kept_as_a_wrapper() {
        let mut bid = Bid {
            nurl: Some("https://s/?a=1&b=]]>".to_owned()),
            ..Bid::default()
        };
        let vast = vast_of(&bid).unwrap();
        assert!(
            vast.contains("<![CDATA[https://s/?a=1&b=]]]]><![CDATA[>]]>"),
            "{vast}"
        );
        bid.adm = Some("<VAST/>".into());
        assert_eq!(vast_of(&bid).as_deref(), Some("<VAST/>"));
        assert_eq!(vast_of(&Bid::default()), None);
    }
}
