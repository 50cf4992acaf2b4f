//! Turns a line item's creative into a bid: markup for pages that take markup, parts for the SDK.

use openrtb::{Bid, MediaType, Members};
use serde_json::{Value, json};
use url::Url;

use super::select::Pick;
use super::{Content, CreativeConfig};
use crate::clock;

/// A placeholder in a creative's markup for the click address.
const CLICK_URL: &str = "${CLICK_URL}";

/// The bid for one imp. Auction macros are expanded later, along with those of all other bids.
pub(super) fn bid(pick: &Pick<'_>, impid: &str) -> Bid {
    let creative = pick.creative;
    let click = creative
        .click_url
        .as_deref()
        .and_then(|url| Url::parse(url).ok());
    let domain = click.as_ref().and_then(Url::host_str);
    let link = click.as_ref().map(Url::as_str);
    let content = match &creative.content {
        Content::Html(html) => html.replace(CLICK_URL, &link.map(escape).unwrap_or_default()),
        Content::Parts { image, alt, text } => {
            let picture = image.as_deref().map(|url| picture(url, alt.as_deref()));
            let words = text.as_deref().map(words);
            anchor(
                link,
                &[picture, words].map(Option::unwrap_or_default).concat(),
            )
        }
    };
    Bid {
        id: clock::new_id(),
        impid: impid.to_owned(),
        price: Some(pick.price),
        ext: parts(creative, link, &content),
        adm: Some((content + &notices(creative)).into()),
        adomain: domain.map(str::to_owned).into_iter().collect(),
        cid: Some(pick.item.id.clone()),
        crid: Some(creative.id.clone()),
        w: Some(creative.w),
        h: Some(creative.h),
        mtype: Some(MediaType::Banner),
        ..Bid::default()
    }
}

/// `ext.earlybid.house`: what the SDK renders and reports itself. Markup without notices does not need it.
fn parts(creative: &CreativeConfig, link: Option<&str>, content: &str) -> Option<Members> {
    let mut house = match &creative.content {
        Content::Html(_) if has_no_notices(creative) => return None,
        Content::Html(_) => json!({ "html": content }),
        Content::Parts { image, alt, text } => {
            json!({"image": image, "alt": alt, "text": text, "link": link})
        }
    };
    house["impression"] = json!(creative.impressions);
    house["click"] = json!(creative.clicks);
    if let Some(house) = house.as_object_mut() {
        house.retain(|_, value| {
            !value.is_null() && value.as_array().is_none_or(|list| !list.is_empty())
        });
    }
    let mut ext = Members::new();
    ext.insert("earlybid".to_owned(), json!({ "house": house }));
    Some(ext)
}

fn has_no_notices(creative: &CreativeConfig) -> bool {
    creative.impressions.is_empty() && creative.clicks.is_empty()
}

/// A script that calls the addresses from within the markup, for pages that render it directly or through an
/// ad server.
fn notices(creative: &CreativeConfig) -> String {
    if has_no_notices(creative) {
        return String::new();
    }
    // Inside a script only its end tag is dangerous.
    let list = |urls: &[String]| json!(urls).to_string().replace('<', "\\u003c");
    format!(
        "<script>(c=>{{c({});addEventListener(\"click\",()=>c({}),true)}})(l=>l.forEach(u=>{{new Image().src=u}}))</script>",
        list(&creative.impressions),
        list(&creative.clicks)
    )
}

fn anchor(link: Option<&str>, inside: &str) -> String {
    let Some(link) = link else {
        return inside.to_owned();
    };
    format!(
        "<a href=\"{}\" target=\"_blank\" rel=\"noopener\" style=\"color:inherit;text-decoration:none\">{inside}</a>",
        escape(link)
    )
}

fn picture(url: &str, alt: Option<&str>) -> String {
    format!(
        "<img src=\"{}\" alt=\"{}\" style=\"display:block;max-width:100%;height:auto;border:0\">",
        escape(url),
        escape(alt.unwrap_or_default())
    )
}

fn words(text: &str) -> String {
    format!(
        "<p style=\"margin:0;font:16px/1.4 sans-serif\">{}</p>",
        escape(text)
    )
}

/// Expands macros in all texts of `ext.earlybid.house`.
pub(crate) fn expand(ext: &mut Members, with: impl Fn(&str) -> Option<String>) {
    let house = ext.get_mut("earlybid").and_then(|own| own.get_mut("house"));
    let members = house.and_then(Value::as_object_mut).into_iter().flatten();
    for (_, value) in members {
        let texts = match value {
            Value::Array(list) => list.iter_mut().collect(),
            one => vec![one],
        };
        for text in texts {
            if let Some(expanded) = text.as_str().and_then(&with) {
                *text = Value::String(expanded);
            }
        }
    }
}

/// Escapes text for HTML and for attributes in either kind of quotes.
fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            other => out.push(other),
        }
    }
    out
}
