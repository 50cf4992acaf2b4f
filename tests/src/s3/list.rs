//! The XML of the store's answers, and the keys out of a request to delete many.

use std::fmt::Write as _;

use chrono::{DateTime, Utc};

use super::objects::Listing;

/// The answer to `ListObjectsV2`.
pub(super) fn listing(prefix: &str, listing: &Listing) -> String {
    let mut xml = begin("ListBucketResult");
    let truncated = listing.next.is_some();
    let _ = write!(
        xml,
        "<Name>{}</Name><Prefix>{}</Prefix><KeyCount>{}</KeyCount><IsTruncated>{truncated}</IsTruncated>",
        super::BUCKET,
        escaped(prefix),
        listing.objects.len() + listing.prefixes.len(),
    );
    if let Some(next) = &listing.next {
        let _ = write!(
            xml,
            "<NextContinuationToken>{}</NextContinuationToken>",
            escaped(next)
        );
    }
    for (key, object) in &listing.objects {
        let _ = write!(
            xml,
            "<Contents><Key>{}</Key><LastModified>{}</LastModified><ETag>{}</ETag><Size>{}</Size>\
             <StorageClass>STANDARD</StorageClass></Contents>",
            escaped(key),
            object.modified.format("%Y-%m-%dT%H:%M:%S%.3fZ"),
            escaped(&object.etag),
            object.bytes.len(),
        );
    }
    for prefix in &listing.prefixes {
        let _ = write!(
            xml,
            "<CommonPrefixes><Prefix>{}</Prefix></CommonPrefixes>",
            escaped(prefix)
        );
    }
    xml + "</ListBucketResult>"
}

/// An error, as stores give it.
pub(super) fn error(code: &str, message: &str) -> String {
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?><Error><Code>{code}</Code><Message>{message}</Message></Error>"
    )
}

/// A document with some elements of text.
pub(super) fn document(name: &str, elements: &[(&str, &str)]) -> String {
    let mut xml = begin(name);
    for (element, text) in elements {
        let _ = write!(xml, "<{element}>{}</{element}>", escaped(text));
    }
    xml + &format!("</{name}>")
}

/// The keys of a request to delete many.
pub(super) fn keys(body: &str) -> Vec<String> {
    let parts = body.split("<Key>").skip(1);
    parts
        .filter_map(|part| part.split_once("</Key>"))
        .map(|(key, _)| unescaped(key))
        .collect()
}

/// A time as HTTP headers have it.
pub(super) fn http_date(time: DateTime<Utc>) -> String {
    time.format("%a, %d %b %Y %H:%M:%S GMT").to_string()
}

fn begin(name: &str) -> String {
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?><{name} xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">"
    )
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}

fn unescaped(text: &str) -> String {
    text.replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"")
        .replace("&apos;", "'")
        .replace("&amp;", "&")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_as_http_has_them() {
        let time = DateTime::from_timestamp(784_111_777, 0).unwrap();
        assert_eq!(http_date(time), "Sun, 06 Nov 1994 08:49:37 GMT");
    }

    #[test]
    fn keys_come_back_as_they_were() {
        let body = "<Delete><Object><Key>a/&lt;b&gt;&amp;amp;</Key></Object><Object><Key>c</Key></Object></Delete>";
        assert_eq!(keys(body), ["a/<b>&amp;", "c"]);
    }
}
