//! The gateway's configuration: `mediaferry.toml`, environment, flags and files with secrets, validated as a whole.

use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

mod identity;
mod layers;
mod limits;
mod operations;
mod providers;
mod reader;
mod report;
mod s3;
mod setting;
mod warnings;

use axum::http::{HeaderValue, Uri};
use clap::{ArgMatches, Command};

pub use layers::Problem;
use layers::Values;
pub use operations::{Listeners, LogConfig, LogFormat};
pub(crate) use providers::variable_names;
pub use providers::{ProviderConfig, UpstreamConfig};
use reader::Reader;
pub use report::{Report, Row};

use crate::hooks::HooksConfig;
use crate::identity::IdentityConfig;
use crate::limits::LimitsConfig;
use crate::presign::Presigner;
use crate::serve::ServeOptions;
use crate::valkey::ValkeyUrl;

/// The maximum size of a file. Its parts have at most 256 MiB then, which a page can hold in memory.
const MAX_FILE: u64 = 2 << 40;
/// The smallest part of a multipart upload.
const MIN_PART: u64 = 8 << 20;
/// The maximum lifetime of a presigned URL in S3, and of an incomplete upload in some stores, in seconds.
const MAX_PRESIGNED: u64 = 604_800;

/// The complete configuration, validated.
#[derive(Clone, Debug)]
pub struct Config {
    /// The IP address to listen on.
    pub bind: IpAddr,
    /// The port to listen on; 0 for a free one.
    pub port: u16,
    /// Origins, besides the gateway's own, whose pages may use the gateway.
    pub allow_origin: Vec<HeaderValue>,
    /// Host names, besides loopback names, under which clients reach the gateway.
    pub allow_host: Vec<String>,
    /// How users are verified; `None` if everyone is the same user.
    pub(crate) identity: Option<IdentityConfig>,
    /// One entry for each registered provider, in the registry's order.
    pub providers: Vec<ProviderConfig>,
    /// How long a provider may neither read nor send data.
    pub upstream_timeout: Duration,
    /// The bucket for staging, and its limits.
    pub staging: StagingConfig,
    /// The limits of users and of provider accounts.
    pub limits: LimitsConfig,
    /// The webhooks to the application.
    pub hooks: HooksConfig,
    /// The store that instances share.
    pub valkey: Option<ValkeyUrl>,
    /// How clients are treated, and how the gateway stops.
    pub serve: ServeOptions,
    /// Where the admin listener listens; `None` if there is none.
    pub admin: Option<SocketAddr>,
    /// The log.
    pub log: LogConfig,
}

/// The bucket for staging, and its limits.
#[derive(Clone, Debug)]
pub struct StagingConfig {
    /// Signs URLs of the bucket; `None` if there is no bucket.
    pub bucket: Option<Presigner>,
    /// The canned ACL of files; `None` if the bucket has no ACLs.
    pub acl: Option<String>,
    /// Whether an upload URL must not replace an object.
    pub if_none_match: bool,
    /// How long an upload URL is valid.
    pub put_lifetime: Duration,
    /// How long a provider can download a file.
    pub get_lifetime: Duration,
    /// How long an upload in parts can be continued.
    pub upload_lifetime: Duration,
    /// The maximum size of a file.
    pub max_bytes: u64,
    /// The smallest part of an upload in parts.
    pub min_part_bytes: u64,
}

impl Config {
    /// Adds the flags of all settings to a command.
    #[must_use]
    pub fn with_flags(command: Command) -> Command {
        layers::with_flags(command)
    }

    /// Reads the configuration from the parsed flags, the environment of this process and its files.
    pub fn load(matches: &ArgMatches) -> Result<Self, Vec<Problem>> {
        Report::new(matches).config
    }

    /// Reads the configuration with these environment variables instead of those of this process.
    pub fn load_with(matches: &ArgMatches, variables: &[(String, String)]) -> Result<Self, Vec<Problem>> {
        Report::with_variables(matches, variables).config
    }

