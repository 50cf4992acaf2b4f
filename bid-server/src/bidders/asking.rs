//! [`ask`]: all bidders that can be asked are asked at once, and none is waited for beyond the deadline.

use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::adapter::SspBids;
use super::fanout::{AskContext, Terms, ask_all};
use super::registry::Registry;
use super::ssp_client::SspClient;
use super::{CallReport, offers, stored_answers};
use crate::remark::{Remark, code};
use crate::request::{AuctionConfig, AuctionRequest};

/// What asking bidders needs.
#[derive(Debug, Clone, Copy)]
pub(crate) struct CallResources<'a> {
    /// The bidders that can be asked.
    pub(crate) registry: &'a Registry,
    /// The one client for all SSPs.
    pub(crate) client: &'a SspClient,
    /// How much of an auction's time is kept back.
    pub(crate) limits: &'a AuctionConfig,
    /// A longer answer counts as invalid.
    pub(crate) max_response_bytes: usize,
}

/// The bidders' answers.
#[derive(Debug)]
pub(crate) struct SspAnswers {
    /// One report per call, with its bids, in the order of the names under which the bidders were asked.
    pub(crate) calls: Vec<(CallReport, SspBids)>,
    /// The request names a stored answer for the whole auction, so no bidder was asked.
    pub(crate) rehearsed: bool,
    /// Why some bidders that the request names were not asked.
    pub(crate) warnings: Vec<Remark>,
}

/// Asks all bidders. `gone` says that the client has gone away: then nobody is waited for any longer.
pub(crate) async fn ask(
    resources: CallResources<'_>,
    request: &AuctionRequest,
    gone: &CancellationToken,
) -> SspAnswers {
    let plan = offers::plan(request, resources.registry, resources.limits.max_bidders);
    let terms = Terms {
        client: resources.client,
        deadline: request.budget.wait_until,
        max_response_bytes: resources.max_response_bytes,
        max_calls: resources.limits.max_calls,
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
