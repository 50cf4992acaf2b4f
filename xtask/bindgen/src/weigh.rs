//! What each function of a module weighs, by the names that the module still has.

use std::collections::HashMap;

use anyhow::Result;
use wasmparser::{KnownCustom, Name, NameSectionReader, Parser, Payload, TypeRef};

/// Bytes, and what they are of.
pub(crate) type Part = (usize, String);

/// Each function with its name, and all else by kind of section.
pub(crate) fn weigh(module: &[u8]) -> Result<Vec<Part>> {
    let mut parts = Vec::new();
    let mut names = HashMap::new();
    let mut functions = Vec::new();
    let mut imported = 0;
    for payload in Parser::new(0).parse_all(module) {
        match payload? {
            Payload::CodeSectionEntry(body) => functions.push(body.range().len()),
            Payload::CustomSection(section) => {
                if let KnownCustom::Name(section) = section.as_known() {
                    names = function_names(section)?;
                }
            }
            Payload::CodeSectionStart { .. } => {}
            Payload::ImportSection(section) => {
                parts.push((section.range().len(), "(imports)".to_owned()));
                for import in section.into_imports() {
                    imported += u32::from(matches!(import?.ty, TypeRef::Func(_)));
                }
            }
            Payload::DataSection(section) => {
                parts.push((section.range().len(), "(texts and tables)".to_owned()));
            }
            other => {
                if let Some((_, range)) = other.as_section() {
                    parts.push((range.len(), "(other sections)".to_owned()));
                }
            }
        }
    }
    for (place, bytes) in (imported..).zip(functions) {
        // Those that wasm-bindgen writes have none.
        let name = names
            .remove(&place)
            .unwrap_or_else(|| "(adapters)".to_owned());
        parts.push((bytes, name));
    }
    Ok(parts)
}

fn function_names(section: NameSectionReader<'_>) -> Result<HashMap<u32, String>> {
    let mut names = HashMap::new();
    for part in section {
        if let Name::Function(map) = part? {
            for naming in map {
                let naming = naming?;
                names.insert(naming.index, naming.name.to_owned());
            }
        }
    }
    Ok(names)
}
