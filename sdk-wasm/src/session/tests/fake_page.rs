//! A page that performs nothing: it remembers effects and reads the events back.

use crate::boot::Boot;
use crate::config::Config;
use crate::json::Value;
use crate::platform::{AdServerEvent, Effect, Fill, Input, Timer};
use crate::session::Session;
use crate::targeting::SlotNames;
use crate::units::Elapsed;

pub(super) const CONFIG: &str = r#"{"account":"demo","auctionUrl":"/auction","eventsUrl":"/events","failsafe":1500,
    "adServer":{"type":"gpt","scripts":[]},"page":{"site":"recipes","type":"home","variant":"early"},
    "slots":[{"code":"top","adUnitPath":"/1/top","sizes":[[728,90]]},{"code":"side","adUnitPath":"/1/side","sizes":[[300,250]]}]}"#;

pub(super) struct FakePage {
    session: Session,
    pub(super) now: u32,
    pub(super) effects: Vec<Effect>,
}

impl FakePage {
    pub(super) fn open(config: &str, late: bool) -> Self {
        let mut boot = boot("a0");
        boot.late = late;
        Self::begin(config, boot)
    }

    /// The loader has set the key-values itself at 90 ms and let the ad server go on, since the SDK was not there.
    pub(super) fn open_keyed() -> Self {
        let mut boot = boot("a0");
        boot.sent_off = ["top", "side"]
            .map(|code| (code.to_owned(), Elapsed::millis(90)))
            .into();
        Self::begin(CONFIG, boot)
    }

    /// The loader asked at an address that was fixed before the page was sent, so the auction has no id yet.
    pub(super) fn open_unnamed() -> Self {
        Self::begin(CONFIG, boot(""))
    }

    fn begin(config: &str, boot: Boot) -> Self {
        let (session, effects) =
            Session::start(Config::parse(config).unwrap(), boot, Elapsed::millis(100));
        Self {
            session,
            now: 100,
            effects,
        }
    }

    pub(super) fn with_gpt() -> Self {
        Self::open(CONFIG, false)
    }

    pub(super) fn without_ad_server() -> Self {
        Self::open(&CONFIG.replace("\"gpt\"", "\"none\""), false)
    }

    pub(super) fn give(&mut self, input: Input) -> &mut Self {
        self.now += 10;
        self.effects
            .extend(self.session.handle(input, Elapsed::millis(self.now)));
        self
    }

    /// The answer that the loader had at 80 ms.
    pub(super) fn answered_before(&mut self, body: &str) -> &mut Self {
        self.give(Input::Answered {
            auction_id: "a0".to_owned(),
            status: 200,
            body: body.to_owned(),
            at: Elapsed::millis(80),
        })
    }

    pub(super) fn answer(&mut self, auction_id: &str, status: u16, body: &str) -> &mut Self {
        let at = Elapsed::millis(self.now);
        self.give(Input::Answered {
            auction_id: auction_id.to_owned(),
            status,
            body: body.to_owned(),
            at,
        })
    }

    pub(super) fn gpt(&mut self, element: &str, event: AdServerEvent) -> &mut Self {
        self.give(Input::AdServer {
            names: named(element),
            event,
        })
    }

    /// The ad server's library knows these slots.
    pub(super) fn knows(&mut self, elements: &[&str]) -> &mut Self {
        self.give(Input::AdServerKnows(
            elements.iter().map(|element| named(element)).collect(),
        ))
    }

    pub(super) fn fill(&mut self, element: &str, fill: Fill) -> &mut Self {
        self.gpt(element, AdServerEvent::Requested)
            .gpt(element, AdServerEvent::Responded)
            .gpt(element, AdServerEvent::Filled(fill))
    }

    pub(super) fn message(&mut self, text: &str) -> &mut Self {
        self.give(Input::Message {
            text: text.to_owned(),
            port: Some(3),
        })
    }

    pub(super) fn timer(&mut self, timer: Timer) -> &mut Self {
        self.give(Input::TimerUp(timer))
    }

    /// What `pick` finds among all effects so far.
    pub(super) fn taken<T>(&self, pick: impl Fn(&Effect) -> Option<T>) -> Vec<T> {
        self.effects.iter().filter_map(pick).collect()
    }

    /// Which slots got keys, and how many.
    pub(super) fn keys_set(&self) -> Vec<(String, usize)> {
        self.taken(|effect| match effect {
            Effect::SetKeys { element, keys } => Some((element.clone(), keys.len())),
            _ => None,
        })
    }

    /// Elements of each request that the ad server's library was to make.
    pub(super) fn ad_requests(&self) -> Vec<Vec<String>> {
        self.taken(|effect| {
            if let Effect::RequestAds(elements) = effect {
                Some(elements.clone())
            } else {
                None
            }
        })
    }

    pub(super) fn started(&self, timer: Timer) -> usize {
        self.taken(|effect| {
            matches!(effect, Effect::StartTimer(known, _) if *known == timer).then_some(())
        })
        .len()
    }

    /// All events so far: the name of each, then what distinguishes it.
    pub(super) fn events(&mut self) -> Vec<String> {
        self.give(Input::Flush);
        let batches = self.taken(|effect| {
            if let Effect::SendEvents(batch) = effect {
                Some(batch.clone())
            } else {
                None
            }
        });
        batches.iter().flat_map(|batch| read_batch(batch)).collect()
    }

    /// The events with this text in them.
    pub(super) fn events_with(&mut self, text: &str) -> Vec<String> {
        self.events()
            .into_iter()
            .filter(|event| event.contains(text))
            .collect()
    }
}

fn boot(auction_id: &str) -> Boot {
    let text = format!(
        r#"{{"view":"pv","auction":"{auction_id}","seed":"a","started":5,"sent":6,"viewport":1000,"browser":"\"device\":\"desktop\"",
        "asked":[{{"id":"{auction_id}","slots":["top","side"]}}]}}"#
    );
    Boot::parse(&text).unwrap()
}

fn named(element: &str) -> SlotNames {
    SlotNames {
        element: element.to_owned(),
        path: String::new(),
    }
}

fn read_batch(batch: &str) -> Vec<String> {
    let line = |record: &Value<'_>| {
        let mut line: Vec<String> = Vec::new();
        for (key, value) in record.fields() {
            match *key {
                "event" | "slot" | "bidder" | "source" | "reason" | "creative_size"
                | "auction_id" => line.extend(value.maybe_text()),
                "cpm" | "visible_ms" => line.push(value.raw().to_owned()),
                "refresh_no" => line.push(format!("#{}", value.raw())),
                _ => {}
            }
        }
        line.join(" ")
    };
    Value::array(batch).unwrap().items().map(line).collect()
}

/// An answer with a winner for one slot.
pub(super) fn winner(slot: &str, bidder: &str, ad_id: &str) -> String {
    format!(
        r#"{{"id":"x","cur":"USD","seatbid":[{{"seat":"{bidder}","bid":[{{"id":"b","impid":"{slot}","price":2,"w":728,"h":90,
        "adm":"<p>${{AUCTION_PRICE}}</p>","burl":"http://s/burl","ext":{{"prebid":{{"targeting":
        {{"hb_pb":"2.00","hb_adid":"{ad_id}"}}}}}}}}]}}]}}"#
    )
}
