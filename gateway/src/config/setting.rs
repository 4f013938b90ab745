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

/// The key of a setting of a provider's account.
pub(crate) fn account_key(profile: &Profile, name: &str) -> String {
    format!("accounts.{}.{name}", profile.id)
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
const COMMON: [Setting; 49] = {
    use Kind::{List, Secret, Switch, Value};
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
            "insecure_anonymous",
            Switch,
            "",
            "",
            "Allow everyone who can reach the gateway to use the keys, and to list and delete all assets",
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
            "How long a provider can download a staged file, from the creation of its upload URL, or from the completion of an upload in parts",
        ),
        setting(
            "staging.upload_seconds",
            Value,
            "86400",
            "SECONDS",
            "How long an upload in parts can be continued, from its beginning",
        ),
        setting(
            "staging.max_bytes",
            Value,
            "1000000000",
            "BYTES",
            "The maximum size of a staged file, up to 2 TiB; in one PUT up to 5 GiB",
        ),
        setting(
            "identity.mode",
            Value,
            "",
            "MODE",
            "How users are verified: jwt, token, forward-auth or trusted-header",
        ),
        setting("identity.jwks_url", Value, "", "URL", "jwt: the key set of the issuer"),
        setting("identity.issuer", Value, "", "TEXT", "jwt: the only accepted iss"),
        setting("identity.audience", Value, "", "TEXT", "jwt: must be in aud"),
        setting("identity.leeway_seconds", Value, "60", "SECONDS", "jwt: the accepted clock difference, up to 600"),
        setting("identity.subject_claim", Value, "sub", "CLAIM", "jwt: the claim with the user id"),
        setting(
            "identity.secret",
            Secret,
            "",
            "SECRET",
            "jwt without jwks_url, token, trusted-header: the shared secret, at least 32 bytes",
        ),
        setting("identity.previous_secret", Secret, "", "SECRET", "The secret before the last change, still accepted"),
        setting("identity.url", Value, "", "URL", "forward-auth: the session endpoint of the application"),
        setting(
            "identity.header",
            Value,
            "x-mediaferry-user",
            "NAME",
            "forward-auth, trusted-header: the header with the user id",
        ),
        setting(
            "identity.cache_seconds",
            Value,
            "10",
            "SECONDS",
            "forward-auth: how long a session is accepted without another request, up to 300",
        ),
        setting(
            "identity.owner_secret",
            Secret,
            "",
            "SECRET",
            "The key of owner tags, at least 32 bytes; required with every mode",
        ),
        setting(
            "identity.previous_owner_secret",
            Secret,
            "",
            "SECRET",
            "The key of owner tags before the last change; its files still belong to their users",
        ),
        setting("limits.uploads_per_minute", Value, "", "NUMBER", "Uploads of each user per minute"),
        setting("limits.bytes_per_day", Value, "", "BYTES", "Bytes of each user per day"),
        setting("limits.concurrent_uploads", Value, "", "NUMBER", "Uploads of each user at the same time"),
        setting("limits.providers", List, "", "ID", "The providers that may be used; all by default"),
        setting("limits.kinds", List, "", "KIND", "The kinds of media that may be uploaded: image, video, audio"),
        setting(
            "limits.max_form_bytes",
            Value,
            "",
            "BYTES",
            "The maximum size of a form; by default the provider's own limit plus 64 KiB",
        ),
        setting(
            "limits.account_wait_seconds",
            Value,
            "5",
            "SECONDS",
            "How long a request waits for its turn at a provider's account, up to 25",
        ),
        setting(
            "limits.fail_open",
            Value,
            "",
            "BOOLEAN",
            "Whether limits are ignored while Valkey is down; by default those that cost nothing",
        ),
        setting(
            "valkey",
            Secret,
            "",
            "URL",
            "Valkey or Redis, shared by all instances, such as redis://user:password@valkey.example:6379/0",
        ),
        setting("hooks.pre_create", Value, "", "URL", "Is asked before each upload"),
        setting("hooks.post_finish", Value, "", "URL", "Receives the outcome of each upload"),
        setting("hooks.secret", Secret, "", "SECRET", "Signs the hooks: whsec_ and base64"),
        setting("hooks.old_secret", Secret, "", "SECRET", "The secret before the last change; signs too"),
        setting(
            "hooks.spool",
            Value,
            "",
            "FOLDER",
            "The folder for events that are not yet delivered; not needed with valkey",
        ),
        setting("hooks.timeout_seconds", Value, "5", "SECONDS", "How long a response may take, up to 30"),
        setting("hooks.fail_open", Switch, "", "", "Accept uploads if a hook cannot be used"),
        setting("hooks.concurrency", Value, "4", "NUMBER", "Events sent at the same time, up to 64"),
        setting("hooks.longest_retry_seconds", Value, "1800", "SECONDS", "The longest wait between two deliveries"),
        setting("hooks.give_up_seconds", Value, "86400", "SECONDS", "The age at which an event is given up"),
        setting(
            "s3.acl",
            Value,
            "private",
            "ACL",
            "The canned ACL of staged files: private, bucket-owner-full-control (AWS with ACLs disabled), or none",
        ),
        setting(
            "s3.if_none_match",
            Switch,
            "",
            "",
            "Sign if-none-match: *, so that an upload URL cannot replace its object; doctor tests whether the store can",
        ),
        setting("s3.endpoint", Value, "", "URL", "The S3 server, such as https://s3.eu-north-1.amazonaws.com"),
        setting("s3.region", Value, "", "REGION", "The region of the bucket, such as eu-north-1 or auto"),
        setting("s3.bucket", Value, "", "BUCKET", "The bucket for staging"),
        setting("s3.access_key_id", Value, "", "ID", "The id of the access key"),
        setting("s3.secret_access_key", Secret, "", "KEY", "The secret access key"),
    ]
};

/// The settings of the admin listener and the log.
const OPERATIONS: [Setting; 12] = {
    use Kind::Value;
    [
        setting(
            "clients.max_connections",
            Value,
            "",
            "NUMBER",
            "Connections of clients; by default as many as the limit of open files allows",
        ),
        setting("clients.head_seconds", Value, "30", "SECONDS", "How long the head of a request may take"),
        setting("clients.keep_alive_seconds", Value, "75", "SECONDS", "How long a connection waits for a request"),
        setting("clients.read_seconds", Value, "60", "SECONDS", "How long a client may read nothing of a response"),
        setting("clients.body_idle_seconds", Value, "60", "SECONDS", "The longest pause in the body of a request"),
        setting(
            "clients.body_bytes_per_second",
            Value,
            "1024",
            "BYTES",
            "The lowest average rate of the body of a request",
        ),
        setting(
            "drain_delay_seconds",
            Value,
            "0",
            "SECONDS",
            "How long a stopping gateway accepts connections although /readyz reports that it is not ready",
        ),
        setting(
            "drain_seconds",
            Value,
            "",
            "SECONDS",
            "How long running requests may take to finish after that; by default upstream_seconds and 30 s",
        ),
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
        let account = |name, value: &'static str, help| Setting {
            key: account_key(profile, name).into(),
            kind: Kind::Value,
            default: "",
            value: value.into(),
            help,
        };
        [
            own("origin", Kind::Value, profile.origin.into(), "The provider's API, optionally with a path"),
            own("key", Kind::Secret, "KEY".into(), "The API key; required if the origin is set"),
            account("creates", "NUMBER", "Requests that create an asset, in each window"),
            account("creates_window_seconds", "SECONDS", "The window of creates; 60 by default"),
            account("assets", "NUMBER", "Assets that the account holds"),
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
