//! [`Path`]: `imp.banner.format[0].w`, parsed once; and how values are found, set and removed with it.

use serde_json::{Map, Value};

/// What a path starts from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Root {
    /// The bidder's params for the imp; for a whole request, those of its first imp.
    Params,
    /// The imp; for a whole request, its first imp.
    Imp,
    /// The request without imps.
    Request,
    /// A bid of the reply.
    Bid,
}

impl Root {
    fn named(name: &str) -> Option<Self> {
        match name {
            "params" => Some(Self::Params),
            "imp" => Some(Self::Imp),
            "request" => Some(Self::Request),
            "bid" => Some(Self::Bid),
            _ => None,
        }
    }
}

/// One step down.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Segment {
    Key(String),
    Index(usize),
    /// `request.place`: whichever of `site`, `app` and `dooh` the request has.
    Place,
}

/// The location of a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Path {
    pub(crate) root: Root,
    segments: Vec<Segment>,
}

/// Members that say where an ad is shown.
const PLACES: [&str; 3] = ["site", "app", "dooh"];
/// An element may be appended, but a definition must not grow an array without bounds.
const MAX_INDEX: usize = 63;

impl Path {
    /// Parses `root.key.key[index]`.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let mut parts = text.split('.');
        let root = parts.next().unwrap_or_default();
        let root = Root::named(root)
            .ok_or_else(|| format!("{text:?} must begin with params, imp, request or bid"))?;
        let mut segments = Vec::new();
        for part in parts {
            let first = segments.is_empty();
            if root == Root::Request && first && part == "place" {
                segments.push(Segment::Place);
            } else {
                parse_part(part, &mut segments).ok_or_else(|| format!("{text:?} is no path"))?;
            }
        }
        Ok(Self { root, segments })
    }

    /// Whether it is the root itself.
    pub(crate) fn is_root(&self) -> bool {
        self.segments.is_empty()
    }

    /// The value there, unless it is `null`.
    pub(crate) fn get<'a>(&self, root: &'a Value) -> Option<&'a Value> {
        let mut at = root;
        for segment in &self.segments {
            at = match segment {
                Segment::Key(key) => at.get(key.as_str())?,
                Segment::Index(index) => at.get(*index)?,
                Segment::Place => at.get(place(at)?)?,
            };
        }
        Some(at).filter(|value| !value.is_null())
    }

    /// Sets the value there, creating objects on the way. Does nothing if another kind of value is in the way.
    pub(crate) fn put(&self, root: &mut Value, value: Value) {
        if let Some(at) = self.reach(root) {
            *at = value;
        }
    }

    /// Removes the value.
    pub(crate) fn take(&self, root: &mut Value) -> Option<Value> {
        let (last, before) = self.segments.split_last()?;
        let mut at = root;
        for segment in before {
            at = match segment {
                Segment::Key(key) => at.get_mut(key.as_str())?,
                Segment::Index(index) => at.get_mut(*index)?,
                Segment::Place => {
                    let place = place(at)?;
                    at.get_mut(place)?
                }
            };
        }
        match (last, at) {
            (Segment::Key(key), Value::Object(members)) => members.shift_remove(key),
            (Segment::Index(index), Value::Array(items)) if *index < items.len() => {
                Some(items.remove(*index))
            }
            (Segment::Place, at) => {
                let place = place(at)?;
                at.as_object_mut()?.shift_remove(place)
            }
            _ => None,
        }
    }

    /// The slot of the value, created if it does not exist. A request without `site` does not get one.
    pub(crate) fn reach<'a>(&self, root: &'a mut Value) -> Option<&'a mut Value> {
        let mut at = root;
        if let (Root::Request, [Segment::Key(key), ..]) = (self.root, self.segments.as_slice())
            && PLACES.contains(&key.as_str())
            && !at.get(key).is_some_and(Value::is_object)
        {
            return None;
        }
        for segment in &self.segments {
            at = match segment {
                Segment::Key(key) => member(at, key)?,
                Segment::Index(index) => item(at, *index)?,
                Segment::Place => {
                    let place = place(at)?;
                    at.get_mut(place)?
                }
            };
        }
        Some(at)
    }
}

fn parse_part(part: &str, segments: &mut Vec<Segment>) -> Option<()> {
    let (key, mut indices) = match part.find('[') {
        Some(at) => part.split_at(at),
        None => (part, ""),
    };
    if key.is_empty() || key.contains(|c: char| c.is_whitespace() || "{}|]\"'".contains(c)) {
        return None;
    }
    segments.push(Segment::Key(key.to_owned()));
    while !indices.is_empty() {
        let (index, rest) = indices.strip_prefix('[')?.split_once(']')?;
        let index: usize = index.parse().ok().filter(|index| *index <= MAX_INDEX)?;
        segments.push(Segment::Index(index));
        indices = rest;
    }
    Some(())
}

fn place(request: &Value) -> Option<&'static str> {
    PLACES
        .into_iter()
        .find(|place| request.get(place).is_some_and(Value::is_object))
}

fn member<'a>(at: &'a mut Value, key: &str) -> Option<&'a mut Value> {
    if at.is_null() {
        *at = Value::Object(Map::new());
    }
    Some(at.as_object_mut()?.entry(key).or_insert(Value::Null))
}

fn item(at: &mut Value, index: usize) -> Option<&mut Value> {
    if at.is_null() {
        *at = Value::Array(Vec::new());
    }
    let items = at.as_array_mut()?;
    if index == items.len() {
        items.push(Value::Null);
    }
    items.get_mut(index)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn finds_puts_and_takes() {
        let mut root = json!({"a": {"b": [{"c": 1}, {"c": 2}]}, "app": {"id": "x"}});
        let path = |text: &str| Path::parse(text).unwrap();
        assert_eq!(path("imp.a.b[1].c").get(&root), Some(&json!(2)));
        assert_eq!(path("imp.a.b[2].c").get(&root), None);
        assert_eq!(path("request.place.id").get(&root), Some(&json!("x")));
        path("imp.a.b[2].d.e").put(&mut root, json!(3));
        path("imp.a.b[9].d").put(&mut root, json!(4));
        path("imp.a.b[0].c.x").put(&mut root, json!(5));
        path("request.place.publisher.id").put(&mut root, json!("p"));
        path("request.site.publisher.id").put(&mut root, json!("p"));
        path("request.app.name").put(&mut root, json!("n"));
        assert_eq!(path("imp.a.b[0]").take(&mut root), Some(json!({"c": 1})));
        assert_eq!(path("imp.none.x").take(&mut root), None);
        let expected = json!({
            "a": {"b": [{"c": 2}, {"d": {"e": 3}}]},
            "app": {"id": "x", "publisher": {"id": "p"}, "name": "n"},
        });
        assert_eq!(root, expected);
    }

    #[test]
    fn refuses_what_is_no_path() {
        for text in [
            "",
            "x.a",
            "imp.",
            "imp.a[",
            "imp.a[x]",
            "imp.a[99]",
            "imp.a b",
            "imp.[0]",
        ] {
            assert!(Path::parse(text).is_err(), "{text}");
        }
        assert!(Path::parse("imp").unwrap().is_root());
    }
}
