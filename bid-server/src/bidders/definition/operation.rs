//! [`Operation`]: one change to an imp, a request or a bid.

use std::borrow::Cow;

use openrtb::Price;
use serde_json::{Value, json};

use super::HostSettings;
use super::condition::Condition;
use super::fault::KeyFault;
use super::file;
use super::path::{Path, Root};
use super::template::{Scope, Template, ValueTemplate};
use crate::bidders::refused::Refused;

/// A change and when it is made.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Operation {
    when: Vec<Condition>,
    verb: Verb,
}

#[derive(Debug, Clone, PartialEq)]
enum Verb {
    /// Sets a value; with `keep`, only if there is none.
    Set {
        to: Path,
        value: ValueTemplate,
        keep: bool,
    },
    /// Adds the members of a value that is an object.
    Merge { to: Path, value: ValueTemplate },
    /// Removes values.
    Delete(Vec<Path>),
    /// Copies a value.
    Copy { from: Path, to: Path, keep: bool },
    /// Moves a value within the same object.
    Move { from: Path, to: Path },
    /// Replaces part of a text.
    Replace {
        at: Path,
        find: String,
        with: Template,
    },
    /// Converts the floor to that currency.
    FloorCurrency(String),
    /// Sets the banner's size to that of its first format, if it has none.
    BannerSize,
    /// Does not ask for the imp.
    Refuse(String),
}

/// Converts a price; `None` if there is no rate for it.
pub(crate) type Convert<'a> = &'a dyn Fn(Price, &str, &str) -> Option<Price>;

impl Operation {
    /// Compiles one change; also returns what it changes.
    pub(super) fn compile(
        raw: file::Operation,
        key: &str,
        host: &HostSettings,
    ) -> Result<(Root, Self), KeyFault> {
        let fault = |problem: &str| KeyFault::new(key, problem);
        let mut raw = raw;
        let when = raw.when.take().map(file::OneOrMany::into_vec);
        let when = when.unwrap_or_default();
        let when = when
            .iter()
            .map(|condition| Condition::compile(condition, key));
        let when = when.collect::<Result<_, _>>()?;
        let compiled = Compiler {
            key,
            host,
            raw: &raw,
        };
        let mut verbs = [
            compiled.set(),
            compiled.merge(),
            compiled.delete(),
            compiled.copy(),
            compiled.moved(),
            compiled.replace(),
            compiled.of_imps(),
        ]
        .into_iter()
        .flatten();
        let (Some(verb), None) = (verbs.next(), verbs.next()) else {
            return Err(fault(
                "exactly one of set, merge, delete, copy, move, replace, floor_currency, banner_size and refuse is needed",
            ));
        };
        let verb = verb?;
        let root = verb.root();
        if root == Root::Params {
            return Err(fault("params cannot be changed"));
        }
        Ok((root, Self { when, verb }))
    }

    /// Whether its conditions hold.
    pub(crate) fn applies(&self, scope: &Scope<'_>) -> bool {
        self.when.iter().all(|condition| condition.holds(scope))
    }

    /// Makes the change to `target`, which the scope shows under its root.
    pub(crate) fn apply(
        &self,
        target: &mut Value,
        others: &Scope<'_>,
        convert: Convert<'_>,
    ) -> Result<(), Refused> {
        let scope = self.verb.scope(target, others);
        if !self.applies(&scope) {
            return Ok(());
        }
        match &self.verb {
            Verb::Set { to, value, keep } => {
                if !(*keep && to.get(target).is_some())
                    && let Some(value) = value.value(&scope)
                {
                    to.put(target, value);
                }
            }
            Verb::Merge { to, value } => {
                let value = value.value(&scope);
                merge(to, value, target);
            }
            Verb::Delete(paths) => {
                for path in paths {
                    path.take(target);
                }
            }
            Verb::Copy { from, to, keep } => {
                if !(*keep && to.get(target).is_some())
                    && let Some(value) = scope.get(from).cloned()
                {
                    to.put(target, value);
                }
            }
            Verb::Move { from, to } => {
                if let Some(value) = from.take(target).filter(|value| !value.is_null()) {
                    to.put(target, value);
                }
            }
            Verb::Replace { at, find, with } => {
                let with = with.text(&scope).unwrap_or_default();
                replace(at, find, &with, target);
            }
            Verb::FloorCurrency(currency) => convert_floor(target, currency, convert)?,
            Verb::BannerSize => write_banner_size(target),
            Verb::Refuse(why) => return Err(Refused::Unfit(why.clone())),
        }
        Ok(())
    }
}

