//! Whether a provider can be reached.

use mediaferry::providers::Profile;
use reqwest::{Client, Url};

use super::Finding;
use super::http::send;

/// Connects to the provider without sending the key; every response is good.
pub(super) async fn reach(client: &Client, profile: &Profile, origin: &Url) -> Finding {
    let name = format!("provider {}", profile.id);
    match send(client.head(origin.clone())).await {
        Ok(reply) => Finding::ok(name, format!("{origin} responds (status {})", reply.status.as_u16())),
        Err(reason) => {
            let action =
                format!("check providers.{}.origin, DNS, the firewall and the system's certificates", profile.id);
            Finding::failed(name, reason, action)
        }
    }
}
