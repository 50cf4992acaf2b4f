//! From the places of 2.6 to those of 2.5; removes what 2.5 does not know.

use serde_json::Value;

use crate::{App, BidRequest, Device, Imp, Members, Publisher, Regs, Site, Source, User};

/// Members that 2.6 added to `video` and `audio`, except `plcmt`: 2.5 has nothing like it and buyers refuse
/// video without it.
const POD: [&str; 8] = [
    "poddur",
    "podid",
    "podseq",
    "rqddurs",
    "slotinpod",
    "mincpmpersec",
    "durfloors",
    "poddedupe",
];
const SITE: [&str; 3] = ["cattax", "kwarray", "inventorypartnerdomain"];
const CONTENT: [&str; 6] = ["langb", "cattax", "kwarray", "network", "channel", "gtax"];

/// Rewrites a request in 2.6 form for an SSP that reads 2.5.
///
/// Consent, GDPR, US privacy, GPP, extended ids and supply chain move to the `ext` places that were agreed on
/// for 2.5, client hints to `device.ext.sua`. Members that came with 2.6 and have no such place are removed;
/// unknown ones and all of `ext` stay.
pub fn to_25(request: &mut BidRequest) {
    remove(&mut request.other, &["wlangb", "cattax", "acat"]);
    if let Some(source) = &mut request.source {
        lower_source(source);
    }
    if let Some(regs) = &mut request.regs {
        lower_regs(regs);
    }
    if let Some(user) = &mut request.user {
        lower_user(user);
    }
    if let Some(device) = &mut request.device {
        lower_device(device);
    }
    if let Some(site) = &mut request.site {
        lower_site(site);
    }
    if let Some(app) = &mut request.app {
        lower_app(app);
    }
    request.imp.iter_mut().for_each(imp_to_25);
}

/// The same for one imp: `rwdd` becomes `ext.prebid.is_rewarded_inventory`; pods and the like are removed.
pub fn imp_to_25(imp: &mut Imp) {
    if let Some(rewarded) = imp.other.shift_remove("rwdd") {
        let prebid = imp.ext.get_or_insert_default();
        let prebid = prebid.prebid.get_or_insert_default();
        prebid
            .other
            .insert("is_rewarded_inventory".to_owned(), rewarded);
    }
    remove(&mut imp.other, &["ssai", "qty", "dt", "refresh"]);
    if let Some(video) = &mut imp.video {
        remove(&mut video.other, &POD);
        remove(&mut video.other, &["maxseq"]);
    }
    if let Some(Value::Object(audio)) = &mut imp.audio {
        remove(audio, &POD);
    }
    for deal in imp.pmp.iter_mut().flat_map(|pmp| &mut pmp.deals) {
        remove(&mut deal.other, &["guar", "mincpmpersec", "durfloors"]);
    }
}

fn lower_source(source: &mut Source) {
    lower(source.schain.take(), &mut source.ext, "schain");
}

fn lower_regs(regs: &mut Regs) {
    lower(regs.gdpr.take().map(Value::from), &mut regs.ext, "gdpr");
    let us_privacy = regs.us_privacy.take().map(Value::from);
    lower(us_privacy, &mut regs.ext, "us_privacy");
    lower(regs.gpp.take().map(Value::from), &mut regs.ext, "gpp");
    let sections = regs.gpp_sid.take().map(Value::from);
    lower(sections, &mut regs.ext, "gpp_sid");
}

fn lower_user(user: &mut User) {
    let consent = user.consent.take().map(Value::from);
    lower(consent, &mut user.ext, "consent");
    lower(user.eids.take().map(Value::from), &mut user.ext, "eids");
    remove(&mut user.other, &["kwarray"]);
}

fn lower_device(device: &mut Device) {
    let hints = device.other.shift_remove("sua");
    lower(hints, &mut device.ext, "sua");
    remove(&mut device.other, &["langb"]);
}

fn lower_site(site: &mut Site) {
    remove(&mut site.other, &SITE);
    lower_content(&mut site.other);
    lower_publisher(site.publisher.as_mut());
}

fn lower_app(app: &mut App) {
    remove(&mut app.other, &SITE);
    lower_content(&mut app.other);
    lower_publisher(app.publisher.as_mut());
}

fn lower_publisher(publisher: Option<&mut Publisher>) {
    if let Some(publisher) = publisher {
        remove(&mut publisher.other, &["cattax"]);
    }
}

fn lower_content(place: &mut Members) {
    let Some(Value::Object(content)) = place.get_mut("content") else {
        return;
    };
    remove(content, &CONTENT);
    if let Some(Value::Object(producer)) = content.get_mut("producer") {
        remove(producer, &["cattax"]);
    }
}

fn lower(value: Option<Value>, ext: &mut Option<Members>, name: &str) {
    if let Some(value) = value {
        ext.get_or_insert_default().insert(name.to_owned(), value);
    }
}

fn remove(members: &mut Members, names: &[&str]) {
    for name in names {
        members.shift_remove(*name);
    }
}
