//! A skipped checksum: what is hashed, and what the result contains.

use mediaferry::upload::{Failure, Stage};
use mediaferry_testing::script::{failure, sha256, status};
use serde_json::json;

use crate::custom::{CONFIRM, PUT as CUSTOM_PUT, SIGN, defined, made, signed};
use crate::{COMPLETE, PUT, SIZE, TICKET, completed, modelhunter, photo, photo_to, stored, ticket};

#[test]
fn skipped_checksum_is_neither_computed_nor_waited_for() {
    let trace = modelhunter()
        .skipping_checksum()
        .on(TICKET, ticket())
        .on(PUT, failure(Failure::Network))
        .on(PUT, stored())
        .on(COMPLETE, completed())
        .run();
    assert!(trace.requests().iter().all(|request| !request.starts_hash), "{:?}", trace.requests());
    assert_eq!((trace.hashes(), trace.sent().checksum, trace.sent().file.size()), (0, None, SIZE));
    assert!(!trace.stages().contains(&Stage::Hash));
}

#[test]
fn provider_that_signs_the_checksum_gets_it_although_it_is_skipped() {
    let provider = defined(r#"{"id":"mine","name":"Mine","checksum":true}"#);
    let script = photo_to(provider).skipping_checksum();
    let trace = script.on(SIGN, signed()).on(CUSTOM_PUT, stored()).on(CONFIRM, made()).run();
    assert_eq!((trace.hashes(), trace.checksum()), (1, sha256(&photo())));
}

#[test]
fn ticket_with_the_asset_ends_the_upload_once_the_file_is_stored() {
    let asset = json!({ "id": "k1", "url": "https://bucket.example/a" });
    let ticket = json!({ "url": "https://bucket.example/a?sig=1", "headers": [], "fields": [], "asset": asset });
    let script = photo_to(defined(r#"{"id":"mine","name":"Mine"}"#));
    let trace = script.on(SIGN, status(200, ticket.to_string())).on(CUSTOM_PUT, stored()).run();
    let result = trace.result();
    assert_eq!((result.asset.reference(), result.asset.id.as_deref()), (Some("https://bucket.example/a"), Some("k1")));
    assert_eq!((result.raw.as_str(), trace.checksum()), (asset.to_string().as_str(), sha256(&photo())));
}
