//! OpenRTB 2.5 and 2.6 in one another's terms: [`to_26`] for what comes in, [`to_25`] for SSPs that ask for the older form.
//!
//! With 2.6, what regulators and buyers care about most moved out of `ext`: consent, GDPR, US
//! privacy, GPP, extended ids and the supply chain. Inside, requests have the 2.6 form only.

mod down;
mod up;

pub use down::{imp_to_25, to_25};
pub use up::{imp_to_26, to_26};

use crate::Members;

/// An `ext` that holds nothing says nothing.
fn drop_empty(ext: &mut Option<Members>) {
    if ext.as_ref().is_some_and(Members::is_empty) {
        *ext = None;
    }
}

#[cfg(test)]
mod tests;
