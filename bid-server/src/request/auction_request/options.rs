//! What a caller asks of us in `ext.prebid` and `ext.earlybid`.

use std::collections::BTreeMap;

use openrtb::BidRequest;
use openrtb::ext::{RequestPrebid, Targeting};
use serde_json::Value;

use super::ad_server_targeting::{self, AdServerKey};
use super::key_form::KeyForm;
use super::multi_bid::MultiBids;
use super::preferred_types::PreferredTypes;
use crate::clock;
use crate::data::accounts::AccountSettings;
use crate::data::market::CurrencyConfig;
use crate::money::price_granularity::{Granularities, Rounding};
use crate::remark::Remark;

/// The caller's options.
#[derive(Debug, Clone)]
pub(crate) struct Options {
    /// Key-values; `None` = not asked for.
    pub(crate) targeting: Option<TargetingOptions>,
    /// How prices are rounded to buckets.
    pub(crate) granularities: Granularities,
    /// Which of its two neighbouring buckets a price goes to.
    pub(crate) rounding: Rounding,
    /// A bid with a deal beats any bid without one.
    pub(crate) prefer_deals: bool,
    /// How many bids of a seat may compete for an imp; `None` = all of them.
    pub(crate) bid_limit: Option<usize>,
    /// Bidders that get keys for several bids.
    pub(crate) multi_bids: MultiBids,
    /// Key-values of the publisher's own choice.
    pub(crate) ad_server_keys: Vec<AdServerKey>,
    /// How keys begin and how long they may be.
    pub(crate) key_form: KeyForm,
    /// Whether `hb_adid` is set too.
    pub(crate) adid: bool,
    /// Other names of bidders, for this request.
    pub(crate) aliases: BTreeMap<String, String>,
    /// The media type offered to bidders that take only one per imp.
    pub(crate) preferred_types: PreferredTypes,
    /// Joins the auction to the events of the page.
    pub(crate) page_view_id: Option<String>,
    /// Returned with the answer.
    pub(crate) passthrough: Option<Value>,
    /// Who is asking: `earlybid`, `pbjs`, ...
    pub(crate) channel: Option<String>,
}

/// Which key-values are set.
#[derive(Debug, Clone)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "independent switches of the request"
)]
pub(crate) struct TargetingOptions {
    /// On the best bid of each imp.
    pub(crate) winners: bool,
    /// On the best bid of each bidder, with its code as suffix.
    pub(crate) bidder_keys: bool,
    /// With a suffix also on bids with a deal, even where other bids get none.
    pub(crate) always_deals: bool,
    /// The media type as a key.
    pub(crate) format: bool,
    /// Where the answer is shown, if that is not an ordinary page.
    pub(crate) env: Option<&'static str>,
}

impl Options {
    /// Reads the options of a request that has passed validation.
    pub(super) fn new(
        request: &BidRequest,
        money: &CurrencyConfig,
        account: &AccountSettings,
        warnings: &mut Vec<Remark>,
    ) -> Self {
        let ext = request.ext.as_ref();
        let prebid = ext.and_then(|ext| ext.prebid.as_ref());
        let earlybid = ext.and_then(|ext| ext.earlybid.as_ref());
        let targeting = prebid.and_then(|prebid| prebid.targeting.clone());
        let targeting = targeting.map(|own| laid_over(own, &account.targeting));
        let targeting = targeting.as_ref();
        let multi_bids = prebid.and_then(|prebid| prebid.multibid.as_ref());
        let multi_bids = multi_bids.map(|list| MultiBids::read(list, warnings));
        let ad_server_keys = prebid.and_then(|prebid| prebid.adservertargeting.as_ref());
        let ad_server_keys =
            ad_server_keys.map(|list| ad_server_targeting::read(list, request, warnings));
        let prefix = targeting.and_then(|targeting| targeting.prefix.as_deref());
        let (key_form, notice) = KeyForm::new(
            prefix,
            &account.targeting_prefix,
            account.truncate_target_attr,
        );
        warnings.extend(notice);
        let currency = request.cur.first().unwrap_or(&money.default);
        // Validation has refused values that cannot be read.
        let (granularities, _) = Granularities::read(targeting, money.preset_scale(currency));
        Self {
            targeting: targeting.and_then(|wanted| TargetingOptions::new(wanted, env(request))),
            granularities,
            rounding: account.bid_rounding.draw(clock::chance),
            prefer_deals: targeting.and_then(|wanted| wanted.preferdeals) == Some(true),
            bid_limit: Some(account.default_bid_limit).filter(|limit| *limit > 0),
            multi_bids: multi_bids.unwrap_or_default(),
            ad_server_keys: ad_server_keys.unwrap_or_default(),
            key_form,
            adid: earlybid.is_some_and(|earlybid| earlybid.adid),
            aliases: prebid
                .map(|prebid| prebid.aliases.clone())
                .unwrap_or_default(),
            preferred_types: PreferredTypes::new(prebid, account),
            page_view_id: earlybid.and_then(|earlybid| earlybid.page_view_id.clone()),
            passthrough: prebid.and_then(|prebid| prebid.other.get("passthrough").cloned()),
            channel: earlybid
                .map(|_| "earlybid".to_owned())
                .or_else(|| prebid.and_then(channel)),
        }
    }
}

/// The request's options; the account fills in what the request leaves open.
fn laid_over(own: Targeting, account: &Targeting) -> Targeting {
    let by_media = own.mediatypepricegranularity;
    let granularity = own.pricegranularity;
    Targeting {
        pricegranularity: granularity.or_else(|| account.pricegranularity.clone()),
        mediatypepricegranularity: by_media.or_else(|| account.mediatypepricegranularity.clone()),
        includewinners: own.includewinners.or(account.includewinners),
        includebidderkeys: own.includebidderkeys.or(account.includebidderkeys),
        includeformat: own.includeformat.or(account.includeformat),
        preferdeals: own.preferdeals.or(account.preferdeals),
        alwaysincludedeals: own.alwaysincludedeals.or(account.alwaysincludedeals),
        prefix: own.prefix,
        other: own.other,
    }
}

fn channel(prebid: &RequestPrebid) -> Option<String> {
    let name = prebid.other.get("channel")?.get("name")?.as_str()?;
    Some(name.chars().take(40).collect())
}

/// The value of `hb_env`.
fn env(request: &BidRequest) -> Option<&'static str> {
    if request.app.is_some() {
        return Some("mobile-app");
    }
    let amp = request.site.as_ref()?.ext.as_ref()?.get("amp")?;
    (amp.as_i64() == Some(1)).then_some("amp")
}

impl TargetingOptions {
    /// `None` if the request turns everything off.
    fn new(wanted: &Targeting, env: Option<&'static str>) -> Option<Self> {
        let options = Self {
            winners: wanted.includewinners.unwrap_or(true),
            bidder_keys: wanted.includebidderkeys.unwrap_or(true),
            always_deals: wanted.alwaysincludedeals.unwrap_or(false),
            format: wanted.includeformat.unwrap_or(false),
            env,
        };
        (options.winners || options.bidder_keys || options.format).then_some(options)
    }
}
