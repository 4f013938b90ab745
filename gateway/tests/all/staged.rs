//! Staged files: what limits and the app learn of their provider, before and after the upload.

use axum::http::StatusCode;
use axum::response::IntoResponse;
use serde_json::{Value, json};

use crate::admission::provider;
use crate::common::log::Lines;
use crate::common::raw::KEY;
use crate::common::{Gateway, Reply, bucket};
use crate::receiver::{Receiver, secret};

const APIFRAME: &str = "/providers/apiframe/v2/assets/create";
const ONEROUTER: &str = "/providers/onerouter/v1/upload/resources";

/// A gateway with two providers that fetch files, and an app that accepts uploads to one of them.
async fn start(app: &Receiver, variables: &[(&str, &str)]) -> Gateway {
    let (origin, _) = provider().await;
    let (url, secret) = (app.url.to_string(), secret(1));
    app.respond(|received| {
        if received.body["data"]["provider"] == "onerouter" {
            axum::Json(json!({ "reject": { "message": "Not here." } })).into_response()
        } else {
            StatusCode::NO_CONTENT.into_response()
        }
    });
    let own = [
        ("MEDIAFERRY_APIFRAME_ORIGIN", origin.as_str()),
        ("MEDIAFERRY_APIFRAME_KEY", KEY),
        ("MEDIAFERRY_ONEROUTER_ORIGIN", origin.as_str()),
        ("MEDIAFERRY_ONEROUTER_KEY", KEY),
        ("MEDIAFERRY_HOOKS_PRE_CREATE", url.as_str()),
        ("MEDIAFERRY_HOOKS_SECRET", secret.as_str()),
    ];
    Gateway::start(&[], &[&own, &bucket::variables("https://s3.example")[..], variables].concat()).await
}

async fn ticket(gateway: &Gateway, provider: Option<&str>) -> Reply {
    let mut body = json!({ "content_type": "image/png", "size_bytes": 9 });
    if let Some(provider) = provider {
        body["provider"] = provider.into();
    }
    gateway.post_json("/staging", &body).await
}

/// Sends the request that creates an asset from a staged file.
async fn create(gateway: &Gateway, path: &str, ticket: &Reply) -> Reply {
    let url = ticket.json()["get_url"].clone();
    gateway.post_json(path, &json!({ "url": url, "file": url })).await
}

/// The providers and sizes that the app was asked about.
fn asked(app: &Receiver) -> Vec<(Value, Value)> {
    let field = |body: &Value, name: &str| body["data"][name].clone();
    app.received()
        .iter()
        .map(|received| (field(&received.body, "provider"), field(&received.body, "size_bytes")))
        .collect()
}

#[tokio::test]
async fn the_app_is_asked_once_about_a_file_for_an_announced_provider() {
    let (lines, app) = (Lines::capture(), Receiver::start().await);
    let gateway = start(&app, &[]).await;
    let ticket = ticket(&gateway, Some("apiframe")).await;
    assert_eq!(create(&gateway, APIFRAME, &ticket).await.status, 200);
    assert_eq!(asked(&app), [(json!("apiframe"), json!(9))]);
    assert_eq!(lines.with(" path=/staging ").len(), 1);
    assert_eq!(lines.with(" provider=\"apiframe\"").len(), 2, "{lines:?}");
}

#[tokio::test]
async fn a_file_staged_for_one_provider_is_a_new_upload_at_another() {
    let app = Receiver::start().await;
    let gateway = start(&app, &[]).await;
    assert_eq!(ticket(&gateway, Some("onerouter")).await.error(), (403, "rejected".to_owned()));
    let ticket = ticket(&gateway, Some("apiframe")).await;
    assert_eq!(create(&gateway, ONEROUTER, &ticket).await.error(), (403, "rejected".to_owned()));
    let (onerouter, apiframe) = (json!("onerouter"), json!("apiframe"));
    assert_eq!(asked(&app), [(onerouter.clone(), json!(9)), (apiframe, json!(9)), (onerouter, Value::Null)]);
}

#[tokio::test]
async fn the_app_is_asked_again_about_a_file_for_a_provider_that_was_not_announced() {
    let app = Receiver::start().await;
    let gateway = start(&app, &[]).await;
    let ticket = ticket(&gateway, None).await;
    assert_eq!(create(&gateway, ONEROUTER, &ticket).await.error(), (403, "rejected".to_owned()));
    assert_eq!(create(&gateway, APIFRAME, &ticket).await.status, 200);
    let providers: Vec<_> = asked(&app).into_iter().map(|(provider, _)| provider).collect();
    assert_eq!(providers, [Value::Null, json!("onerouter"), json!("apiframe")]);
}

#[tokio::test]
async fn only_allowed_providers_can_be_announced_or_used() {
    let app = Receiver::start().await;
    let gateway = start(&app, &[("MEDIAFERRY_LIMITS_PROVIDERS", "apiframe")]).await;
    let denied = ticket(&gateway, Some("onerouter")).await;
    assert_eq!(denied.status, 403, "{denied:?}");
    let code = denied.error().1;
    for announced in [None, Some("apiframe")] {
        let ticket = ticket(&gateway, announced).await;
        assert_eq!(create(&gateway, ONEROUTER, &ticket).await.error(), (403, code.clone()), "{announced:?}");
        assert_eq!(create(&gateway, APIFRAME, &ticket).await.status, 200, "{announced:?}");
    }
}
