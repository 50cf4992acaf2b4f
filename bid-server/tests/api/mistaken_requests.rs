//! One mistaken slot or bidder costs the page no others, and what is left out is told.

use serde_json::{Value, json};

use crate::fake_forward::{FakeForward, Manner};
use crate::fake_ssp::{FakeSsps, Reply};
use crate::one_slot::{bid, body, request, seats};
use crate::server::Server;

#[tokio::test]
async fn one_mistaken_bidder_or_slot_costs_no_other() {
    let settings = "[bidders.adgeneration]\nendpoint = 'http://127.0.0.1:1/'\n";
    let ssps = FakeSsps::all(&["alpha"], &Reply::With(200, body(&[bid("b", 1.0)]))).await;
    let server = Server::start(&(settings.to_owned() + &ssps.settings())).await;
    let wrong = json!({"alpha": {}, "adgeneration": {"id": 58278}, "nobody": {}});
    let mut asked = request(json!({"prebid": {"bidder": wrong}}), json!({}));
    let answer = server.auction(&asked).await;
    assert_eq!(seats(&answer), ["alpha"]);
    let warning = |answer: &Value, subject: &str| {
        let text = &answer["ext"]["warnings"][subject][0]["message"];
        text.as_str().unwrap_or_default().to_owned()
    };
    assert_eq!(
        warning(&answer, "adgeneration"),
        "request.imp[0].ext.prebid.bidder.adgeneration.id: must be a string; not asked for this imp"
    );
    assert!(warning(&answer, "nobody").contains("unknown bidder"));
    let alpha = json!({"prebid": {"bidder": {"alpha": {}}}});
    let good = asked["imp"][0].clone();
    asked["imp"] = json!([
        {"id": "i", "banner": {"w": 300, "h": 250}, "ext": alpha},
        {"id": "i", "banner": {"w": 300, "h": 250}, "ext": alpha},
        {"id": "sizeless", "banner": {}, "ext": alpha},
        {"id": "empty", "ext": alpha},
    ]);
    let answer = server.auction(&asked).await;
    assert_eq!(seats(&answer), ["alpha"]);
    let general = answer["ext"]["warnings"]["general"].as_array().unwrap();
    assert_eq!(general.len(), 3, "{general:?}");
    for (line, place) in general.iter().zip(["imp[1].id", "imp[2]", "imp[3]"]) {
        let text = line["message"].as_str().unwrap();
        assert!(
            text.starts_with(&format!("request.{place}"))
                && text.ends_with("; the imp is left out"),
            "{text}"
        );
    }
    asked["imp"] = json!([good]);
    asked["imp"][0]["ext"]["prebid"]["bidder"] = json!({"nobody": {}});
    assert_eq!(server.post(asked.to_string()).await.status(), 400);
}

#[tokio::test]
async fn a_strict_server_refuses_what_is_mistaken() {
    let ssps = FakeSsps::all(&["alpha"], &Reply::With(204, String::new())).await;
    let server = Server::start(&("[auction]\nstrict = true\n".to_owned() + &ssps.settings())).await;
    let asked = request(
        json!({"prebid": {"bidder": {"alpha": {}, "nobody": {}}}}),
        json!({}),
    );
    assert_eq!(server.post(asked.to_string()).await.status(), 400);
}

const STORED: &str = "
[auction]
max_imps = 4
[stored_imps.sized]
banner = { w = 300, h = 250 }
[profiles.of-pages]
type = 'request'
body = { tmax = 1500 }
[stored_responses]
answer = []
";

fn slot(id: &str) -> Value {
    json!({"id": id, "banner": {"w": 300, "h": 250}, "ext": {"prebid": {"bidder": {"alpha": {}}}}})
}

fn with(id: &str, member: &str, value: Value) -> Value {
    let mut slot = slot(id);
    slot[member] = value;
    slot
}

fn naming(id: &str, member: &str, value: Value) -> Value {
    let mut slot = slot(id);
    slot["ext"]["prebid"][member] = value;
    slot
}

