//! The SDK's JavaScript: each file that there is, and why it is not Rust.
//!
//! A new file belongs to one of these reasons, or into `sdk-wasm/src/browser`.

use std::collections::BTreeSet;

use super::tests::names;

/// Where they are.
const FOLDER: &str = "sdk-wasm/js/";

/// A reason, and the files that have it.
type Reason = (&'static str, &'static [&'static str]);

/// All there are.
const SCRIPTS: [Reason; 6] = [
    (
        "runs before the module is there",
        &[
            "loader.js",
            "loader-consent.js",
            "privacy.js",
            "consent.js",
            "gpp.js",
            "sdk.js",
            // Frames are made, and the ad server is listened to, while the module is on its way.
            "frames.js",
            "ad-server.js",
        ],
    ),
    ("runs where no module can", &["fallback.js"]),
    (
        "runs in a creative's own document",
        &["creative.js", "native-renderer.js"],
    ),
    (
        "is shared by scripts that have a reason",
        &["activation.js", "elements.js", "protocol.js", "trust.js"],
    ),
    (
        "is fetched late or by few pages, and knows nothing of the core",
        &[
            "debug.js",
            "native.js",
            "observe.js",
            "render.js",
            "tasks.js",
            "telemetry.js",
            "vitals.js",
        ],
    ),
    (
        "weighs a quarter of what it weighs in Rust, and what a page loads has a limit",
        &["page.js", "slots.js", "transport.js"],
    ),
];
/// Folders whose files stand in for other libraries' scripts, or draw the debug overlay.
const FOLDERS: [&str; 2] = ["compat/", "debug/"];

#[test]
fn each_script_has_a_reason_to_be_one() {
    let known: BTreeSet<_> = SCRIPTS
        .iter()
        .flat_map(|(_, files)| files.iter().copied())
        .collect();
    let names = names();
    let there: BTreeSet<_> = names
        .iter()
        .filter_map(|name| name.strip_prefix(FOLDER))
        .filter(|name| {
            name.ends_with(".js") && !FOLDERS.iter().any(|folder| name.starts_with(folder))
        })
        .collect();
    assert_eq!(there, known, "see the reasons in xtask/src/tidy/scripts.rs");
}
