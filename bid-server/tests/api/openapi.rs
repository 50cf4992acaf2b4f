//! The description of all routes is checked against a running server: methods, examples, statuses.
//!
//! Besides the examples of parameters and bodies, an operation has `x-requests`: requests that get another
//! status, with `query`, `path` or `body` instead of the usual ones.

use reqwest::{Method, Response};
use serde_json::{Map, Value, json};

use crate::fake_ssp::{FakeSsps, Reply};
use crate::server::Server;

/// What the examples need.
const SETTINGS: &str = r#"
[cache]
allow_keys = true
[accounts.by_id.quiet]
events = { enabled = false }
[accounts.by_id.closed]
disabled = true
[stored_requests.recipe-page]
site = { page = "https://recipes.example/soup" }
imp = [{ id = "top", banner = { format = [{ w = 300, h = 250 }] }, ext = { prebid = { bidder = { alpha = {} } } } }]
"#;

async fn started() -> (Server, FakeSsps, Value) {
    let ssps = FakeSsps::all(&["alpha"], &Reply::With(204, String::new())).await;
    let server = Server::start(&(SETTINGS.to_owned() + &ssps.settings())).await;
    let answer = server.request(Method::GET, "/openapi.json");
    let answer = answer.send().await.unwrap();
    assert_eq!(answer.headers()["content-type"], "application/json");
    let document = serde_json::from_str(&answer.text().await.unwrap()).unwrap();
    (server, ssps, document)
}

/// The value itself, even if it is only referred to.
fn resolved<'a>(document: &'a Value, value: &'a Value) -> &'a Value {
    let Some(place) = value.get("$ref").and_then(Value::as_str) else {
        return value;
    };
    let found = document.pointer(place.strip_prefix('#').unwrap());
    found.unwrap_or_else(|| panic!("{place} does not exist"))
}

/// One method of one path.
struct Operation<'a> {
    path: &'a str,
    method: &'a str,
    members: &'a Map<String, Value>,
}

/// POST first: the example of GET fetches what it stores.
fn operations(document: &Value) -> Vec<Operation<'_>> {
    let mut all = Vec::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for method in ["post", "get"] {
            if let Some(members) = item.get(method).and_then(Value::as_object) {
                all.push(Operation {
                    path,
                    method,
                    members,
                });
            }
        }
    }
    assert!(!all.is_empty());
    all
}

impl Operation<'_> {
    /// Addresses of the listeners that have this operation.
    fn listeners<'a>(&self, server: &'a Server) -> Vec<&'a str> {
        let tags = self.members["tags"].as_array().unwrap().iter();
        tags.map(|tag| match tag.as_str() {
            Some("public") => server.http.as_str(),
            Some("admin") => server.admin.as_str(),
            _ => panic!("{}: {tag} is no listener", self.path),
        })
        .collect()
    }

    /// Path and query, made from the examples of the parameters.
    fn target(&self) -> String {
        let (mut path, mut pairs) = (
            self.path.to_owned(),
            url::form_urlencoded::Serializer::new(String::new()),
        );
        let parameters = self.members.get("parameters").and_then(Value::as_array);
        for parameter in parameters.into_iter().flatten() {
            let name = parameter["name"].as_str().unwrap();
            let Some(example) = parameter.get("example") else {
                assert_ne!(parameter["required"], true, "{}: {name}", self.path);
                continue;
            };
            let text = example
                .as_str()
                .map_or(example.to_string(), ToOwned::to_owned);
            if parameter["in"] == "path" {
                path = path.replace(&format!("{{{name}}}"), &text);
            } else {
                pairs.append_pair(name, &text);
            }
        }
        format!("{path}?{}", pairs.finish())
    }

    /// The examples of bodies; a single empty one if there is no body.
    fn bodies(&self) -> Vec<Value> {
        let Some(body) = self.members.get("requestBody") else {
            return vec![Value::Null];
        };
        let examples = body["content"]["application/json"]["examples"].as_object();
        let examples = examples.unwrap().values();
        examples.map(|example| example["value"].clone()).collect()
    }

    async fn send(&self, server: &Server, url: String, body: &Value) -> Response {
        let method = Method::from_bytes(self.method.to_uppercase().as_bytes()).unwrap();
        // Pages have no business with what is meant for operators.
        let is_public = url.starts_with(&server.http);
        let mut request = server.client.request(method, url);
        if is_public {
            request = request.header("origin", "https://recipes.example");
        }
        if !body.is_null() {
            request = request.body(body.to_string());
        }
        request.send().await.unwrap()
    }

    /// Checks that the answer has a documented status, its content type and its headers.
    fn check(&self, server: &Server, document: &Value, answer: &Response) {
        let about = format!("{} {} {}", self.method, answer.url(), answer.status());
        let documented = &self.members["responses"][answer.status().as_str()];
        let documented = resolved(document, documented);
        assert!(documented.is_object(), "{about} is not documented");
        let kind = answer.headers().get("content-type");
        let kind = kind.map(|kind| kind.to_str().unwrap().split(';').next().unwrap());
        let kinds = documented.get("content").and_then(Value::as_object);
        match kind {
            Some(kind) => assert!(kinds.unwrap().contains_key(kind), "{about}: {kind}"),
            None => assert!(kinds.is_none(), "{about}"),
        }
        // Some paths are on both listeners; headers that pages need are only in answers to pages.
        if answer.status().is_success() && answer.url().as_str().starts_with(&server.http) {
            let headers = documented.get("headers").and_then(Value::as_object);
            for (name, header) in headers.into_iter().flatten() {
                resolved(document, header);
                assert!(answer.headers().contains_key(name), "{about}: {name}");
            }
        }
    }
}

