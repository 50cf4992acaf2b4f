//! [`Bodies`]: the JSON that SSPs get, put together from pieces that are serialised once.
//!
//! The shared part of a request is written once per auction, each imp once, and only a bidder's own params
//! once per bidder. Bidders that get the same body share one buffer.

mod trees;

use bytes::Bytes;
use openrtb::{BidRequest, exact};
use serde::Serialize;

use super::ask::{Ask, Offer};
use crate::request::auction_request::offered_imp::OfferedImp;

/// Writes bodies for one auction.
#[derive(Debug, Default)]
pub(crate) struct Bodies<'a> {
    heads: Vec<Head<'a>>,
    imps: Vec<Imps<'a>>,
    made: Vec<Made<'a>>,
    trees: trees::Trees<'a>,
}

/// A request, up to the first imp.
#[derive(Debug)]
struct Head<'a> {
    shared: &'a BidRequest,
    tmax: i64,
    json: Vec<u8>,
}

/// The imps as some bidders see them.
#[derive(Debug)]
struct Imps<'a> {
    seen: &'a [OfferedImp],
    pieces: Vec<ImpPieces>,
}

#[derive(Debug)]
struct Made<'a> {
    /// The head that it begins with, by position.
    head: usize,
    /// The set that its imps come from, by position.
    imps: usize,
    offers: &'a [Offer<'a>],
    body: Bytes,
}

#[derive(Debug)]
struct ImpPieces {
    /// The imp up to the params.
    head: Vec<u8>,
    /// The imp after the params.
    tail: Vec<u8>,
}

impl<'a> Bodies<'a> {
    /// The body that offers these imps, with the params as `imp.ext.bidder`.
    pub(crate) fn body(&mut self, ask: &Ask<'a>) -> Bytes {
        let head = self.head(ask);
        let imps = self.imps(ask.imps);
        let same =
            |made: &&Made<'a>| made.head == head && made.imps == imps && made.offers == ask.offers;
        if let Some(same) = self.made.iter().find(same) {
            return same.body.clone();
        }
        let body = Bytes::from(self.write(head, imps, ask.offers));
        self.made.push(Made {
            head,
            imps,
            offers: ask.offers,
            body: body.clone(),
        });
        body
    }

    /// Bidders that see the same request object and the same tmax share a head.
    fn head(&mut self, ask: &Ask<'a>) -> usize {
        let same = |head: &Head<'a>| std::ptr::eq(head.shared, ask.shared) && head.tmax == ask.tmax;
        self.heads.iter().position(same).unwrap_or_else(|| {
            let mut json = open_object(ask.shared);
            json.extend_from_slice(format!(",\"tmax\":{},\"imp\":[", ask.tmax).as_bytes());
            self.heads.push(Head {
                shared: ask.shared,
                tmax: ask.tmax,
                json,
            });
            self.heads.len() - 1
        })
    }

    /// Imps that are the same objects are written only once.
    fn imps(&mut self, seen: &'a [OfferedImp]) -> usize {
        let same = |imps: &Imps<'a>| std::ptr::eq(imps.seen, seen);
        self.imps.iter().position(same).unwrap_or_else(|| {
            let pieces = seen.iter().map(ImpPieces::new).collect();
            self.imps.push(Imps { seen, pieces });
            self.imps.len() - 1
        })
    }

    fn write(&self, head: usize, imps: usize, offers: &[Offer<'_>]) -> Vec<u8> {
        let head = self.heads.get(head).map_or(&[][..], |head| &head.json);
        let imps = self.imps.get(imps).map_or(&[][..], |imps| &imps.pieces);
        let size: usize = imps.iter().map(ImpPieces::size).sum();
        let mut out = Vec::with_capacity(head.len() + size);
        out.extend_from_slice(head);
        for (position, offer) in offers.iter().enumerate() {
            let Some(pieces) = offer.imp.of(imps) else {
                continue;
            };
            if position > 0 {
                out.push(b',');
            }
            out.extend_from_slice(&pieces.head);
            out.extend_from_slice(&json(offer.params));
            out.extend_from_slice(&pieces.tail);
        }
        out.extend_from_slice(b"]}");
        out
    }
}

impl ImpPieces {
    fn new(offered: &OfferedImp) -> Self {
        let mut head = open_object(&offered.imp);
        head.extend_from_slice(b",\"ext\":{\"bidder\":");
        let mut tail = Vec::new();
        if !offered.ext.is_empty() {
            tail.push(b',');
            // From the first member to the closing brace of `ext`.
            tail.extend_from_slice(json(&offered.ext).get(1..).unwrap_or(b"}"));
        } else {
            tail.push(b'}');
        }
        tail.push(b'}');
        Self { head, tail }
    }

