//! The registry of metrics, and the labels that several features share.
//!
//! Each feature owns its metrics, in its own `metrics.rs`, and registers them when it is set up.
//! docs/http-api.md lists them all; a test keeps the two in step.

pub(crate) mod labels;

use prometheus_client::encoding::text::encode;
pub(crate) use prometheus_client::registry::Registry;

/// All metrics, in the text format of Prometheus.
pub(crate) fn text(registry: &Registry) -> String {
    let mut text = String::new();
    // A `String` accepts everything, so there is no error to expect.
    match encode(&mut text, registry) {
        Ok(()) => text,
        Err(error) => format!("# {error}\n"),
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;

    /// The sources of all metrics below a folder.
    fn sources(folder: &Path, found: &mut String) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            if path.is_dir() {
                sources(&path, found);
            } else if name.ends_with("metrics.rs") {
                found.push_str(&fs::read_to_string(&path).unwrap());
            }
        }
    }

    #[test]
    fn every_metric_stands_in_the_docs() {
        let docs = include_str!("../../docs/http-api.md");
        let mut source = String::new();
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
        sources(&root, &mut source);
        let strings = source
            .split('"')
            .filter(|text| text.starts_with("bid_server_"));
        let names: Vec<&str> = strings.filter(|text| *text != "bid_server_").collect();
        assert!(names.len() >= 27, "{names:?}");
        for name in names {
            assert!(docs.contains(name), "{name} is missing in docs/http-api.md");
        }
    }
}
