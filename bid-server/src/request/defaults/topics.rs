//! `Sec-Browsing-Topics`: the browser's topics of interest, as segments in `user.data`.

use std::collections::BTreeMap;

use axum::http::HeaderMap;
use openrtb::{BidRequest, User};
use serde_json::{Value, json};

use super::text;

/// The source of the segments, as buyers know it.
const SOURCE: &str = "topics.googleapis.com";
/// The first number in AdCOM's list for the taxonomies of the Topics API.
const FIRST_SEGTAX: u32 = 600;
/// Browsers send three topics; a longer list did not come from a browser.
const MOST_TOPICS: usize = 10;

/// The number of the taxonomy, and the model that found the topics.
type Key = (u32, String);
/// One item of the header.
type Item = (Vec<u32>, Key);
type Groups = BTreeMap<Key, Vec<u32>>;

/// Adds a data object for each taxonomy and model that `user.data` does not contain yet.
pub(super) fn fill(request: &mut BidRequest, headers: &HeaderMap) {
    let groups = text(headers, "sec-browsing-topics").map(parse);
    for ((taxonomy, model), topics) in groups.unwrap_or_default() {
        let segtax = FIRST_SEGTAX + taxonomy - 1;
        let segments = topics.iter().map(|topic| json!({"id": topic.to_string()}));
        let data = json!({
            "name": SOURCE,
            "segment": segments.collect::<Vec<_>>(),
            "ext": {"segtax": segtax, "segclass": model},
        });
        add(request.user.get_or_insert_with(User::default), data);
    }
}

fn add(user: &mut User, data: Value) {
    let list = user.other.entry("data");
    let Value::Array(list) = list.or_insert_with(|| json!([])) else {
        return;
    };
    let same =
        |old: &Value| old.get("name") == data.get("name") && old.get("ext") == data.get("ext");
    if !list.iter().any(same) {
        list.push(data);
    }
}

/// `(1 2);v=chrome.1:1:2, ();p=P0000000000`: topics, then version, taxonomy and model.
fn parse(header: &str) -> Groups {
    let mut groups = Groups::new();
    for item in header.split(',') {
        let Some((topics, key)) = parse_item(item.trim()) else {
            continue;
        };
        let group = groups.entry(key).or_default();
        for topic in topics {
            if group.len() < MOST_TOPICS && !group.contains(&topic) {
                group.push(topic);
            }
        }
    }
    groups
}

fn parse_item(item: &str) -> Option<Item> {
    let (topics, version) = item.strip_prefix('(')?.split_once(");v=")?;
    let mut parts = version.split(':');
    let (_browser, taxonomy, model) = (parts.next()?, parts.next()?, parts.next()?);
    let taxonomy = taxonomy
        .parse()
        .ok()
        .filter(|number| (1..=10).contains(number))?;
    let model = model.parse::<u32>().ok()?.to_string();
    let topics: Vec<u32> = topics
        .split_whitespace()
        .filter_map(|topic| topic.parse().ok())
        .collect();
    (!topics.is_empty()).then_some((topics, (taxonomy, model)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn data(header: &str) -> Value {
        let mut headers = HeaderMap::new();
        headers.insert("sec-browsing-topics", header.parse().unwrap());
        let mut request = BidRequest::default();
        fill(&mut request, &headers);
        fill(&mut request, &headers);
        request
            .user
            .map_or(json!(null), |user| user.other["data"].clone())
    }

    #[test]
    fn topics_become_segments_once() {
        let expected = json!([
            {"name": SOURCE, "segment": [{"id": "1"}, {"id": "2"}, {"id": "7"}], "ext": {"segtax": 600, "segclass": "2"}},
            {"name": SOURCE, "segment": [{"id": "9"}], "ext": {"segtax": 601, "segclass": "3"}},
        ]);
        let header = "(1 2);v=chrome.1:1:2, (2 7);v=chrome.1:1:2, (9);v=chrome.1:2:3, ();p=P00000";
        assert_eq!(data(header), expected);
    }

    #[test]
    fn nonsense_gives_nothing() {
        for header in [
            "",
            "();p=P0",
            "(x);v=a:1:2",
            "(1);v=a:99:2",
            "(1);v=a",
            "((((",
            "(1);v=a:1:<b>",
        ] {
            assert_eq!(data(header), json!(null), "{header}");
        }
    }
}
