//! The other servers that the configuration names: the key set, the session endpoint, the hooks, and Valkey.

use reqwest::{Client, Url};
use serde_json::Value;

use super::http::send;
use super::{Clients, Finding};
use crate::config::Config;
use crate::identity::{KeySource, MethodConfig};
use crate::valkey::Valkey;

/// Tests each server that is configured. No request has a key, a cookie or a token.
pub(super) async fn test(config: &Config, clients: &Clients) -> Vec<Finding> {
    let mut findings = Vec::new();
    let client = |url: &Url| clients.of(url.host_str());
    match config.identity.as_ref().map(|identity| &identity.method) {
        Some(MethodConfig::Jwt(jwt)) => {
            if let KeySource::Jwks(url) = &jwt.keys {
                findings.push(key_set(client(url), url).await);
            }
        }
        Some(MethodConfig::ForwardAuth(session)) => {
            findings.push(reach(client(&session.url), "session endpoint", "identity.url", &session.url).await);
        }
        _ => {}
    }
    for (name, key, url) in [
        ("hook pre-create", "hooks.pre_create", &config.hooks.pre_create),
        ("hook post-finish", "hooks.post_finish", &config.hooks.post_finish),
    ] {
        if let Some(url) = url {
            findings.push(reach(client(url), name, key, url).await);
        }
    }
    if let Some(url) = &config.valkey {
        findings.push(match Valkey::new(url) {
            Ok(valkey) if valkey.ping().await.is_ok() => Finding::ok("valkey", "responds"),
            _ => Finding::failed("valkey", "it does not respond", "check valkey, its password and the network"),
        });
    }
    findings
}

async fn key_set(client: &Client, url: &Url) -> Finding {
    let reply = match send(client.get(url.clone())).await {
        Ok(reply) => reply,
        Err(reason) => return Finding::failed("jwks", reason, "check identity.jwks_url and the network"),
    };
    let json = serde_json::from_slice(&reply.body).unwrap_or(Value::Null);
    match json.get("keys").and_then(Value::as_array).map(Vec::len) {
        Some(0) | None => {
            let reason = format!("status {} without keys", reply.status.as_u16());
            Finding::failed("jwks", reason, "check identity.jwks_url")
        }
        Some(keys) => Finding::ok("jwks", format!("{keys} keys")),
    }
}

/// Connects without a path's query, which can be secret; every response is good.
async fn reach(client: &Client, name: &str, key: &str, url: &Url) -> Finding {
    let mut origin = url.clone();
    origin.set_query(None);
    match send(client.head(origin)).await {
        Ok(reply) => Finding::ok(name, format!("responds (status {})", reply.status.as_u16())),
        Err(reason) => Finding::failed(name, reason, format!("check {key} and the network")),
    }
}
