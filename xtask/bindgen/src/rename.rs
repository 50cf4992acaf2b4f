//! Names between the module and its glue, cut to one or two letters on both sides.
//!
//! wasm-bindgen gives each import and export a long name that travels twice, in `sdk.wasm` and in
//! `sdk.js`. wasm-opt can shorten those of other tools only.

use std::collections::HashMap;

use anyhow::{Context as _, Result, bail};
use wasm_encoder::{EntityType, ExportKind, ExportSection, ImportSection, Module, RawSection};
use wasmparser::{
    ExportSectionReader, ExternalKind, ImportSectionReader, Parser, Payload, TypeRef,
};

/// What the module calls the glue.
const GLUE: &str = "./sdk_bg.js";

/// Where the glue's own functions begin.
const OWN: &str = "const import0 = {\n        __proto__: null,\n";

/// A module and the glue that goes with it.
#[derive(Debug)]
pub(crate) struct Shortened {
    /// The module, as bytes.
    pub(crate) module: Vec<u8>,
    /// The glue, a script.
    pub(crate) glue: String,
}

/// Returns the module and its glue with short names.
pub(crate) fn shorten(module: &[u8], glue: &str) -> Result<Shortened> {
    let mut names = Names::default();
    let mut direct = Vec::new();
    let mut out = Module::new();
    for payload in Parser::new(0).parse_all(module) {
        match payload? {
            Payload::ImportSection(section) => {
                let section = imports(section, &mut names, &mut direct)?;
                out.section(&section);
            }
            Payload::ExportSection(section) => drop(out.section(&exports(section, &mut names)?)),
            other => {
                if let Some((id, range)) = other.as_section() {
                    let data = module.get(range).context("the module is cut off")?;
                    out.section(&RawSection { id, data });
                }
            }
        }
    }
    Ok(Shortened {
        module: out.finish(),
        glue: names.replace_in(&adopt(glue, &direct)?),
    })
}

/// A function that the module takes from another script as it is, and its short name.
#[derive(Debug)]
struct Direct {
    script: String,
    name: String,
    short: String,
}

fn imports(
    section: ImportSectionReader<'_>,
    names: &mut Names,
    direct: &mut Vec<Direct>,
) -> Result<ImportSection> {
    let mut out = ImportSection::new();
    for import in section.into_imports() {
        let import = import?;
        let TypeRef::Func(kind) = import.ty else {
            bail!(
                "the module imports {:?}, which the glue never makes",
                import.ty
            );
        };
        let module = names.short(GLUE);
        let name = if import.module == GLUE {
            names.short(import.name)
        } else {
            let short = names.short(&format!("{} {}", import.module, import.name));
            direct.push(Direct {
                script: import.module.to_owned(),
                name: import.name.to_owned(),
                short: short.clone(),
            });
            short
        };
        out.import(&module, &name, EntityType::Function(kind));
    }
    Ok(out)
}

/// The glue with what the module takes from other scripts among its own functions. As a whole each of those scripts would be
/// an object with all of its names.
fn adopt(glue: &str, direct: &[Direct]) -> Result<String> {
    let mut glue = glue.to_owned();
    let mut members = String::new();
    for Direct {
        script,
        name,
        short,
    } in direct
    {
        let (_, rest) = glue
            .split_once(&format!("\"{script}\": "))
            .with_context(|| format!("the glue does not import {script}"))?;
        let (object, _) = rest.split_once(',').context("an import without an end")?;
        members.push_str(&format!("        {short}: {object}.{name},\n"));
    }
    if !direct.is_empty() {
        let (before, after) = glue
            .split_once(OWN)
            .with_context(|| format!("wasm-bindgen's glue has changed, it lacks: {OWN}"))?;
        glue = [before, OWN, &members, after].concat();
    }
    let is_other = |line: &str| {
        let is_of = |one: &Direct| {
            line.trim_start()
                .starts_with(&format!("\"{}\": import", one.script))
        };
        direct.iter().any(is_of)
    };
    Ok(glue
        .split_inclusive('\n')
        .filter(|line| !is_other(line))
        .collect())
}

fn exports(section: ExportSectionReader<'_>, names: &mut Names) -> Result<ExportSection> {
    let mut out = ExportSection::new();
    for export in section {
        let export = export?;
        let kind = match export.kind {
            ExternalKind::Func => ExportKind::Func,
            ExternalKind::Table => ExportKind::Table,
            ExternalKind::Memory => ExportKind::Memory,
            ExternalKind::Global => ExportKind::Global,
            kind => bail!("the module exports {kind:?}, which the glue never uses"),
        };
        out.export(&names.short(export.name), kind, export.index);
    }
    Ok(out)
}

#[derive(Debug, Default)]
struct Names {
    short: HashMap<String, String>,
}

impl Names {
    fn short(&mut self, long: &str) -> String {
        let next = letters(self.short.len());
        self.short.entry(long.to_owned()).or_insert(next).clone()
    }

    /// Imports are keys of an object, exports are members of `wasm`; the module's own name is a
    /// quoted key. Nothing else in the glue has these names.
    fn replace_in(&self, glue: &str) -> String {
        let mut out = String::with_capacity(glue.len());
        let mut rest = glue;
        while let Some(start) = rest.find(is_word) {
            let (before, after) = rest.split_at(start);
            out.push_str(before);
            let end = after.find(|c| !is_word(c)).unwrap_or(after.len());
            let (word, after) = after.split_at(end);
            let member = out.ends_with("wasm.")
                || word.starts_with("__wbg_")
                || word.starts_with("__wbindgen_");
            match self.short.get(word).filter(|_| member) {
                Some(short) => out.push_str(short),
                None => out.push_str(word),
            }
            rest = after;
        }
        out.push_str(rest);
        for (long, short) in self.short.iter().filter(|(long, _)| long.starts_with("./")) {
            out = out.replace(&format!("\"{long}\""), &format!("\"{short}\""));
        }
        out
    }
}

fn is_word(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_' || c == '$'
}

/// a, b, … z, aa, ab, …
fn letters(mut number: usize) -> String {
    let mut name = String::new();
    loop {
        let letter = u8::try_from(number % 26).unwrap_or_default();
        name.insert(0, char::from(b'a' + letter));
        number /= 26;
        if number == 0 {
            return name;
        }
        number -= 1;
    }
}

#[cfg(test)]
mod tests;
