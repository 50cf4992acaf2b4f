//! The store's side of HTTP: `/bucket` and `/bucket/key`.

use std::collections::HashMap;
use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::{Path, Query, Request, State};
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::any;
use bytes::Bytes;

use super::list;
use super::objects::{Object, Objects, Wanted};
use super::{BUCKET, KEY_ID};

/// Largest body that is taken.
const MAX_BODY: usize = 64 << 20;
/// Entries of a page of a listing.
const PAGE: usize = 1000;

type Parameters = HashMap<String, String>;

/// A store with one empty bucket.
pub(super) fn router() -> Router {
    let objects = Arc::new(Objects::default());
    Router::new()
        .route("/{bucket}", any(bucket))
        .route("/{bucket}/", any(bucket))
        .route("/{bucket}/{*key}", any(object))
        .layer(middleware::from_fn(signed))
        .with_state(objects)
}

/// Lets in requests that are signed with the key.
async fn signed(request: Request, next: Next) -> Response {
    let credential = format!("Credential={KEY_ID}/");
    let header = request.headers().get(header::AUTHORIZATION);
    let header = header
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    if header.starts_with("AWS4-HMAC-SHA256 ") && header.contains(&credential) {
        return next.run(request).await;
    }
    fault(
        StatusCode::FORBIDDEN,
        "AccessDenied",
        "no signature of the key",
    )
}

async fn bucket(
    State(objects): State<Arc<Objects>>,
    Path(bucket): Path<String>,
    Query(parameters): Query<Parameters>,
    request: Request,
) -> Response {
    if bucket != BUCKET {
        return fault(StatusCode::NOT_FOUND, "NoSuchBucket", "there is one other");
    }
    let parameter = |name: &str| parameters.get(name).map_or("", String::as_str);
    match *request.method() {
        Method::GET if parameter("list-type") == "2" => {
            let after = parameter("start-after").max(parameter("continuation-token"));
            let prefix = parameter("prefix");
            let most = parameter("max-keys").parse().unwrap_or(PAGE).min(PAGE);
            let found = objects.list(&Wanted {
                prefix,
                delimiter: parameter("delimiter"),
                after,
                most,
            });
            xml(list::listing(prefix, &found))
        }
        Method::POST if parameters.contains_key("delete") => {
            let Ok(body) = body_of(request).await else {
                return fault(
                    StatusCode::BAD_REQUEST,
                    "IncompleteBody",
                    "the body ended early",
                );
            };
            for key in list::keys(&String::from_utf8_lossy(&body)) {
                objects.delete(&key);
            }
            xml(list::document("DeleteResult", &[]))
        }
        _ => not_implemented(),
    }
}

async fn object(
    State(objects): State<Arc<Objects>>,
    Path((bucket, key)): Path<(String, String)>,
    Query(parameters): Query<Parameters>,
    request: Request,
) -> Response {
    if bucket != BUCKET {
        return fault(StatusCode::NOT_FOUND, "NoSuchBucket", "there is one other");
    }
    let upload = parameters.get("uploadId").and_then(|id| id.parse().ok());
    match *request.method() {
        Method::GET | Method::HEAD => match objects.get(&key) {
            Some(object) => read(&object, request.headers()),
            None => fault(
                StatusCode::NOT_FOUND,
                "NoSuchKey",
                "there is no such object",
            ),
        },
        Method::PUT => put(&objects, key, (upload, &parameters), request).await,
        Method::DELETE => {
            match upload {
                Some(upload) => objects.abort_upload(upload),
                None => objects.delete(&key),
            }
            StatusCode::NO_CONTENT.into_response()
        }
        Method::POST if parameters.contains_key("uploads") => {
            let id = objects.begin_upload().to_string();
            let elements = [("Bucket", BUCKET), ("Key", &key), ("UploadId", &id)];
            xml(list::document("InitiateMultipartUploadResult", &elements))
        }
        Method::POST => match upload.and_then(|upload| objects.finish_upload(upload, key)) {
            Some(etag) => xml(list::document(
                "CompleteMultipartUploadResult",
                &[("ETag", &etag)],
            )),
            None => fault(
                StatusCode::NOT_FOUND,
                "NoSuchUpload",
                "there is no such upload",
            ),
        },
        _ => not_implemented(),
    }
}