/// A slot that cannot take part, and the beginning of what is said about it.
type Mistake = (Value, &'static str);

/// Slots that break a rule or cannot be read.
fn invalid() -> Vec<Mistake> {
    let narrow = json!({"w": "wide", "h": 1});
    let of_another = json!([{"bidder": "other", "id": "answer"}]);
    vec![
        (json!(7), ": "),
        (json!(null), ": "),
        (json!([slot("x")]), ": "),
        (with("x", "id", json!(7)), ".id: "),
        (with("x", "banner", json!(7)), ".banner: "),
        (with("x", "banner", narrow), ".banner.w: "),
        (with("x", "ext", json!(7)), ".ext: "),
        (with("x", "video", json!([])), ".video"),
        (with("x", "native", json!({})), ".native.request: "),
        (with("x", "bidfloor", json!(-1)), ".bidfloor: "),
        (naming("x", "bidder", json!(7)), ".ext.prebid.bidder: "),
        (
            naming("x", "storedbidresponse", of_another),
            ".ext.prebid.storedbidresponse[0].bidder: ",
        ),
    ]
}

/// Slots that name what is not stored.
fn not_stored() -> Vec<Mistake> {
    let stored = |id: Value| naming("x", "storedrequest", json!({"id": id}));
    let answer = json!({"id": "nowhere"});
    vec![
        (
            stored(json!("nowhere")),
            ".ext.prebid.storedrequest.id: no stored imp",
        ),
        (stored(json!(7)), ".ext.prebid.storedrequest.id: must be"),
        (
            naming("x", "profiles", json!(["nowhere"])),
            ".ext.prebid.profiles[0]: no profile",
        ),
        (
            naming("x", "profiles", json!(["of-pages"])),
            ".ext.prebid.profiles[0]: a profile of requests",
        ),
        (
            naming("x", "storedauctionresponse", answer),
            ".ext.prebid.storedauctionresponse.id: no stored response",
        ),
        (
            naming("x", "storedbidresponse", json!(7)),
            ".ext.prebid.storedbidresponse: must be a list",
        ),
    ]
}

/// All of them, and what their rows say.
fn mistaken() -> impl Iterator<Item = (Mistake, &'static str)> {
    let invalid = invalid().into_iter().map(|it| (it, "imp_invalid"));
    invalid.chain(not_stored().into_iter().map(|it| (it, "imp_not_stored")))
}

fn page(id: &str, slots: &[Value]) -> Value {
    json!({"id": id, "tmax": 2000, "site": {"page": "https://page.example/"}, "imp": slots})
}

fn general(answer: &Value) -> Vec<&str> {
    let lines = answer["ext"]["warnings"]["general"].as_array();
    let lines = lines.into_iter().flatten();
    lines
        .map(|line| line["message"].as_str().unwrap())
        .collect()
}

#[tokio::test]
async fn each_kind_of_mistaken_slot_is_left_out_named_and_told_in_rows() {
    let mut receiver = FakeForward::start(Manner::Acknowledge);
    let ssps = FakeSsps::all(&["alpha"], &Reply::With(200, body(&[bid("b", 1.0)]))).await;
    let output = format!(
        "[log_output]\naddress = '{}'\nflush_interval_ms = 1\n",
        receiver.address
    );
    let settings = STORED.to_owned() + &ssps.settings() + &output;
    let server = Server::start_logging(&settings).await;
    let mut expected = Vec::new();
    for (nth, ((mistaken, begun), outcome)) in mistaken().enumerate() {
        let begun = format!("request.imp[0]{begun}");
        let id = format!("a{nth}");
        let sized = json!({"id": "i", "ext": {"prebid": {"storedrequest": {"id": "sized"}, "bidder": {"alpha": {}}}}});
        let answer = server.auction(&page(&id, &[mistaken.clone(), sized])).await;
        assert_eq!(seats(&answer), ["alpha"], "{mistaken}");
        let told = general(&answer);
        assert!(!told.is_empty(), "{mistaken}");
        assert!(told[0].starts_with(&begun), "{} for {mistaken}", told[0]);
        assert!(
            told.iter()
                .all(|line| line.ends_with("; the imp is left out")),
            "{told:?}"
        );
        // Of one slot alone nothing remains.
        let alone = server
            .post(page(&id, std::slice::from_ref(&mistaken)).to_string())
            .await;
        assert_eq!(alone.status(), 400, "{mistaken}");
        let text = alone.text().await.unwrap();
        assert!(
            text.starts_with(&format!("Invalid request: {begun}")),
            "{text}"
        );
        expected.push((id, outcome));
    }
    let rows = receiver.records("ads.bid", 2 * expected.len()).await;
    let left_out = rows.iter().filter(|row| row.get("bidder").is_none());
    let left_out: Vec<_> = left_out
        .map(|row| {
            assert_eq!(row["non_bid_reason"], 200);
            let outcome = row["outcome"].as_str().unwrap();
            (row["auction_id"].as_str().unwrap().to_owned(), outcome)
        })
        .collect();
    assert_eq!(left_out, expected);
}

#[tokio::test]
async fn slots_beyond_the_limit_are_left_out_and_named() {
    let mut receiver = FakeForward::start(Manner::Acknowledge);
    let ssps = FakeSsps::all(&["alpha"], &Reply::With(204, String::new())).await;
    let output = format!(
        "[log_output]\naddress = '{}'\nflush_interval_ms = 1\n",
        receiver.address
    );
    let server = Server::start_logging(&(STORED.to_owned() + &ssps.settings() + &output)).await;
    let slots = ["a", "b", "c", "d", "e", "f"].map(slot);
    let answer = server.auction(&page("many", &slots)).await;
    let expected = ["e", "f"].iter().enumerate().map(|(nth, id)| {
        let place = 4 + nth;
        format!("request.imp[{place}]: {id:?} is one of more than 4; the imp is left out")
    });
    assert_eq!(general(&answer), expected.collect::<Vec<_>>());
    let asked = ssps.asked()["alpha"]["imp"].clone();
    let asked = asked
        .as_array()
        .unwrap()
        .iter()
        .map(|imp| imp["id"].as_str());
    assert_eq!(asked.flatten().collect::<Vec<_>>(), ["a", "b", "c", "d"]);
    let auction = &receiver.records("ads.auction", 1).await[0];
    assert_eq!(auction["imps"], 4);
    let rows = receiver.records("ads.bid", 6).await;
    let rows: Vec<_> = rows
        .iter()
        .map(|row| {
            (
                row["imp_id"].as_str().unwrap(),
                row["outcome"].as_str().unwrap(),
            )
        })
        .collect();
    let offered = ["a", "b", "c", "d"].map(|id| (id, "no_bid"));
    let beyond = ["e", "f"].map(|id| (id, "imp_over_limit"));
    assert_eq!(rows, [&offered[..], &beyond[..]].concat());
    // A mistaken one among the first does not let another in.
    let slots = [slot("a"), json!(7), slot("c"), slot("d"), slot("e")];
    let answer = server.auction(&page("mixed", &slots)).await;
    assert_eq!(
        answer["ext"]["responsetimemillis"]
            .as_object()
            .unwrap()
            .len(),
        1
    );
    assert_eq!(ssps.asked()["alpha"]["imp"].as_array().unwrap().len(), 3);
}

#[tokio::test]
async fn thousands_of_slots_are_not_answered_with_thousands_of_lines() {
    let ssps = FakeSsps::all(&["alpha"], &Reply::With(204, String::new())).await;
    let server = Server::start(&(STORED.to_owned() + &ssps.settings())).await;
    for filler in [json!({}), json!(7), json!({"banner": {"w": "x"}})] {
        let mut slots = vec![slot("good")];
        slots.extend(vec![filler; 8000]);
        let answer = server.auction(&page("r", &slots)).await;
        let told = general(&answer);
        assert!(told.len() <= 102, "{}", told.len());
        assert_eq!(told.last(), Some(&"7947 more imps are left out"));
        assert_eq!(ssps.asked()["alpha"]["imp"].as_array().unwrap().len(), 1);
    }
    // One slot with thousands of faults.
    let formats = vec![json!({}); 8000];
    let slots = vec![
        slot("good"),
        with("x", "banner", json!({"format": formats})),
    ];
    let answer = server.auction(&page("r", &slots)).await;
    assert_eq!(general(&answer).len(), 51);
}

#[tokio::test]
async fn an_imp_that_says_nonsense_to_one_bidder_is_not_offered_to_it() {
    let ssps = FakeSsps::all(&["alpha", "beta"], &Reply::With(204, String::new())).await;
    let server = Server::start(&ssps.settings()).await;
    let mut first = naming("a", "imp", json!({"alpha": {"banner": 7}}));
    first["ext"]["prebid"]["bidder"]["beta"] = json!({});
    let answer = server.auction(&page("r", &[first, slot("b")])).await;
    let told = answer["ext"]["warnings"]["alpha"][0]["message"]
        .as_str()
        .unwrap();
    assert!(
        told.starts_with("imp \"a\": ext.prebid.imp.alpha.banner: ")
            && told.ends_with("; not asked for this imp"),
        "{told}"
    );
    let ids = |code: &str| ssps.asked()[code]["imp"].as_array().unwrap().len();
    assert_eq!((ids("alpha"), ids("beta")), (1, 1));
    assert_eq!(ssps.asked()["alpha"]["imp"][0]["id"], "b");
}

#[tokio::test]
async fn a_strict_server_refuses_each_mistaken_slot() {
    let ssps = FakeSsps::all(&["alpha"], &Reply::With(204, String::new())).await;
    let settings = STORED.replacen("max_imps = 4", "max_imps = 4\nstrict = true", 1);
    let server = Server::start(&(settings + &ssps.settings())).await;
    let mut requests: Vec<Vec<Value>> = mistaken()
        .map(|((mistaken, _), _)| vec![mistaken, slot("i")])
        .collect();
    requests.push(["a", "b", "c", "d", "e"].map(slot).into());
    requests.push(vec![
        naming("a", "imp", json!({"alpha": {"banner": 7}})),
        slot("b"),
    ]);
    for slots in requests {
        let refused = server.post(page("r", &slots).to_string()).await;
        assert_eq!(refused.status(), 400, "{slots:?}");
    }
    server.auction(&page("r", &[slot("i")])).await;
}

/// A change of a request.
type Change<'a> = &'a dyn Fn(&mut Value);

#[tokio::test]
async fn ids_of_strangers_and_rates_of_no_currency_are_refused() {
    let ssps = FakeSsps::all(&["alpha"], &Reply::With(204, String::new())).await;
    let server = Server::start(&ssps.settings()).await;
    let refused = async |change: Change<'_>| {
        let mut asked = page("r", &[slot("i")]);
        change(&mut asked);
        let answer = server.post(asked.to_string()).await;
        (answer.status().as_u16(), answer.text().await.unwrap())
    };
    let ids = |ids: Value| {
        move |asked: &mut Value| asked["user"] = json!({"ext": {"prebid": {"buyeruids": ids}}})
    };
    let (status, text) = refused(&ids(json!({"alpha": "1", "nobody": "2"}))).await;
    let fault = "request.user.ext.prebid.buyeruids.nobody: unknown bidder";
    assert_eq!((status, text), (400, format!("Invalid request: {fault}\n")));
    assert_eq!(refused(&ids(json!({"ALPHA": "1"}))).await.0, 200);
    let alias = |asked: &mut Value| {
        ids(json!({"mine": "1"}))(asked);
        asked["ext"] = json!({"prebid": {"aliases": {"Mine": "alpha"}}});
    };
    assert_eq!(refused(&alias).await.0, 200);
    for rates in [json!({"FOO": {"USD": 1}}), json!({"USD": {"FOO": 1}})] {
        let named =
            |asked: &mut Value| asked["ext"] = json!({"prebid": {"currency": {"rates": rates}}});
        let (status, text) = refused(&named).await;
        assert_eq!(status, 400);
        assert!(
            text.contains("there is no such currency: \"FOO\""),
            "{text}"
        );
    }
}

#[tokio::test]
async fn currencies_that_do_not_exist_are_remarked_on() {
    let ssps = FakeSsps::all(&["alpha"], &Reply::With(204, String::new())).await;
    let own = "[currency.rates]\nBAR = { USD = 2 }\n";
    let server = Server::start(&(own.to_owned() + &ssps.settings())).await;
    let told = async |auction: &str, floor: &str| {
        let mut asked = page("r", &[with("i", "bidfloorcur", json!(floor))]);
        asked["cur"] = json!([auction]);
        let answer = server.auction(&asked).await;
        let lines = general(&answer);
        lines
            .iter()
            .map(|line| (*line).to_owned())
            .collect::<Vec<_>>()
    };
    assert_eq!(told("USD", "EUR").await, Vec::<String>::new());
    assert_eq!(told("BAR", "BAR").await, Vec::<String>::new());
    let lines = told("FOO", "QUX").await;
    let expected = [("bidfloorcur", "QUX"), ("cur", "FOO")].map(|(member, code)| {
        format!("{member}: there is no currency {code:?}, so nothing can be converted")
    });
    assert_eq!(lines, expected);
}
