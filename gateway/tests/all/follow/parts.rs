//! Uploads in parts: their events do not wait for the token to expire.

use serde_json::{Value, json};

use super::APIFRAME;
use super::scene::Scene;
use crate::common::bucket::{self, Behaviour};
use crate::common::{Gateway, Reply};

async fn begin(gateway: &Gateway) -> Value {
    let file = json!({ "provider": "apiframe", "content_type": "image/png", "size_bytes": 9 });
    let reply = gateway.post_json("/staging/uploads", &file).await;
    assert_eq!(reply.status, 200, "{reply:?}");
    json!({ "token": reply.json()["token"] })
}

async fn abort(gateway: &Gateway, token: &Value) -> Reply {
    gateway.post_json("/staging/uploads/abort", token).await
}

#[tokio::test]
async fn cancelled_upload_in_parts_fails_at_once() {
    let (scene, (endpoint, objects)) = (Scene::new().await, bucket::start(Behaviour::default()).await);
    let gateway = scene.gateway_with("k", &[("MEDIAFERRY_S3_ENDPOINT", &endpoint)]).await;
    let token = begin(&gateway).await;
    assert_eq!((scene.pending(), scene.receiver.received().len()), (1, 0));
    for _ in 0..2 {
        assert_eq!(abort(&gateway, &token).await.status, 204);
    }
    assert_eq!(scene.only().await, ("failed".to_owned(), Value::Null));
    assert_eq!(scene.receiver.received()[0].body["data"]["provider"], "apiframe");
    assert!(objects.lock().expect("objects").is_empty(), "nothing is left in the bucket");
}

#[tokio::test]
async fn abort_after_the_asset_is_created_changes_nothing() {
    let (scene, (endpoint, objects)) = (Scene::new().await, bucket::start(Behaviour::default()).await);
    let gateway = scene.gateway_with("k", &[("MEDIAFERRY_S3_ENDPOINT", &endpoint)]).await;
    let token = begin(&gateway).await;
    let key = objects.lock().expect("objects").keys().next().expect("an upload").clone();
    let url = format!("{endpoint}{}", key.split('?').next().expect("a path"));
    let reply = gateway.post_json(APIFRAME, &json!({ "url": url, "type": "image" })).await;
    assert_eq!(reply.status, 200, "{reply:?}");
    assert_eq!(abort(&gateway, &token).await.status, 204);
    assert_eq!((scene.receiver.received().len(), scene.pending()), (0, 1), "it is processed");
    scene.provider.state("Active");
    assert_eq!(scene.only().await.0, "succeeded");
}
