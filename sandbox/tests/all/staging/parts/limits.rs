//! Limits count an upload in parts once.

use serde_json::json;

use super::{ARGS, Upload, announce, error, post, unfinished};
use crate::common::{Gateway, png};

#[tokio::test]
async fn an_upload_in_parts_is_one_upload() {
    let gateway = Gateway::start_with(&ARGS, &[("MEDIAFERRY_LIMITS_UPLOADS_PER_MINUTE", "2")]).await;
    let photo = png(640, 480, 4_300);
    let upload = Upload::begin(&gateway, &photo).await;
    upload.store(&upload.numbers()).await;
    assert!(upload.download(&upload.complete().await).await.body == photo);
    assert_eq!(post(&gateway, None, "", &announce(&photo)).await.status, 200, "the second one");
    assert_eq!(post(&gateway, None, "", &announce(&photo)).await.status, 429);
    assert_eq!(unfinished(&gateway).await.len(), 1, "nothing was created for the third one");
}

#[tokio::test]
async fn an_abort_frees_the_slot_of_an_upload() {
    let gateway = Gateway::start_with(&ARGS, &[("MEDIAFERRY_LIMITS_CONCURRENT_UPLOADS", "1")]).await;
    let photo = png(640, 480, 4_300);
    let upload = Upload::begin(&gateway, &photo).await;
    upload.store(&[1]).await;
    assert_eq!(post(&gateway, None, "", &announce(&photo)).await.status, 429);
    assert_eq!(upload.post("/abort", json!({})).await.status, 204);
    assert_eq!(post(&gateway, None, "", &announce(&photo)).await.status, 200);
}

#[tokio::test]
async fn a_slot_is_kept_while_parts_are_signed() {
    let variables = [("MEDIAFERRY_LIMITS_CONCURRENT_UPLOADS", "1"), ("MEDIAFERRY_STAGING_TICKET_SECONDS", "2")];
    let gateway = Gateway::start_with(&ARGS, &variables).await;
    let photo = png(640, 480, 4_300);
    let upload = Upload::begin(&gateway, &photo).await;
    for number in 1..=3 {
        tokio::time::sleep(std::time::Duration::from_millis(1200)).await;
        upload.sign(number).await;
        let reply = post(&gateway, None, "", &announce(&photo)).await;
        assert_eq!(reply.status, 429, "{number}: {}", error(&reply).1);
    }
    tokio::time::sleep(std::time::Duration::from_millis(2200)).await;
    assert_eq!(post(&gateway, None, "", &announce(&photo)).await.status, 200, "nobody has continued it");
}
