//! What a variant puts into the head and the end of a page: the only part in which the variants differ.

use minijinja::{Value, context};

use crate::app::App;
use crate::assets;
use crate::page_config::{self, EarlyForm, to_script_json};
use crate::slots::PageType;
use crate::variant::Variant;

/// The values that the templates `head_gpt.html` and `head_early.html` need.
pub async fn head(app: &App, page: PageType, variant: Variant, form: &EarlyForm) -> Value {
    match variant {
        Variant::Early => {
            let config = page_config::earlybid(app, page, form);
            context! {
                config => to_script_json(&config),
                loader => loader(app).await,
                setup => if form.direct { "" } else { setup(variant) },
            }
        }
        Variant::Waterfall | Variant::Serial | Variant::Prebid => {
            let config = page_config::variant(app, page, variant);
            context! {
                config => to_script_json(&config),
                ad_server => app.ad_server_origin.clone(),
                recorder => assets::RECORDER,
                setup => setup(variant),
                tail => tail(variant),
                prebid => variant == Variant::Prebid,
            }
        }
    }
}

/// The loader's text. Read for each page, so that a rebuilt SDK takes effect at once; without it the page has no ads.
async fn loader(app: &App) -> String {
    let path = app.settings.folders.sdk.join("loader.js");
    match tokio::fs::read_to_string(&path).await {
        Ok(text) => text.replace("</script", "<\\/script"),
        Err(error) => {
            tracing::warn!(%error, path = %path.display(), "no loader, page stays without ads");
            String::new()
        }
    }
}

/// The script in the head that sets the variant up, as a publisher would write it there.
fn setup(variant: Variant) -> &'static str {
    match variant {
        Variant::Waterfall => assets::SETUP_WATERFALL,
        Variant::Serial => assets::SETUP_SERIAL,
        Variant::Prebid => assets::SETUP_PREBID,
        Variant::Early => assets::SETUP_EARLY,
    }
}

/// A script file at the end of the body.
fn tail(variant: Variant) -> Option<&'static str> {
    (variant == Variant::Serial).then_some("/assets/js/serial-bidding.js")
}
