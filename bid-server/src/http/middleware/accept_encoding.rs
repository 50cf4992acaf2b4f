//! Which content coding a client prefers for its answer (RFC 9110 section 12.5.3).

/// The codings that we can write, our favourite first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Coding {
    Zstd,
    Brotli,
    Gzip,
}

impl Coding {
    const ALL: [Self; 3] = [Self::Zstd, Self::Brotli, Self::Gzip];

    /// The name on the wire.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Zstd => "zstd",
            Self::Brotli => "br",
            Self::Gzip => "gzip",
        }
    }

    /// The name that old clients use.
    fn alias(self) -> Option<&'static str> {
        (self == Self::Gzip).then_some("x-gzip")
    }
}

/// The best coding that the header allows; `None` = uncompressed.
///
/// The client's preferences come first, then our own order. Nothing is compressed for a client that prefers
/// `identity` to everything we can write.
pub(super) fn choose(header: &str) -> Option<Coding> {
    let preferences: Vec<(&str, u16)> = header.split(',').filter_map(preference).collect();
    let named = |searched: &str| {
        let mut preferences = preferences.iter();
        let found = preferences.find(|(name, _)| name.eq_ignore_ascii_case(searched));
        found.map(|(_, weight)| *weight)
    };
    let others = named("*");
    let plain = named("identity").or(others);
    let mut best: Option<(Coding, u16)> = None;
    for coding in Coding::ALL {
        let weight = named(coding.name()).or_else(|| named(coding.alias()?));
        let weight = weight.or(others).unwrap_or(0);
        if weight > best.map_or(0, |(_, best)| best) {
            best = Some((coding, weight));
        }
    }
    best.filter(|(_, weight)| plain.is_none_or(|plain| *weight >= plain))
        .map(|(coding, _)| coding)
}

/// The name, and the weight in thousandths.
fn preference(item: &str) -> Option<(&str, u16)> {
    let mut parts = item.split(';').map(str::trim);
    let name = parts.next().filter(|name| !name.is_empty())?;
    let weight = parts.find_map(|part| part.strip_prefix("q=").or(part.strip_prefix("Q=")));
    Some((name, weight.map_or(Some(1000), thousandths)?))
}

fn thousandths(text: &str) -> Option<u16> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    if fraction.len() > 3 || !fraction.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let fraction: u16 = format!("{fraction:0<3}").parse().ok()?;
    match whole {
        "0" => Some(fraction),
        "1" if fraction == 0 => Some(1000),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(header: &str, expected: Option<Coding>) {
        assert_eq!(choose(header), expected, "{header}");
    }

    #[test]
    fn takes_what_the_client_likes_best_then_what_we_do() {
        check("gzip, deflate, br, zstd", Some(Coding::Zstd));
        check("gzip, deflate, br", Some(Coding::Brotli));
        check("gzip;q=1.0, br;q=0.5", Some(Coding::Gzip));
        check("GZIP", Some(Coding::Gzip));
        check("x-gzip", Some(Coding::Gzip));
        check("*", Some(Coding::Zstd));
        check("zstd;q=0, *;q=0.1", Some(Coding::Brotli));
    }

    #[test]
    fn leaves_the_answer_alone_where_that_is_liked_better() {
        check("", None);
        check("deflate", None);
        check("identity", None);
        check("gzip;q=0", None);
        check("gzip;q=0.5, identity;q=0.8", None);
        check("identity;q=0.5, gzip;q=0.5", Some(Coding::Gzip));
        check("*;q=0", None);
    }

    #[test]
    fn nonsense_counts_as_left_out() {
        check("gzip;q=x", None);
        check("gzip;q=7", None);
        check(",,;q=1,", None);
        check("gzip;q=0.1234", None);
    }
}