#[tokio::test]
async fn paths_have_the_documented_methods_and_no_other() {
    let (server, _ssps, document) = started().await;
    for operation in operations(&document) {
        for listener in operation.listeners(&server) {
            let path = operation.path.replace("{name}", "alpha");
            let put = server
                .client
                .put(format!("{listener}{path}"))
                .send()
                .await
                .unwrap();
            assert_eq!(put.status(), 405, "{path}");
            let allowed = put.headers()["allow"].to_str().unwrap().replace(' ', "");
            let mut allowed: Vec<&str> =
                allowed.split(',').filter(|name| *name != "HEAD").collect();
            allowed.sort_unstable();
            let item = document["paths"][operation.path].as_object().unwrap();
            let methods = ["GET", "POST"].into_iter();
            let documented = methods.filter(|name| item.contains_key(&name.to_lowercase()));
            assert_eq!(allowed, documented.collect::<Vec<_>>(), "{path}");
        }
    }
}

#[tokio::test]
async fn every_answer_of_success_has_an_example() {
    let (_server, _ssps, document) = started().await;
    for operation in operations(&document) {
        let responses = operation.members["responses"].as_object().unwrap();
        let fine = responses.iter().filter(|(code, _)| code.starts_with('2'));
        let mut count = 0;
        for (code, response) in fine {
            count += 1;
            let content = response.get("content").and_then(Value::as_object);
            for (kind, content) in content.into_iter().flatten() {
                let place = format!("{} {code} {kind}", operation.path);
                assert!(
                    kind.starts_with("image/") || content.get("example").is_some(),
                    "{place}"
                );
            }
        }
        assert!(count > 0, "{}", operation.path);
        for response in responses.values() {
            resolved(&document, response);
        }
    }
}

#[tokio::test]
async fn examples_of_requests_get_what_is_documented() {
    let (server, _ssps, document) = started().await;
    for operation in operations(&document) {
        let target = operation.target();
        for listener in operation.listeners(&server) {
            for body in operation.bodies() {
                let url = format!("{listener}{target}");
                let answer = operation.send(&server, url, &body).await;
                assert!(answer.status().is_success(), "{}", answer.url());
                operation.check(&server, &document, &answer);
            }
        }
        let others = operation
            .members
            .get("x-requests")
            .and_then(Value::as_array);
        for other in others.into_iter().flatten() {
            let path = other.get("path").and_then(Value::as_str);
            let usual = target.split_once('?').unwrap();
            let query = other.get("query").and_then(Value::as_str);
            let (path, query) = (path.unwrap_or(usual.0), query.unwrap_or(usual.1));
            let url = format!("{}{path}?{query}", server.http);
            let none = json!(null);
            let body = other.get("body").unwrap_or(&none);
            let answer = operation.send(&server, url, body).await;
            assert_eq!(
                json!(answer.status().as_u16()),
                other["status"],
                "{}: {}",
                answer.url(),
                other["about"]
            );
            operation.check(&server, &document, &answer);
        }
    }
}
