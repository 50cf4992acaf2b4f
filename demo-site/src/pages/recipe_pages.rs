//! Home, recipe and search: the same content for every variant, with that variant's head.

use axum::extract::{Path, Query, State};
use axum::http::{HeaderValue, header};
use axum::response::{Redirect, Response};
use minijinja::value::Serde;
use minijinja::{Value, context};
use serde::Deserialize;

use super::{page_head, template};
use crate::app::{App, SharedApp};
use crate::error::PageError;
use crate::slots::PageType;
use crate::variant::Variant;

/// What a page's address may ask for.
#[derive(Debug, Default, Deserialize)]
pub struct PageQuery {
    /// Words to search for.
    #[serde(default)]
    q: String,
    /// `1` leaves the ad server out of an early page.
    #[serde(default)]
    direct: String,
    /// `no-wasm` sends a content security policy that forbids WebAssembly, to see the page without it.
    #[serde(default)]
    csp: String,
}

/// `GET /{variant}`: to the address with the slash.
pub async fn add_slash(Path(name): Path<String>) -> Result<Redirect, PageError> {
    let variant = known(&name)?;
    Ok(Redirect::permanent(&format!("/{}/", variant.name())))
}

/// `GET /{variant}/`.
pub async fn home(
    State(app): State<SharedApp>,
    Path(name): Path<String>,
    Query(query): Query<PageQuery>,
) -> Result<Response, PageError> {
    let content = context! { recipes => Value::from(Serde(app.catalogue.all())) };
    show(&app, &name, PageType::Home, &query, content).await
}

/// `GET /{variant}/recipes/{slug}`.
pub async fn recipe(
    State(app): State<SharedApp>,
    Path((name, slug)): Path<(String, String)>,
    Query(query): Query<PageQuery>,
) -> Result<Response, PageError> {
    let recipe = app.catalogue.find(&slug).ok_or(PageError::NotFound)?;
    let content = context! {
        recipe => Value::from(Serde(recipe)),
        related => Value::from(Serde(app.catalogue.related(recipe))),
    };
    show(&app, &name, PageType::Recipe, &query, content).await
}

/// `GET /{variant}/search?q=`.
pub async fn search(
    State(app): State<SharedApp>,
    Path(name): Path<String>,
    Query(query): Query<PageQuery>,
) -> Result<Response, PageError> {
    let found = app.catalogue.search(&query.q);
    let content = context! {
        query => query.q.as_str(),
        recipes => Value::from(Serde(found)),
    };
    show(&app, &name, PageType::Search, &query, content).await
}

async fn show(
    app: &App,
    name: &str,
    page: PageType,
    query: &PageQuery,
    content: Value,
) -> Result<Response, PageError> {
    let variant = known(name)?;
    let direct = variant == Variant::Early && query.direct == "1";
    let context = context! {
        page => page.name(),
        variant => variant.name(),
        variant_title => variant.title(),
        variants => variant_links(page, &content),
        head => page_head::head(app, page, variant, direct).await,
        early => variant == Variant::Early,
        suffix => if direct { "?direct=1" } else { "" },
        direct,
        ..content
    };
    let file = format!("{}.html", page.name());
    let mut response = template::render(&app.templates, &file, context)?;
    if query.csp == "no-wasm"
        && let Ok(policy) = HeaderValue::from_str(&policy_without_wasm(app))
    {
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    Ok(response)
}

fn known(name: &str) -> Result<Variant, PageError> {
    Variant::from_name(name).ok_or(PageError::NotFound)
}

/// The same page in the other variants.
fn variant_links(page: PageType, content: &Value) -> Vec<Value> {
    let rest = match page {
        PageType::Home => String::new(),
        PageType::Recipe => {
            let recipe = content.get_attr("recipe").unwrap_or_default();
            let slug = recipe.get_attr("slug").unwrap_or_default();
            format!("recipes/{slug}")
        }
        PageType::Search => {
            let query = content.get_attr("query").unwrap_or_default().to_string();
            let query: String = url::form_urlencoded::byte_serialize(query.as_bytes()).collect();
            format!("search?q={query}")
        }
    };
    let link = |variant: Variant| {
        context! {
            name => variant.name(),
            title => variant.title(),
            href => format!("/{}/{rest}", variant.name()),
        }
    };
    Variant::ALL.into_iter().map(link).collect()
}

/// Scripts may run, WebAssembly may not: neither `wasm-unsafe-eval` nor `unsafe-eval` is given.
fn policy_without_wasm(app: &App) -> String {
    format!("script-src 'self' 'unsafe-inline' {}", app.ad_server_origin)
}
