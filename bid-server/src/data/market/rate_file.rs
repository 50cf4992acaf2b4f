//! Reads rates in the form of Prebid's currency file: `{"dataAsOf": …, "conversions": {"USD": {"EUR": 0.9}}}`.

use std::collections::BTreeMap;

use openrtb::Price;
use serde::Deserialize;

use crate::money::currency::RateTable;

#[derive(Debug, Deserialize)]
struct RateFile {
    conversions: BTreeMap<String, BTreeMap<String, Price>>,
}

/// The table in a file; an error says what is wrong.
pub(crate) fn read(bytes: &[u8]) -> Result<RateTable, String> {
    let file: RateFile = serde_json::from_slice(bytes).map_err(|error| error.to_string())?;
    let mut table = RateTable::new();
    for (from, row) in file.conversions {
        check_code(&from)?;
        for (to, rate) in row {
            check_code(&to)?;
            if !rate.is_positive() {
                return Err(format!("the rate from {from} to {to} is not more than 0"));
            }
            let row = table.entry(from.clone()).or_default();
            row.insert(to, rate.amount());
        }
    }
    if table.is_empty() {
        return Err("there are no rates in it".to_owned());
    }
    Ok(table)
}

fn check_code(code: &str) -> Result<(), String> {
    if code.len() == 3 && code.bytes().all(|byte| byte.is_ascii_uppercase()) {
        return Ok(());
    }
    Err(format!("not a currency code: {code:?}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_prebid_publishes() {
        let file = br#"{"dataAsOf":"2026-01-02T00:00:00.000Z","generatedAt":"x","conversions":{"USD":{"EUR":0.85281,"JPY":156.8000000001,"USD":1},"GBP":{"USD":1.34}}}"#;
        let table = read(file).unwrap();
        assert_eq!(table["USD"]["EUR"].to_string(), "0.85281");
        assert_eq!(table["USD"]["JPY"].to_string(), "156.8000000001");
        assert_eq!(table["GBP"].len(), 1);
    }

    #[test]
    fn refuses_the_rest() {
        for garbage in [
            "",
            "nonsense",
            "[]",
            "{}",
            r#"{"conversions":{}}"#,
            r#"{"conversions":{"USD":{}}}"#,
            r#"{"conversions":{"usd":{"EUR":1}}}"#,
            r#"{"conversions":{"USD":{"EURO":1}}}"#,
            r#"{"conversions":{"USD":{"EUR":0}}}"#,
            r#"{"conversions":{"USD":{"EUR":-1}}}"#,
            r#"{"conversions":{"USD":{"EUR":1e300}}}"#,
            r#"{"conversions":{"USD":{"EUR":null}}}"#,
        ] {
            assert!(read(garbage.as_bytes()).is_err(), "{garbage}");
        }
    }
}
