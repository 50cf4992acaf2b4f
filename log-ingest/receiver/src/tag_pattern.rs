//! Sets of tags, as the HTTP input and outputs are given them: Fluentd's patterns `*`, `**` and `{a,b}`.

use std::sync::Arc;

use crate::setting::ConfigError;

/// One pattern, its alternatives written out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Pattern(Vec<Vec<Piece>>);

/// Patterns; a tag must fit one of them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TagSet(Arc<[Pattern]>);

impl TagSet {
    /// Of the setting `key`.
    pub(crate) fn check(key: &'static str, patterns: &[String]) -> Result<Self, ConfigError> {
        let patterns = patterns.iter().map(|text| Pattern::parse(text));
        let patterns = patterns.collect::<Result<_, _>>();
        patterns
            .map(Self)
            .map_err(|reason| ConfigError { key, reason })
    }

    /// Is the tag one of them?
    pub fn has(&self, tag: &str) -> bool {
        self.0.iter().any(|pattern| pattern.fits(tag))
    }
}

/// What is between two dots.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Piece {
    /// Any number of parts, including none.
    Rest,
    /// One part; each `*` in it is any text without a dot.
    Part(Vec<String>),
}

/// More alternatives than this are a mistake.
const MAX_ALTERNATIVES: usize = 1000;

impl Pattern {
    /// Reads a pattern.
    ///
    /// # Errors
    /// What is wrong with it.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        if text.is_empty() || text.contains(char::is_whitespace) {
            return Err(format!("{text:?} is no pattern of tags"));
        }
        let mut written_out = Vec::new();
        write_out(text, &mut written_out)?;
        let pieces = written_out.iter().map(|text| pieces(text));
        Ok(Self(pieces.collect::<Result<_, _>>()?))
    }

    /// Does the tag fit?
    pub(crate) fn fits(&self, tag: &str) -> bool {
        let parts: Vec<&str> = tag.split('.').collect();
        self.0.iter().any(|pieces| fits(pieces, &parts))
    }
}

/// `a{b,c}d` becomes `abd` and `acd`; braces may be nested.
fn write_out(text: &str, out: &mut Vec<String>) -> Result<(), String> {
    let Some(open) = text.find('{') else {
        if text.contains('}') {
            return Err(format!("{text:?} closes a brace that is not open"));
        }
        out.push(text.to_owned());
        return Ok(());
    };
    let (before, rest) = text.split_at(open);
    let (inside, behind) = braces(rest).ok_or_else(|| format!("{text:?} has an open brace"))?;
    for choice in inside {
        write_out(&format!("{before}{choice}{behind}"), out)?;
        if out.len() > MAX_ALTERNATIVES {
            return Err(format!("{text:?} stands for too many patterns"));
        }
    }
    Ok(())
}

/// Choices, and what follows the brace.
type Choices<'a> = (Vec<&'a str>, &'a str);

fn braces(text: &str) -> Option<Choices<'_>> {
    let (mut depth, mut began, mut choices) = (0_usize, 1, Vec::new());
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            b'{' => depth += 1,
            b',' if depth == 1 => {
                choices.push(text.get(began..at)?);
                began = at + 1;
            }
            b'}' => depth = depth.checked_sub(1)?,
            _ => {}
        }
        if depth == 0 {
            choices.push(text.get(began..at)?);
            return Some((choices, text.get(at + 1..)?));
        }
    }
    None
}

fn pieces(text: &str) -> Result<Vec<Piece>, String> {
    let piece = |part: &str| match part {
        "**" => Ok(Piece::Rest),
        part if part.contains("**") => Err(format!("in {text:?} ** must stand alone between dots")),
        part => Ok(Piece::Part(part.split('*').map(str::to_owned).collect())),
    };
    text.split('.').map(piece).collect()
}

/// Texts with anything between them.
fn part_fits(texts: &[String], part: &str) -> bool {
    let [first, between @ .., last] = texts else {
        return texts.first().is_some_and(|text| text == part);
    };
    let inner = part.strip_prefix(first.as_str());
    let Some(mut inner) = inner.and_then(|inner| inner.strip_suffix(last.as_str())) else {
        return false;
    };
    between.iter().all(|text| match inner.find(text.as_str()) {
        Some(at) => {
            inner = inner.get(at + text.len()..).unwrap_or_default();
            true
        }
        None => false,
    })
}

/// Only the last `**` is ever tried with another length, so that no tag takes long.
fn fits(pieces: &[Piece], parts: &[&str]) -> bool {
    let (mut piece, mut part) = (0, 0);
    let mut last: Option<(usize, usize)> = None;
    loop {
        match (pieces.get(piece), parts.get(part)) {
            (None, None) => return true,
            (Some(Piece::Rest), _) => {
                last = Some((piece, part));
                piece += 1;
            }
            (Some(Piece::Part(texts)), Some(found)) if part_fits(texts, found) => {
                piece += 1;
                part += 1;
            }
            (_, _) => match last {
                Some((rest, taken)) if taken < parts.len() => {
                    last = Some((rest, taken + 1));
                    (piece, part) = (rest + 1, taken + 1);
                }
                _ => return false,
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Pattern;

    /// A pattern, tags that fit, and tags that do not.
    type Case = (
        &'static str,
        &'static [&'static str],
        &'static [&'static str],
    );

    /// Cases from Fluentd's own documentation, and some that it leaves open.
    #[test]
    fn patterns_fit_as_fluentds_do() {
        let cases: [Case; 10] = [
            ("a", &["a"], &["a.b", "b", ""]),
            ("a.*", &["a.b", "a."], &["a", "a.b.c", "ab"]),
            ("a.**", &["a", "a.b", "a.b.c"], &["ab", "b.a"]),
            ("**", &["a", "a.b.c", ""], &[]),
            ("**.c", &["c", "a.c", "a.b.c"], &["a.cc", "c.a"]),
            ("a.**.z", &["a.z", "a.b.z", "a.z.b.z"], &["a.z.b", "a"]),
            ("**.b.**", &["b", "a.b.c", "a.c.b"], &["a.c", "bb"]),
            ("{a,b}.x", &["a.x", "b.x"], &["c.x", "a", "{a,b}.x"]),
            (
                "{ads.{render,bid},page}.*",
                &["ads.bid.x", "page.x"],
                &["ads.x", "page"],
            ),
            (
                "ads.re*er*",
                &["ads.render", "ads.reerr", "ads.rexerx"],
                &["ads.re", "ads.rerxe.x"],
            ),
        ];
        for (pattern, fit, do_not) in cases {
            let read = Pattern::parse(pattern).unwrap();
            fit.iter()
                .for_each(|tag| assert!(read.fits(tag), "{pattern} {tag}"));
            do_not
                .iter()
                .for_each(|tag| assert!(!read.fits(tag), "{pattern} {tag}"));
        }
    }

    #[test]
    fn what_is_no_pattern_is_said() {
        let many = "{a,b}".repeat(11);
        for bad in ["", "a b", "{a", "a}", "a.b**", many.as_str()] {
            assert!(Pattern::parse(bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn no_tag_takes_long() {
        let pattern = Pattern::parse("**.a.**.a.**.a.**.b").unwrap();
        assert!(!pattern.fits(&"a.".repeat(2000)));
    }
}
