//! Packages of `PyPI`, each set in a folder of its own below `target/`; nothing is installed outside the checkout.

use std::path::PathBuf;
use std::process::Command;

use super::{Missing, debian};
use crate::{paths, step};

/// Packages that are installed together.
#[derive(Debug, Clone, Copy)]
pub(super) struct Python {
    pub(super) what: &'static str,
    pub(super) takes: &'static str,
    /// Below `target/clients`.
    pub(super) folder: &'static str,
    pub(super) packages: &'static [&'static str],
}

impl Python {
    /// Where they are.
    pub(super) fn path(&self) -> PathBuf {
        paths::root().join("target/clients").join(self.folder)
    }

    /// Unless all of them are there.
    pub(super) fn install(&self, missing: &mut Vec<Missing>) {
        let target = self.path();
        let wanted = self.packages.join("\n");
        let stamp = target.join("installed.txt");
        if std::fs::read_to_string(&stamp).is_ok_and(|installed| installed == wanted) {
            return;
        }
        if !debian::install(debian::PIP, missing) {
            return;
        }
        step::announce(&format!("installing {}", self.what), Some(self.takes));
        let mut pip = Command::new("python3");
        pip.args(["-m", "pip", "install", "--quiet", "--upgrade", "--target"])
            .arg(&target)
            .args(self.packages);
        let installed = step::run_quietly(&mut pip)
            .and_then(|_| std::fs::write(&stamp, &wanted).map_err(Into::into));
        if let Err(error) = installed {
            let (folder, packages) = (self.folder, self.packages.join(" "));
            missing.push(Missing::new(
                format!("{packages}: {error:#}"),
                format!("pip install --target target/clients/{folder} {packages}"),
            ));
        }
    }
}
