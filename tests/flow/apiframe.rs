//! Apiframe: a file goes to our staging, its address to the provider, and then it is asked about, all in one upload.

use mediaferry::error::{Error, ErrorCode};
use mediaferry::flow::{Failure, Stage};
use mediaferry::http::{Body, Target};
use serde_json::json;

use crate::pages::{ASSET, CREATE, STAGED, STAGED_AT, STAGING, apiframe, asset, created, staged};
use crate::played::Played;
use crate::script::Meanwhile::{Digested, Hashed, Sent};
use crate::script::{Answer, Script, failure, later, refusal, status};
use crate::{SIZE, samples, stored};

/// As far as the create.
fn staged_photo() -> Script {
    apiframe().on(STAGING, staged()).on(STAGED, stored())
}

fn created_with(answer: Answer) -> Played {
    staged_photo().on(CREATE, answer).run()
}

#[test]
fn a_file_goes_by_ticket_put_create_and_poll() {
    let played = apiframe()
        .on(STAGING, staged())
        .on(STAGED, stored())
        .meanwhile(&[Digested(SIZE), Hashed, Sent(SIZE / 2), Sent(SIZE)])
        .on(CREATE, created())
        .on(ASSET, asset("Processing", None))
        .on(ASSET, asset("Active", None))
        .run();
    assert_eq!(played.stages(), [Stage::Inspect, Stage::Ticket, Stage::Transfer, Stage::Submit, Stage::Process]);
    assert_eq!(played.json(0), json!({ "content_type": "image/jpeg", "size_bytes": SIZE }));
    assert_eq!(played.json(2), json!({ "url": STAGED_AT, "type": "image" }));
    let requests = played.requests();
    assert_eq!((&requests[0].target, &requests[1].body), (&Target::Gateway("/staging".to_owned()), &Body::File));
    assert_eq!(requests[1].headers, [("Content-Type".to_owned(), "image/jpeg".to_owned())]);
    let delivery = played.delivery();
    assert_eq!(delivery.asset.reference(), Some("asset://abc123def456"));
    assert_eq!(delivery.asset.url.as_deref(), Some("https://storage.provider.com/..."));
    let fragment: serde_json::Value = serde_json::from_str(&delivery.request_fragment).expect("JSON");
    assert_eq!(fragment, json!({ "seedanceParams": { "reference_image_urls": ["asset://abc123def456"] } }));
    assert_eq!((played.sent().file.size(), played.is_unclear, played.advice()), (SIZE, false, vec![]));
}

#[test]
fn a_film_is_declared_as_a_film() {
    let file = samples::mp4(10_000);
    let provider = crate::provider("apiframe");
    let played = Script::new(provider, samples::candidate("photo.jpg", "image/jpeg", &file), file)
        .on(STAGING, staged())
        .on(STAGED, stored())
        .on(CREATE, created())
        .on(ASSET, asset("Active", None))
        .run();
    assert_eq!(played.json(0)["content_type"], "video/mp4", "whatever its name");
    assert_eq!(played.json(2)["type"], "video");
}

#[test]
fn the_create_waits_for_a_digest_that_is_late() {
    let played = staged_photo().on(CREATE, created()).on(ASSET, asset("Active", None)).run();
    let stages = [Stage::Inspect, Stage::Ticket, Stage::Transfer, Stage::Hash, Stage::Submit, Stage::Process];
    assert_eq!((played.stages(), played.hashes()), (stages.to_vec(), 1));
}

#[test]
fn a_create_that_was_cut_is_not_sent_again() {
    for fails in [Failure::Network, Failure::Timeout, Failure::Stalled, Failure::Offline] {
        let played = created_with(failure(fails));
        assert_eq!((played.error(), played.stage), (&Error::from(fails), Stage::Submit));
        assert!(played.is_unclear && played.retries().is_empty(), "an asset may have been made");
    }
    for http in [408, 500, 502, 503, 504] {
        let played = created_with(later(http, 1_000));
        assert_eq!(played.error(), &Error::Unavailable(refusal(http, None, Some(1_000))));
        assert!(played.is_unclear && played.retries().is_empty());
    }
}

#[test]
fn a_create_that_came_too_soon_is_sent_again() {
    let played =
        staged_photo().on(CREATE, later(429, 3_000)).on(CREATE, created()).on(ASSET, asset("Active", None)).run();
    assert_eq!(played.retries(), [(ErrorCode::RateLimited, 1, 3_000)]);
    assert_eq!((played.json(2), played.is_unclear), (played.json(3), false));
}

#[test]
fn a_create_without_an_id_is_malformed() {
    for body in
        ["{}", r#"{"assetId":null}"#, r#"{"assetId":""}"#, r#"{"assetId":"../../account"}"#, r#"{"assetId":[7]}"#]
    {
        let played = created_with(status(201, body));
        assert_eq!(played.error(), &Error::MalformedResponse { what: "assetId", status: Some(201) }, "{body}");
        assert!(played.is_unclear);
    }
}

#[test]
fn what_the_provider_says_of_a_failure_is_told() {
    for words in [Some("The URL could not be fetched"), None] {
        let played = staged_photo().on(CREATE, created()).on(ASSET, asset("Failed", words)).run();
        let error = Error::ProcessingFailed { provider_code: words.map(str::to_owned) };
        assert_eq!((played.error(), played.stage, played.is_unclear), (&error, Stage::Process, false));
    }
}
