//! Requests and imps as JSON trees, for adapters that change them: made once per auction and OpenRTB version,
//! and only when an adapter needs them.

use std::io::Write;
use std::sync::Arc;

use bytes::Bytes;
use flate2::Compression;
use flate2::write::GzEncoder;
use openrtb::BidRequest;
use openrtb::version::{imp_to_25, to_25};
use serde_json::{Value, json};

use super::{Bodies, open_object};
use crate::bidders::ask::{Ask, Offer};
use crate::bidders::definition::Version;
use crate::request::auction_request::offered_imp::OfferedImp;

/// The trees made so far.
#[derive(Debug, Default)]
pub(super) struct Trees<'a> {
    tops: Vec<Top<'a>>,
    imps: Vec<ImpTree<'a>>,
    gzipped: Vec<(Bytes, Bytes)>,
}

/// Cheap to clone: a reference, numbers, shared buffers.
#[derive(Debug, Clone)]
struct Top<'a> {
    shared: &'a BidRequest,
    tmax: i64,
    version: Version,
    value: Arc<Value>,
    /// The same request, serialised up to the imps.
    head: Bytes,
}

#[derive(Debug)]
struct ImpTree<'a> {
    offered: &'a OfferedImp,
    version: Version,
    value: Value,
}

impl<'a> Bodies<'a> {
    /// The request without imps, including `tmax`.
    pub(crate) fn top(&mut self, ask: &Ask<'a>, version: Version) -> Arc<Value> {
        self.trees.top(ask, version).value
    }

    /// The imp of an offer, with the bidder's params as `ext.bidder`.
    pub(crate) fn imp(
        &mut self,
        ask: &Ask<'a>,
        offer: &Offer<'a>,
        version: Version,
    ) -> Option<Value> {
        let offered = ask.imp(offer.imp)?;
        let mut imp = self.trees.imp(offered, version).clone();
        let ext = imp.get_mut("ext")?.as_object_mut()?;
        ext.insert("bidder".to_owned(), offer.params.clone());
        Some(imp)
    }

    /// The body with these imps; `changed` replaces the request if it is given.
    pub(crate) fn assemble<'v>(
        &mut self,
        ask: &Ask<'a>,
        version: Version,
        changed: Option<&Value>,
        imps: impl Iterator<Item = &'v Value>,
    ) -> Bytes {
        let head = match changed {
            Some(changed) => open_tree(changed),
            None => self.trees.top(ask, version).head,
        };
        let mut out = Vec::with_capacity(head.len() * 2);
        out.extend_from_slice(&head);
        for (position, imp) in imps.enumerate() {
            if position > 0 {
                out.push(b',');
            }
            out.extend_from_slice(&super::json(imp));
        }
        out.extend_from_slice(b"]}");
        Bytes::from(out)
    }

    /// The body in gzip; the same body is compressed only once.
    pub(crate) fn gzip(&mut self, body: &Bytes) -> Bytes {
        let gzipped = &mut self.trees.gzipped;
        let same = |pair: &&(Bytes, Bytes)| pair.0 == *body;
        if let Some((_, compressed)) = gzipped.iter().find(same) {
            return compressed.clone();
        }
        let mut encoder = GzEncoder::new(Vec::with_capacity(body.len() / 2), Compression::fast());
        let written = encoder.write_all(body).and_then(|()| encoder.finish());
        // Writing into memory cannot fail.
        let compressed = Bytes::from(written.unwrap_or_default());
        gzipped.push((body.clone(), compressed.clone()));
        compressed
    }
}

impl<'a> Trees<'a> {
    fn top(&mut self, ask: &Ask<'a>, version: Version) -> Top<'a> {
        let same = |top: &Top<'_>| {
            std::ptr::eq(top.shared, ask.shared) && top.tmax == ask.tmax && top.version == version
        };
        if let Some(top) = self.tops.iter().find(|top| same(top)) {
            return top.clone();
        }
        let top = Top::new(ask, version);
        self.tops.push(top.clone());
        top
    }

    fn imp(&mut self, offered: &'a OfferedImp, version: Version) -> &Value {
        let same =
            |tree: &ImpTree<'_>| std::ptr::eq(tree.offered, offered) && tree.version == version;
        let at = self.imps.iter().position(same).unwrap_or_else(|| {
            self.imps.push(ImpTree {
                offered,
                version,
                value: imp_tree(offered, version),
            });
            self.imps.len() - 1
        });
        self.imps.get(at).map_or(&Value::Null, |tree| &tree.value)
    }
}

impl<'a> Top<'a> {
    fn new(ask: &Ask<'a>, version: Version) -> Self {
        let value = match version {
            Version::V26 => serde_json::to_value(ask.shared),
            Version::V25 => {
                let mut older = ask.shared.clone();
                to_25(&mut older);
                serde_json::to_value(older)
            }
        };
        let mut value = value.unwrap_or_default();
        if let Value::Object(members) = &mut value {
            members.insert("tmax".to_owned(), json!(ask.tmax));
        }
        Self {
            shared: ask.shared,
            tmax: ask.tmax,
            version,
            head: open_tree(&value),
            value: Arc::new(value),
        }
    }
}

fn imp_tree(offered: &OfferedImp, version: Version) -> Value {
    let imp = match version {
        Version::V26 => serde_json::to_value(&offered.imp),
        Version::V25 => {
            let mut older = offered.imp.clone();
            imp_to_25(&mut older);
            serde_json::to_value(older)
        }
    };
    let mut imp = imp.unwrap_or_default();
    if let Value::Object(members) = &mut imp {
        let ext = members.entry("ext").or_insert_with(|| json!({}));
        if let Value::Object(ext) = ext {
            ext.extend(offered.ext.clone());
        }
    }
    imp
}

/// The request, up to the first imp.
fn open_tree(request: &Value) -> Bytes {
    let empty = request.as_object().is_none_or(serde_json::Map::is_empty);
    let mut out = open_object(request);
    out.extend_from_slice(if empty { b"\"imp\":[" } else { b",\"imp\":[" });
    Bytes::from(out)
}
