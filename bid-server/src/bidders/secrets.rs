//! [`Secrets`]: what an operator agreed on with an SSP, to be left out of whatever callers see.

use url::Url;

/// Shorter texts are not secrets, and would be found everywhere.
const SHORTEST: usize = 3;

/// Shown instead of them.
const HIDDEN: &str = "***";

/// Texts that callers must not see.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Secrets(Vec<String>);

impl Secrets {
    /// The secrets in an endpoint and in host settings: users, passwords, values in a query, settings.
    pub(crate) fn of<'a>(
        endpoint: Option<&str>,
        settings: impl IntoIterator<Item = &'a String>,
    ) -> Self {
        let mut texts: Vec<String> = settings.into_iter().cloned().collect();
        if let Some(url) = endpoint.and_then(|endpoint| Url::parse(endpoint).ok()) {
            texts.push(url.username().to_owned());
            texts.extend(url.password().map(str::to_owned));
            texts.extend(url.query_pairs().map(|(_, value)| value.into_owned()));
            // The value as it is written, which may differ from what it decodes to.
            let written = url.query().unwrap_or_default().split('&');
            let values = written.filter_map(|pair| pair.split_once('='));
            texts.extend(values.map(|(_, value)| value.to_owned()));
        }
        texts.retain(|text| text.len() >= SHORTEST && !text.contains("{{"));
        // The longest first, because one may be part of another.
        texts.sort_by_key(|text| std::cmp::Reverse(text.len()));
        texts.dedup();
        Self(texts)
    }

    /// An address as it may be shown: without user and password, and without secrets after its host.
    pub(crate) fn hide_in_url(&self, url: &Url) -> String {
        let mut shown = url.clone();
        // Both fail only if the URL cannot have them.
        let open = shown.set_username("").is_ok() && shown.set_password(None).is_ok();
        let shown = if open { shown.as_str() } else { "" };
        let host_ends = shown
            .find("://")
            .and_then(|scheme| shown.get(scheme + 3..)?.find('/').map(|at| scheme + 3 + at));
        let (host, rest) = shown.split_at(host_ends.unwrap_or(shown.len()));
        format!("{host}{}", self.hide_in_text(rest))
    }

    /// A text as it may be shown.
    pub(crate) fn hide_in_text(&self, text: &str) -> String {
        let mut shown = text.to_owned();
        for secret in &self.0 {
            if shown.contains(secret.as_str()) {
                shown = shown.replace(secret.as_str(), HIDDEN);
            }
        }
        shown
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(endpoint: &str, settings: &[&str], called: &str, shown: &str) {
        let settings: Vec<String> = settings.iter().map(|text| (*text).to_owned()).collect();
        let secrets = Secrets::of(Some(endpoint), &settings);
        assert_eq!(secrets.hide_in_url(&Url::parse(called).unwrap()), shown);
    }

    #[test]
    fn users_passwords_and_keys_are_hidden() {
        let endpoint = "https://me:pass@ssp.example/bid?token=s3cret&a=1";
        check(
            endpoint,
            &[],
            endpoint,
            "https://ssp.example/bid?token=***&a=1",
        );
        check(
            "https://{{host.region}}.ssp.example/{{host.key}}/bid?p={{params.id}}",
            &["asia", "k/9"],
            "https://asia.ssp.example/k/9/bid?p=77",
            "https://asia.ssp.example/***/bid?p=77",
        );
        check(
            "https://ssp.example/",
            &[],
            "https://ssp.example/?id=5",
            "https://ssp.example/?id=5",
        );
    }

    #[test]
    fn a_secret_within_another_leaves_nothing_of_it() {
        let settings = ["abc".to_owned(), "abcdef".to_owned()];
        let secrets = Secrets::of(None, &settings);
        assert_eq!(secrets.hide_in_text("x abcdef abc"), "x *** ***");
    }
}
