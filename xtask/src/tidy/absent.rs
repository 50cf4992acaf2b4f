//! What ARCHITECTURE.md says is deliberately absent, as far as imports and dependencies show it.

use std::path::Path;

use super::imports::{Source, of_crate};
use super::tests::check;
use super::workspace::metadata;
use crate::metadata::Package;
use crate::paths;

/// What opens sockets. `axum::http` and `std::net::IpAddr` are values only.
const NETWORK: [&str; 10] = [
    "axum::serve",
    "hyper",
    "hyper_rustls",
    "hyper_util",
    "redis",
    "reqwest",
    "socket2",
    "std::net::TcpStream",
    "std::net::TcpListener",
    "tokio::net",
];
/// What opens files.
const DISK: [&str; 2] = ["std::fs", "tokio::fs"];

/// What ends a wait by itself.
const TIMERS: [&str; 5] = [
    "tokio::time::interval",
    "tokio::time::sleep",
    "tokio::time::sleep_until",
    "tokio::time::timeout",
    "tokio::time::timeout_at",
];
/// In place of names: every module.
const ALL: &[&str] = &["*"];

/// The modules of a crate may not import any of `what`, except for those named in `but`.
struct Rule {
    source: &'static str,
    modules: &'static [&'static str],
    but: &'static [&'static str],
    what: &'static [&'static str],
}

const RULES: [Rule; 7] = [
    Rule {
        source: "bid-server/src",
        modules: ALL,
        // An address of Redis is checked with its client, which connects later.
        but: &[
            "http",
            "bidders::ssp_client",
            "config::cache",
            "data",
            "settle",
            "log_output",
        ],
        what: &NETWORK,
    },
    Rule {
        source: "bid-server/src",
        modules: ALL,
        // The catalogue reads the definitions in `adapters/` once, before the server starts; their check is a command.
        but: &["config", "data", "bidders::catalogue", "check_adapters"],
        what: &DISK,
    },
    Rule {
        source: "bid-server/src",
        modules: &[
            "auction", "bidders", "money", "pipeline", "remark", "response",
        ],
        // The one deadline, and the part of it that a connection may take.
        but: &["bidders::answer_wait", "bidders::ssp_client"],
        what: &TIMERS,
    },
    Rule {
        source: "log-ingest/receiver/src",
        modules: ALL,
        but: &["receive", "output", "listeners", "run"],
        what: &NETWORK,
    },
    Rule {
        source: "log-ingest/receiver/src",
        modules: ALL,
        // Apart from the buffer: certificates, and the place of a socket.
        but: &[
            "buffer::storage",
            "output::tls",
            "receive::forward::tls",
            "receive::forward::unix_socket",
        ],
        what: &DISK,
    },
    Rule {
        source: "log-ingest/src",
        modules: &["derive", "maintain", "query", "table"],
        but: &[],
        what: &NETWORK,
    },
    Rule {
        source: "log-ingest/src",
        modules: &["derive", "http", "maintain", "postgres", "query"],
        but: &[],
        what: &DISK,
    },
];

#[test]
fn modules_keep_to_what_is_theirs() {
    let broken: Vec<_> = RULES
        .iter()
        .flat_map(|rule| offences(rule, &of_crate(&paths::root().join(rule.source))))
        .collect();
    assert!(
        broken.is_empty(),
        "see what ARCHITECTURE.md says is absent: {broken:#?}"
    );
}

fn offences(rule: &Rule, sources: &[Source]) -> Vec<String> {
    for module in rule.modules.iter().chain(rule.but) {
        assert!(
            sources.iter().any(|source| within(&source.module, module)),
            "{} has no module {module}: name the one that took its place",
            rule.source
        );
    }
    sources
        .iter()
        .filter(|source| {
            let is_in =
                |modules: &[&str]| modules.iter().any(|module| within(&source.module, module));
            is_in(rule.modules) && !is_in(rule.but)
        })
        .flat_map(|source| {
            let named = source
                .paths
                .iter()
                .filter(|path| rule.what.iter().any(|what| within(path, what)));
            named.map(|path| format!("{}: {}", source.file.display(), path.join("::")))
        })
        .collect()
}

/// Whether a path is `prefix` or below it.
fn within(path: &[String], prefix: &str) -> bool {
    let mut parts = path.iter();
    prefix == "*"
        || prefix
            .split("::")
            .all(|part| parts.next().is_some_and(|own| own == part))
}

