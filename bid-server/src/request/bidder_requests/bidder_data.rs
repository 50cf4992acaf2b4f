//! [`BidderData`]: what a request says about who may see what, and what follows from it for one bidder.

use openrtb::{BidRequest, Members};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::schain::{self, HostNode};
use super::{first_party, imp_patch};
use crate::bidder_names::same;
use crate::request::auction_request::offered_imp::OfferedImp;
use crate::request::parse::plain;

/// From `ext.prebid` and `user.ext.prebid` of a request.
#[derive(Debug, Default)]
pub(in crate::request) struct BidderData {
    data: Data,
    configs: Vec<BidderConfig>,
    schains: Vec<BidderSchain>,
    buyeruids: Members,
    /// Entries of `multibid`.
    multi_bids: Vec<Value>,
    /// `bidderparams`, by bidder.
    params: Members,
    host: Option<HostNode>,
    /// The request including the data that only some bidders may see; `None` = every bidder may see all of it.
    full: Option<Box<BidRequest>>,
}

#[derive(Debug, Default, Deserialize)]
struct Data {
    /// The bidders that may see first-party data; left out = all.
    bidders: Option<Vec<String>>,
    #[serde(default)]
    eidpermissions: Vec<EidPermission>,
}

#[derive(Debug, Deserialize)]
struct EidPermission {
    source: String,
    bidders: Vec<String>,
}

#[derive(Debug, Deserialize)]
struct BidderConfig {
    bidders: Vec<String>,
    #[serde(default)]
    config: FirstPartyConfig,
}

#[derive(Debug, Default, Deserialize)]
struct FirstPartyConfig {
    #[serde(default)]
    ortb2: Members,
}

#[derive(Debug, Deserialize)]
struct BidderSchain {
    bidders: Vec<String>,
    schain: Value,
}

/// What a bidder sees differently from the rest; all members at their default = nothing.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Treatment<'a> {
    /// It sees first-party data that others may not see.
    data: bool,
    /// Positions of the configs meant for it.
    configs: Vec<usize>,
    /// Positions of the permissions that exclude it.
    no_eids: Vec<usize>,
    schain: Option<usize>,
    /// Members that only this bidder sees in `ext.prebid`.
    prebid: Members,
    buyeruid: Option<&'a str>,
    /// Its name, if an imp is patched for it.
    pub(super) patches_for: Option<&'a str>,
}

impl BidderData {
    /// Takes the bidder data out of a request, and with it the data that only some bidders may see.
    pub(in crate::request) fn take(
        request: &mut BidRequest,
        host: Option<&HostNode>,
        faults: &mut Vec<String>,
    ) -> Self {
        let prebid = request.ext.as_mut().and_then(|ext| ext.prebid.as_mut());
        let mut data = Self {
            host: host.cloned(),
            ..Self::default()
        };
        if let Some(prebid) = prebid {
            data.data = read("data", &mut prebid.other, faults);
            data.configs = read("bidderconfig", &mut prebid.other, faults);
            data.schains = read("schains", &mut prebid.other, faults);
            data.params = read("bidderparams", &mut prebid.other, faults);
            let multi_bids = prebid.multibid.as_ref().and_then(Value::as_array);
            data.multi_bids = multi_bids.cloned().unwrap_or_default();
        }
        data.buyeruids = first_party::take_buyeruids(request, faults);
        data.check(faults);
        if data.data.bidders.is_some() {
            data.full = first_party::take_data(request);
        }
        let for_all = data
            .schain_for("*")
            .and_then(|index| data.schains.get(index));
        schain::set(request, for_all.map(|chain| &chain.schain), host);
        data
    }

    fn check(&self, faults: &mut Vec<String>) {
        let path = "request.ext.prebid";
        let mut named: Vec<&str> = Vec::new();
        for (index, chain) in self.schains.iter().enumerate() {
            for name in &chain.bidders {
                if named.iter().any(|other| same(other, name)) {
                    faults.push(format!(
                        "{path}.schains[{index}].bidders: {name:?} has two chains"
                    ));
                }
                named.push(name);
            }
            if !chain.schain.is_object() {
                faults.push(format!("{path}.schains[{index}].schain: must be an object"));
            }
        }
        let mut sources: Vec<&str> = Vec::new();
        for (index, permission) in self.data.eidpermissions.iter().enumerate() {
            let path = format!("{path}.data.eidpermissions[{index}]");
            if permission.source.is_empty() {
                faults.push(format!("{path}.source: missing"));
            }
            if sources.contains(&permission.source.as_str()) {
                faults.push(format!(
                    "{path}.source: {:?} is there twice",
                    permission.source
                ));
            }
            if permission.bidders.is_empty() {
                faults.push(format!("{path}.bidders: at least one is needed, * for all"));
            }
            sources.push(&permission.source);
        }
    }

    fn schain_for(&self, name: &str) -> Option<usize> {
        let mut chains = self.schains.iter();
        chains.position(|chain| chain.bidders.iter().any(|bidder| same(bidder, name)))
    }