impl Verb {
    fn root(&self) -> Root {
        match self {
            Self::Set { to, .. } | Self::Merge { to, .. } | Self::Copy { to, .. } => to.root,
            Self::Move { to, .. } => to.root,
            Self::Replace { at, .. } => at.root,
            Self::Delete(paths) => paths.first().map_or(Root::Imp, |path| path.root),
            Self::FloorCurrency(_) | Self::BannerSize | Self::Refuse(_) => Root::Imp,
        }
    }

    /// The scope with the target as it is now.
    fn scope<'a>(&self, target: &'a Value, others: &Scope<'a>) -> Scope<'a> {
        let mut scope = *others;
        match self.root() {
            Root::Imp => scope.imp = target,
            Root::Request => scope.request = target,
            Root::Bid => scope.bid = target,
            Root::Params => {}
        }
        scope
    }
}

type Compiled = Option<Result<Verb, KeyFault>>;

struct Compiler<'a> {
    key: &'a str,
    host: &'a HostSettings,
    raw: &'a file::Operation,
}

impl Compiler<'_> {
    fn fault(&self, problem: impl Into<String>) -> KeyFault {
        KeyFault::new(self.key, problem)
    }

    fn path(&self, text: &str) -> Result<Path, KeyFault> {
        Path::parse(text).map_err(|problem| self.fault(problem))
    }

    fn value(&self) -> Result<ValueTemplate, KeyFault> {
        let value = self.raw.value.as_ref();
        let value = value.ok_or_else(|| self.fault("value is missing"))?;
        ValueTemplate::parse(value, self.host).map_err(|problem| self.fault(problem))
    }

    fn to(&self) -> Result<Path, KeyFault> {
        let to = self.raw.to.as_deref();
        self.path(to.ok_or_else(|| self.fault("to is missing"))?)
    }

    fn set(&self) -> Compiled {
        let set = |path: &String| {
            Ok(Verb::Set {
                to: self.path(path)?,
                value: self.value()?,
                keep: self.raw.keep,
            })
        };
        self.raw.set.as_ref().map(set)
    }

    fn merge(&self) -> Compiled {
        let merge = |path: &String| {
            Ok(Verb::Merge {
                to: self.path(path)?,
                value: self.value()?,
            })
        };
        self.raw.merge.as_ref().map(merge)
    }

    fn delete(&self) -> Compiled {
        let delete = |paths: &file::OneOrMany<String>| {
            let paths = paths.as_slice().iter().map(|path| self.path(path));
            let paths: Vec<Path> = paths.collect::<Result<_, _>>()?;
            let Some(first) = paths.first() else {
                return Err(self.fault("delete names nothing"));
            };
            if paths
                .iter()
                .any(|path| path.root != first.root || path.is_root())
            {
                return Err(self.fault("delete must name parts of one thing: imp, request or bid"));
            }
            Ok(Verb::Delete(paths))
        };
        self.raw.delete.as_ref().map(delete)
    }

    fn copy(&self) -> Compiled {
        let copy = |from: &String| {
            Ok(Verb::Copy {
                from: self.path(from)?,
                to: self.to()?,
                keep: self.raw.keep,
            })
        };
        self.raw.copy.as_ref().map(copy)
    }

    fn moved(&self) -> Compiled {
        let moved = |from: &String| {
            let (from, to) = (self.path(from)?, self.to()?);
            if from.root != to.root {
                return Err(self.fault("move stays within one thing; copy and delete in two steps"));
            }
            Ok(Verb::Move { from, to })
        };
        self.raw.moved.as_ref().map(moved)
    }

    fn replace(&self) -> Compiled {
        let replace = |at: &String| {
            let find = self.raw.find.clone().filter(|find| !find.is_empty());
            let with = self.raw.with.as_deref().unwrap_or_default();
            Ok(Verb::Replace {
                at: self.path(at)?,
                find: find.ok_or_else(|| self.fault("find is missing"))?,
                with: Template::parse(with, self.host).map_err(|problem| self.fault(problem))?,
            })
        };
        self.raw.replace.as_ref().map(replace)
    }

    /// The verbs for imps as such; `None` if there are none, a fault if there are several.
    fn of_imps(&self) -> Compiled {
        let floor = self.raw.floor_currency.as_ref().map(|code| {
            let known = code.len() == 3 && code.bytes().all(|byte| byte.is_ascii_uppercase());
            let verb = known.then(|| Verb::FloorCurrency(code.clone()));
            verb.ok_or_else(|| self.fault(format!("not a currency code like USD: {code}")))
        });
        let size = self.raw.banner_size.map(|wanted| {
            let verb = wanted.then_some(Verb::BannerSize);
            verb.ok_or_else(|| self.fault("banner_size is true or left out"))
        });
        let refuse = self
            .raw
            .refuse
            .as_ref()
            .map(|why| Ok(Verb::Refuse(why.clone())));
        let mut verbs = [floor, size, refuse].into_iter().flatten();
        match (verbs.next(), verbs.next()) {
            (Some(_), Some(_)) => Some(Err(self.fault("only one change at a time"))),
            (first, _) => first,
        }
    }
}

