//! `to_char(time, pattern)` with the patterns of Postgres.
//!
//! The engine's own function takes those of `strftime`; given `YYYY-MM-DD` it would answer `YYYY-MM-DD`. Patterns
//! with a percent sign still go to it as they are, others are translated, and what has no translation is an error.

use std::sync::Arc;

use datafusion::arrow::array::{Array as _, ArrayRef, AsArray as _, StringArray};
use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::DataType;
use datafusion::common::ScalarValue;
use datafusion::error::{DataFusionError, Result};
use datafusion::functions::datetime::to_char::ToCharFunc;
use datafusion::logical_expr::{
    ColumnarValue, ScalarFunctionArgs, ScalarUDFImpl, Signature, Volatility,
};

/// The function.
#[derive(Debug, PartialEq, Eq, Hash)]
pub(super) struct ToChar {
    engine: ToCharFunc,
    signature: Signature,
}

impl ToChar {
    pub(super) fn new() -> Self {
        let engine = ToCharFunc::new();
        let mut signature = engine.signature().clone();
        signature.volatility = Volatility::Immutable;
        Self { engine, signature }
    }
}

impl ScalarUDFImpl for ToChar {
    fn name(&self) -> &'static str {
        "to_char"
    }

    fn aliases(&self) -> &[String] {
        self.engine.aliases()
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, arguments: &[DataType]) -> Result<DataType> {
        self.engine.return_type(arguments)
    }

    fn invoke_with_args(&self, mut arguments: ScalarFunctionArgs) -> Result<ColumnarValue> {
        if let Some(pattern) = arguments.args.get_mut(1) {
            *pattern = translated(pattern)?;
        }
        self.engine.invoke_with_args(arguments)
    }
}

fn translated(pattern: &ColumnarValue) -> Result<ColumnarValue> {
    match pattern {
        ColumnarValue::Scalar(scalar) => {
            let text = scalar.try_as_str().flatten().map(translate).transpose()?;
            Ok(ColumnarValue::Scalar(ScalarValue::Utf8(text)))
        }
        ColumnarValue::Array(array) => {
            let texts = cast(array, &DataType::Utf8)?;
            let texts: &StringArray = texts.as_string();
            let texts = (0..texts.len()).map(|row| {
                let text = texts.is_valid(row).then(|| texts.value(row));
                text.map(translate).transpose()
            });
            let texts: ArrayRef = Arc::new(texts.collect::<Result<StringArray>>()?);
            Ok(ColumnarValue::Array(texts))
        }
    }
}

/// Postgres has them in capitals and in small letters; longer ones come first.
const PARTS: &[(&str, &str)] = &[
    ("FMMonth", "%B"),
    ("FMDay", "%A"),
    ("FMDDD", "%-j"),
    ("FMDD", "%-d"),
    ("FMMM", "%-m"),
    ("FMMI", "%-M"),
    ("FMSS", "%-S"),
    ("FMHH24", "%-H"),
    ("FMHH12", "%-I"),
    ("FMHH", "%-I"),
    ("HH24", "%H"),
    ("HH12", "%I"),
    ("IYYY", "%G"),
    ("YYYY", "%Y"),
    ("DDD", "%j"),
    ("Mon", "%b"),
    ("HH", "%I"),
    ("MI", "%M"),
    ("MM", "%m"),
    ("MS", "%3f"),
    ("SS", "%S"),
    ("US", "%6f"),
    ("YY", "%y"),
    ("DD", "%d"),
    ("Dy", "%a"),
    ("ID", "%u"),
    ("IW", "%V"),
    ("AM", "%p"),
    ("PM", "%p"),
    ("am", "%P"),
    ("pm", "%P"),
    ("TZ", "%Z"),
    ("OF", "%:z"),
    ("Q", "%q"),
];

/// The pattern as the engine's function wants it.
fn translate(pattern: &str) -> Result<String> {
    if pattern.contains('%') {
        return Ok(pattern.to_owned());
    }
    let mut translated = String::new();
    let mut rest = pattern;
    while let Some(first) = rest.chars().next() {
        if let Some(quoted) = rest.strip_prefix('"') {
            let (text, after) = quoted.split_once('"').unwrap_or((quoted, ""));
            translated.push_str(text);
            rest = after;
            continue;
        }
        if !first.is_ascii_alphabetic() {
            translated.push(first);
            rest = &rest[first.len_utf8()..];
            continue;
        }
        let part = PARTS.iter().find(|(name, _)| {
            let exact = rest.starts_with(name);
            // yyyy and hh24 mean the same as in capitals; Mon and MON do not.
            exact || (is_capitals(name) && rest.starts_with(&name.to_lowercase()))
        });
        let Some((name, own)) = part else {
            return Err(unknown(rest));
        };
        translated.push_str(own);
        rest = &rest[name.len()..];
        if rest.starts_with("TH") || rest.starts_with("th") {
            return Err(unknown(rest));
        }
    }
    Ok(translated)
}

fn is_capitals(name: &str) -> bool {
    let letters = name
        .chars()
        .all(|c| c.is_ascii_uppercase() || c.is_ascii_digit());
    letters && !matches!(name, "AM" | "PM")
}

fn unknown(rest: &str) -> DataFusionError {
    let word: String = rest
        .chars()
        .take_while(char::is_ascii_alphanumeric)
        .take(20)
        .collect();
    DataFusionError::Plan(format!(
        "to_char: the pattern {word} is not supported; put text in double quotes, or use strftime patterns such as %Y-%m-%d"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_of_postgres_are_translated() {
        for (pattern, expected) in [
            ("YYYY-MM-DD", "%Y-%m-%d"),
            ("yyyy-mm-dd hh24:mi:ss", "%Y-%m-%d %H:%M:%S"),
            ("HH24:MI:SS.MS", "%H:%M:%S.%3f"),
            ("IYYY-\"W\"IW", "%G-W%V"),
            ("Dy, FMDD Mon YYYY", "%a, %-d %b %Y"),
            ("FMMonth YY", "%B %y"),
            ("HH12:MI am", "%I:%M %P"),
            ("YYYYMMDD\"T\"HH24MI", "%Y%m%dT%H%M"),
            ("%d.%m.%Y", "%d.%m.%Y"),
            ("", ""),
        ] {
            assert_eq!(translate(pattern).unwrap(), expected, "{pattern}");
        }
    }

    #[test]
    fn what_has_no_translation_is_an_error() {
        for pattern in ["Month", "MONTH", "DAY", "DDth", "J", "WW", "hello"] {
            assert!(translate(pattern).is_err(), "{pattern}");
        }
    }
}
