//! Garbage for every route: whatever methods, headers, codings and bytes come, there is an answer, it is not
//! a failure of ours, and the server goes on.

#[path = "../../src/fuzzing/tokens.rs"]
mod tokens;

use std::fmt::Write;
use std::path::Path;

use corpus::{Random, changed};
use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::fake_ssp::{FakeSsps, Reply};
use crate::server::Server;
use tokens::TOKENS;

const ROUNDS: usize = 4;
const METHODS: [&str; 8] = [
    "GET", "POST", "POST", "HEAD", "OPTIONS", "PUT", "DELETE", "BREW",
];
const HEADERS: [&str; 16] = [
    "content-type",
    "content-encoding",
    "accept-encoding",
    "origin",
    "access-control-request-method",
    "x-forwarded-for",
    "true-client-ip",
    "user-agent",
    "referer",
    "cookie",
    "dnt",
    "sec-gpc",
    "sec-browsing-topics",
    "x-pbs-debug-override",
    "if-none-match",
    "expect",
];
const VALUES: [&str; 14] = [
    "gzip",
    "br",
    "zstd;q=2, *;q=-1",
    "application/json; charset=\"",
    "https://page.example",
    "null",
    "203.0.113.9, <script>",
    "[::1",
    "1",
    "(1 2);v=chrome.1:1:2, ();p=P0000",
    "",
    "\u{fffd}\u{1f9c5}",
    "100-continue",
    "uids=e30",
];

/// Bodies that somebody might send, for the routes that take one.
fn bodies() -> Vec<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus/auction_request");
    let requests = corpus::files(&folder).into_iter();
    let puts = json!({"puts": [{"type": "xml", "value": "<VAST><Ad><InLine/></Ad></VAST>", "ttlseconds": 9, "bidid": "b", "bidder": "alpha", "timestamp": 1}]});
    let sync = json!({"uuid": "u", "bidders": ["alpha"], "gdpr": 1, "gdpr_consent": "C", "filterSettings": {"iframe": {"bidders": "*"}}});
    let others = [puts, sync].map(|body| body.to_string().into_bytes());
    requests.chain(others).chain([Vec::new()]).collect()
}

/// Paths of both listeners, with the listener's name.
fn paths() -> Vec<(String, &'static str)> {
    let document: Value = serde_json::from_str(include_str!("../../openapi.json")).unwrap();
    let paths = document["paths"].as_object().unwrap().iter();
    let tagged = paths.flat_map(|(path, item)| {
        let listeners = ["public", "admin"].into_iter();
        let tagged = listeners.filter(|tag| item.to_string().contains(&format!("\"{tag}\"")));
        tagged.map(|tag| (path.clone(), tag))
    });
    let more = ["/openrtb2/amp", "/nowhere", "/info/bidders/alpha", "/%"];
    let more = more.map(|path| (path.to_owned(), "public"));
    tagged.chain(more).collect()
}

fn query(random: &mut Random) -> Vec<u8> {
    const QUERIES: [&str; 7] = [
        "",
        "?gzip=1",
        "?srid=all&w=300&h=250&tmax=300&sizes=1x1,2x2&targeting=%7B%22a%22%3A1%7D",
        "?tag_id=all&curl=https%3A%2F%2Fp%2F&ms=300x250&gdpr_applies=true&consent_type=2&__amp_source_origin=https://p",
        "?t=win&b=bid&a=acc&ts=1&bidder=alpha&f=i&x=1&int=web",
        "?uuid=00000000-0000-0000-0000-000000000000",
        "?enabledonly=true&baseadaptersonly=maybe&a=%zz&a=&&=",
    ];
    let query = QUERIES[random.below(QUERIES.len())].as_bytes();
    let mut query = if random.below(2) == 0 {
        changed(query, &TOKENS, random)
    } else {
        query.to_vec()
    };
    // Anything that ends a target would make it another request, which another test covers.
    query.retain(|byte| byte.is_ascii_graphic());
    query
}

fn body(bodies: &[Vec<u8>], random: &mut Random) -> Vec<u8> {
    let body = &bodies[random.below(bodies.len())];
    let body = match random.below(3) {
        0 => body.clone(),
        _ => changed(body, &TOKENS, random),
    };
    if random.below(4) > 0 {
        return body;
    }
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    std::io::Write::write_all(&mut encoder, &body).unwrap();
    let zipped = encoder.finish().unwrap();
    match random.below(2) {
        0 => zipped,
        _ => changed(&zipped, &TOKENS, random),
    }
}