fn merge(to: &Path, value: Option<Value>, target: &mut Value) {
    let Some(Value::Object(members)) = value else {
        return;
    };
    let Some(at) = to.reach(target) else { return };
    if at.is_null() {
        *at = json!({});
    }
    if let Value::Object(existing) = at {
        existing.extend(members);
    }
}

fn replace(at: &Path, find: &str, with: &str, target: &mut Value) {
    let text = at.get(target).and_then(Value::as_str).map(Cow::Borrowed);
    let Some(text) = text.filter(|text| text.contains(find)) else {
        return;
    };
    let replaced = text.replace(find, with);
    at.put(target, Value::String(replaced));
}

/// OpenRTB 2.6 section 3.2.4: floors are in USD if `bidfloorcur` is left out.
fn convert_floor(imp: &mut Value, currency: &str, convert: Convert<'_>) -> Result<(), Refused> {
    let floor = imp.get("bidfloor").and_then(Value::as_f64);
    let floor = floor.and_then(|floor| Price::from_f64(floor).ok());
    let Some(floor) = floor.filter(|floor| floor.is_positive()) else {
        return Ok(());
    };
    let from = imp
        .get("bidfloorcur")
        .and_then(Value::as_str)
        .unwrap_or("USD");
    if from == currency {
        return Ok(());
    }
    let converted = convert(floor, from, currency);
    let converted = converted.ok_or_else(|| Refused::Currency(currency.to_owned()))?;
    if let Value::Object(members) = imp {
        members.insert("bidfloor".to_owned(), json!(converted));
        members.insert("bidfloorcur".to_owned(), json!(currency));
    }
    Ok(())
}

fn write_banner_size(imp: &mut Value) {
    let Some(Value::Object(banner)) = imp.get_mut("banner") else {
        return;
    };
    let number = |value: Option<&Value>| value.and_then(Value::as_u64).filter(|number| *number > 0);
    if number(banner.get("w")).is_some() && number(banner.get("h")).is_some() {
        return;
    }
    let first = banner.get("format").and_then(|formats| formats.get(0));
    let size = first.and_then(|format| number(format.get("w")).zip(number(format.get("h"))));
    if let Some((w, h)) = size {
        banner.insert("w".to_owned(), json!(w));
        banner.insert("h".to_owned(), json!(h));
    }
}
