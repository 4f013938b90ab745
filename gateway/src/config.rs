//! The gateway's configuration: flags, environment and defaults.

use std::env;
use std::net::IpAddr;
use std::path::PathBuf;
use std::time::Duration;

mod provider;
mod s3;
mod warnings;

use axum::http::{HeaderValue, Uri};
use clap::{CommandFactory, FromArgMatches, Parser};
use mediaferry::providers::{PROVIDERS, Profile};

use crate::presign::Presigner;

pub use provider::ProviderConfig;
pub(crate) use provider::variable_names;

/// The default port of the gateway.
pub const PORT: u16 = 8787;
/// The default port of the embedded storage.
pub const STORAGE_PORT: u16 = 9797;
/// The maximum size of one PUT in S3.
const MAX_PUT: u64 = 5 << 30;

/// The text of `--help` about once-only requests.
const ATTEMPTS: &str = "Once-only requests: a page sends `mediaferry-attempt: <32 hexadecimal digits>` with a request that must not \
                        be repeated.\nThe gateway forwards each id once and returns the first response to repetitions; \
                        GET /attempts/{id} returns it too.\nA reverse proxy must forward the header and the path, and route \
                        a page to the same instance of the gateway.";

/// Adds the providers' keys to a page's requests, signs URLs for staging, and serves the demo page.
#[derive(Clone, Debug, Parser)]
#[command(name = "mediaferry-gateway", version)]
pub struct Flags {
    /// The IP address to listen on. If it is not loopback, everyone who can reach it can use the keys.
    #[arg(long, env = "MEDIAFERRY_BIND", default_value = "127.0.0.1")]
    pub bind: IpAddr,

    /// The gateway's port; 0 selects a free one.
    #[arg(long, env = "MEDIAFERRY_PORT", default_value_t = PORT)]
    pub port: u16,

    /// The embedded storage's port; 0 selects a free one.
    #[arg(long, env = "MEDIAFERRY_STORAGE_PORT", default_value_t = STORAGE_PORT)]
    pub storage_port: u16,

    /// For development only: imitate every provider that is not configured, for everyone who can reach the gateway.
    #[arg(long, overrides_with = "sandbox")]
    pub sandbox: bool,

    /// The folder for stored files; it is created if it does not exist [default: mediaferry/store in the user's cache folder].
    #[arg(long, env = "MEDIAFERRY_DATA", value_name = "FOLDER")]
    pub data: Option<PathBuf>,

    /// The folder with the demo page, served at /.
    #[arg(long, value_name = "FOLDER", default_value = "www")]
    pub www: PathBuf,

    /// The folder with the package, served at /mediaferry/.
    #[arg(long, value_name = "FOLDER", default_value = "dist")]
    pub dist: PathBuf,

    /// Another origin whose pages may use the gateway, such as <https://app.example>; can be repeated.
    #[arg(long, value_name = "ORIGIN", value_parser = parse_origin)]
    pub allow_origin: Vec<HeaderValue>,

    /// How long an upload URL of staging or of the sandbox is valid, in seconds.
    #[arg(long, value_name = "SECONDS", default_value_t = 15 * 60, value_parser = clap::value_parser!(u32).range(1..=604_800))]
    pub ticket_seconds: u32,

    /// How long a provider can download a staged file, in seconds from the creation of the upload URL.
    #[arg(long, value_name = "SECONDS", default_value_t = 24 * 60 * 60, value_parser = clap::value_parser!(u32).range(60..=604_800))]
    pub staging_seconds: u32,

    /// The maximum size of a staged file, in bytes; S3 accepts up to 5 GiB in one PUT.
    #[arg(long, value_name = "BYTES", default_value_t = 1_000_000_000, value_parser = clap::value_parser!(u64).range(1..=MAX_PUT))]
    pub staging_max_bytes: u64,

    /// How long the sandbox processes an asset of a provider with asynchronous processing, in milliseconds.
    #[arg(long, value_name = "MILLISECONDS", default_value_t = 1500)]
    pub processing_millis: u32,

    /// How long the gateway waits for data from a provider before it returns 504, in seconds.
    #[arg(long, value_name = "SECONDS", default_value_t = 120, value_parser = clap::value_parser!(u32).range(1..))]
    pub upstream_seconds: u32,
}