fn request(path: &str, method: &str, bodies: &[Vec<u8>], random: &mut Random) -> Vec<u8> {
    let mut head = format!("{method} {path}");
    head.push_str(&String::from_utf8(query(random)).unwrap());
    head.push_str(" HTTP/1.1\r\nhost: x\r\nconnection: close\r\n");
    for _ in 0..random.below(5) {
        let name = HEADERS[random.below(HEADERS.len())];
        let value = VALUES[random.below(VALUES.len())];
        write!(head, "{name}: {value}\r\n").unwrap();
    }
    let body = body(bodies, random);
    let mut whole = if random.below(6) == 0 {
        let mut whole = format!(
            "{head}transfer-encoding: chunked\r\n\r\n{:x}\r\n",
            body.len()
        );
        whole.push_str(&String::from_utf8_lossy(&body));
        whole.push_str(["\r\n0\r\n\r\n", "\r\nzz\r\n", ""][random.below(3)]);
        return whole.into_bytes();
    } else {
        format!("{head}content-length: {}\r\n\r\n", body.len()).into_bytes()
    };
    whole.extend(body);
    whole
}

/// The status; `None` = the connection ended without an answer.
async fn answer(address: &str, request: &[u8]) -> Option<(u16, String)> {
    let address = address.strip_prefix("http://").unwrap();
    let mut stream = TcpStream::connect(address).await.unwrap();
    // A server that has read enough may stop reading.
    drop(stream.write_all(request).await);
    let mut answer = Vec::new();
    drop(stream.read_to_end(&mut answer).await);
    let text = String::from_utf8_lossy(&answer).into_owned();
    let status = text.strip_prefix("HTTP/1.1 ")?.get(..3)?.parse().ok()?;
    Some((status, text))
}

async fn server(ssps: &FakeSsps) -> Server {
    let stored = "[stored_requests.all]
site.page = 'https://p.example/'
imp = [{ id = 'i', banner = { w = 1, h = 1 }, ext = { prebid = { bidder = { alpha = {} } } } }]
[auction]
default_tmax_ms = 400
max_tmax_ms = 500
body_timeout_ms = 50
";
    let mut settings = format!("{stored}{}", ssps.settings());
    for code in ["aja", "yieldone", "adgeneration"] {
        // Nobody listens at this address.
        let bidder =
            format!("[bidders.{code}]\nadapter = '{code}'\nendpoint = 'http://127.0.0.1:9/'\n");
        settings.push_str(&bidder);
    }
    Server::start_with("head_timeout_ms = 50\nidle_timeout_ms = 50\n", &settings).await
}

#[tokio::test]
async fn no_request_to_any_route_ends_in_a_failure_of_ours_or_without_answer() {
    let bid = json!({"seatbid": [{"bid": [{"id": "b", "impid": "i", "price": 1, "adm": "<b>${AUCTION_PRICE}", "w": 1, "h": 1}]}]});
    let ssps = FakeSsps::all(&["alpha"], &Reply::With(200, bid.to_string())).await;
    let server = server(&ssps).await;
    let (bodies, mut random) = (bodies(), Random(11));
    for (path, listener) in paths() {
        let address = match listener {
            "admin" => &server.admin,
            _ => &server.http,
        };
        for method in METHODS {
            for _ in 0..ROUNDS {
                let request = request(&path, method, &bodies, &mut random);
                let answer = answer(address, &request).await;
                let shown = String::from_utf8_lossy(&request);
                let Some((status, text)) = answer else {
                    panic!("no answer to {shown}");
                };
                assert!(status < 500, "{text}\nto {shown}");
            }
        }
    }
    let alive = server.request(reqwest::Method::GET, "/status");
    assert_eq!(alive.send().await.unwrap().status(), 200);
    server.stop().await;
}

#[tokio::test]
async fn no_head_does_harm() {
    let ssps = FakeSsps::all(&["alpha"], &Reply::With(204, String::new())).await;
    let server = server(&ssps).await;
    let (bodies, mut random) = (bodies(), Random(13));
    for round in 0..200 {
        let method = METHODS[round % METHODS.len()];
        let request = request("/openrtb2/auction", method, &bodies, &mut random);
        let end = request.windows(4).position(|at| at == b"\r\n\r\n").unwrap();
        let mut head = changed(&request[..end], &TOKENS, &mut random);
        head.extend_from_slice(&request[end..]);
        if let Some((status, text)) = answer(&server.http, &head).await {
            assert!(
                status < 500,
                "{text}\nto {}",
                String::from_utf8_lossy(&head)
            );
        }
    }
    let alive = server.request(reqwest::Method::GET, "/status");
    assert_eq!(alive.send().await.unwrap().status(), 200);
    server.stop().await;
}

#[tokio::test]
async fn a_body_without_end_is_not_waited_for() {
    let server = Server::start("[auction]\nbody_timeout_ms = 500\n").await;
    for (path, expected) in [
        ("/cookie_sync", 200),
        ("/openrtb2/auction", 400),
        ("/cache", 400),
        ("/vtrack?a=a", 400),
    ] {
        let head = format!(
            "POST {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-length: 10000000000\r\n\r\n{{"
        );
        let answer = answer(&server.http, head.as_bytes()).await;
        assert_eq!(answer.unwrap().0, expected, "{path}");
    }
}
