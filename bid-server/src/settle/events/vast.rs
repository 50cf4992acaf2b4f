//! Writes our own `<Impression>` into VAST.
//!
//! We only look for tags, so that VAST that no XML parser accepts, and there is a lot of it, comes through
//! unchanged but for one more line in each ad.

/// Ends of the elements that contain impressions.
const ENDS: [&str; 2] = ["</InLine>", "</Wrapper>"];
const IMPRESSION_END: &str = "</Impression>";
/// Sections whose content is not markup, with their end markers.
const OPAQUE: [(&str, &str); 2] = [("<![CDATA[", "]]>"), ("<!--", "-->")];

/// The VAST with one more impression in each ad; `None` = it contains no ad.
pub(crate) fn with_impression(vast: &str, url: &str) -> Option<String> {
    // A CDATA section cannot contain its own end marker; an escaped URL never does.
    let ours = format!("<Impression><![CDATA[{url}]]></Impression>");
    let places = places(vast);
    if places.is_empty() {
        return None;
    }
    let mut out = String::with_capacity(vast.len() + places.len() * ours.len());
    let mut from = 0;
    for place in places {
        out.push_str(vast.get(from..place)?);
        out.push_str(&ours);
        from = place;
    }
    out.push_str(vast.get(from..)?);
    Some(out)
}

/// After the last impression of each ad, or before the end of an ad that has none.
fn places(vast: &str) -> Vec<usize> {
    let mut places = Vec::new();
    let mut after_impression = None;
    let mut at = 0;
    while let Some(rest) = vast.get(at..) {
        let Some(next) = rest.find('<') else { break };
        let here = at + next;
        let Some(tag) = vast.get(here..) else { break };
        if let Some((_, end)) = OPAQUE.iter().find(|(start, _)| tag.starts_with(start)) {
            let Some(length) = tag.find(end) else { break };
            at = here + length + end.len();
        } else if tag.starts_with(IMPRESSION_END) {
            at = here + IMPRESSION_END.len();
            after_impression = Some(at);
        } else {
            if ENDS.iter().any(|end| tag.starts_with(end)) {
                places.push(after_impression.take().unwrap_or(here));
            }
            at = here + 1;
        }
    }
    places
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(vast: &str, expected: Option<&str>) {
        let written = with_impression(vast, "u");
        let expected =
            expected.map(|text| text.replace('+', "<Impression><![CDATA[u]]></Impression>"));
        assert_eq!(written, expected);
    }

    #[test]
    fn stands_behind_the_others_or_before_the_end() {
        check(
            "<VAST><Ad><InLine><Impression id='1'>x</Impression><Creatives/></InLine></Ad></VAST>",
            Some(
                "<VAST><Ad><InLine><Impression id='1'>x</Impression>+<Creatives/></InLine></Ad></VAST>",
            ),
        );
        check(
            "<VAST><Ad><Wrapper><Creatives/></Wrapper></Ad></VAST>",
            Some("<VAST><Ad><Wrapper><Creatives/>+</Wrapper></Ad></VAST>"),
        );
    }

    #[test]
    fn each_ad_of_a_pod_has_its_own() {
        check(
            "<Ad><InLine><Impression/></InLine></Ad><Ad><InLine></InLine></Ad>",
            Some("<Ad><InLine><Impression/>+</InLine></Ad><Ad><InLine>+</InLine></Ad>"),
        );
    }

    #[test]
    fn content_that_is_no_markup_is_left_alone() {
        check(
            "<InLine><![CDATA[</InLine>]]><!-- </InLine> --></InLine>",
            Some("<InLine><![CDATA[</InLine>]]><!-- </InLine> -->+</InLine>"),
        );
        check("<InLine><![CDATA[</InLine>", None);
        check("", None);
        check("<VAST/>", None);
        check("\u{e4}<\u{e4}", None);
    }
}
