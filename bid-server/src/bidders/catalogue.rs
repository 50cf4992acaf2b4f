//! The known definitions: those shipped in `adapters/`, and those in the operator's folders.
//!
//! A definition is a folder named by its code: `adapter.toml`, `params.json` (the JSON Schema of the params),
//! and cases in `exemplary/` and `supplemental/`. An operator's definition replaces a shipped one with the
//! same code. An alias names the definition it is based on and lays its own keys over it.

mod shipped;

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::Value;
use toml::Table;

use super::definition::Definition;
use super::definition::compile::{OperatorSettings, compile, declared_host_settings};
use super::definition::fault::{DefinitionError, KeyFault};
use crate::bidder_names;

/// All known definitions by code. They are not compiled yet, because host settings differ from bidder to bidder.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Catalogue {
    sources: BTreeMap<String, DefinitionSource>,
}

/// A definition's text.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct DefinitionSource {
    /// The file, to be named in faults.
    pub(crate) file: String,
    table: Table,
    schema: Option<Value>,
}

/// A table and a schema.
type Whole = (Table, Option<Value>);

/// Codes of the adapters that are written in Rust. Their definitions contain everything but the dialect.
pub(crate) const IN_RUST: [&str; 1] = [AD_GENERATION];

/// The code of [`ad_generation`](super::ad_generation).
pub(super) const AD_GENERATION: &str = "adgeneration";

impl Catalogue {
    /// The shipped definitions.
    ///
    /// # Errors
    /// None with the definitions as they are; a test compiles them all.
    pub(crate) fn shipped() -> Result<Self, DefinitionError> {
        let mut sources = BTreeMap::new();
        for (code, definition, schema) in shipped::ALL {
            let file = format!("adapters/{code}/adapter.toml");
            sources.insert(
                (*code).to_owned(),
                DefinitionSource::parse(file, definition, Some(schema))?,
            );
        }
        Ok(Self { sources })
    }

    /// A catalogue of a single definition.
    #[cfg(any(test, feature = "fuzzing"))]
    pub(crate) fn of(code: &str, source: DefinitionSource) -> Self {
        Self {
            sources: BTreeMap::from([(code.to_owned(), source)]),
        }
    }

    /// Adds every definition folder inside a folder.
    ///
    /// # Errors
    /// The first fault, with its file.
    pub(crate) fn add_folder(&mut self, folder: &Path) -> Result<(), DefinitionError> {
        let unreadable = |error: std::io::Error| {
            KeyFault::new("folder", error.to_string()).within(&folder.display().to_string())
        };
        for entry in std::fs::read_dir(folder).map_err(unreadable)? {
            let path = entry.map_err(unreadable)?.path();
            let code = path.file_name().and_then(|name| name.to_str());
            if let Some(code) = code.filter(|_| path.join("adapter.toml").is_file()) {
                let source = DefinitionSource::read(&path)?;
                self.sources
                    .retain(|known, _| !bidder_names::same(known, code));
                self.sources.insert(code.to_owned(), source);
            }
        }
        Ok(())
    }

    /// Every code, sorted.
    pub(crate) fn codes(&self) -> impl Iterator<Item = &str> {
        self.sources.keys().map(String::as_str)
    }

    /// Whether there is such a definition.
    pub(crate) fn contains(&self, code: &str) -> bool {
        bidder_names::find(&self.sources, code).is_some()
    }

    /// The definition with that code, compiled for one bidder.
    pub(crate) fn compile(
        &self,
        code: &str,
        settings: &OperatorSettings,
    ) -> Result<Definition, DefinitionError> {
        let unknown = || KeyFault::new("adapter", "no such definition").within(code);
        let source = bidder_names::find(&self.sources, code).ok_or_else(unknown)?;
        let (table, schema) = self.whole(source)?;
        compile(code, table, schema, settings).map_err(|fault| fault.within(&source.file))
    }

    /// The same with a placeholder for every host setting, for looking at what does not depend on them.
    pub(crate) fn compile_unconfigured(&self, code: &str) -> Result<Definition, DefinitionError> {
        let mut settings = OperatorSettings::default();
        if let Some(source) = bidder_names::find(&self.sources, code) {
            let (table, _) = self.whole(source)?;
            for (name, default) in declared_host_settings(&table) {
                settings
                    .host
                    .insert(name, default.unwrap_or_else(|| "unset".to_owned()));
            }
        }
        self.compile(code, &settings)
    }

    /// The dialect that a code speaks in Rust: its own, or that of the definition it is an alias of.
    pub(crate) fn rust_dialect(&self, code: &str) -> Option<&'static str> {
        let source = bidder_names::find(&self.sources, code);
        let base = source.and_then(|source| alias_of(&source.table));
        let spoken = base.as_deref().unwrap_or(code);
        IN_RUST
            .into_iter()
            .find(|known| bidder_names::same(known, spoken))
    }

    /// A definition's table and schema, merged with those of the definition that it is an alias of.
    fn whole(&self, source: &DefinitionSource) -> Result<Whole, DefinitionError> {
        let Some(base) = alias_of(&source.table) else {
            return Ok((source.table.clone(), source.schema.clone()));
        };
        let fault = |problem: &str| KeyFault::new("alias_of", problem).within(&source.file);
        let below =
            bidder_names::find(&self.sources, &base).ok_or_else(|| fault("no such definition"))?;
        if alias_of(&below.table).is_some() {
            return Err(fault("names an alias"));
        }
        let mut table = below.table.clone();
        lay_over(&mut table, &source.table);
        let schema = source.schema.clone().or_else(|| below.schema.clone());
        Ok((table, schema))
    }
}

