//! Rule: no two top-level modules of a crate import each other, neither directly nor through others.

use std::collections::{BTreeMap, BTreeSet};

use super::imports::{Source, of_crate};
use super::workspace;

type Arrows = BTreeMap<String, BTreeMap<String, String>>;

#[test]
fn modules_do_not_import_each_other() {
    let mut found = Vec::new();
    for program in workspace::crates() {
        for ring in rings(&arrows(&of_crate(&program.source))) {
            found.push(format!("{}: {ring}", program.name));
        }
    }
    assert!(
        found.is_empty(),
        "modules that import each other:\n{}",
        found.join("\n")
    );
}

/// Which top-level module names which other one, and a file in which it does.
fn arrows(sources: &[Source]) -> Arrows {
    let modules: BTreeSet<_> = sources
        .iter()
        .filter_map(|source| source.module.first())
        .collect();
    let mut arrows = Arrows::new();
    for source in sources {
        let Some(from) = source.module.first() else {
            continue;
        };
        let named = source
            .paths
            .iter()
            .filter_map(|path| match path.as_slice() {
                [top, module, ..] if top == "crate" => Some(module),
                _ => None,
            });
        for to in named.filter(|to| *to != from && modules.contains(to)) {
            let place = source.file.display().to_string();
            arrows
                .entry(from.clone())
                .or_default()
                .entry(to.clone())
                .or_insert(place);
        }
    }
    arrows
}

/// The groups of modules in which each reaches all others, as text that names each arrow in them.
fn rings(arrows: &Arrows) -> Vec<String> {
    let reach: BTreeMap<_, _> = arrows
        .keys()
        .map(|from| (from, reached(arrows, from)))
        .collect();
    let mut told = BTreeSet::new();
    let mut rings = Vec::new();
    for (from, to) in &reach {
        let ring: BTreeSet<_> = to
            .iter()
            .filter(|to| reach.get(to).is_some_and(|back| back.contains(*from)))
            .collect();
        if ring.is_empty() || !told.insert(ring.clone()) {
            continue;
        }
        let lines = ring.iter().flat_map(|from| {
            let inside = arrows
                .get(*from)
                .into_iter()
                .flatten()
                .filter(|(to, _)| ring.contains(to));
            inside.map(move |(to, file)| format!("\n  {from} → {to} in {file}"))
        });
        rings.push(lines.collect());
    }
    rings
}

fn reached(arrows: &Arrows, from: &str) -> BTreeSet<String> {
    let mut seen = BTreeSet::new();
    let mut next = vec![from.to_owned()];
    while let Some(module) = next.pop() {
        for to in arrows.get(&module).into_iter().flat_map(BTreeMap::keys) {
            if seen.insert(to.clone()) {
                next.push(to.clone());
            }
        }
    }
    seen
}

#[test]
fn a_ring_by_way_of_a_third_module_is_found() {
    let source = |module: &str, text: &str| Source {
        file: format!("{module}.rs").into(),
        module: vec![module.to_owned()],
        paths: super::imports::paths_in(text, vec![module.to_owned()]).unwrap(),
    };
    let sources = [
        source(
            "a",
            "use crate::b::B; #[cfg(test)] mod tests { use crate::d::D; }",
        ),
        source("b", "fn f() { println!(\"{}\", crate::c::NUMBER) }"),
        source("c", "mod inner { use super::super::a::{self, A}; }"),
        source("d", "use crate::{a::A, c}; use std::fmt;"),
    ];
    assert_eq!(
        rings(&arrows(&sources)),
        ["\n  a → b in a.rs\n  b → c in b.rs\n  c → a in c.rs"]
    );
}
