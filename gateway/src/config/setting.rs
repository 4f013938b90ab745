//! The table of settings: the one place that defines a setting's key, default and help.
//!
//! Everything else is derived from it: the key in `mediaferry.toml`, the environment variable, the flag, and the lines
//! of `--help` and `check`.

use std::borrow::Cow;

use mediaferry::providers::{PROVIDERS, Profile};

/// A setting.
#[derive(Clone, Debug)]
pub(crate) struct Setting {
    /// The key in `mediaferry.toml`, with dots between tables, such as `s3.bucket`.
    pub(crate) key: Cow<'static, str>,
    pub(crate) kind: Kind,
    /// The default; empty if there is none.
    pub(crate) default: &'static str,
    /// The placeholder of the value in `--help`.
    pub(crate) value: Cow<'static, str>,
    pub(crate) help: &'static str,
}

/// What a setting contains.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Value,
    /// Several values.
    List,
    /// `true` or `false`.
    Switch,
    /// A value that is never printed, and that no flag contains. It can be in a file of its own.
    Secret,
}

impl Setting {
    /// The environment variable, such as `MEDIAFERRY_S3_BUCKET`.
    pub(crate) fn variable(&self) -> String {
        variable(&self.key)
    }

    /// The flag without its hyphens, such as `s3-bucket`.
    pub(crate) fn flag(&self) -> String {
        self.key.strip_prefix("providers.").unwrap_or(&self.key).replace(['.', '_'], "-")
    }
}

/// The environment variable of a key.
pub(crate) fn variable(key: &str) -> String {
    let key = key.strip_prefix("providers.").unwrap_or(key);
    format!("MEDIAFERRY_{}", key.replace('.', "_").to_ascii_uppercase())
}

/// The key of a provider's setting.
pub(crate) fn provider_key(profile: &Profile, name: &str) -> String {
    format!("providers.{}.{name}", profile.id)
}

const fn setting(
    key: &'static str,
    kind: Kind,
    default: &'static str,
    value: &'static str,
    help: &'static str,
) -> Setting {
    Setting { key: Cow::Borrowed(key), kind, default, value: Cow::Borrowed(value), help }
}

/// The settings that do not belong to one provider.
const COMMON: [Setting; 13] = {
    use Kind::{List, Secret, Value};
    [
        setting("bind", Value, "127.0.0.1", "IP", "The IP address to listen on"),
        setting("port", Value, "8787", "PORT", "The port to listen on; 0 selects a free one"),
        setting(
            "allow_origin",
            List,
            "",
            "ORIGIN",
            "An origin, besides the gateway's own, whose pages may use the gateway, such as https://app.example",
        ),
        setting(
            "allow_host",
            List,
            "",
            "HOST",
            "A host name under which clients reach the gateway, such as gateway.example; loopback names are always \
             allowed",
        ),
        setting(
            "upstream_seconds",
            Value,
            "120",
            "SECONDS",
            "How long a provider may neither read nor send data before the gateway returns 504",
        ),
        setting("staging.ticket_seconds", Value, "900", "SECONDS", "How long an upload URL is valid"),
        setting(
            "staging.seconds",
            Value,
            "86400",
            "SECONDS",
            "How long a provider can download a staged file, from the creation of its upload URL",
        ),
        setting("staging.max_bytes", Value, "1000000000", "BYTES", "The maximum size of a staged file, up to 5 GiB"),
        setting("s3.endpoint", Value, "", "URL", "The S3 server, such as https://s3.eu-north-1.amazonaws.com"),
        setting("s3.region", Value, "", "REGION", "The region of the bucket, such as eu-north-1 or auto"),
        setting("s3.bucket", Value, "", "BUCKET", "The bucket for staging"),
        setting("s3.access_key_id", Value, "", "ID", "The id of the access key"),
        setting("s3.secret_access_key", Secret, "", "KEY", "The secret access key"),
    ]
};

/// The settings of the admin listener and the log.
const OPERATIONS: [Setting; 4] = {
    use Kind::Value;
    [
        setting("admin.bind", Value, "127.0.0.1", "IP", "The IP address of /metrics, /livez and /readyz, or off"),
        setting("admin.port", Value, "9090", "PORT", "The port of /metrics, /livez and /readyz; 0 selects a free one"),
        setting("log.format", Value, "text", "FORMAT", "The format of log lines: text or json"),
        setting("log.level", Value, "info", "LEVEL", "The least important log lines: error, warn, info or debug"),
    ]
};

/// All settings, in the order of `--help`.
pub(crate) fn settings() -> impl Iterator<Item = Setting> {
    let providers = PROVIDERS.iter().flat_map(|provider| {
        let profile = provider.profile();
        let own = |name, kind, value, help| Setting {
            key: provider_key(profile, name).into(),
            kind,
            default: "",
            value,
            help,
        };
        [
            own("origin", Kind::Value, profile.origin.into(), "The provider's API, optionally with a path"),
            own("key", Kind::Secret, "KEY".into(), "The API key; required if the origin is set"),
        ]
    });
    COMMON.into_iter().chain(OPERATIONS).chain(providers)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn names_are_unique() {
        let all: Vec<_> = settings().collect();
        for name in [Setting::variable, Setting::flag] {
            assert_eq!(all.iter().map(name).collect::<BTreeSet<_>>().len(), all.len());
        }
    }

    #[test]
    fn a_providers_variable_has_its_id() {
        let key = settings().find(|setting| setting.key == "providers.apiframe.key").expect("a setting");
        assert_eq!((key.variable().as_str(), key.flag().as_str()), ("MEDIAFERRY_APIFRAME_KEY", "apiframe-key"));
    }
}
