//! Home, recipe and search: the same content for every variant, with that variant's head.

use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{Redirect, Response};
use minijinja::value::Serde;
use minijinja::{Value, context};
use serde::Deserialize;

use super::page_head;
use crate::app::{App, SharedApp};
use crate::error::PageError;
use crate::page_config::{self, EarlyForm};
use crate::slots::PageType;
use crate::templates;
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
    /// `1` names in `Link` headers what an early page needs, its auction among them.
    #[serde(default)]
    links: String,
    /// `no-wasm` sends a content security policy that forbids WebAssembly, to see the page without it.
    #[serde(default)]
    csp: String,
}

/// `GET /{variant}`: to the address with the slash.
pub async fn add_slash(Path(name): Path<String>) -> Result<Redirect, PageError> {
    let variant = known(&name)?;
    Ok(Redirect::permanent(&format!("/{}/", variant.name())))
}

/// One view of a page, as it is requested.
#[derive(Debug)]
pub struct PageRequest {
    variant: Variant,
    query: PageQuery,
    /// Fetched by the browser before anybody wants to see it.
    ahead: bool,
}

impl PageRequest {
    fn new(name: &str, query: PageQuery, headers: &HeaderMap) -> Result<Self, PageError> {
        let purpose = headers.get("sec-purpose").map(HeaderValue::as_bytes);
        Ok(Self {
            variant: known(name)?,
            query,
            ahead: purpose.is_some_and(|purpose| purpose.starts_with(b"prefetch")),
        })
    }

    fn form(&self, app: &App, rest: &str) -> EarlyForm {
        let address = || format!("{}/{}/{rest}", app.site_origin, self.variant.name());
        EarlyForm {
            direct: self.early() && self.query.direct == "1",
            linked: (self.early() && self.query.links == "1").then(address),
        }
    }

    fn early(&self) -> bool {
        self.variant == Variant::Early
    }
}

/// `GET /{variant}/`.
pub async fn home(
    State(app): State<SharedApp>,
    Path(name): Path<String>,
    Query(query): Query<PageQuery>,
    headers: HeaderMap,
) -> Result<Response, PageError> {
    let request = PageRequest::new(&name, query, &headers)?;
    let content = context! { recipes => Value::from(Serde(app.catalogue.all())) };
    show(&app, PageType::Home, &request, content).await
}

/// `GET /{variant}/recipes/{slug}`.
pub async fn recipe(
    State(app): State<SharedApp>,
    Path((name, slug)): Path<(String, String)>,
    Query(query): Query<PageQuery>,
    headers: HeaderMap,
) -> Result<Response, PageError> {
    let request = PageRequest::new(&name, query, &headers)?;
    let recipe = app.catalogue.find(&slug).ok_or(PageError::NotFound)?;
    let content = context! {
        recipe => Value::from(Serde(recipe)),
        related => Value::from(Serde(app.catalogue.related(recipe))),
    };
    show(&app, PageType::Recipe, &request, content).await
}

/// `GET /{variant}/search?q=`.
pub async fn search(
    State(app): State<SharedApp>,
    Path(name): Path<String>,
    Query(query): Query<PageQuery>,
    headers: HeaderMap,
) -> Result<Response, PageError> {
    let request = PageRequest::new(&name, query, &headers)?;
    let found = app.catalogue.search(&request.query.q);
    let content = context! {
        query => request.query.q.as_str(),
        recipes => Value::from(Serde(found)),
    };
    show(&app, PageType::Search, &request, content).await
}

async fn show(
    app: &App,
    page: PageType,
    request: &PageRequest,
    content: Value,
) -> Result<Response, PageError> {
    let variant = request.variant;
    let rest = rest(page, &content);
    let form = request.form(app, &rest);
    let context = context! {
        page => page.name(),
        variant => variant.name(),
        variant_title => variant.title(),
        variants => variant_links(&rest),
        head => page_head::head(app, page, variant, &form).await,
        early => request.early(),
        suffix => suffix(&form),
        direct => form.direct,
        ..content
    };
    let file = format!("{}.html", page.name());
    let mut response = templates::render(&app.templates, &file, context)?;
    let headers = response.headers_mut();
    if request.query.csp == "no-wasm" {
        insert(
            headers,
            header::CONTENT_SECURITY_POLICY,
            &policy_without_wasm(app),
        );
    }
    if form.linked.is_some() {
        let links = page_config::earlybid(app, page, &form).links(request.ahead);
        insert(headers, header::LINK, &links);
    }
    Ok(response)
}

fn insert(headers: &mut HeaderMap, name: header::HeaderName, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        headers.insert(name, value);
    }
}

/// Links within the site keep the form of the page.
const fn suffix(form: &EarlyForm) -> &'static str {
    match (form.direct, form.linked.is_some()) {
        (false, false) => "",
        (true, false) => "?direct=1",
        (false, true) => "?links=1",
        (true, true) => "?direct=1&links=1",
    }
}

fn known(name: &str) -> Result<Variant, PageError> {
    Variant::from_name(name).ok_or(PageError::NotFound)
}

/// The page's address below its variant.
fn rest(page: PageType, content: &Value) -> String {
    match page {
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
    }
}

/// The same page in the other variants.
fn variant_links(rest: &str) -> Vec<Value> {
    let link = |variant: Variant| {
        context! {
            name => variant.name(),
            title => variant.title(),
            href => format!("/{}/{rest}", variant.name()),
        }
    };
    Variant::ALL.into_iter().map(link).collect()
}

/// Scripts may run, WebAssembly may not: neither `wasm-unsafe-eval` nor `unsafe-eval` is granted.
fn policy_without_wasm(app: &App) -> String {
    format!("script-src 'self' 'unsafe-inline' {}", app.ad_server_origin)
}