    fn size(&self) -> usize {
        const USUAL_PARAMS: usize = 128;
        self.head.len() + self.tail.len() + USUAL_PARAMS
    }
}

/// An object without its closing brace, so that members can follow. Both types always have an `id`.
fn open_object(value: &impl Serialize) -> Vec<u8> {
    let mut out = json(value);
    out.pop();
    out
}

/// Wire types and values have only string keys, so writing them into memory cannot fail. Numbers that were
/// protected on the way in get their digits back.
fn json(value: &impl Serialize) -> Vec<u8> {
    let json = serde_json::to_vec(value).unwrap_or_else(|_| b"{}".to_vec());
    exact::restore_owned(json)
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderMap;
    use serde_json::{Value, json};
    use tokio::time::Instant;

    use super::*;
    use crate::config::Config;
    use crate::request::{AuctionRequest, ImpIndex};

    fn config() -> Config {
        Config::parse("[bidders.a]\nendpoint = 'http://a/'\n[bidders.b]\nendpoint = 'http://b/'")
            .unwrap()
    }

    fn ask<'a>(request: &'a AuctionRequest, offers: &'a [Offer<'a>]) -> Ask<'a> {
        Ask {
            shared: &request.shared,
            imps: &request.imps,
            offers,
            tmax: 321,
            exchange: &request.exchange,
            preferred: None,
        }
    }

    fn request() -> AuctionRequest {
        let body = json!({
            "id": "r", "site": {"page": "https://p/"}, "tmax": 900,
            "imp": [
                {"id": "one", "banner": {"w": 1, "h": 2}, "ext": {"gpid": "g", "b": {"x": 2},
                    "prebid": {"bidder": {"a": {"x": 1}}, "storedrequest": null}}},
                {"id": "two", "banner": {"w": 1, "h": 2}},
            ],
            "ext": {"prebid": {"createtids": false, "channel": {"name": "pbjs"}}, "tmaxmax": 1000},
        });
        let body = body.to_string();
        crate::request::read(
            body.as_bytes(),
            &HeaderMap::new(),
            &config(),
            Instant::now(),
        )
        .unwrap()
    }

    #[test]
    fn each_bidder_sees_only_its_own_params() {
        let request = request();
        let params = &request.imps[0].params;
        assert_eq!(params.len(), 2);
        let offers = [Offer {
            imp: ImpIndex::new(0),
            params: &params["a"],
        }];
        let body = Bodies::default().body(&ask(&request, &offers));
        let sent: Value = serde_json::from_slice(&body).unwrap();
        assert_eq!(
            sent["imp"],
            json!([{"id": "one", "secure": 1, "banner": {"w": 1, "h": 2}, "ext": {"bidder": {"x": 1}, "gpid": "g"}}])
        );
        assert_eq!(sent["tmax"], 321);
        assert_eq!(
            sent["ext"],
            json!({"prebid": {"channel": {"name": "pbjs"}}})
        );
    }

    #[test]
    fn equal_offers_share_one_buffer() {
        let request = request();
        let (params, other) = (json!({}), json!({"y": 1}));
        let both = [
            Offer {
                imp: ImpIndex::new(0),
                params: &params,
            },
            Offer {
                imp: ImpIndex::new(1),
                params: &params,
            },
        ];
        let mut bodies = Bodies::default();
        let first = bodies.body(&ask(&request, &both));
        let again = both;
        let second = bodies.body(&ask(&request, &again));
        assert_eq!(first.as_ptr(), second.as_ptr());
        let differs = [
            Offer {
                imp: ImpIndex::new(0),
                params: &params,
            },
            Offer {
                imp: ImpIndex::new(1),
                params: &other,
            },
        ];
        assert_ne!(first, bodies.body(&ask(&request, &differs)));
        let mut hurried = ask(&request, &both);
        hurried.tmax = 9;
        assert_ne!(first, bodies.body(&hurried));
    }
}
