//! Which model of the rules an auction uses, and whether it uses any.

use openrtb::ext::{FloorData, FloorModelGroup};

use super::fields::Field;
use super::settings::MOST_SCHEMA_DIMS;

/// Separates the parts of a key unless a schema names another delimiter.
const DEFAULT_DELIMITER: &str = "|";
const PERCENT: i64 = 100;

/// The sizes that a model may have; 0 = any.
#[derive(Debug, Clone, Copy)]
pub(crate) struct FloorLimits {
    pub(crate) rules: usize,
    pub(crate) dims: usize,
}

/// Checks rules as a whole: skip rates and the sizes of each model. The error says what is wrong.
pub(crate) fn check(data: &FloorData, limits: FloorLimits) -> Result<(), String> {
    if data.modelgroups.is_empty() {
        return Err("no modelgroups".to_owned());
    }
    check_percent("skiprate", data.skiprate)?;
    check_percent("usefetchdatarate", data.usefetchdatarate)?;
    let groups = data.modelgroups.iter().enumerate();
    for (index, group) in groups {
        let at = |problem| format!("modelgroups[{index}]: {problem}");
        check_group(group, limits).map_err(at)?;
    }
    Ok(())
}

fn check_percent(name: &str, rate: Option<i64>) -> Result<(), String> {
    match rate {
        Some(rate) if !(0..=PERCENT).contains(&rate) => {
            Err(format!("{name} is not 0 to 100: {rate}"))
        }
        _ => Ok(()),
    }
}

fn check_group(group: &FloorModelGroup, limits: FloorLimits) -> Result<(), String> {
    let fields = &group.schema.fields;
    if let Some(unknown) = fields.iter().find(|name| Field::from_name(name).is_none()) {
        return Err(format!("no field is called {unknown:?}"));
    }
    let dims = if limits.dims == 0 {
        MOST_SCHEMA_DIMS
    } else {
        limits.dims
    };
    if fields.len() > dims {
        return Err(format!("more than {dims} fields"));
    }
    if limits.rules > 0 && group.values.len() > limits.rules {
        return Err(format!("more than {} rules", limits.rules));
    }
    check_percent("skiprate", group.skiprate)?;
    if group
        .modelweight
        .is_some_and(|weight| !(1..=PERCENT).contains(&weight))
    {
        return Err("modelweight is not 1 to 100".to_owned());
    }
    let negative = group
        .values
        .values()
        .chain(&group.default)
        .any(|floor| floor.is_negative());
    if negative {
        return Err("a floor is less than 0".to_owned());
    }
    Ok(())
}

/// It is returned with each bid, so it must not be arbitrary text.
fn check_currency(code: Option<&String>) -> Result<(), String> {
    match code {
        Some(code) if code.len() != 3 => Err("currency is no code of three letters".to_owned()),
        _ => Ok(()),
    }
}

/// The models that can be used, and what is wrong with the others.
pub(super) fn usable(
    data: &FloorData,
    limits: FloorLimits,
) -> (Vec<&FloorModelGroup>, Vec<String>) {
    let mut problems = Vec::new();
    let mut groups = Vec::new();
    for (index, group) in data.modelgroups.iter().enumerate() {
        let currency = group.currency.as_ref().or(data.currency.as_ref());
        match check_group(group, limits).and_then(|()| check_currency(currency)) {
            Ok(()) => groups.push(group),
            Err(problem) => {
                problems.push(format!("data.modelgroups[{index}] is not used: {problem}"));
            }
        }
    }
    (groups, problems)
}

/// Picks one of the models, by weight. `chance` draws a random number below its argument.
pub(super) fn choose<'a>(
    groups: &[&'a FloorModelGroup],
    chance: impl FnOnce(u32) -> u32,
) -> Option<&'a FloorModelGroup> {
    let weight = |group: &FloorModelGroup| {
        let weight = u32::try_from(group.modelweight.unwrap_or(1));
        weight.unwrap_or(1)
    };
    let total: u32 = groups.iter().map(|group| weight(group)).sum();
    let mut drawn = if groups.len() > 1 { chance(total) } else { 0 };
    let chosen = groups.iter().find(|group| {
        let weight = weight(group);
        let here = drawn < weight;
        drawn = drawn.saturating_sub(weight);
        here
    });
    chosen.copied()
}

