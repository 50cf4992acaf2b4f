//! An output's keys have the defaults that the documentation gives, and a bad value is named with its output.

use crate::config::{ReceiverConfig, ReceiverFile};
use crate::output::{Compress, OutputKind};

const DOCUMENTATION: &str = include_str!("../../../../../docs/outputs.md");

fn check(text: &str) -> Result<ReceiverConfig, String> {
    let file: ReceiverFile = toml::from_str(text).map_err(|error| error.to_string())?;
    ReceiverConfig::check(&file).map_err(|error| error.to_string())
}

/// The examples in docs/outputs.md hold every key at its default, except for those without one.
#[test]
fn the_documentations_examples_name_every_key() {
    let examples: Vec<&str> = DOCUMENTATION
        .split("```toml\n")
        .skip(1)
        .filter_map(|text| text.split("```").next())
        .collect();
    let [forward, objects] = examples.as_slice() else {
        panic!("two examples are expected");
    };
    let least = "[[output]]\nkind = \"forward\"\nname = \"archive\"\nservers = [\"192.0.2.1:24224\", \"192.0.2.2:24224\"]";
    assert_eq!(check(forward), check(least));
    let least =
        "[[output]]\nkind = \"object_store\"\nname = \"lake\"\nurl = \"s3://bucket/events\"";
    assert_eq!(check(objects), check(least));
    for (example, keys) in [(forward, 17), (objects, 14)] {
        let named = example.lines().filter(|line| line.contains(" = ")).count();
        assert_eq!(named, keys, "{example}");
    }
}

#[test]
fn both_kinds_side_by_side() {
    let config = check(
        "[[output]]\nkind = \"forward\"\nname = \"a\"\nservers = [\"h:1\"]\ncompress = \"zstd\"\n\
         [output.tls]\nauthorities = \"ca.pem\"\n\
         [[output]]\nkind = \"object_store\"\nname = \"b\"\nurl = \"file:///tmp/x\"\n",
    )
    .unwrap();
    let [forward, objects] = config.outputs.as_slice() else {
        panic!("two outputs");
    };
    assert!(matches!(&forward.kind, OutputKind::Forward(forward)
        if forward.compress == Compress::Zstd && forward.tls.is_some() && forward.login.is_none()));
    assert!(
        matches!(&objects.kind, OutputKind::Objects(objects) if objects.compress == Compress::Gzip)
    );
}

#[test]
fn names_the_output_of_a_bad_value() {
    let forward = |more: &str| format!("[[output]]\nkind = \"forward\"\nname = \"a\"\n{more}");
    let whole = forward("servers = [\"h:1\"]\n");
    let cases = [
        (forward("servers = []"), "output.servers: output \"a\": "),
        (forward("servers = [\"h\"]"), "output.servers: "),
        (
            forward("servers = [\"h:1\"]\nmatch = [\"a{\"]"),
            "output.match: output \"a\": ",
        ),
        (forward("servers = [\"h:1\"]\nmatch = []"), "output.match: "),
        (
            forward("servers = [\"h:1\"]\nchunk_bytes = 1"),
            "output.chunk_bytes: ",
        ),
        (
            forward("servers = [\"h:1\"]\nusername = \"u\""),
            "output.shared_key: ",
        ),
        (
            forward("servers = [\"h:1\"]\nurl = \"x\""),
            "unknown field `url`",
        ),
        (
            format!("{whole}{whole}"),
            "output.name: output \"a\": is there twice",
        ),
        (whole.replace("\"a\"", "\"a/b\""), "output.name: "),
        (
            "[[output]]\nkind = \"object_store\"\nname = \"b\"\nurl = \"s3://\"".to_owned(),
            "output.url: output \"b\": ",
        ),
        (
            "[[output]]\nkind = \"object_store\"\nname = \"b\"\nurl = \"s3://b/p\"\naccess_key_id = \"k\"".to_owned(),
            "output.access_key_id: output \"b\": ",
        ),
        (
            "[[output]]\nkind = \"kafka\"\nname = \"b\"".to_owned(),
            "unknown variant `kafka`",
        ),
    ];
    for (text, expected) in cases {
        let error = check(&text).unwrap_err();
        assert!(error.contains(expected), "{text}: {error}");
    }
}

#[test]
fn secrets_are_not_shown() {
    let config = check(
        "[[output]]\nkind = \"forward\"\nname = \"a\"\nservers = [\"h:1\"]\nshared_key = \"hushhush\"\npassword = \"hushhush\"",
    );
    assert!(!format!("{config:?}").contains("hushhush"));
}
