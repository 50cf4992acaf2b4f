//! File name to id: `home-top.json` contains `home-top`; what a file name cannot contain is `%`-encoded.

/// The id, or `None` for files that are not ours: hidden files and those of editors.
pub(super) fn of(file_name: &str) -> Option<String> {
    let stem = file_name
        .strip_suffix(".json")
        .or_else(|| file_name.strip_suffix(".toml"))?;
    if stem.is_empty() || stem.starts_with('.') {
        return None;
    }
    decode(stem)
}

/// `%2F` to `/`; `None` if the result is not text.
fn decode(stem: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(stem.len());
    let mut rest = stem.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        if *first != b'%' {
            bytes.push(*first);
            rest = after;
            continue;
        }
        let (digits, after) = after.split_at_checked(2)?;
        let digits = std::str::from_utf8(digits).ok()?;
        bytes.push(u8::from_str_radix(digits, 16).ok()?);
        rest = after;
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(name: &str, expected: Option<&str>) {
        assert_eq!(of(name).as_deref(), expected);
    }

    #[test]
    fn takes_the_id_from_the_name() {
        check("a.json", Some("a"));
        check("a.b.toml", Some("a.b"));
        check("%2F1234%2Ftop.json", Some("/1234/top"));
        check("%E6%96%99.json", Some("料"));
    }

    #[test]
    fn leaves_other_files_alone() {
        for name in [
            "a.yaml", ".json", ".a.json", "a.json~", "%zz.json", "%2.json", "%ff.json", "a",
        ] {
            check(name, None);
        }
    }
}
