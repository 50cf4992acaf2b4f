//! [`Defined`]: carries out a definition's plan. Pure, like every adapter.

mod prune;
mod reply;
mod requests;

use super::adapter::{Adapter, AdapterError, Ask, Calls, HttpCall, Reply, SspBids};
use super::bodies::Bodies;
use super::definition::Plan;
use super::info::Capabilities;

pub(crate) use prune::prune;
pub(crate) use requests::headers;

/// An SSP whose dialect is data.
#[derive(Debug)]
pub(crate) struct Defined {
    plan: Plan,
    capabilities: Option<Capabilities>,
}

impl Defined {
    /// For one compiled plan.
    pub(crate) fn new(plan: Plan, capabilities: Option<Capabilities>) -> Self {
        Self { plan, capabilities }
    }
}

impl Adapter for Defined {
    fn calls<'a>(&self, ask: &Ask<'a>, bodies: &mut Bodies<'a>) -> Calls {
        let (kept, refused) = prune(ask, self.capabilities.as_ref());
        let mut calls = requests::make(&self.plan, ask, &kept, bodies);
        calls.refused.splice(..0, refused);
        calls
    }

    fn bids(&self, ask: &Ask<'_>, call: &HttpCall, reply: &Reply) -> Result<SspBids, AdapterError> {
        let reader = reply::Reader {
            plan: &self.plan.bids,
            capabilities: self.capabilities.as_ref(),
            ask,
            call,
        };
        reader.read(reply)
    }
}

#[cfg(test)]
mod tests;
