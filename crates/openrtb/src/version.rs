//! Converts between OpenRTB 2.5 and 2.6: [`to_26`] for incoming requests, [`to_25`] for SSPs that ask for the
//! older form.
//!
//! With 2.6, what regulators and buyers care about most moved out of `ext`: consent, GDPR, US privacy, GPP,
//! extended ids and the supply chain. Internally, requests have only the 2.6 form.

mod down;
mod up;

pub use down::{imp_to_25, to_25};
pub use up::{imp_to_26, to_26};

use crate::Members;

/// An empty `ext` says nothing.
fn drop_empty(ext: &mut Option<Members>) {
    if ext.as_ref().is_some_and(Members::is_empty) {
        *ext = None;
    }
}

#[cfg(test)]
mod tests;
