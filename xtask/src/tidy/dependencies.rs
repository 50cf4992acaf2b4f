//! What `deny.toml` says about other people's packages: their licences, one version of each, one registry.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;
use spdx::{LicenseReq, Licensee};

use super::workspace::metadata;
use crate::metadata::Package;
use crate::{notices, paths};

fn rules() -> Value {
    let text = std::fs::read_to_string(paths::root().join("deny.toml")).unwrap();
    toml::from_str(&text).unwrap()
}

fn texts(list: &Value) -> impl Iterator<Item = &str> {
    list.as_array()
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
}

#[test]
fn licences_are_among_those_allowed() {
    let rules = &rules()["licenses"];
    let licensees = |list| {
        texts(list)
            .map(|id| Licensee::parse(id).unwrap())
            .collect::<Vec<_>>()
    };
    let for_all = licensees(&rules["allow"]);
    let broken: Vec<_> = metadata()
        .used()
        .unwrap()
        .into_iter()
        .filter(|package| {
            let for_it = rules["exceptions"].as_array().into_iter().flatten();
            let for_it = for_it.filter(|exception| exception["crate"] == package.name());
            let for_it: Vec<_> = for_it
                .flat_map(|exception| licensees(&exception["allow"]))
                .collect();
            let is_allowed = |wanted: &LicenseReq| {
                for_all
                    .iter()
                    .chain(&for_it)
                    .any(|licensee| licensee.satisfies(wanted))
            };
            !notices::parse(package.license()).is_ok_and(|stated| stated.evaluate(is_allowed))
        })
        .map(|package| format!("{}: {}", package.name(), package.license()))
        .collect();
    assert!(
        broken.is_empty(),
        "deny.toml does not allow these licences: {broken:#?}"
    );
}

#[test]
fn packages_come_from_one_registry() {
    let registry = "registry+https://github.com/rust-lang/crates.io-index";
    let elsewhere: Vec<_> = metadata()
        .used()
        .unwrap()
        .into_iter()
        .filter(|package| !["", registry].contains(&package.source()))
        .map(|package| format!("{} from {}", package.name(), package.source()))
        .collect();
    assert!(elsewhere.is_empty(), "{elsewhere:#?}");
}

/// If a package has several versions, all but one are named in `skip`, each with what asks for it.
#[test]
fn doubled_versions_have_a_reason() {
    let rules = rules();
    let skipped = rules["bans"]["skip"].as_array().into_iter().flatten();
    let mut skipped: BTreeMap<&str, bool> = skipped
        .map(|skip| {
            assert!(
                skip["reason"]
                    .as_str()
                    .is_some_and(|reason| !reason.is_empty()),
                "{skip} has no reason"
            );
            (skip["crate"].as_str().unwrap_or_default(), false)
        })
        .collect();
    let mut versions: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for package in metadata().used().unwrap() {
        versions
            .entry(package.name())
            .or_default()
            .insert(package.version());
    }
    let mut broken = Vec::new();
    for (name, versions) in versions.iter().filter(|(_, versions)| versions.len() > 1) {
        let unnamed = versions.iter().filter(|version| {
            let named = skipped
                .iter_mut()
                .find(|(skip, _)| is_of(skip, name, version));
            named.map(|(_, used)| *used = true).is_none()
        });
        if unnamed.count() > 1 {
            broken.push(format!("{name} {versions:?}"));
        }
    }
    let stale = skipped.into_iter().filter(|(_, used)| !used);
    broken.extend(stale.map(|(skip, _)| format!("{skip} is there no more, or but once")));
    assert!(
        broken.is_empty(),
        "use one version, or say in deny.toml why not: {broken:#?}"
    );
}

/// Whether `name@1.2` stands for this version of this package.
fn is_of(skip: &str, name: &str, version: &str) -> bool {
    skip.split_once('@').is_some_and(|(skipped, prefix)| {
        let rest = version.strip_prefix(prefix);
        skipped == name && rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
    })
}

#[test]
fn a_version_is_skipped_by_its_beginning() {
    assert!(is_of("base64@0.22", "base64", "0.22.1"));
    assert!(is_of("base64@0.22.1", "base64", "0.22.1"));
    assert!(!is_of("base64@0.2", "base64", "0.22.1"));
    assert!(!is_of("base64", "base64", "0.22.1"));
    assert!(!is_of("base@0.22", "base64", "0.22.1"));
}

/// `cargo test` and `cargo build` share what they build only as long as tests ask for no additional features.
#[test]
fn tests_choose_no_other_features() {
    let resolved = |edges: &str| -> BTreeSet<String> {
        let mut cargo = crate::step::cargo();
        cargo.args([
            "tree",
            "--workspace",
            "--prefix",
            "none",
            "-f",
            "{p} [{f}]",
            "-e",
            edges,
        ]);
        let told = crate::step::run_quietly(&mut cargo).unwrap();
        told.lines()
            .map(|line| line.trim_end_matches(" (*)").to_owned())
            .collect()
    };
    let (built, tested) = (resolved("no-dev"), resolved("normal,build,dev"));
    let otherwise: Vec<_> = built.difference(&tested).collect();
    assert!(
        otherwise.is_empty(),
        "dev-dependencies add features, so all is built twice: {otherwise:#?}"
    );
}

#[test]
fn our_packages_state_their_licence() {
    let ours = metadata().members().map(Package::license);
    assert!(
        ours.into_iter()
            .all(|license| license == "MIT OR Apache-2.0")
    );
}
