//! The objects of the store, all under one lock.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, MutexGuard, PoisonError};

use bytes::{Bytes, BytesMut};
use chrono::{DateTime, Utc};

/// One object.
#[derive(Debug, Clone)]
pub(super) struct Object {
    pub(super) bytes: Bytes,
    pub(super) etag: String,
    pub(super) modified: DateTime<Utc>,
}

/// Part numbers with what was uploaded under them.
type Parts = BTreeMap<u32, Bytes>;

#[derive(Debug, Default)]
struct State {
    objects: BTreeMap<String, Object>,
    uploads: BTreeMap<u64, Parts>,
    writes: u64,
}

/// A bucket.
#[derive(Debug, Default)]
pub(super) struct Objects(Mutex<State>);

/// What a listing has found.
#[derive(Debug, Default)]
pub(super) struct Listing {
    pub(super) objects: Vec<(String, Object)>,
    pub(super) prefixes: BTreeSet<String>,
    /// Where the next page begins, if there is one.
    pub(super) next: Option<String>,
}

/// What is to be listed.
#[derive(Debug)]
pub(super) struct Wanted<'a> {
    pub(super) prefix: &'a str,
    pub(super) delimiter: &'a str,
    /// Only keys behind this one.
    pub(super) after: &'a str,
    pub(super) most: usize,
}

impl Objects {
    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Writes an object; `None` = it exists and must not.
    pub(super) fn put(&self, key: String, bytes: Bytes, only_new: bool) -> Option<String> {
        let mut state = self.state();
        if only_new && state.objects.contains_key(&key) {
            return None;
        }
        Some(state.write(key, bytes))
    }

    pub(super) fn get(&self, key: &str) -> Option<Object> {
        self.state().objects.get(key).cloned()
    }

    pub(super) fn delete(&self, key: &str) {
        self.state().objects.remove(key);
    }

    pub(super) fn begin_upload(&self) -> u64 {
        let mut state = self.state();
        state.writes += 1;
        let id = state.writes;
        state.uploads.insert(id, Parts::new());
        id
    }

    /// False = there is no such upload.
    pub(super) fn put_part(&self, upload: u64, number: u32, bytes: Bytes) -> bool {
        let mut state = self.state();
        let parts = state.uploads.get_mut(&upload);
        parts.is_some_and(|parts| {
            parts.insert(number, bytes);
            true
        })
    }

    /// All parts as one object, or nothing.
    pub(super) fn finish_upload(&self, upload: u64, key: String) -> Option<String> {
        let mut state = self.state();
        let parts = state.uploads.remove(&upload)?;
        let mut whole = BytesMut::new();
        for part in parts.values() {
            whole.extend_from_slice(part);
        }
        Some(state.write(key, whole.freeze()))
    }

    pub(super) fn abort_upload(&self, upload: u64) {
        self.state().uploads.remove(&upload);
    }

    pub(super) fn list(&self, wanted: &Wanted<'_>) -> Listing {
        let state = self.state();
        let mut listing = Listing::default();
        let mut last = String::new();
        let from = wanted.after.max(wanted.prefix).to_owned();
        for (key, object) in state.objects.range(from..) {
            let Some(rest) = key.strip_prefix(wanted.prefix) else {
                break;
            };
            if key.as_str() <= wanted.after {
                continue;
            }
            if listing.objects.len() + listing.prefixes.len() >= wanted.most {
                listing.next = Some(last);
                break;
            }
            last.clone_from(key);
            let folder = match wanted.delimiter {
                "" => None,
                delimiter => rest.find(delimiter).map(|at| at + delimiter.len()),
            };
            match folder {
                Some(end) => {
                    let length = wanted.prefix.len() + end;
                    listing.prefixes.insert(key[..length].to_owned());
                }
                None => listing.objects.push((key.clone(), object.clone())),
            }
        }
        listing
    }
}

impl State {
    fn write(&mut self, key: String, bytes: Bytes) -> String {
        self.writes += 1;
        let etag = format!("\"{:032x}\"", self.writes);
        let object = Object {
            bytes,
            etag: etag.clone(),
            modified: Utc::now(),
        };
        self.objects.insert(key, object);
        etag
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys(listing: &Listing) -> Vec<&str> {
        listing
            .objects
            .iter()
            .map(|(key, _)| key.as_str())
            .collect()
    }

    #[test]
    fn lists_by_prefix_folder_and_page() {
        let bucket = Objects::default();
        for key in ["a/1", "a/2", "a/b/3", "a/b/4", "c/5"] {
            bucket.put(key.to_owned(), Bytes::new(), false);
        }
        let list = |prefix, delimiter, after, most| {
            bucket.list(&Wanted {
                prefix,
                delimiter,
                after,
                most,
            })
        };
        assert_eq!(
            keys(&list("a/", "", "", 10)),
            ["a/1", "a/2", "a/b/3", "a/b/4"]
        );
        assert_eq!(keys(&list("a/", "", "a/2", 10)), ["a/b/3", "a/b/4"]);
        let folders = list("a/", "/", "", 10);
        assert_eq!(keys(&folders), ["a/1", "a/2"]);
        assert_eq!(Vec::from_iter(&folders.prefixes), ["a/b/"]);
        let page = list("", "", "", 2);
        assert_eq!(
            (keys(&page), page.next.as_deref()),
            (vec!["a/1", "a/2"], Some("a/2"))
        );
        assert_eq!(list("", "", "", 5).next, None);
    }

    #[test]
    fn of_many_who_create_the_same_object_one_does() {
        let bucket = Objects::default();
        let created = std::thread::scope(|scope| {
            let tries: Vec<_> = (0..8)
                .map(|_| scope.spawn(|| bucket.put("x".to_owned(), Bytes::new(), true).is_some()))
                .collect();
            tries
                .into_iter()
                .map(|one| one.join().unwrap())
                .filter(|created| *created)
                .count()
        });
        assert_eq!(created, 1);
    }
}
