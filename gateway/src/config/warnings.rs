//! Warnings about a valid configuration.

use reqwest::Url;

use super::{Config, variable_names};
use crate::guard;

impl Config {
    /// Settings that are probably a mistake, or that the operator should know about.
    #[must_use]
    pub fn warnings(&self) -> Vec<String> {
        [self.about_the_sandbox(), self.stray_keys(), self.unreachable_staging(), self.missing_folders()].concat()
    }

    fn about_the_sandbox(&self) -> Vec<String> {
        let played: Vec<_> = self.played().map(|profile| profile.name).collect();
        let configured = self.providers.iter().any(|provider| provider.origin.is_some());
        if !self.flags.sandbox {
            let none = "no provider is configured: see --help for the variables, or pass --sandbox for mocks";
            return if configured { Vec::new() } else { vec![none.to_owned()] };
        }
        if played.is_empty() {
            return vec!["--sandbox has no effect: every provider is configured".to_owned()];
        }
        let names = if configured { played.join(", ") } else { "every provider".to_owned() };
        let mut warnings = vec![format!("the sandbox is on and imitates {names}; it is for development only")];
        if !self.flags.bind.is_loopback() {
            let address = self.flags.bind;
            warnings.push(format!(
                "--sandbox with --bind {address}: everyone who can reach {address} can make the sandbox fetch URLs from \
                 this machine's network"
            ));
        }
        warnings
    }

    fn stray_keys(&self) -> Vec<String> {
        let stray = self.providers.iter().filter(|provider| provider.origin.is_none() && provider.key.is_some());
        let effect =
            if self.flags.sandbox { "the sandbox accepts only its own key" } else { "the provider is not configured" };
        let warning = |provider: &super::ProviderConfig| {
            let (origin, key) = variable_names(provider.profile);
            format!("{key} is set without {origin}: {effect}")
        };
        stray.map(warning).collect()
    }

    fn unreachable_staging(&self) -> Vec<String> {
        let stranded = self.providers.iter().filter(|provider| {
            let remote = provider.origin.as_ref().and_then(Url::host_str).is_some_and(|host| !guard::is_loopback(host));
            remote && provider.profile.accepts_urls && self.s3.is_none()
        });
        let warning = |name: &str| {
            format!("{name} cannot fetch staged files from this machine: set the MEDIAFERRY_S3_ variables")
        };
        stranded.map(|provider| warning(provider.profile.name)).collect()
    }

    fn missing_folders(&self) -> Vec<String> {
        let missing = [&self.flags.www, &self.flags.dist].into_iter().filter(|folder| !folder.is_dir());
        missing.map(|folder| format!("the folder {} does not exist", folder.display())).collect()
    }
}

#[cfg(test)]
mod tests {
    use mediaferry::providers::PROVIDERS;

    use super::*;
    use crate::config::tests::config;

    const REAL: [(&str, &str); 2] =
        [("MEDIAFERRY_APIFRAME_ORIGIN", "http://127.0.0.1:1"), ("MEDIAFERRY_APIFRAME_KEY", "k")];

    fn warnings(args: &[&str], variables: &[(&str, &str)]) -> Vec<String> {
        config(&[&["--www", ".", "--dist", "."], args].concat(), variables).expect("a config").warnings()
    }

    #[test]
    fn the_sandbox_is_announced() {
        let on = warnings(&["--sandbox"], &[]);
        assert!(
            matches!(&on[..], [on] if on.contains("imitates every provider; it is for development only")),
            "{on:?}"
        );
        let mixed = warnings(&["--sandbox"], &REAL).concat();
        assert!(mixed.contains("imitates ModelHunter, ") && !mixed.contains("Apiframe"), "{mixed}");
        let all = PROVIDERS.iter().map(|provider| variable_names(provider.profile()));
        let all: Vec<_> = all.flat_map(|(origin, key)| [(origin, "http://127.0.0.1:1"), (key, "k")]).collect();
        let all: Vec<_> = all.iter().map(|(name, value)| (name.as_str(), *value)).collect();
        assert!(matches!(&warnings(&["--sandbox"], &all)[..], [off] if off.starts_with("--sandbox has no effect")));
    }

    #[test]
    fn a_sandbox_that_others_can_reach_is_warned_about() {
        for (address, warned) in
            [("0.0.0.0", true), ("::", true), ("192.0.2.1", true), ("127.0.0.2", false), ("::1", false)]
        {
            let text = warnings(&["--sandbox", "--bind", address], &[]).concat();
            assert_eq!(text.contains(&format!("--sandbox with --bind {address}:")), warned, "{text}");
        }
        assert_eq!(warnings(&["--bind", "0.0.0.0"], &REAL), Vec::<String>::new());
    }

    #[test]
    fn gateway_without_providers_warns() {
        assert!(matches!(&warnings(&[], &[])[..], [none] if none.starts_with("no provider is configured")));
        assert_eq!(warnings(&[], &REAL), Vec::<String>::new());
    }

    #[test]
    fn a_key_without_an_origin_is_named_without_its_value() {
        let key = [("MEDIAFERRY_RELAYDANCE_KEY", "k1")];
        for (flags, effect) in [(&[][..], "not configured"), (&["--sandbox"], "only its own key")] {
            let [_, stray] = warnings(flags, &key).try_into().expect("two warnings");
            assert!(
                stray.starts_with("MEDIAFERRY_RELAYDANCE_KEY is set without MEDIAFERRY_RELAYDANCE_ORIGIN"),
                "{stray}"
            );
            assert!(stray.ends_with(effect) && !stray.contains("k1"), "{stray}");
        }
    }

    #[test]
    fn staging_that_a_provider_cannot_reach_is_warned_about() {
        let far = [("MEDIAFERRY_APIFRAME_ORIGIN", "https://api.apiframe.ai"), ("MEDIAFERRY_APIFRAME_KEY", "k")];
        assert!(warnings(&[], &far).concat().contains("Apiframe cannot fetch staged files"));
    }

    #[test]
    fn missing_folders_are_named() {
        let config = config(&["--www", ".", "--dist", "no/such"], &REAL).expect("a config");
        assert_eq!(config.warnings(), ["the folder no/such does not exist"]);
    }
}
