//! Lays a request together: the default request, stored ones that it names, what it says itself, and profiles.
//!
//! [`Assembly`] knows what is still wanted and takes what was found; it never waits for anything, so
//! that whoever drives it can ask memory, files or another server.

mod names;
mod profiles;

use std::sync::Arc;

use openrtb::Members;
use serde_json::Value;

use super::parse::{self, Parsed};
use crate::data::merge_patch::lay_over;
use crate::data::stored::{Found, StoredKind, Wanted};
use crate::request::Refusal;

pub(super) use names::any as names_any;

/// What is laid together, in this order; each step may name what the next ones need.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum AssemblyStep {
    /// The default request, the stored one, and what came in.
    Request,
    /// The profiles that the request names.
    Profiles,
    /// Each imp and its stored one.
    Imps,
    /// The profiles that imps name.
    ImpProfiles,
    /// Nothing.
    Done,
}

/// A request on its way to be whole.
#[derive(Debug)]
pub(crate) struct Assembly {
    incoming: Option<Value>,
    default: Option<Arc<Value>>,
    /// With the default and the stored request below it.
    merged: Value,
    /// How far it is.
    next: AssemblyStep,
    found: Found,
}

impl Assembly {
    /// Of what came in. The fault of one that is no object names it.
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
        })
    }

    /// What has to be found next; nothing = the request is whole.
    pub(crate) fn wanted(&mut self) -> Result<Wanted, Refusal> {
        loop {
            let wanted = self.not_found()?;
            if !wanted.is_empty() || self.next == AssemblyStep::Done {
                return Ok(wanted);
            }
            self.step()?;
        }
    }

    /// One step further; all that it needs has been found, or does not exist.
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

    /// Takes what was found of what was wanted; what is missing is a fault.
    pub(crate) fn lay(&mut self, found: Found) -> Result<(), Refusal> {
        self.found.extend(found);
        let named = names::all(self.current())?.into_iter();
        let missing = named.filter(|named| !self.found.contains_key(&named.key));
        Refusal::unless_empty(missing.map(|named| named.is_missing()).collect())
    }

    /// What is asked for before anything is laid: the imps that came along are found in the same go.
    fn current(&self) -> &Value {
        self.incoming.as_ref().unwrap_or(&self.merged)
    }

    /// The default request, the stored one over it, and what came in over both.
    fn lay_request(&mut self) -> Result<(), Refusal> {
        let Some(incoming) = self.incoming.take() else {
            return Ok(());
        };
        let default = self.default.take();
        self.merged = default.map_or(Value::Null, |value| Value::clone(&value));
        if let Some(id) = names::request(&incoming)?
            && let Some(stored) = self.found.get(&(StoredKind::Request, id))
        {
            lay_over(&mut self.merged, Value::clone(stored));
        }
        if self.merged.is_null() {
            self.merged = incoming;
        } else {
            lay_over(&mut self.merged, incoming);
        }
        Ok(())
    }

    /// The whole request; each imp laid over the stored one that it names.
    pub(crate) fn finish(mut self) -> Result<Parsed, Refusal> {
        while self.next != AssemblyStep::Done {
            self.step()?;
        }
        self.found
            .retain(|(kind, _), _| *kind == StoredKind::Response);
        Ok(Parsed {
            found: self.found,
            ..parse::typed(self.merged)
        })
    }

    /// Each imp over the stored one that it names.
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
