//! What the gateway is told, by flags and environment, and what it assumes where it is told nothing.

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

/// The port of the gateway where none is given.
pub const PORT: u16 = 8787;
/// The port of the embedded storage where none is given.
pub const STORAGE_PORT: u16 = 9797;
/// The most that S3 takes in one PUT.
const MAX_PUT: u64 = 5 << 30;

/// What `--help` says of once-only requests.
const ATTEMPTS: &str = "Once-only requests: a page sends `mediaferry-attempt: <32 hexadecimal digits>` with a request that must not \
                        be repeated.\nThe gateway forwards each id once and answers repetitions with the first response; \
                        GET /attempts/{id} returns it.\nA reverse proxy must pass both on, and route a page to the same \
                        instance of the gateway.";

/// Adds the providers' keys to a page's requests, signs URLs for staging, and serves the demo page.
#[derive(Clone, Debug, Parser)]
#[command(name = "mediaferry-gateway", version)]
pub struct Flags {
    /// The address to listen on; everything but loopback makes the keys usable by whoever can reach it.
    #[arg(long, env = "MEDIAFERRY_BIND", default_value = "127.0.0.1")]
    pub bind: IpAddr,

    /// The gateway's port; 0 takes any free one.
    #[arg(long, env = "MEDIAFERRY_PORT", default_value_t = PORT)]
    pub port: u16,

    /// The embedded storage's port; 0 takes any free one.
    #[arg(long, env = "MEDIAFERRY_STORAGE_PORT", default_value_t = STORAGE_PORT)]
    pub storage_port: u16,

    /// For development only: play every provider that is not configured, for everyone who can reach the gateway.
    #[arg(long, overrides_with = "sandbox")]
    pub sandbox: bool,

    /// The folder for stored files, created if missing [default: mediaferry/store in the user's cache folder].
    #[arg(long, env = "MEDIAFERRY_DATA", value_name = "FOLDER")]
    pub data: Option<PathBuf>,

    /// The folder with the page, served at /.
    #[arg(long, value_name = "FOLDER", default_value = "www")]
    pub www: PathBuf,

    /// The folder with the package, served at /mediaferry/.
    #[arg(long, value_name = "FOLDER", default_value = "dist")]
    pub dist: PathBuf,

    /// Another page's origin, such as <https://app.example>, that may use the gateway; may be repeated.
    #[arg(long, value_name = "ORIGIN", value_parser = parse_origin)]
    pub allow_origin: Vec<HeaderValue>,

    /// How long an upload URL, of staging or of the sandbox, can be used, in seconds.
    #[arg(long, value_name = "SECONDS", default_value_t = 15 * 60, value_parser = clap::value_parser!(u32).range(1..=604_800))]
    pub ticket_seconds: u32,

    /// How long a provider can get a staged file, from the upload's ticket on, in seconds.
    #[arg(long, value_name = "SECONDS", default_value_t = 24 * 60 * 60, value_parser = clap::value_parser!(u32).range(60..=604_800))]
    pub staging_seconds: u32,

    /// How large a staged file may be, in bytes; S3 takes no more than 5 GiB at once.
    #[arg(long, value_name = "BYTES", default_value_t = 1_000_000_000, value_parser = clap::value_parser!(u64).range(1..=MAX_PUT))]
    pub staging_max_bytes: u64,

    /// How long the sandbox processes an asset, at the providers that take their time, in milliseconds.
    #[arg(long, value_name = "MILLISECONDS", default_value_t = 1500)]
    pub processing_millis: u32,

    /// How long a provider may be silent before the gateway answers 504, in seconds.
    #[arg(long, value_name = "SECONDS", default_value_t = 120, value_parser = clap::value_parser!(u32).range(1..))]
    pub upstream_seconds: u32,
}

/// Everything the gateway is told, checked.
#[derive(Clone, Debug)]
pub struct Config {
    /// The flags as they were given.
    pub flags: Flags,
    /// The folder for stored files.
    pub data: PathBuf,
    /// One entry for each registered provider, in the registry's order.
    pub providers: Vec<ProviderConfig>,
    /// The bucket for staging; `None` for the embedded storage's.
    pub(crate) s3: Option<Presigner>,
}

