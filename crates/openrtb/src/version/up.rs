//! From the places of 2.5 to those of 2.6.

use serde::de::DeserializeOwned;
use serde_json::Value;

use super::drop_empty;
use crate::{BidRequest, Device, Imp, Members, Regs, Source, User};

/// Moves what is in the `ext` places of 2.5 to its place in 2.6.
///
/// If both places are filled, the 2.6 place counts and the other value is removed. A value of a type that the
/// 2.6 place cannot hold stays where it is. Everything else keeps its place and order.
pub fn to_26(request: &mut BidRequest) {
    if let Some(source) = &mut request.source {
        lift_source(source);
    }
    if let Some(regs) = &mut request.regs {
        lift_regs(regs);
    }
    if let Some(user) = &mut request.user {
        lift_user(user);
    }
    if let Some(device) = &mut request.device {
        lift_device(device);
    }
    request.imp.iter_mut().for_each(imp_to_26);
}

/// The same for one imp: `ext.prebid.is_rewarded_inventory` becomes `rwdd`.
pub fn imp_to_26(imp: &mut Imp) {
    let prebid = imp.ext.as_mut().and_then(|ext| ext.prebid.as_mut());
    let Some(prebid) = prebid else { return };
    if let Some(rewarded) = prebid.other.shift_remove("is_rewarded_inventory") {
        imp.other.entry("rwdd").or_insert(rewarded);
    }
}

fn lift_source(source: &mut Source) {
    lift(&mut source.schain, &mut source.ext, "schain");
    drop_empty(&mut source.ext);
}

fn lift_regs(regs: &mut Regs) {
    lift(&mut regs.gdpr, &mut regs.ext, "gdpr");
    lift(&mut regs.us_privacy, &mut regs.ext, "us_privacy");
    lift(&mut regs.gpp, &mut regs.ext, "gpp");
    lift(&mut regs.gpp_sid, &mut regs.ext, "gpp_sid");
    drop_empty(&mut regs.ext);
}

fn lift_user(user: &mut User) {
    lift(&mut user.consent, &mut user.ext, "consent");
    lift(&mut user.eids, &mut user.ext, "eids");
    drop_empty(&mut user.ext);
}

/// Client hints; `sua` has no member of its own in [`Device`].
fn lift_device(device: &mut Device) {
    let Some(ext) = &mut device.ext else { return };
    if ext.get("sua").is_some_and(Value::is_object)
        && let Some(sua) = ext.shift_remove("sua")
    {
        device.other.entry("sua").or_insert(sua);
    }
    drop_empty(&mut device.ext);
}

fn lift<T: DeserializeOwned>(place: &mut Option<T>, ext: &mut Option<Members>, name: &str) {
    let Some(ext) = ext else { return };
    let Some(value) = ext.get(name) else { return };
    if place.is_some() || value.is_null() {
        ext.shift_remove(name);
    } else if let Ok(moved) = T::deserialize(value) {
        *place = Some(moved);
        ext.shift_remove(name);
    }
}
