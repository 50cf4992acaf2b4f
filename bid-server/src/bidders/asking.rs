//! [`ask`]: everybody who can be asked is asked at once, and nobody is waited for beyond the deadline.

use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::adapter::SspBids;
use super::fanout::{AskContext, Terms, ask_all};
use super::registry::Registry;
use super::ssp_client::SspClient;
use super::{CallReport, offers, stored_answers};
use crate::remark::{Remark, code};
use crate::request::{AuctionConfig, AuctionRequest};

/// What bidders are asked with.
#[derive(Debug, Clone, Copy)]
pub(crate) struct CallResources<'a> {
    /// Who can be asked.
    pub(crate) registry: &'a Registry,
    /// The one client for all SSPs.
    pub(crate) client: &'a SspClient,
    /// What is kept back of an auction's time.
    pub(crate) limits: &'a AuctionConfig,
    /// A longer answer counts as invalid.
    pub(crate) max_response_bytes: usize,
}

/// What came of it.
#[derive(Debug)]
pub(crate) struct SspAnswers {
    /// One report and the bids of each call, in the order of the names under which bidders were asked.
    pub(crate) calls: Vec<(CallReport, SspBids)>,
    /// The request names a stored answer for the whole auction, so nobody was asked.
    pub(crate) rehearsed: bool,
    /// Why bidders that the request names were not asked.
    pub(crate) warnings: Vec<Remark>,
}

/// Asks everybody; `gone` says that the client has gone away: nobody is waited for any longer.
pub(crate) async fn ask(
    resources: CallResources<'_>,
    request: &AuctionRequest,
    gone: &CancellationToken,
) -> SspAnswers {
    let plan = offers::plan(request, resources.registry);
    let terms = Terms {
        client: resources.client,
        deadline: request.budget.wait_until,
        max_response_bytes: resources.max_response_bytes,
        gone,
        debug: request.bids.debug,
    };
    let time = request.budget.for_ssps(Instant::now(), resources.limits);
    let stored = stored_answers::of_auction(request);
    let rehearsed = stored.is_some();
    let calls = match stored {
        Some(answers) => answers,
        None => ask_all(&plan, AskContext { request, time }, terms).await,
    };
    let warnings = plan.warnings.iter();
    let not_asked =
        warnings.map(|(name, text)| Remark::of_bidder(name, code::UNKNOWN_WARNING, *text));
    SspAnswers {
        calls,
        rehearsed,
        warnings: not_asked.collect(),
    }
}