    /// The `ext.prebid` that only this bidder sees.
    fn prebid_of(&self, name: &str) -> Members {
        let mut members = Members::new();
        let entries = self.multi_bids.iter();
        let entries: Vec<Value> = entries
            .filter_map(|entry| multi_bid_of(entry, name))
            .collect();
        if !entries.is_empty() {
            members.insert("multibid".to_owned(), Value::Array(entries));
        }
        let params = self.params.iter().find(|(bidder, _)| same(bidder, name));
        if let Some((_, params)) = params {
            members.insert("bidderparams".to_owned(), params.clone());
        }
        members
    }

    /// How the bidder with this name is treated.
    pub(super) fn treatment<'a>(&'a self, name: &'a str, imps: &'a [OfferedImp]) -> Treatment<'a> {
        let mut buyeruids = self.buyeruids.iter();
        let buyeruid = buyeruids.find(|(bidder, _)| same(bidder, name));
        let patched = imps.iter().any(|imp| imp_patch::of(imp, name).is_some());
        let permissions = self.data.eidpermissions.iter();
        Treatment {
            data: self.full.is_some()
                && self
                    .data
                    .bidders
                    .as_ref()
                    .is_some_and(|may| names(may, name)),
            configs: positions(
                self.configs
                    .iter()
                    .map(|config| names(&config.bidders, name)),
            ),
            no_eids: positions(permissions.map(|permission| !names(&permission.bidders, name))),
            schain: self.schain_for(name),
            prebid: self.prebid_of(name),
            buyeruid: buyeruid.and_then(|(_, uid)| uid.as_str()),
            patches_for: patched.then_some(name),
        }
    }

    /// The request, without imps, as a bidder with this treatment sees it.
    pub(super) fn shared(
        &self,
        treatment: &Treatment<'_>,
        plain: &BidRequest,
        faults: &mut Vec<String>,
    ) -> BidRequest {
        let full = self.full.as_deref().filter(|_| treatment.data);
        let mut request = plain.clone();
        if let Some(full) = full {
            first_party::put_back(&mut request, full);
        }
        for index in &treatment.configs {
            let Some(config) = self.configs.get(*index) else {
                continue;
            };
            let path = format!("request.ext.prebid.bidderconfig[{index}].config.ortb2");
            first_party::lay_over(&mut request, &config.config.ortb2, &path, faults);
        }
        let permissions = treatment.no_eids.iter();
        let hidden: Vec<&str> = permissions
            .filter_map(|index| Some(self.data.eidpermissions.get(*index)?.source.as_str()))
            .collect();
        first_party::hide_eids(&mut request, &hidden);
        if let Some(uid) = treatment.buyeruid {
            // What the request says about the user itself takes precedence.
            let user = request.user.get_or_insert_default();
            let own = user.buyeruid.as_ref().filter(|own| !own.is_empty());
            if own.is_none() {
                user.buyeruid = Some(uid.to_owned());
            }
        }
        if !treatment.prebid.is_empty() {
            let ext = request.ext.get_or_insert_default();
            let prebid = ext.prebid.get_or_insert_default();
            prebid.other.extend(treatment.prebid.clone());
        }
        let chain = treatment.schain.and_then(|index| self.schains.get(index));
        if let Some(chain) = chain {
            schain::set(&mut request, Some(&chain.schain), self.host.as_ref());
        }
        request
    }
}

/// One member of `ext.prebid`; left out or `null` = the default.
fn read<T: DeserializeOwned + Default>(
    key: &str,
    prebid: &mut Members,
    faults: &mut Vec<String>,
) -> T {
    let Some(value) = prebid.shift_remove(key).filter(|value| !value.is_null()) else {
        return T::default();
    };
    serde_path_to_error::deserialize(value).unwrap_or_else(|error| {
        let problem = plain(&error.inner().to_string());
        let path = error.path().to_string();
        // The path continues with an index or a member; it is empty if the value as a whole has the wrong type.
        let dot = if path.starts_with('[') { "" } else { "." };
        let below = if path == "." {
            String::new()
        } else {
            format!("{dot}{path}")
        };
        faults.push(format!("request.ext.prebid.{key}{below}: {problem}"));
        T::default()
    })
}

/// An entry of `multibid` without the other bidders in it; `None` = it does not name this bidder.
fn multi_bid_of(entry: &Value, name: &str) -> Option<Value> {
    let is_own = |value: &Value| value.as_str().is_some_and(|bidder| same(bidder, name));
    let mut entry = entry.clone();
    let bidder = entry.get("bidder").filter(|bidder| !bidder.is_null());
    if let Some(bidder) = bidder {
        return is_own(bidder).then_some(entry);
    }
    let bidders = entry.get_mut("bidders")?.as_array_mut()?;
    bidders.retain(is_own);
    (!bidders.is_empty()).then_some(entry)
}

fn names(list: &[String], name: &str) -> bool {
    list.iter().any(|entry| entry == "*" || same(entry, name))
}

fn positions(which: impl Iterator<Item = bool>) -> Vec<usize> {
    let positions = which.enumerate().filter(|(_, applies)| *applies);
    positions.map(|(index, _)| index).collect()
}
