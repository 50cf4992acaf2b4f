//! Names between the module and its glue, cut to one or two letters on both sides.
//!
//! wasm-bindgen gives each import and export a long name that travels twice, in `sdk.wasm` and in
//! `sdk.js`. wasm-opt can shorten those of other tools only.

use std::collections::HashMap;

use anyhow::{Context as _, Result, bail, ensure};

/// The eight bytes that every module begins with: magic number and version 1.
const HEADER: usize = 8;
/// What the module calls the glue.
const GLUE: &[u8] = b"./sdk_bg.js";
const IMPORTS: u8 = 2;
const EXPORTS: u8 = 7;

/// A module and the glue that goes with it.
#[derive(Debug)]
pub(crate) struct Shortened {
    /// The module, as bytes.
    pub(crate) module: Vec<u8>,
    /// The glue, a script.
    pub(crate) glue: String,
}

/// Gives back the module and its glue with short names.
pub(crate) fn shorten(module: &[u8], glue: &str) -> Result<Shortened> {
    let mut names = Names::default();
    let mut out = module
        .get(..HEADER)
        .context("the module has no header")?
        .to_vec();
    let mut reader = Reader {
        bytes: module,
        at: HEADER,
    };
    while reader.at < module.len() {
        let id = reader.byte()?;
        let content = reader.vector()?;
        let content = match id {
            IMPORTS => imports(content, &mut names)?,
            EXPORTS => exports(content, &mut names)?,
            _ => content.to_vec(),
        };
        out.push(id);
        push_vector(&mut out, &content);
    }
    Ok(Shortened {
        module: out,
        glue: names.replace_in(glue),
    })
}

#[derive(Debug, Default)]
struct Names {
    short: HashMap<String, String>,
}

impl Names {
    fn short(&mut self, long: &[u8]) -> Result<Vec<u8>> {
        let long = std::str::from_utf8(long).context("a name is not UTF-8")?;
        let next = letters(self.short.len());
        let short = self.short.entry(long.to_owned()).or_insert(next);
        Ok(short.clone().into_bytes())
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

fn imports(content: &[u8], names: &mut Names) -> Result<Vec<u8>> {
    let mut reader = Reader {
        bytes: content,
        at: 0,
    };
    let count = reader.number()?;
    let mut out = Vec::new();
    push_number(&mut out, count);
    for _ in 0..count {
        let module = reader.vector()?;
        // Functions of other files would have to be renamed in those.
        ensure!(
            module == GLUE,
            "the module imports directly from {}",
            String::from_utf8_lossy(module)
        );
        push_vector(&mut out, &names.short(module)?);
        push_vector(&mut out, &names.short(reader.vector()?)?);
        let start = reader.at;
        match reader.byte()? {
            0 => drop(reader.number()?),
            // A global: its type and whether it changes.
            3 => drop((reader.byte()?, reader.byte()?)),
            kind => {
                bail!("the module imports something of kind {kind}, which the glue never makes")
            }
        }
        out.extend(content.get(start..reader.at).unwrap_or_default());
    }
    Ok(out)
}

fn exports(content: &[u8], names: &mut Names) -> Result<Vec<u8>> {
    let mut reader = Reader {
        bytes: content,
        at: 0,
    };
    let count = reader.number()?;
    let mut out = Vec::new();
    push_number(&mut out, count);
    for _ in 0..count {
        push_vector(&mut out, &names.short(reader.vector()?)?);
        out.push(reader.byte()?);
        push_number(&mut out, reader.number()?);
    }
    Ok(out)
}

struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Reader<'a> {
    fn byte(&mut self) -> Result<u8> {
        let byte = *self.bytes.get(self.at).context("the module is cut off")?;
        self.at += 1;
        Ok(byte)
    }

    /// An unsigned number in LEB128.
    fn number(&mut self) -> Result<usize> {
        let mut value = 0;
        for shift in (0..35).step_by(7) {
            let byte = self.byte()?;
            value |= usize::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return Ok(value);
            }
        }
        bail!("a number in the module is too long")
    }

    fn vector(&mut self) -> Result<&'a [u8]> {
        let length = self.number()?;
        let end = self.at.saturating_add(length);
        ensure!(end <= self.bytes.len(), "the module is cut off");
        let found = self.bytes.get(self.at..end).unwrap_or_default();
        self.at = end;
        Ok(found)
    }
}

fn push_number(out: &mut Vec<u8>, mut value: usize) {
    while value >= 0x80 {
        out.push(u8::try_from(value & 0x7f).unwrap_or_default() | 0x80);
        value >>= 7;
    }
    out.push(u8::try_from(value).unwrap_or_default());
}

fn push_vector(out: &mut Vec<u8>, bytes: &[u8]) {
    push_number(out, bytes.len());
    out.extend(bytes);
}

#[cfg(test)]
mod tests;
