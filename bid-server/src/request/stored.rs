//! Assembles a request: the default request, the stored ones that it names, what it says itself, and profiles.
//!
//! [`Assembly`] knows what is still wanted and takes what was found. It never waits for anything, so its
//! caller is free to look in memory, in files or on another server.

mod names;
mod profiles;

use std::sync::Arc;

use openrtb::Members;
use serde_json::Value;

use super::parse::{self, Parsed};
use crate::data::accounts::account_of_stored;
use crate::data::merge_patch::lay_over;
use crate::data::stored::{Found, StoredKind, Wanted};
use crate::request::Refusal;

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
    /// The account that the stored request names.
    owner: Option<String>,
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
            owner: None,
        })
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
                profiles::of_request(&mut self.merged, &self.found)?;
                AssemblyStep::Imps
            }
            AssemblyStep::Imps => {
                self.lay_imps()?;
                AssemblyStep::ImpProfiles
            }
            AssemblyStep::ImpProfiles => {
                profiles::of_imps(&mut self.merged, &self.found)?;
                AssemblyStep::Done
            }
            AssemblyStep::Done => AssemblyStep::Done,
        };
        Ok(())
    }

    fn not_found(&self) -> Result<Wanted, Refusal> {
        let named = names::all(self.current())?.into_iter();
        let wanted = named.map(|named| named.key);
        Ok(wanted.filter(|key| !self.found.contains_key(key)).collect())
    }

    /// Takes the wanted data that was found; anything missing is a fault.
    pub(crate) fn lay(&mut self, found: Found) -> Result<(), Refusal> {
        self.found.extend(found);
        let named = names::all(self.current())?.into_iter();
        let missing = named.filter(|named| !self.found.contains_key(&named.key));
        Refusal::unless_empty(missing.map(|named| named.is_missing()).collect())
    }

    /// What to look for names in. Before anything is merged that is the incoming request, so that its imps
    /// are found in the same go.
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
            self.owner = account_of_stored(stored).map(str::to_owned);
            lay_over(&mut self.merged, Value::clone(stored));
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
        self.found
            .retain(|(kind, _), _| *kind == StoredKind::Response);
        Ok(Parsed {
            found: self.found,
            owner: self.owner,
            ..parse::typed(self.merged)
        })
    }

    /// Lays each imp over the stored one that it names.
    fn lay_imps(&mut self) -> Result<(), Refusal> {
        let imps = self.merged.get_mut("imp").and_then(Value::as_array_mut);
        let mut faults = Vec::new();
        for (index, imp) in imps.into_iter().flatten().enumerate() {
            let Ok(Some(id)) = names::imp(index, imp) else {
                continue;
            };
            let Some(stored) = self.found.get(&(StoredKind::Imp, id)) else {
                continue;
            };
            let mut below = Value::clone(stored);
            if !below.is_object() {
                faults.push(format!("request.imp[{index}]: its stored imp is no object"));
                below = Value::Object(Members::new());
            }
            lay_over(&mut below, std::mem::take(imp));
            *imp = below;
        }
        Refusal::unless_empty(faults)
    }
}

#[cfg(test)]
mod tests;
