//! Style sheets, scripts and pictures, which are part of the program.

use axum::extract::Path;
use axum::http::{HeaderName, header};
use axum::response::{IntoResponse, Response};

use crate::error::PageError;

/// The measuring script's first half; inline, so that it misses nothing.
pub const RECORDER: &str = include_str!("../assets/js/recorder.js");
/// Sets the variant `waterfall` up; inline in the head.
pub const SETUP_WATERFALL: &str = include_str!("../assets/js/setup-waterfall.js");
/// Sets the variant `serial` up; inline in the head.
pub const SETUP_SERIAL: &str = include_str!("../assets/js/setup-serial.js");
/// Sets the variant `prebid` up; inline in the head.
pub const SETUP_PREBID: &str = include_str!("../assets/js/setup-prebid.js");
/// Defines the slots of the variant `early`; inline in the head, after the loader.
pub const SETUP_EARLY: &str = include_str!("../assets/js/setup-early.js");

macro_rules! files {
    ($($path:literal),* $(,)?) => {
        &[$(($path, include_str!(concat!("../assets/", $path)))),*]
    };
}

const FILES: &[(&str, &str)] = files![
    "css/base.css",
    "css/recipes.css",
    "css/report.css",
    "js/measure.js",
    "js/serial-bidding.js",
    "favicon.svg",
    "pictures/tomato-lentil-soup.svg",
    "pictures/oat-honey-bread.svg",
    "pictures/lemon-chickpea-pasta.svg",
    "pictures/apple-rye-crumble.svg",
    "pictures/green-shakshuka.svg",
    "pictures/mushroom-barley-pot.svg",
    "pictures/miso-aubergine-rice.svg",
    "pictures/plum-skillet-cake.svg",
];

/// The parts of `pubads_impl.js`, in the order in which they need each other.
const PUBADS: &[(&str, &str)] = files![
    "pubads/01-log.js",
    "pubads/02-targeting.js",
    "pubads/03-sizes.js",
    "pubads/04-events.js",
    "pubads/05-page-config.js",
    "pubads/06-slot.js",
    "pubads/07-out-of-page.js",
    "pubads/08-lazy-load.js",
    "pubads/09-request.js",
    "pubads/10-render.js",
    "pubads/11-visibility.js",
    "pubads/12-service.js",
    "pubads/13-googletag.js",
];

/// The text of a file, by its path below `/assets/`.
pub fn find(path: &str) -> Option<&'static str> {
    let found = FILES.iter().find(|(name, _)| *name == path);
    found.map(|(_, text)| *text)
}

/// `GET /assets/{path}`.
pub async fn serve(Path(path): Path<String>) -> Result<Response, PageError> {
    let text = find(&path).ok_or(PageError::NotFound)?;
    Ok(file(content_type(&path), text))
}

/// `GET /favicon.ico`: browsers ask for it wherever a page names none.
pub async fn favicon() -> Response {
    file("image/svg+xml", include_str!("../assets/favicon.svg"))
}

/// A script that was put together at the start.
pub fn script(text: String) -> Response {
    file("text/javascript; charset=utf-8", text)
}

/// `GET /tag/js/gpt.js` on the ad server.
pub async fn gpt() -> Response {
    script(include_str!("../assets/gpt.js").to_owned())
}

/// `GET /tag/js/pubads_impl.js` on the ad server: its parts in one closure.
pub async fn pubads_impl() -> Response {
    let parts: String = PUBADS.iter().map(|(_, text)| *text).collect();
    script(format!("(function () {{\n'use strict';\n{parts}}})();\n"))
}

fn file(kind: &'static str, text: impl IntoResponse) -> Response {
    let headers: [(HeaderName, &str); 2] = [
        (header::CONTENT_TYPE, kind),
        (header::CACHE_CONTROL, "public, max-age=600"),
    ];
    (headers, text).into_response()
}

fn content_type(path: &str) -> &'static str {
    match path.rsplit_once('.').map(|(_, ending)| ending) {
        Some("css") => "text/css; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("svg") => "image/svg+xml",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::{FILES, PUBADS};

    fn names(folder: &str) -> Vec<String> {
        let path = format!("{}/assets/{folder}", env!("CARGO_MANIFEST_DIR"));
        let mut names: Vec<String> = std::fs::read_dir(path)
            .unwrap()
            .map(|entry| format!("{folder}/{}", entry.unwrap().file_name().display()))
            .collect();
        names.sort();
        names
    }

    #[test]
    fn every_part_of_the_publisher_tag_is_served() {
        let served: Vec<&str> = PUBADS.iter().map(|(name, _)| *name).collect();
        assert_eq!(served, names("pubads"));
    }

    #[test]
    fn every_picture_and_style_sheet_is_served() {
        for folder in ["pictures", "css"] {
            for name in names(folder) {
                assert!(FILES.iter().any(|(served, _)| *served == name), "{name}");
            }
        }
    }
}
