//! The supply chain that bidders see: the request's, or one meant for them, followed by the host's node.

use openrtb::{BidRequest, Members};
use serde_json::{Value, json};

/// The node that says that the request passed through us.
pub(crate) type HostNode = Members;

/// Replaces the chain if there is one to set, and appends the host's node if there is one.
///
/// A chain is kept only in its 2.6 place; bidders that speak 2.5 get it in `ext` again.
pub(super) fn set(request: &mut BidRequest, chain: Option<&Value>, host: Option<&HostNode>) {
    if chain.is_none() && host.is_none() {
        return;
    }
    let source = request.source.get_or_insert_default();
    let mut whole = match chain {
        Some(chain) => chain.clone(),
        None => source
            .schain()
            .cloned()
            // We do not know who came before us, so the chain is not complete.
            .unwrap_or_else(|| json!({"complete": 0, "ver": "1.0"})),
    };
    if let (Some(host), Some(members)) = (host, whole.as_object_mut()) {
        let nodes = members.entry("nodes").or_insert_with(|| json!([]));
        if let Some(nodes) = nodes.as_array_mut() {
            nodes.push(Value::Object(host.clone()));
        }
    }
    source.schain = Some(whole);
    if let Some(ext) = &mut source.ext {
        ext.shift_remove("schain");
    }
    if source.ext.as_ref().is_some_and(Members::is_empty) {
        source.ext = None;
    }
}
