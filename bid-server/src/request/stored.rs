//! Assembles a request: the default request, the stored ones that it names, what it says itself, and profiles.
//!
//! [`Assembly`] knows what is still wanted and takes what was found. It never waits for anything, so its
//! caller is free to look in memory, in files or on another server.

mod names;
mod profiles;

use std::sync::Arc;

use serde_json::Value;

use super::imp_faults::ImpFaults;
use super::parse::{self, Owner, Parsed};
use crate::data::accounts::account_of_stored;
use crate::data::merge_patch::lay_over;
use crate::data::stored::{Found, PartOf, StoredKind, Wanted, owner, take_owner};
use crate::request::Refusal;
use names::{Named, STORED};

pub(super) use names::any as names_any;

/// What is merged, in this order; each step may name what the next ones need.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum AssemblyStep {
    /// The default request, the stored one, and the incoming one.
    Request,
    /// The profiles that the request names.
    Profiles,
    /// Each imp and its stored imp.
    Imps,
    /// The profiles that imps name.
    ImpProfiles,
    /// Nothing.
    Done,
}

/// A request that is being assembled.
#[derive(Debug)]
pub(crate) struct Assembly {
    incoming: Option<Value>,
    default: Option<Arc<Value>>,
    /// The incoming request, laid over the default and the stored one.
    merged: Value,
    /// The next step.
    next: AssemblyStep,
    found: Found,
    /// What imps name although it does not exist.
    absent: Wanted,
    /// What is wrong with imps that name stored data; such imps are emptied.
    faults: Vec<String>,
    of_imps: ImpFaults,
    /// Whose the stored data is.
    owners: Vec<Owner>,
    /// Imps beyond this number take no part, so nothing is looked up for them.
    most_imps: usize,
}

impl Assembly {
    /// Starts with the incoming request; fails if it is not an object.
    pub(crate) fn new(incoming: Value, default: Option<Arc<Value>>) -> Result<Self, Refusal> {
        if !incoming.is_object() {
            return Err(Refusal::fault("not a bid request: not a JSON object"));
        }
        Ok(Self {
            incoming: Some(incoming),
            default,
            merged: Value::Null,
            next: AssemblyStep::Request,
            found: Found::new(),
            absent: Wanted::new(),
            faults: Vec::new(),
            of_imps: ImpFaults::default(),
            owners: Vec::new(),
            most_imps: usize::MAX,
        })
    }

    /// Looks nothing up for imps beyond this number.
    pub(crate) fn limited_to(mut self, most_imps: usize) -> Self {
        self.most_imps = most_imps;
        self
    }

    /// What has to be found next; empty = the request is complete.
    pub(crate) fn wanted(&mut self) -> Result<Wanted, Refusal> {
        loop {
            let wanted = self.not_found()?;
            if !wanted.is_empty() || self.next == AssemblyStep::Done {
                return Ok(wanted);
            }
            self.step()?;
        }
    }

    /// Takes one step; everything that it needs has been found, or does not exist.
    fn step(&mut self) -> Result<(), Refusal> {
        self.next = match self.next {
            AssemblyStep::Request => {
                self.lay_request()?;
                AssemblyStep::Profiles
            }
            AssemblyStep::Profiles => {
                profiles::lay("request", PartOf::Request, &mut self.merged, &self.found)
                    .map_err(Refusal::faults)?;
                AssemblyStep::Imps
            }
            AssemblyStep::Imps => {
                self.each_imp(lay_imp);
                AssemblyStep::ImpProfiles
            }
            AssemblyStep::ImpProfiles => {
                self.each_imp(|path, imp, found| profiles::lay(path, PartOf::Imp, imp, found));
                AssemblyStep::Done
            }
            AssemblyStep::Done => AssemblyStep::Done,
        };
        Ok(())
    }

    fn not_found(&self) -> Result<Wanted, Refusal> {
        let named = names::all(self.current(), self.most_imps)?.into_iter();
        let wanted = named.map(|named| named.key);
        let wanted =
            wanted.filter(|key| !self.found.contains_key(key) && !self.absent.contains(key));
        Ok(wanted.collect())
    }