async fn put(
    objects: &Objects,
    key: String,
    (upload, parameters): (Option<u64>, &Parameters),
    request: Request,
) -> Response {
    let only_new = request.headers().get(header::IF_NONE_MATCH).is_some();
    // Copies are not supported, and must not be taken for empty objects.
    if request.headers().contains_key("x-amz-copy-source") {
        return not_implemented();
    }
    let Ok(body) = body_of(request).await else {
        return fault(
            StatusCode::BAD_REQUEST,
            "IncompleteBody",
            "the body ended early",
        );
    };
    let etag = match upload {
        Some(upload) => {
            let number = parameters
                .get("partNumber")
                .and_then(|number| number.parse().ok());
            let there = number.is_some_and(|number| objects.put_part(upload, number, body));
            there.then(|| format!("\"{upload}\""))
        }
        None => objects.put(key, body, only_new),
    };
    match etag {
        Some(etag) => [(header::ETAG, etag)].into_response(),
        None => fault(
            StatusCode::PRECONDITION_FAILED,
            "PreconditionFailed",
            "the object exists",
        ),
    }
}

/// The object, or the range of it that is asked for. axum leaves the body out of answers to HEAD.
fn read(object: &Object, headers: &HeaderMap) -> Response {
    let length = object.bytes.len();
    let facts = [
        (header::ETAG, object.etag.clone()),
        (header::LAST_MODIFIED, list::http_date(object.modified)),
        (header::ACCEPT_RANGES, "bytes".to_owned()),
    ];
    let wanted = headers
        .get(header::RANGE)
        .and_then(|value| value.to_str().ok());
    let Some(wanted) = wanted else {
        return (facts, object.bytes.clone()).into_response();
    };
    match range(wanted, length) {
        Some((first, last)) => {
            let part = object.bytes.slice(first..=last);
            let place = format!("bytes {first}-{last}/{length}");
            let status = StatusCode::PARTIAL_CONTENT;
            (status, facts, [(header::CONTENT_RANGE, place)], part).into_response()
        }
        None => fault(
            StatusCode::RANGE_NOT_SATISFIABLE,
            "InvalidRange",
            "the object is not so long",
        ),
    }
}

/// First and last byte of `bytes=a-b`, `bytes=a-` or `bytes=-n`.
fn range(wanted: &str, length: usize) -> Option<(usize, usize)> {
    let (from, to) = wanted.strip_prefix("bytes=")?.split_once('-')?;
    let end = length.checked_sub(1)?;
    let (first, last) = match (from, to) {
        ("", count) => (length.saturating_sub(count.parse().ok()?), end),
        (from, "") => (from.parse().ok()?, end),
        (from, to) => (from.parse().ok()?, to.parse::<usize>().ok()?.min(end)),
    };
    (first <= last).then_some((first, last))
}

async fn body_of(request: Request<Body>) -> Result<Bytes, axum::Error> {
    axum::body::to_bytes(request.into_body(), MAX_BODY).await
}

fn xml(document: String) -> Response {
    ([(header::CONTENT_TYPE, "application/xml")], document).into_response()
}

fn fault(status: StatusCode, code: &str, message: &str) -> Response {
    (status, xml(list::error(code, message))).into_response()
}

fn not_implemented() -> Response {
    fault(
        StatusCode::NOT_IMPLEMENTED,
        "NotImplemented",
        "the tables do not need it",
    )
}

#[cfg(test)]
mod tests {
    use super::range;

    #[test]
    fn ranges_are_within_the_object() {
        let cases = [
            ("bytes=0-3", Some((0, 3))),
            ("bytes=7-99", Some((7, 9))),
            ("bytes=4-", Some((4, 9))),
            ("bytes=-4", Some((6, 9))),
            ("bytes=-99", Some((0, 9))),
            ("bytes=10-", None),
            ("lines=1-2", None),
        ];
        for (wanted, expected) in cases {
            assert_eq!(range(wanted, 10), expected, "{wanted}");
        }
        assert_eq!(range("bytes=0-", 0), None);
    }
}
