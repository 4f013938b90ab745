//! WorldRouter's job: one form through the proxy, its limits, and an asset that ends after seven days.

use crate::common::{Gateway, Reply, form, png, send};

async fn post(gateway: &Gateway, field: &str, content_type: &str, file: &[u8]) -> Reply {
    let (body, boundary) = form(&[(field, "first-frame.png", Some(content_type), file)]);
    let request = gateway.request("POST", "/providers/worldrouter/v1/images/uploads");
    send(request.header("Content-Type", boundary).body(body)).await
}

#[tokio::test]
async fn an_image_becomes_an_asset_as_the_page_shows_it() {
    let gateway = Gateway::start(&[]).await;
    let photo = png(100, 50, 300_000);
    let reply = post(&gateway, "image", "image/png", &photo).await;
    assert_eq!(reply.status, 200, "{reply:?}");
    let answer = reply.json();
    assert_eq!(answer["object"], "image.upload");
    assert_eq!(answer["content_type"], "image/png");
    assert_eq!(answer["size_bytes"], photo.len());
    assert!(answer["expires_at"].as_str().is_some_and(|time| time.ends_with('Z')), "{answer}");
    let asset = send(gateway.client.get(answer["url"].as_str().expect("url"))).await;
    assert!(asset.body == photo, "the asset has the photo's bytes");
}

#[tokio::test]
async fn what_the_page_refuses_is_refused_as_it_says() {
    let gateway = Gateway::start(&[]).await;
    let limit = 10 * 1024 * 1024;
    let padded = |size: usize| png(100, 50, size - png(100, 50, 0).len());
    assert_eq!(post(&gateway, "image", "image/png", &padded(limit)).await.status, 200);
    assert_eq!(post(&gateway, "image", "image/png", &padded(limit + 1)).await.status, 413);
    assert_eq!(post(&gateway, "image", "image/jpeg", &png(100, 50, 0)).await.status, 400, "mislabeled");
    assert_eq!(post(&gateway, "image", "image/png", b"<html></html>").await.status, 400, "no image");
    assert_eq!(post(&gateway, "file", "image/png", &png(100, 50, 0)).await.status, 400, "another field");
}
