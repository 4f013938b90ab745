//! How users are verified.

use axum::http::HeaderName;
use reqwest::Url;

use super::providers::parse_url;
use super::reader::Reader;
use crate::guard::is_loopback;
use crate::identity::{
    ForwardAuthConfig, IdentityConfig, JwtConfig, KeySource, MethodConfig, SecretPair, SharedSecret,
};

const MODE: &str = "identity.mode";
const SECRET: &str = "identity.secret";
const JWKS_URL: &str = "identity.jwks_url";
const URL: &str = "identity.url";

/// The modes and the settings that each needs.
const MODES: [(&str, &[&str]); 4] = [
    ("jwt", &["identity.issuer", "identity.audience"]),
    ("token", &[SECRET]),
    ("forward-auth", &[URL]),
    ("trusted-header", &[SECRET]),
];

/// The settings that only some modes have.
const OF_MODES: [(&str, &[&str]); 8] = [
    (JWKS_URL, &["jwt"]),
    ("identity.issuer", &["jwt"]),
    ("identity.audience", &["jwt"]),
    (SECRET, &["jwt", "token", "trusted-header"]),
    ("identity.previous_secret", &["jwt", "token", "trusted-header"]),
    (URL, &["forward-auth"]),
    ("identity.owner_secret", &["jwt", "token", "forward-auth", "trusted-header"]),
    ("identity.previous_owner_secret", &["jwt", "token", "forward-auth", "trusted-header"]),
];

/// Reads the configured mode; `None` without one.
pub(super) fn read(reader: &Reader<'_>) -> Option<IdentityConfig> {
    let names = MODES.map(|(name, _)| name);
    let known = |text: &str| {
        names.iter().find(|name| **name == text).copied().ok_or_else(|| format!("one of {}", names.join(", ")))
    };
    let mode = reader.parse(MODE, known);
    if mode.is_some() || !reader.is_set(MODE) {
        refuse_strays(reader, mode);
    }
    let mode = mode?;
    let required = MODES.iter().find(|(name, _)| *name == mode).map(|(_, required)| *required);
    for key in required.into_iter().flatten().chain(&["identity.owner_secret"]).filter(|key| !reader.is_set(key)) {
        reader.problem(key, format!("must be set for {MODE} = {mode}"));
    }
    let owners = secrets(reader, "identity.owner_secret", "identity.previous_owner_secret");
    let method = method(reader, mode);
    Some(IdentityConfig { method: method?, owners: owners? })
}

/// Reports settings that have no effect in this mode: they are probably a mistake.
fn refuse_strays(reader: &Reader<'_>, mode: Option<&str>) {
    for (key, modes) in OF_MODES {
        if reader.is_set(key) && !mode.is_some_and(|mode| modes.contains(&mode)) {
            reader.problem(key, format!("has an effect only for {MODE} = {}", modes.join(" or ")));
        }
    }
}

fn method(reader: &Reader<'_>, mode: &str) -> Option<MethodConfig> {
    let pair = || secrets(reader, SECRET, "identity.previous_secret");
    let header = || {
        reader.parse("identity.header", |text| {
            text.parse::<HeaderName>().map_err(|_| "the name of a header, such as x-mediaferry-user".to_owned())
        })
    };
    match mode {
        "jwt" => jwt(reader, pair).map(MethodConfig::Jwt),
        "token" => pair().map(MethodConfig::Token),
        "forward-auth" => {
            let (url, header) = (reader.parse(URL, parse_secure_url), header());
            let cache = reader.seconds("identity.cache_seconds", 0..=300);
            Some(MethodConfig::ForwardAuth(ForwardAuthConfig { url: url?, header: header?, cache: cache? }))
        }
        _ => {
            let (header, secrets) = (header(), pair());
            Some(MethodConfig::TrustedHeader { header: header?, secrets: secrets? })
        }
    }
}

fn jwt(reader: &Reader<'_>, pair: impl Fn() -> Option<SecretPair>) -> Option<JwtConfig> {
    if reader.is_set(JWKS_URL) == reader.is_set(SECRET) {
        reader.problem(JWKS_URL, format!("exactly one of {JWKS_URL} and {SECRET} must be set"));
        return None;
    }
    let keys = if reader.is_set(JWKS_URL) {
        reader.parse(JWKS_URL, parse_secure_url).map(KeySource::Jwks)
    } else {
        pair().map(KeySource::Secrets)
    };
    let text = |key| reader.parse(key, |text| Ok(text.to_owned()));
    let leeway = reader.seconds("identity.leeway_seconds", 0..=600);
    Some(JwtConfig {
        keys: keys?,
        issuer: text("identity.issuer")?,
        audience: text("identity.audience")?,
        leeway: leeway?,
        subject_claim: text("identity.subject_claim")?,
    })
}

fn secrets(reader: &Reader<'_>, current: &str, previous: &str) -> Option<SecretPair> {
    let secret = |key| {
        reader.parse(key, |text| {
            SharedSecret::new(text).ok_or_else(|| format!("at least {} bytes long", SharedSecret::MIN_BYTES))
        })
    };
    let (current, previous) = (secret(current), secret(previous));
    current.map(|current| SecretPair { current, previous })
}

/// Parses a URL that receives credentials or returns keys: https, or http on this machine.
fn parse_secure_url(text: &str) -> Result<Url, String> {
    let url = parse_url(text)?;
    let secure = url.scheme() == "https" || url.host_str().is_some_and(is_loopback);
    if secure { Ok(url) } else { Err("an https URL; http is allowed only on loopback".to_owned()) }
}
