//! The XML of the store's answers, and the keys out of a request to delete many.

use std::fmt::Write as _;
use std::time::SystemTime;

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
            iso(object.modified),
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
pub(super) fn http_date(time: SystemTime) -> String {
    let (days, second) = split(time);
    let (year, month, day) = date(days);
    const WEEKDAYS: [&str; 7] = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"];
    const MONTHS: [&str; 12] = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ];
    let weekday = usize::try_from(days % 7).map_or("Thu", |day| WEEKDAYS[day]);
    let month = usize::try_from(month - 1).map_or("Jan", |month| MONTHS[month]);
    let (hours, minutes, seconds) = (second / 3600, second / 60 % 60, second % 60);
    format!("{weekday}, {day:02} {month} {year} {hours:02}:{minutes:02}:{seconds:02} GMT")
}

fn iso(time: SystemTime) -> String {
    let (days, second) = split(time);
    let (year, month, day) = date(days);
    let (hours, minutes, seconds) = (second / 3600, second / 60 % 60, second % 60);
    format!("{year:04}-{month:02}-{day:02}T{hours:02}:{minutes:02}:{seconds:02}.000Z")
}

/// Days since 1970 and seconds of the day.
fn split(time: SystemTime) -> (u64, u64) {
    let since = time
        .duration_since(SystemTime::UNIX_EPOCH)
        .unwrap_or_default();
    (since.as_secs() / 86_400, since.as_secs() % 86_400)
}

/// Year, month and day of a day since 1970, by the length of each year and month.
fn date(days: u64) -> (u64, u64, u64) {
    let is_leap = |year: u64| {
        year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400))
    };
    let (mut year, mut left) = (1970, days);
    loop {
        let length = if is_leap(year) { 366 } else { 365 };
        if left < length {
            break;
        }
        left -= length;
        year += 1;
    }
    let february = if is_leap(year) { 29 } else { 28 };
    let lengths = [31, february, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
    let mut month = 1;
    for length in lengths {
        if left < length {
            break;
        }
        left -= length;
        month += 1;
    }
    (year, month, left + 1)
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
    use std::time::{Duration, SystemTime};

    use super::*;

    #[test]
    fn dates_are_those_of_the_calendar() {
        let at = |seconds| SystemTime::UNIX_EPOCH + Duration::from_secs(seconds);
        assert_eq!(http_date(at(784_111_777)), "Sun, 06 Nov 1994 08:49:37 GMT");
        assert_eq!(iso(at(1_709_210_096)), "2024-02-29T12:34:56.000Z");
        assert_eq!(iso(at(1_735_689_599)), "2024-12-31T23:59:59.000Z");
    }

    #[test]
    fn keys_come_back_as_they_were() {
        let body = "<Delete><Object><Key>a/&lt;b&gt;&amp;amp;</Key></Object><Object><Key>c</Key></Object></Delete>";
        assert_eq!(keys(body), ["a/<b>&amp;", "c"]);
    }
}
