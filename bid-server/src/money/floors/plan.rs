//! Writes the floors of rules into the imps, and decides how far they are enforced.

use openrtb::ext::{FloorData, FloorModelGroup, Floors, ImpFloors};
use openrtb::{BidRequest, Imp, Price};
use rust_decimal::RoundingStrategy;
use serde_json::{Value, json};

use super::fields::Field;
use super::find::find;
use super::of_unit;
use super::rules::{FloorLimits, choose, delimiter, happens, usable};
use super::settings::PriceFloors;
use super::{FloorPlan, RuledFloor};
use crate::money::currency::Exchange;
use crate::remark::{Remark, code};

/// Decimal places of the floors that bidders see.
const DECIMALS: u32 = 4;
/// OpenRTB 2.6 section 3.2.4: floors are in USD if no currency is given.
const WIRE_DEFAULT_CURRENCY: &str = "USD";

/// The most bytes of a rule that is sent to bidders and returned with bids: it is made of values of the request.
const LONGEST_RULE: usize = 256;

/// What floors are made from.
#[derive(Debug)]
pub(crate) struct FloorSources<'a> {
    /// Whether the server and the account use rules at all.
    pub(crate) enabled: bool,
    /// Settings of the account.
    pub(crate) account: &'a PriceFloors,
    /// `ext.prebid.floors` of the request, or the account's own instead.
    pub(crate) floors: Floors,
    /// Fetched rules; they take precedence over those of the request.
    pub(crate) fetched: Option<&'a FloorData>,
    /// Rates between currencies.
    pub(crate) exchange: &'a Exchange,
}

/// Sets the floors of all imps. `chance` draws a random number below its argument.
pub(crate) fn plan(
    request: &mut BidRequest,
    sources: &FloorSources<'_>,
    mut chance: impl FnMut(u32) -> u32,
    warnings: &mut Vec<Remark>,
) -> FloorPlan {
    let FloorSources {
        account, floors, ..
    } = sources;
    let mut plan = FloorPlan::default();
    let of_units = of_unit::take(request, warnings);
    if floors.enabled == Some(false) {
        // The page enforces floors itself.
        plan.enforced = false;
        return plan;
    }
    let enforcement = floors.enforcement.clone().unwrap_or_default();
    plan.enforced =
        enforcement.enforcepbs != Some(false) && happens(enforcement.enforcerate, &mut chance);
    if !sources.enabled {
        return plan;
    }
    let rate = i64::from(account.enforce_floors_rate);
    plan.enforced = plan.enforced && happens(Some(rate), &mut chance);
    plan.for_deals = account.enforce_deal_floors && enforcement.floordeals == Some(true);
    plan.adjusted = account.adjust_for_bid_adjustment && enforcement.bidadjustment != Some(false);
    let chosen = model(sources, &mut chance, warnings);
    let skip_rate = chosen.and_then(|(data, model)| model.skiprate.or(data.skiprate));
    let skip_rate = skip_rate.or(floors.skiprate).unwrap_or(0);
    let rules: Vec<Option<ImpRules<'_>>> = match chosen {
        Some(chosen) => vec![Some(chosen); request.imp.len()],
        None => unit_rules(sources, &of_units, warnings),
    };
    if rules.iter().all(Option::is_none) {
        return plan;
    }
    if happens(Some(skip_rate), &mut chance) {
        plan.enforced = false;
        return plan;
    }
    plan.imps = rule(request, rules, sources, warnings);
    plan
}

/// Sets the floor of each imp by its rules.
fn rule(
    request: &mut BidRequest,
    rules: Vec<Option<ImpRules<'_>>>,
    sources: &FloorSources<'_>,
    warnings: &mut Vec<Remark>,
) -> Vec<Option<RuledFloor>> {
    let mut imps = std::mem::take(&mut request.imp);
    let ruled = imps.iter_mut().zip(rules).map(|(imp, rules)| {
        let (data, model) = rules?;
        let currency = model.currency.as_ref().or(data.currency.as_ref());
        let currency = currency.map_or(WIRE_DEFAULT_CURRENCY, String::as_str);
        let least = least(imp, sources, currency, warnings);
        let floor = of_imp(request, imp, model, least, currency)?;
        signal(imp, &floor);
        Some(floor)
    });
    let ruled = ruled.collect();
    request.imp = imps;
    ruled
}

/// The rules for one imp: a model, and the data that it is part of.
type ImpRules<'a> = (&'a FloorData, &'a FloorModelGroup);

/// The imps' own rules, within the limits of the account.
fn unit_rules<'a>(
    sources: &FloorSources<'_>,
    of_units: &'a [Option<FloorData>],
    warnings: &mut Vec<Remark>,
) -> Vec<Option<ImpRules<'a>>> {
    let limits = FloorLimits {
        rules: sources.account.max_rules,
        dims: sources.account.max_schema_dims,
    };
    let rules = of_units.iter().enumerate().map(|(index, data)| {
        let data = data.as_ref()?;
        let (groups, problems) = usable(data, limits);
        let warning = |problem| {
            let text = format!("floors of imp {index}: {problem}");
            Remark::general(code::FLOORS, text)
        };
        warnings.extend(problems.into_iter().map(warning));
        Some((data, *groups.first()?))
    });
    rules.collect()
}