/// The complete configuration, validated.
#[derive(Clone, Debug)]
pub struct Config {
    /// The flags as given.
    pub flags: Flags,
    /// The folder for stored files.
    pub data: PathBuf,
    /// One entry for each registered provider, in the registry's order.
    pub providers: Vec<ProviderConfig>,
    /// The bucket for staging; `None` for the embedded storage.
    pub(crate) s3: Option<Presigner>,
}

/// Why a configuration is invalid.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum ConfigError {
    /// An origin is set without a key.
    #[error("{origin} is set, so {key} must be set too")]
    MissingKey {
        /// The variable that is set.
        origin: String,
        /// The variable that is missing.
        key: String,
    },
    /// An invalid origin.
    #[error("{variable} must be a URL such as https://api.example.com, without user name, query or fragment")]
    BadOrigin {
        /// The variable.
        variable: String,
    },
    /// A key with characters that a header cannot contain.
    #[error("{variable} contains characters that are not allowed in a header")]
    BadKey {
        /// The variable.
        variable: String,
    },
    /// Some of the bucket's variables are set, but not all.
    #[error("staging requires all MEDIAFERRY_S3_ variables or none; not set: {}", .0.join(", "))]
    MissingS3(Vec<&'static str>),
    /// An invalid value of a bucket's variable.
    #[error("{variable} must be {wanted}")]
    BadS3 {
        /// The variable.
        variable: &'static str,
        /// The expected value.
        wanted: &'static str,
    },
    /// There is no folder for stored files.
    #[error("the system has no cache folder: pass a folder for stored files with --data")]
    NoFolder,
}

impl Flags {
    /// Parses the command line. Exits with a message if it is invalid, or for `--help`.
    #[must_use]
    pub fn from_command_line() -> Self {
        let matches =
            Self::command().after_help(format!("{}\n\n{}\n\n{ATTEMPTS}", provider::help(), s3::help())).get_matches();
        Self::from_arg_matches(&matches).unwrap_or_else(|error| error.exit())
    }
}

impl Config {
    /// Completes the flags with the environment.
    pub fn from_env(flags: Flags) -> Result<Self, ConfigError> {
        Self::new(flags, |variable| env::var(variable).ok())
    }

    /// Completes the flags with the values that `variable` returns; an empty value counts as absent.
    pub fn new(flags: Flags, variable: impl Fn(&str) -> Option<String>) -> Result<Self, ConfigError> {
        let variable = |name: &str| variable(name).filter(|value| !value.trim().is_empty());
        let default_folder = || dirs::cache_dir().map(|folder| folder.join("mediaferry").join("store"));
        let data = flags.data.clone().or_else(default_folder).ok_or(ConfigError::NoFolder)?;
        let providers = PROVIDERS.iter().map(|provider| ProviderConfig::new(provider.profile(), variable));
        Ok(Self { providers: providers.collect::<Result<_, _>>()?, s3: s3::read(variable)?, flags, data })
    }

    /// The providers that the sandbox imitates: with `--sandbox`, those that are not configured.
    pub(crate) fn played(&self) -> impl Iterator<Item = &'static Profile> {
        let unconfigured = self.providers.iter().filter(|provider| provider.origin.is_none());
        unconfigured.filter(|_| self.flags.sandbox).map(|provider| provider.profile)
    }

    /// How long an upload URL is valid.
    #[must_use]
    pub fn ticket_life(&self) -> Duration {
        Duration::from_secs(self.flags.ticket_seconds.into())
    }

    /// How long a provider can download a staged file.
    #[must_use]
    pub fn staging_life(&self) -> Duration {
        Duration::from_secs(self.flags.staging_seconds.into())
    }

    /// How long a provider may send nothing.
    #[must_use]
    pub fn upstream_patience(&self) -> Duration {
        Duration::from_secs(self.flags.upstream_seconds.into())
    }
}

