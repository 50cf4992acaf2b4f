//! From the places of 2.6 to those of 2.5.

use serde_json::Value;

use crate::{BidRequest, Device, Imp, Members, Regs, Source, User};

/// Rewrites a request in 2.6 form for an SSP that reads 2.5.
///
/// Extended ids and the supply chain move to the `ext` places that were agreed on for 2.5. Legal signals
/// (consent, GDPR, US privacy, GPP) and client hints are written to both places: SSPs that call their version
/// 2.5 read either. Members that came with 2.6 stay, and so do unknown ones and all of `ext`; readers of 2.5
/// skip what they do not know.
pub fn to_25(request: &mut BidRequest) {
    if let Some(source) = &mut request.source {
        lower_source(source);
    }
    if let Some(regs) = &mut request.regs {
        copy_regs(regs);
    }
    if let Some(user) = &mut request.user {
        lower_user(user);
    }
    if let Some(device) = &mut request.device {
        copy_hints(device);
    }
    request.imp.iter_mut().for_each(imp_to_25);
}

/// The same for one imp: `rwdd` becomes `ext.prebid.is_rewarded_inventory`.
pub fn imp_to_25(imp: &mut Imp) {
    if let Some(rewarded) = imp.other.shift_remove("rwdd") {
        let prebid = imp.ext.get_or_insert_default();
        let prebid = prebid.prebid.get_or_insert_default();
        prebid
            .other
            .insert("is_rewarded_inventory".to_owned(), rewarded);
    }
}

fn lower_source(source: &mut Source) {
    write(source.schain.take(), &mut source.ext, "schain");
}

fn copy_regs(regs: &mut Regs) {
    write(regs.gdpr.map(Value::from), &mut regs.ext, "gdpr");
    let us_privacy = regs.us_privacy.as_deref().map(Value::from);
    write(us_privacy, &mut regs.ext, "us_privacy");
    write(regs.gpp.as_deref().map(Value::from), &mut regs.ext, "gpp");
    let sections = regs.gpp_sid.as_deref().map(Value::from);
    write(sections, &mut regs.ext, "gpp_sid");
}

fn lower_user(user: &mut User) {
    let consent = user.consent.as_deref().map(Value::from);
    write(consent, &mut user.ext, "consent");
    write(user.eids.take().map(Value::from), &mut user.ext, "eids");
}

fn copy_hints(device: &mut Device) {
    let hints = device.other.get("sua").cloned();
    write(hints, &mut device.ext, "sua");
}

fn write(value: Option<Value>, ext: &mut Option<Members>, name: &str) {
    if let Some(value) = value {
        ext.get_or_insert_default().insert(name.to_owned(), value);
    }
}