fn alias_of(table: &Table) -> Option<String> {
    table.get("alias_of")?.as_str().map(str::to_owned)
}

/// Merges tables; all other values replace.
fn lay_over(below: &mut Table, over: &Table) {
    for (key, value) in over {
        match (below.get_mut(key), value) {
            (Some(toml::Value::Table(below)), toml::Value::Table(over)) => lay_over(below, over),
            _ => {
                below.insert(key.clone(), value.clone());
            }
        }
    }
}

impl DefinitionSource {
    /// Reads a definition's folder.
    pub(crate) fn read(folder: &Path) -> Result<Self, DefinitionError> {
        let path = folder.join("adapter.toml");
        let file = path.display().to_string();
        let unreadable = |path: &Path, error: std::io::Error| {
            KeyFault::new("file", error.to_string()).within(&path.display().to_string())
        };
        let definition =
            std::fs::read_to_string(&path).map_err(|error| unreadable(&path, error))?;
        let path = folder.join("params.json");
        let schema = match std::fs::read_to_string(&path) {
            Ok(schema) => Some(schema),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => None,
            Err(error) => return Err(unreadable(&path, error)),
        };
        Self::parse(file, &definition, schema.as_deref())
    }

    /// Reads it from the two texts.
    pub(crate) fn parse(
        file: String,
        definition: &str,
        schema: Option<&str>,
    ) -> Result<Self, DefinitionError> {
        let table = definition.parse().map_err(|error: toml::de::Error| {
            KeyFault::new("adapter.toml", error.to_string()).within(&file)
        })?;
        let schema = schema.map(serde_json::from_str).transpose();
        let schema = schema
            .map_err(|error| KeyFault::new("params.json", error.to_string()).within(&file))?;
        Ok(Self {
            file,
            table,
            schema,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_shipped_definition_compiles() {
        let catalogue = Catalogue::shipped().unwrap();
        for code in catalogue.codes() {
            let definition = catalogue.compile_unconfigured(code).unwrap();
            assert!(definition.info.capabilities.is_some(), "{code}");
            assert!(definition.params.is_some(), "{code}");
        }
    }

    #[track_caller]
    fn check_fault(definition: &str, expected: &str) {
        let text = format!("about = ''\n[call]\nurl = 'https://ssp.example/'\n{definition}");
        let source = DefinitionSource::parse("x/adapter.toml".to_owned(), &text, None);
        let compiled = source.and_then(|source| {
            let catalogue = Catalogue::of("x", source);
            catalogue.compile("x", &OperatorSettings::default())
        });
        let fault = compiled.unwrap_err().to_string();
        assert!(fault.starts_with("x/adapter.toml: "), "{fault}");
        assert!(fault.contains(expected), "{fault}");
    }

    #[test]
    fn faults_name_file_and_key() {
        check_fault("method = 'PUT'", "call.method: must be");
        check_fault("colour = 1", "unknown field `colour`");
        check_fault("requests = 'some'", "call.requests");
        check_fault("[call.headers]\n'a b' = 'x'", "call.headers.a b");
        check_fault(
            "[[request]]\nset = 'imp.tagid'",
            "request[0]: value is missing",
        );
        check_fault(
            "[[request]]\nset = 'params.a'\nvalue = 1",
            "request[0]: params cannot",
        );
        check_fault(
            "[[request]]\nset = 'bid.a'\nvalue = 1",
            "request[0]: changes imp or request",
        );
        check_fault("[[request]]\nkeep = true", "request[0]: exactly one of");
        check_fault(
            "[[request]]\nset = 'imp.a'\nvalue = 1\ndelete = 'imp.b'",
            "exactly one of",
        );
        check_fault("[[request]]\ndelete = 'imp'", "must name parts");
        check_fault(
            "[[request]]\nmove = 'imp.a'\nto = 'request.b'",
            "stays within",
        );
        check_fault("[[request]]\nfloor_currency = 'yen'", "not a currency code");
        check_fault(
            "[[request]]\nset = 'imp.a'\nvalue = '{{host.x}}'",
            "no host setting",
        );
        check_fault(
            "[[bids.change]]\nset = 'imp.a'\nvalue = 1",
            "bids.change[0]",
        );
        check_fault("[bids]\nmedia_type = ['film']", "bids.media_type[0]");
        check_fault("[host.key]\nabout = ''", "host.key: must be set");
        check_fault("[capabilities]\nsite = ['film']", "capabilities.site");
    }

    #[test]
    fn params_must_not_choose_the_host() {
        let check = |url: &str, right: bool| {
            let text = format!("about = ''\n[call]\nurl = '{url}'");
            let source = DefinitionSource::parse("x".to_owned(), &text, None).unwrap();
            let catalogue = Catalogue::of("x", source);
            let compiled = catalogue.compile("x", &OperatorSettings::default());
            assert_eq!(compiled.is_ok(), right, "{url}");
        };
        check("https://{{params.region}}.ssp.example/x", true);
        check("https://ssp.example/{{params.a}}?b={{params.b}}", true);
        check("https://{{params.host}}/", false);
        check("https://ssp.{{params.host}}/", false);
        check("https://x.{{params.host}}.example/", false);
        check("https://ssp.example{{params.a}}/", false);
        check("{{params.url}}", false);
        check("ftp://ssp.example/", false);
    }
}