/// A configuration with which the gateway does not start.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum ConfigError {
    /// An origin without a key.
    #[error("{origin} is set, so {key} must be set too: it is the key to use there")]
    MissingKey {
        /// The variable that is set.
        origin: String,
        /// The variable that is not.
        key: String,
    },
    /// An origin that is none.
    #[error("{variable} must be an origin like https://api.example.com, without user, query or fragment")]
    BadOrigin {
        /// The variable.
        variable: String,
    },
    /// A key that fits into no header.
    #[error("{variable} has characters that cannot be sent in a header")]
    BadKey {
        /// The variable.
        variable: String,
    },
    /// Some of the bucket's variables, but not all.
    #[error("staging needs all of its variables or none; not set: {}", .0.join(", "))]
    MissingS3(Vec<&'static str>),
    /// A bucket that cannot be addressed, or a key that cannot sign.
    #[error("{variable} must be {wanted}")]
    BadS3 {
        /// The variable.
        variable: &'static str,
        /// What it has to be.
        wanted: &'static str,
    },
    /// No folder to store files in.
    #[error("there is no cache folder on this system: name a folder for stored files with --data")]
    NoFolder,
}

impl Flags {
    /// Reads the process's own command line; ends the process with a message where it cannot be read, or for `--help`.
    #[must_use]
    pub fn from_command_line() -> Self {
        let matches =
            Self::command().after_help(format!("{}\n\n{}\n\n{ATTEMPTS}", provider::help(), s3::help())).get_matches();
        Self::from_arg_matches(&matches).unwrap_or_else(|error| error.exit())
    }
}

impl Config {
    /// Completes the flags with the process's environment.
    pub fn from_env(flags: Flags) -> Result<Self, ConfigError> {
        Self::new(flags, |variable| env::var(variable).ok())
    }

    /// Completes the flags with what `variable` gives for a name; an empty value counts as none.
    pub fn new(flags: Flags, variable: impl Fn(&str) -> Option<String>) -> Result<Self, ConfigError> {
        let variable = |name: &str| variable(name).filter(|value| !value.trim().is_empty());
        let default_folder = || dirs::cache_dir().map(|folder| folder.join("mediaferry").join("store"));
        let data = flags.data.clone().or_else(default_folder).ok_or(ConfigError::NoFolder)?;
        let providers = PROVIDERS.iter().map(|provider| ProviderConfig::new(provider.profile(), variable));
        Ok(Self { providers: providers.collect::<Result<_, _>>()?, s3: s3::read(variable)?, flags, data })
    }

    /// The providers that this process plays: with `--sandbox`, those that are not configured.
    pub(crate) fn played(&self) -> impl Iterator<Item = &'static Profile> {
        let unconfigured = self.providers.iter().filter(|provider| provider.origin.is_none());
        unconfigured.filter(|_| self.flags.sandbox).map(|provider| provider.profile)
    }

    /// How long an upload URL can be used.
    #[must_use]
    pub fn ticket_life(&self) -> Duration {
        Duration::from_secs(self.flags.ticket_seconds.into())
    }

    /// How long a provider can get a staged file.
    #[must_use]
    pub fn staging_life(&self) -> Duration {
        Duration::from_secs(self.flags.staging_seconds.into())
    }

    /// How long a provider may be silent.
    #[must_use]
    pub fn upstream_patience(&self) -> Duration {
        Duration::from_secs(self.flags.upstream_seconds.into())
    }
}

/// An origin as a browser writes it into the `Origin` header.
fn parse_origin(text: &str) -> Result<HeaderValue, String> {
    let uri: Option<Uri> = text.trim_end_matches('/').parse().ok();
    let web =
        |uri: &Uri| matches!(uri.scheme_str(), Some("http" | "https")) && uri.path() == "/" && uri.query().is_none();
    let origin = uri.filter(web).and_then(|uri| Some(format!("{}://{}", uri.scheme_str()?, uri.authority()?)));
    let origin = origin.filter(|origin| !origin.contains(['*', '@'])).map(|origin| origin.to_ascii_lowercase());
    origin.and_then(|origin| origin.parse().ok()).ok_or_else(|| "not an origin such as https://app.example".to_owned())
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
    fn staging_keeps_to_what_s3_can() {
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