/// Parses an origin in the form in which browsers send it in the `Origin` header.
fn parse_origin(text: &str) -> Result<HeaderValue, String> {
    let uri: Option<Uri> = text.trim_end_matches('/').parse().ok();
    let web =
        |uri: &Uri| matches!(uri.scheme_str(), Some("http" | "https")) && uri.path() == "/" && uri.query().is_none();
    let origin = uri.filter(web).and_then(|uri| Some(format!("{}://{}", uri.scheme_str()?, uri.authority()?)));
    let origin = origin.filter(|origin| !origin.contains(['*', '@'])).map(|origin| origin.to_ascii_lowercase());
    origin
        .and_then(|origin| origin.parse().ok())
        .ok_or_else(|| "must be an origin such as https://app.example".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    pub(super) fn config(args: &[&str], variables: &[(&str, &str)]) -> Result<Config, ConfigError> {
        let args = ["mediaferry-gateway", "--data", "store"].iter().chain(args);
        let flags = Flags::try_parse_from(args).expect("flags");
        Config::new(flags, |name| variables.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned()))
    }

    #[test]
    fn only_the_flag_turns_the_sandbox_on() {
        let blank = [("MEDIAFERRY_MODELHUNTER_ORIGIN", " ")];
        let plain = config(&[], &blank).expect("config");
        assert!(plain.providers.iter().all(|provider| provider.origin.is_none() && provider.key.is_none()));
        assert_eq!((plain.flags.bind.is_loopback(), plain.played().count()), (true, 0));
        let played = config(&["--sandbox", "--sandbox"], &blank).expect("config");
        assert_eq!(played.played().count(), PROVIDERS.len());
        let real = [("MEDIAFERRY_APIFRAME_ORIGIN", "http://127.0.0.1:1"), ("MEDIAFERRY_APIFRAME_KEY", "k")];
        let mixed = config(&["--sandbox"], &real).expect("config");
        assert!(mixed.played().all(|profile| profile.id != "apiframe"));
        assert_eq!(mixed.played().count(), PROVIDERS.len() - 1);
    }

    #[test]
    fn an_origin_without_a_key_is_refused_by_name() {
        let error = config(&[], &[("MEDIAFERRY_RELAYDANCE_ORIGIN", "https://relaydance.com")]).expect_err("no key");
        assert!(error.to_string().contains("MEDIAFERRY_RELAYDANCE_KEY must be set"), "{error}");
    }

    #[test]
    fn origins_and_keys_are_checked() {
        let origin =
            |text: &str| config(&[], &[("MEDIAFERRY_RELAYDANCE_ORIGIN", text), ("MEDIAFERRY_RELAYDANCE_KEY", "k")]);
        for text in ["https://relaydance.com", "http://127.0.0.1:1/base/"] {
            assert!(origin(text).is_ok(), "{text}");
        }
        for text in [
            "relaydance.com",
            "ftp://relaydance.com",
            "https://u:p@relaydance.com",
            "https://relaydance.com?x",
            "https://",
        ] {
            assert_eq!(
                origin(text).expect_err(text),
                ConfigError::BadOrigin { variable: "MEDIAFERRY_RELAYDANCE_ORIGIN".into() }
            );
        }
        let error = config(&[], &[("MEDIAFERRY_RELAYDANCE_KEY", "a b")]).expect_err("a bad key");
        assert!(!error.to_string().contains("a b"), "{error}");
    }

    #[test]
    fn allowed_origins_are_origins() {
        assert_eq!(parse_origin("https://App.example/"), Ok(HeaderValue::from_static("https://app.example")));
        for text in ["*", "https://*.example", "app.example", "https://app.example/path", "null", "file:///x"] {
            assert!(parse_origin(text).is_err(), "{text}");
        }
    }

    #[test]
    fn staging_limits_match_s3() {
        let flags = |args: &[&str]| Flags::try_parse_from(["mediaferry-gateway"].iter().chain(args));
        let default = flags(&[]).expect("flags");
        assert_eq!((default.staging_max_bytes, default.staging_seconds), (1_000_000_000, 86_400));
        for (flag, good, bad) in [
            ("--staging-max-bytes", ["1", "5368709120"], ["0", "5368709121"]),
            ("--staging-seconds", ["60", "604800"], ["59", "604801"]),
        ] {
            assert!(good.iter().all(|value| flags(&[flag, value]).is_ok()), "{flag}");
            assert!(bad.iter().all(|value| flags(&[flag, value]).is_err()), "{flag}");
        }
    }

    #[test]
    fn help_names_every_variable() {
        for provider in PROVIDERS {
            let (origin, key) = variable_names(provider.profile());
            assert!(provider::help().contains(&origin) && provider::help().contains(&key));
        }
        assert!(Flags::command().render_help().to_string().contains("--sandbox"));
        Flags::command().debug_assert();
    }
}