#[test]
fn files_and_sockets_are_found_however_they_are_named() {
    let module = vec!["auction".to_owned(), "hold".to_owned()];
    let text = "use std::{fs::File, net::IpAddr}; fn f() { tokio::net::lookup_host(\"a\"); log!(hyper::Uri::default()) }";
    let sources = [Source {
        file: "hold.rs".into(),
        paths: super::imports::paths_in(text, module.clone()).unwrap(),
        module,
    }];
    let rule = |what| Rule {
        source: "",
        modules: &["auction"],
        but: &[],
        what,
    };
    assert_eq!(offences(&rule(&DISK), &sources), ["hold.rs: std::fs::File"]);
    assert_eq!(
        offences(&rule(&NETWORK), &sources),
        [
            "hold.rs: hyper::Uri::default",
            "hold.rs: tokio::net::lookup_host"
        ]
    );
}

/// Prices are decimals from the parser on.
#[test]
fn no_price_is_binary_floating_point() {
    check("reckon with openrtb::Price", |name, text| {
        let reckons = ["bid-server/src/auction", "bid-server/src/money"];
        let words = || text.split(|c: char| !c.is_alphanumeric());
        reckons.iter().any(|start| name.starts_with(start))
            && words().any(|word| word == "f64" || word == "f32")
    });
}

#[test]
fn only_log_ingest_depends_on_the_query_engine() {
    let engine = [
        "arrow",
        "datafusion",
        "deltalake",
        "log-ingest",
        "object_store",
        "parquet",
    ];
    let members = metadata()
        .members()
        .filter(|member| member.name() != "log-ingest");
    assert_eq!(dependencies_on(members, &engine), Vec::<String>::new());
}

#[test]
fn codecs_know_neither_sockets_nor_a_runtime() {
    let codecs = ["openrtb", "forward-protocol", "ad-events"];
    let members = metadata()
        .members()
        .filter(|member| codecs.contains(&member.name()));
    assert_eq!(
        dependencies_on(members, &["axum", "hyper", "reqwest", "tokio"]),
        Vec::<String>::new()
    );
}

/// Who depends on a package whose name starts like one of `names`.
fn dependencies_on<'a>(members: impl Iterator<Item = Package<'a>>, names: &[&str]) -> Vec<String> {
    members
        .flat_map(|member| {
            member
                .dependencies()
                .map(move |dependency| (member.name(), dependency))
        })
        .filter(|(_, dependency)| names.iter().any(|name| dependency.starts_with(name)))
        .map(|(member, dependency)| format!("{member} → {dependency}"))
        .collect()
}

#[test]
fn crates_depend_on_what_the_map_says() {
    let map = std::fs::read_to_string(paths::root().join("ARCHITECTURE.md")).unwrap();
    let ours: Vec<&str> = metadata().members().map(Package::name).collect();
    let broken: Vec<_> = metadata()
        .members()
        .flat_map(|member| {
            let folder = member.folder().strip_prefix(paths::root()).unwrap();
            let allowed = allowed_by(&map, folder);
            let named = member
                .dependencies()
                .filter(|dependency| ours.contains(dependency));
            named
                .filter(move |dependency| !allowed.iter().any(|allowed| allowed == dependency))
                .map(|dependency| format!("{} → {dependency}", folder.display()))
        })
        .collect();
    assert!(
        broken.is_empty(),
        "not in the map of ARCHITECTURE.md: {broken:#?}"
    );
}

/// What a row of the map lets this folder, or the folder that it is in, depend on. `corpus` serves the tests of all.
fn allowed_by(map: &str, folder: &Path) -> Vec<String> {
    let row = folder.ancestors().find_map(|folder| {
        let cell = format!("| `{}`", folder.display());
        map.lines().find(|line| line.starts_with(&cell))
    });
    let row = row.unwrap_or_else(|| {
        panic!(
            "the map of ARCHITECTURE.md has no row for {}",
            folder.display()
        )
    });
    let last = row
        .trim_end_matches(['|', ' '])
        .rsplit('|')
        .next()
        .unwrap_or_default();
    let named = last.split('`').skip(1).step_by(2).map(str::to_owned);
    named.chain(["corpus".to_owned()]).collect()
}