/// The model of this auction: from the fetched rules, otherwise from the request's.
fn model<'a>(
    sources: &'a FloorSources<'_>,
    mut chance: impl FnMut(u32) -> u32,
    warnings: &mut Vec<Remark>,
) -> Option<(&'a FloorData, &'a FloorModelGroup)> {
    let account = sources.account;
    let fetched = sources.fetched;
    let fetched = fetched.filter(|data| happens(data.usefetchdatarate, &mut chance));
    let (data, limits) = match (fetched, &sources.floors.data) {
        (Some(data), _) => (
            data,
            FloorLimits {
                rules: account.fetch.max_rules,
                dims: account.fetch.max_schema_dims,
            },
        ),
        (None, Some(data)) => (
            data,
            FloorLimits {
                rules: account.max_rules,
                dims: account.max_schema_dims,
            },
        ),
        (None, None) => return None,
    };
    let rates = [sources.floors.skiprate, data.skiprate];
    if let Some(rate) = rates
        .into_iter()
        .flatten()
        .find(|rate| !(0..=100).contains(rate))
    {
        let text = format!("floors are not used: skiprate is not 0 to 100: {rate}");
        warnings.push(Remark::general(code::FLOORS, text));
        return None;
    }
    let (groups, problems) = usable(data, limits);
    let warning = |problem| Remark::general(code::FLOORS, format!("floors.{problem}"));
    warnings.extend(problems.into_iter().map(warning));
    Some((data, choose(&groups, chance)?))
}

/// The minimum floor of an imp in the currency of the rules: its own, otherwise that of the request.
fn least(
    imp: &Imp,
    sources: &FloorSources<'_>,
    currency: &str,
    warnings: &mut Vec<Remark>,
) -> Option<Price> {
    let own = imp_floors(imp);
    let floors = &sources.floors;
    let (amount, given) = if own.floormin.is_positive() {
        (own.floormin, own.floormincur.or(floors.floormincur.clone()))
    } else {
        (floors.floormin, floors.floormincur.clone())
    };
    if !amount.is_positive() {
        return None;
    }
    let from = given.unwrap_or_else(|| currency.to_owned());
    let converted = sources.exchange.convert(amount, &from, currency);
    if converted.is_none() {
        let text = format!("floors.floormin: no exchange rate from {from} to {currency}");
        let remark = Remark::general(code::FLOORS, text);
        // The request's minimum is the same for all imps.
        if !warnings.contains(&remark) {
            warnings.push(remark);
        }
    }
    converted
}

fn imp_floors(imp: &Imp) -> ImpFloors {
    let prebid = imp.ext.as_ref().and_then(|ext| ext.prebid.as_ref());
    let floors = prebid.and_then(|prebid| prebid.other.get("floors"));
    // If it cannot be read it counts as absent, and the request's minimum applies.
    floors
        .and_then(|floors| ImpFloors::read(floors).ok())
        .unwrap_or_default()
}

fn of_imp(
    request: &BidRequest,
    imp: &Imp,
    model: &FloorModelGroup,
    least: Option<Price>,
    currency: &str,
) -> Option<RuledFloor> {
    let fields = model.schema.fields.iter();
    let fields = fields.filter_map(|name| Field::from_name(name));
    let values: Vec<String> = fields.map(|field| field.value(request, imp)).collect();
    let found = find(&model.values, &values, delimiter(model));
    let (rule, value) = match found {
        Some((mut rule, value)) => {
            rule.truncate(rule.floor_char_boundary(LONGEST_RULE));
            (Some(rule), value)
        }
        None => (None, model.default.unwrap_or_default()),
    };
    let rule_value = rounded(value);
    let value = rule_value.max(rounded(least.unwrap_or_default()));
    value.is_positive().then(|| RuledFloor {
        rule,
        rule_value,
        value,
        currency: currency.to_owned(),
    })
}

fn rounded(price: Price) -> Price {
    let amount = price.amount();
    let amount = amount.round_dp_with_strategy(DECIMALS, RoundingStrategy::MidpointAwayFromZero);
    Price::new(amount.normalize())
}

/// Tells bidders the floor and the rule that set it.
fn signal(imp: &mut Imp, floor: &RuledFloor) {
    imp.bidfloor = Some(floor.value);
    imp.bidfloorcur = Some(floor.currency.clone());
    if let Some(rule) = &floor.rule {
        let said = json!({
            "floorrule": rule, "floorrulevalue": floor.rule_value, "floorvalue": floor.value,
        });
        let ext = imp.ext.get_or_insert_default();
        let prebid = ext.prebid.get_or_insert_default();
        prebid.other.insert("floors".to_owned(), said);
    }
}

/// The floors in a request; `None` = it has none, or they cannot be read.
pub(crate) fn of_request(request: &BidRequest) -> Option<Floors> {
    let prebid = request.ext.as_ref()?.prebid.as_ref()?;
    prebid
        .floors
        .as_ref()
        .and_then(|floors| Floors::read(floors).ok())
}

/// The floors of a request, or those of its account instead.
pub(crate) fn of_request_or_account(request: &BidRequest, account: &PriceFloors) -> Floors {
    let mut floors = of_request(request).unwrap_or_default();
    let own = account
        .default_rules
        .as_ref()
        .and_then(|rules: &Value| Floors::read(rules).ok());
    let has_rules = floors.data.is_some() || of_unit::any(request);
    if let Some(own) = own.filter(|_| !has_rules) {
        floors.data = own.data;
        floors.skiprate = floors.skiprate.or(own.skiprate);
        floors.enforcement = floors.enforcement.or(own.enforcement);
        if !floors.floormin.is_positive() {
            (floors.floormin, floors.floormincur) = (own.floormin, own.floormincur);
        }
    }
    floors
}

#[cfg(test)]
mod tests;