    /// One line about the providers and staging, for the startup message.
    #[must_use]
    pub fn summary(&self) -> String {
        let provider = |provider: &ProviderConfig| match &provider.upstream {
            Some(upstream) => format!("{}: {}", provider.profile.id, upstream.origin),
            None => format!("{}: not configured", provider.profile.id),
        };
        let bucket = self.staging.bucket.as_ref().map_or("not configured", Presigner::url);
        let providers: Vec<_> = self.providers.iter().map(provider).collect();
        format!("{}, staging: {bucket}", providers.join(", "))
    }

    fn validate(values: &Values, problems: Vec<Problem>) -> Result<Self, Vec<Problem>> {
        let reader = Reader::new(values, problems);
        let seconds = |key, range| reader.seconds(key, range).unwrap_or_default();
        let address = operations::address(&reader);
        let config = Self {
            bind: address.ip(),
            port: address.port(),
            allow_origin: reader.list("allow_origin", parse_origin),
            allow_host: reader.list("allow_host", parse_host),
            identity: identity::read(&reader),
            providers: providers::read(&reader),
            upstream_timeout: seconds("upstream_seconds", 1..=3600),
            staging: StagingConfig {
                bucket: s3::read(&reader),
                acl: reader.parse("s3.acl", s3::parse_acl).flatten(),
                if_none_match: reader.switch("s3.if_none_match"),
                put_lifetime: seconds("staging.ticket_seconds", 1..=MAX_PRESIGNED),
                get_lifetime: seconds("staging.seconds", 60..=MAX_PRESIGNED),
                upload_lifetime: seconds("staging.upload_seconds", 600..=MAX_PRESIGNED),
                min_part_bytes: MIN_PART,
                max_bytes: reader.number("staging.max_bytes", 1..=MAX_FILE).unwrap_or_default(),
            },
            limits: limits::read_limits(&reader),
            hooks: limits::read_hooks(&reader),
            valkey: reader.parse("valkey", |text| {
                ValkeyUrl::parse(text).map_err(|_| "a URL such as redis://valkey.example:6379/0".to_owned())
            }),
            serve: operations::serve(&reader),
            admin: operations::admin(&reader),
            log: operations::log(&reader),
        };
        let anonymous = !reader.is_set("identity.mode");
        if anonymous && !config.bind.is_loopback() && !reader.switch("insecure_anonymous") {
            reader.problem(
                "bind",
                "must be a loopback address, because identity.mode is not set; see --insecure-anonymous",
            );
        }
        let problems = reader.into_problems();
        if problems.is_empty() { Ok(config) } else { Err(problems) }
    }
}

/// Parses an origin in the form in which browsers send it in the `Origin` header.
fn parse_origin(text: &str) -> Result<HeaderValue, String> {
    let uri: Option<Uri> = text.trim_end_matches('/').parse().ok();
    let web =
        |uri: &Uri| matches!(uri.scheme_str(), Some("http" | "https")) && uri.path() == "/" && uri.query().is_none();
    let origin = uri.filter(web).and_then(|uri| Some(format!("{}://{}", uri.scheme_str()?, uri.authority()?)));
    let origin = origin.filter(|origin| !origin.contains(['*', '@'])).map(|origin| origin.to_ascii_lowercase());
    origin.and_then(|origin| origin.parse().ok()).ok_or_else(|| "an origin such as https://app.example".to_owned())
}

/// Parses a host name or IP address, without a port.
fn parse_host(text: &str) -> Result<String, String> {
    let authority = text.parse::<axum::http::uri::Authority>().ok();
    let host = authority.filter(|authority| authority.port().is_none() && authority.host() == text);
    host.map(|_| text.to_ascii_lowercase())
        .ok_or_else(|| "a host name such as gateway.example, without scheme and port".to_owned())
}

#[cfg(test)]
mod tests;
