//! A definition as it is written: plain serde, unknown keys are refused. There are no checks here.

use std::collections::BTreeMap;

use serde::Deserialize;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct File {
    #[expect(dead_code, reason = "for people who read the file")]
    pub(super) about: String,
    pub(super) maintainer: Option<String>,
    pub(super) gvl_id: Option<u32>,
    pub(super) alias_of: Option<String>,
    pub(super) openrtb: Option<String>,
    #[serde(default)]
    pub(super) gzip: bool,
    pub(super) debug_allowed: Option<bool>,
    pub(super) modifying_vast_xml_allowed: Option<bool>,
    pub(super) capabilities: Option<Capabilities>,
    pub(super) user_sync: Option<UserSync>,
    #[serde(default)]
    pub(super) host: BTreeMap<String, HostSetting>,
    pub(super) call: Call,
    #[serde(default)]
    pub(super) request: Vec<Operation>,
    #[serde(default)]
    pub(super) bids: Bids,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Capabilities {
    #[serde(default)]
    pub(super) site: Vec<String>,
    #[serde(default)]
    pub(super) app: Vec<String>,
    #[serde(default)]
    pub(super) dooh: Vec<String>,
    pub(super) multi_format: Option<bool>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct UserSync {
    pub(super) key: Option<String>,
    pub(super) iframe: Option<String>,
    pub(super) redirect: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct HostSetting {
    #[expect(dead_code, reason = "for people who read the file")]
    pub(super) about: String,
    pub(super) default: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Call {
    pub(super) url: String,
    pub(super) method: Option<String>,
    pub(super) requests: Option<String>,
    pub(super) group_by: Option<String>,
    #[serde(default)]
    pub(super) query: BTreeMap<String, String>,
    #[serde(default)]
    pub(super) headers: BTreeMap<String, OneOrMany<String>>,
    pub(super) timeout_notice: Option<TimeoutNotice>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct TimeoutNotice {
    pub(super) url: String,
    pub(super) method: Option<String>,
    pub(super) body: Option<toml::Value>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Bids {
    pub(super) media_type: Option<Vec<MediaTypeStep>>,
    pub(super) currency: Option<String>,
    #[serde(default)]
    pub(super) price_macros: Vec<String>,
    pub(super) seat: Option<String>,
    pub(super) no_bid_statuses: Option<Vec<u16>>,
    #[serde(default)]
    pub(super) change: Vec<Operation>,
}

#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub(super) enum MediaTypeStep {
    Named(String),
    Table(TableStep),
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct TableStep {
    pub(super) path: Option<String>,
    pub(super) imp: Option<Vec<String>>,
    #[serde(default)]
    pub(super) map: BTreeMap<String, String>,
}

/// One change. Exactly one of the verbs is set.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Operation {
    pub(super) set: Option<String>,
    pub(super) merge: Option<String>,
    pub(super) delete: Option<OneOrMany<String>>,
    pub(super) copy: Option<String>,
    #[serde(rename = "move")]
    pub(super) moved: Option<String>,
    pub(super) replace: Option<String>,
    pub(super) floor_currency: Option<String>,
    pub(super) banner_size: Option<bool>,
    pub(super) refuse: Option<String>,

    pub(super) value: Option<toml::Value>,
    pub(super) to: Option<String>,
    pub(super) find: Option<String>,
    pub(super) with: Option<String>,
    pub(super) keep: bool,
    pub(super) when: Option<OneOrMany<Condition>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Condition {
    pub(super) path: String,
    pub(super) present: Option<bool>,
    pub(super) is: Option<toml::Value>,
    pub(super) is_not: Option<toml::Value>,
    pub(super) matches: Option<String>,
    #[serde(rename = "in")]
    pub(super) among: Option<Vec<toml::Value>>,
}

#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub(super) enum OneOrMany<T> {
    One(T),
    Many(Vec<T>),
}

impl<T> OneOrMany<T> {
    pub(super) fn as_slice(&self) -> &[T] {
        match self {
            Self::One(one) => std::slice::from_ref(one),
            Self::Many(many) => many,
        }
    }

    pub(super) fn into_vec(self) -> Vec<T> {
        match self {
            Self::One(one) => vec![one],
            Self::Many(many) => many,
        }
    }
}
