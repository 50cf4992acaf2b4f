//! [`Setting`]: a text that may be a secret, so it can be in the file itself, in the environment, or in a
//! separate file: `"text"`, `{ env = "NAME" }`, `{ file = "PATH" }`. It is read once, at the start.

use std::io::Read;

use serde::Deserialize;
use toml::Value;

use super::ConfigError;

/// Far longer than any secret.
const MOST_BYTES: u64 = 65_536;

/// The setting as written; nothing has been read yet.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(transparent)]
pub(super) struct Setting(Value);

impl Default for Setting {
    fn default() -> Self {
        Self(Value::String(String::new()))
    }
}

impl Setting {
    /// Reads the text from wherever it is. Faults name the key, never the text.
    pub(super) fn read(&self, key: &str) -> Result<String, ConfigError> {
        let found = match &self.0 {
            Value::String(text) => return Ok(text.clone()),
            Value::Table(place) if place.len() == 1 => {
                let text = |name| place.get(name).and_then(Value::as_str);
                text("env")
                    .map(of_environment)
                    .or(text("file").map(of_file))
            }
            _ => None,
        };
        let form = "must be a text, { env = \"NAME\" } or { file = \"PATH\" }";
        found
            .unwrap_or_else(|| Err(form.to_owned()))
            .map_err(|problem| ConfigError::invalid(key, problem))
    }
}

fn of_environment(name: &str) -> Result<String, String> {
    #[expect(clippy::disallowed_methods, reason = "this is a part of config")]
    let value = std::env::var(name);
    let problem = |_| format!("the environment variable {name:?} is not set to a text");
    not_empty(&value.map_err(problem)?)
        .ok_or_else(|| format!("the environment variable {name:?} is empty"))
}

fn of_file(path: &str) -> Result<String, String> {
    let mut text = String::new();
    let problem = |error: std::io::Error| format!("the file {path:?} cannot be read: {error}");
    let file = std::fs::File::open(path).map_err(problem)?;
    let read = file.take(MOST_BYTES + 1).read_to_string(&mut text);
    if read.map_err(problem)? as u64 > MOST_BYTES {
        return Err(format!(
            "the file {path:?} is larger than {MOST_BYTES} bytes"
        ));
    }
    not_empty(&text).ok_or_else(|| format!("the file {path:?} is empty"))
}

/// Removes the line end that editors and `echo` append.
fn not_empty(text: &str) -> Option<String> {
    let text = text.trim_end_matches(['\r', '\n']);
    (!text.is_empty()).then(|| text.to_owned())
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    fn read(toml: &str) -> Result<String, String> {
        let table: toml::Table = toml.parse().unwrap();
        let setting: Setting = table["s"].clone().try_into().unwrap();
        setting.read("here").map_err(|fault| fault.to_string())
    }

    #[test]
    fn a_text_is_read_from_where_it_is() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("token");
        fs::write(&file, "s3cret\r\n").unwrap();
        assert_eq!(read("s = 'plain'").unwrap(), "plain");
        let place = format!("s = {{ file = '{}' }}", file.display());
        assert_eq!(read(&place).unwrap(), "s3cret");
        // Set in any environment that starts programs.
        assert!(!read("s = { env = 'PATH' }").unwrap().is_empty());
    }

    #[test]
    fn faults_name_the_key_and_the_place() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("large");
        fs::write(&file, "x".repeat(70_000)).unwrap();
        let empty = folder.path().join("empty");
        fs::write(&empty, "\n").unwrap();
        for (toml, problem) in [
            ("s = 7".to_owned(), "must be a text"),
            (
                "s = { env = 'PATH', file = 'x' }".to_owned(),
                "must be a text",
            ),
            ("s = { env = 7 }".to_owned(), "must be a text"),
            (
                "s = { env = 'NO_SUCH_VARIABLE_HERE' }".to_owned(),
                "NO_SUCH_VARIABLE_HERE",
            ),
            ("s = { file = '/no/such/file' }".to_owned(), "/no/such/file"),
            (
                format!("s = {{ file = '{}' }}", file.display()),
                "larger than",
            ),
            (
                format!("s = {{ file = '{}' }}", empty.display()),
                "is empty",
            ),
        ] {
            let fault = read(&toml).unwrap_err();
            assert!(fault.contains("here") && fault.contains(problem), "{fault}");
        }
    }
}
