//! [`FloorRules`]: fetched floor rules by address. Auctions read them and never wait for them.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use openrtb::ext::FloorData;
use tokio::sync::Notify;
use tokio::time::Instant;
use url::Url;

use super::hosts::AllowedHosts;
use crate::data::market::FloorFetchConfig;
use crate::money::floors::rules::FloorLimits;
use crate::money::floors::settings::FloorFetch;

/// What is known about an address.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Fetched {
    /// It is not fetched: not wanted, not allowed, or there is no room.
    None,
    /// It is being fetched for later auctions.
    InProgress,
    /// Nothing usable was found there.
    Failed,
    /// The rules.
    Rules(Arc<FloorData>),
}

/// Rules by address, bounded in number and in bytes.
#[derive(Debug)]
pub(crate) struct FloorRules {
    enabled: bool,
    hosts: AllowedHosts,
    most_files: usize,
    most_bytes: usize,
    files: Mutex<BTreeMap<String, File>>,
    /// Wakes the task that fetches.
    pub(super) wanted: Notify,
}

/// Rules, and until when they are valid.
type Dated = (Arc<FloorData>, Instant);

/// The result of a fetch.
#[derive(Debug)]
pub(super) struct Got {
    /// The rules.
    pub(super) rules: FloorData,
    /// The size of their file.
    pub(super) bytes: usize,
    /// How long its server says they are valid.
    pub(super) max_age: Option<Duration>,
}

#[derive(Debug)]
struct File {
    job: Job,
    rules: Option<Dated>,
    /// The size of the file that the rules were read from.
    bytes: usize,
    tried: bool,
    in_flight: bool,
    due: Instant,
    /// When an auction last asked for it.
    used: Instant,
}

/// One file to fetch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Job {
    pub(super) url: Url,
    pub(super) settings: FloorFetch,
}

impl Job {
    /// The sizes that a model may have.
    pub(super) fn limits(&self) -> FloorLimits {
        FloorLimits {
            rules: self.settings.max_rules,
            dims: self.settings.max_schema_dims,
        }
    }

    fn period(&self) -> Duration {
        Duration::from_secs(self.settings.period_sec)
    }

    fn max_age(&self) -> Duration {
        Duration::from_secs(self.settings.max_age_sec)
    }

    /// As long as the file's server says, but at most the account's `max_age_sec`, and at least until the
    /// file is fetched again: otherwise there would be no floors in between.
    fn good_for(&self, said: Option<Duration>) -> Duration {
        let longest = self.max_age();
        let next = self.period() + Duration::from_millis(self.settings.timeout_ms);
        said.map_or(longest, |said| said.max(next).min(longest))
    }
}

impl FloorRules {
    /// No rules yet.
    pub(crate) fn new(config: &FloorFetchConfig) -> Self {
        Self {
            enabled: config.enabled,
            hosts: config.hosts.clone(),
            most_files: config.max_files,
            most_bytes: config.max_bytes,
            files: Mutex::default(),
            wanted: Notify::new(),
        }
    }

    /// Whether floor rules are used at all.
    pub(crate) fn enabled(&self) -> bool {
        self.enabled
    }

    /// The rules at an address. An address that is not known yet is fetched for later.
    pub(crate) fn get(&self, address: &str, settings: &FloorFetch, now: Instant) -> Fetched {
        if !self.enabled || !settings.enabled || address.is_empty() {
            return Fetched::None;
        }
        let Some(url) = self.hosts.check(address) else {
            return Fetched::None;
        };
        let mut files = self.files.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(file) = files.get_mut(url.as_str()) {
            file.used = now;
            return file.known(now);
        }
        if files.len() >= self.most_files {
            return Fetched::None;
        }
        let file = File {
            job: Job {
                url: url.clone(),
                settings: settings.clone(),
            },
            rules: None,
            bytes: 0,
            tried: false,
            in_flight: false,
            due: now,
            used: now,
        };
        files.insert(url.into(), file);
        self.wanted.notify_one();
        Fetched::InProgress
    }

    /// The files to fetch now, at most `most`, and when to check again. Files that are no longer used are forgotten.
    pub(super) fn due(&self, now: Instant, most: usize) -> (Vec<Job>, Option<Instant>) {
        let mut files = self.files.lock().unwrap_or_else(PoisonError::into_inner);
        files.retain(|_, file| {
            file.in_flight || now.saturating_duration_since(file.used) <= file.job.max_age()
        });
        let mut jobs = Vec::new();
        for file in files.values_mut().filter(|file| !file.in_flight) {
            if file.due <= now && jobs.len() < most {
                file.in_flight = true;
                jobs.push(file.job.clone());
            }
        }
        let waiting = files.values().filter(|file| !file.in_flight);
        (jobs, waiting.map(|file| file.due).min())
    }

    /// Records the result of a fetch; `None` = nothing usable.
    pub(super) fn done(&self, job: &Job, got: Option<Got>, now: Instant) {
        let mut files = self.files.lock().unwrap_or_else(PoisonError::into_inner);
        let key = job.url.as_str();
        let others = files.iter().filter(|(other, _)| other.as_str() != key);
        let others: usize = others.map(|(_, file)| file.bytes).sum();
        let Some(file) = files.get_mut(key) else {
            return;
        };
        file.tried = true;
        file.in_flight = false;
        file.due = now + job.period();
        let fits = got.filter(|got| others + got.bytes <= self.most_bytes);
        if let Some(got) = fits {
            let good_until = now + job.good_for(got.max_age);
            file.rules = Some((Arc::new(got.rules), good_until));
            file.bytes = got.bytes;
        }
    }
}

impl File {
    fn known(&self, now: Instant) -> Fetched {
        let fresh = self.rules.as_ref();
        match fresh.filter(|(_, good_until)| now <= *good_until) {
            Some((rules, _)) => Fetched::Rules(Arc::clone(rules)),
            None if self.tried => Fetched::Failed,
            None => Fetched::InProgress,
        }
    }
}

#[cfg(test)]
mod tests;