/// The delimiter of a model.
pub(super) fn delimiter(group: &FloorModelGroup) -> &str {
    let own = group.schema.delimiter.as_deref();
    own.filter(|own| !own.is_empty())
        .unwrap_or(DEFAULT_DELIMITER)
}

/// Whether something with this rate happens; with no rate given, it always does.
pub(super) fn happens(rate: Option<i64>, chance: impl FnOnce(u32) -> u32) -> bool {
    match rate {
        None => true,
        Some(rate) if rate >= PERCENT => true,
        Some(rate) => rate > 0 && i64::from(chance(100)) < rate,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn data(value: &Value) -> FloorData {
        FloorData::read(value).unwrap()
    }

    #[track_caller]
    fn check_refused(value: &Value, problem: &str) {
        let refusal = check(&data(value), FloorLimits { rules: 2, dims: 2 }).unwrap_err();
        assert!(refusal.contains(problem), "{refusal}");
    }

    #[test]
    fn refuses_models_that_make_no_sense() {
        let group = |group: Value| json!({"modelgroups": [{}, group]});
        check_refused(&json!({}), "no modelgroups");
        check_refused(&json!({"skiprate": 101, "modelgroups": [{}]}), "skiprate");
        check_refused(
            &json!({"usefetchdatarate": -1, "modelgroups": [{}]}),
            "usefetchdatarate",
        );
        check_refused(&group(json!({"skiprate": -1})), "modelgroups[1]: skiprate");
        check_refused(&group(json!({"modelweight": 0})), "modelweight");
        check_refused(&group(json!({"modelweight": 101})), "modelweight");
        check_refused(&group(json!({"default": -1})), "less than 0");
        check_refused(&group(json!({"values": {"a": -1}})), "less than 0");
        check_refused(
            &group(json!({"values": {"a": 1, "b": 1, "c": 1}})),
            "more than 2 rules",
        );
        check_refused(&group(json!({"schema": {"fields": ["moon"]}})), "moon");
        let three = json!({"schema": {"fields": ["size", "domain", "country"]}});
        check_refused(&group(three.clone()), "more than 2 fields");
        let endless: Vec<&str> = std::iter::repeat_n("size", MOST_SCHEMA_DIMS + 1).collect();
        let unlimited = FloorLimits { rules: 0, dims: 0 };
        assert!(check(&data(&group(three)), unlimited).is_ok());
        assert!(
            check(
                &data(&group(json!({"schema": {"fields": endless}}))),
                unlimited
            )
            .is_err()
        );
    }

    #[test]
    fn weights_share_the_auctions() {
        let data = data(
            &json!({"modelgroups": [{"modelweight": 2, "currency": "A"}, {"currency": "B"}, {"modelweight": 3, "currency": "C"}]}),
        );
        let groups: Vec<_> = data.modelgroups.iter().collect();
        let chosen: String = (0..6)
            .map(|drawn| {
                let chosen = choose(&groups, |total| {
                    assert_eq!(total, 6);
                    drawn
                });
                chosen.unwrap().currency.clone().unwrap()
            })
            .collect();
        assert_eq!(chosen, "AABCCC");
        assert!(choose(&[], |_| 0).is_none());
    }

    #[test]
    fn rates_are_percentages() {
        let share = |rate| (0..100).filter(|drawn| happens(rate, |_| *drawn)).count();
        assert_eq!(share(None), 100);
        assert_eq!(share(Some(0)), 0);
        assert_eq!(share(Some(30)), 30);
        assert_eq!(share(Some(100)), 100);
    }
}