    /// Takes the wanted data that was found; anything that the request itself names must be there. If something
    /// that only imps name is missing, it becomes a fault of those imps, once it is clear which imps there are.
    pub(crate) fn lay(&mut self, found: Found) -> Result<(), Refusal> {
        let named = names::all(self.current(), self.most_imps)?;
        self.found.extend(found);
        let (mut missing, mut fatal) = (Vec::new(), false);
        for named in named {
            if let Some(value) = self.found.get(&named.key) {
                note_owner(&mut self.owners, &named, value);
                continue;
            }
            missing.push(named.is_missing());
            fatal |= !named.by_imp;
            self.absent.insert(named.key);
        }
        if fatal {
            return Err(Refusal::faults(missing));
        }
        Ok(())
    }

    /// What to look for names in. Before anything is merged, that is the incoming request, so that what its
    /// imps name is found at the same time.
    fn current(&self) -> &Value {
        self.incoming.as_ref().unwrap_or(&self.merged)
    }

    /// Lays the stored request over the default one, and the incoming request over both.
    fn lay_request(&mut self) -> Result<(), Refusal> {
        let Some(incoming) = self.incoming.take() else {
            return Ok(());
        };
        let default = self.default.take();
        self.merged = default.map_or(Value::Null, |value| Value::clone(&value));
        if let Some(id) = names::request(&incoming)?
            && let Some(stored) = self.found.get(&(StoredKind::Request, id))
        {
            let account = account_of_stored(stored);
            self.owners.extend(account.map(|account| Owner {
                item: "the stored request".to_owned(),
                account: account.to_owned(),
                always: false,
            }));
            let mut stored = Value::clone(stored);
            take_owner(&mut stored);
            lay_over(&mut self.merged, stored);
        }
        if self.merged.is_null() {
            self.merged = incoming;
        } else {
            lay_over(&mut self.merged, incoming);
        }
        Ok(())
    }

    /// The whole request, with each imp laid over the stored one that it names.
    pub(crate) fn finish(mut self) -> Result<Parsed, Refusal> {
        while self.next != AssemblyStep::Done {
            self.step()?;
        }
        self.each_imp(|path, imp, found| {
            names::check_answers(path, imp, found).map_err(|fault| vec![fault])
        });
        self.found
            .retain(|(kind, _), _| *kind == StoredKind::Response);
        let known = Parsed {
            faults: self.faults,
            of_imps: self.of_imps,
            found: self.found,
            owners: self.owners,
            ..Parsed::default()
        };
        Ok(parse::typed_after(self.merged, known))
    }

    /// Applies `change` to each imp. An imp in which that finds faults is emptied: it will take no part.
    fn each_imp(&mut self, change: impl Fn(&str, &mut Value, &Found) -> Result<(), Vec<String>>) {
        let imps = self.merged.get_mut("imp").and_then(Value::as_array_mut);
        let imps = imps.into_iter().flatten().take(self.most_imps);
        for (index, imp) in imps.enumerate() {
            let path = format!("request.imp[{index}]");
            if let Err(faults) = change(&path, imp, &self.found) {
                let before = self.faults.len();
                self.faults.extend(faults);
                self.of_imps.mark_missing(index, before, &self.faults);
                parse::empty(imp);
            }
        }
    }
}

/// Notes that an item belongs to one account, if it says so.
fn note_owner(owners: &mut Vec<Owner>, named: &Named, value: &Value) {
    let Some(account) = owner(named.key.0, value) else {
        return;
    };
    let owner = Owner {
        item: named.item(),
        account: account.to_owned(),
        always: true,
    };
    if !owners.contains(&owner) {
        owners.push(owner);
    }
}

/// Lays an imp over the stored one that it names.
fn lay_imp(path: &str, imp: &mut Value, found: &Found) -> Result<(), Vec<String>> {
    let named = names::imp(path, imp).map_err(|fault| vec![fault])?;
    let Some(id) = named else { return Ok(()) };
    let key = (StoredKind::Imp, id);
    let Some(stored) = found.get(&key) else {
        return Err(vec![names::missing(&format!("{path}.{STORED}.id"), &key)]);
    };
    let mut below = Value::clone(stored);
    if !below.is_object() {
        return Err(vec![format!("{path}: its stored imp is no object")]);
    }
    take_owner(&mut below);
    lay_over(&mut below, std::mem::take(imp));
    *imp = below;
    Ok(())
}

#[cfg(test)]
mod tests;
