//! URLs that the provider fetches: nothing is read, hashed or transferred.

use mediaferry::error::Error;
use mediaferry::providers::PROVIDERS;
use mediaferry::rules;
use mediaferry::upload::{Failure, Stage};
use mediaferry_testing::script::UploadTrace;
use mediaferry_testing::script::{Script, failure, sha256};
use serde_json::json;

use crate::provider;
use crate::provider_responses::{ASSET, CREATE, MODEL, STATUS, UPLOAD, asset, created, resource};

const VIDEO_URL: &str = "https://example.com/reference.mp4";

fn to_onerouter(url: &str) -> Script {
    Script::from_url(provider("onerouter"), url).options(MODEL)
}

fn to_apiframe(url: &str) -> Script {
    Script::from_url(provider("apiframe"), url)
}

fn assert_nothing_sent(trace: &UploadTrace) {
    assert_eq!((&trace.effects, trace.stages(), trace.is_outcome_unknown), (&Vec::new(), vec![Stage::Inspect], false));
}

/// Each provider that accepts URLs, and its submit request.
fn url_providers() -> [(Script, &'static str); 2] {
    [(to_onerouter(VIDEO_URL), UPLOAD), (to_apiframe(VIDEO_URL), CREATE)]
}

#[test]
fn url_is_submitted_and_polled_without_a_transfer() {
    let trace =
        to_onerouter(VIDEO_URL).on(UPLOAD, resource("processing", &[])).on(STATUS, resource("active", &[])).run();
    assert_eq!(trace.stages(), [Stage::Inspect, Stage::Submit, Stage::Process]);
    assert_eq!(trace.json(0), json!({ "model": "a/b", "file": VIDEO_URL }));
    assert_eq!((trace.hashes(), trace.result().sent.is_none()), (0, true));

    let trace = to_apiframe(VIDEO_URL).on(CREATE, created()).on(ASSET, asset("Active", None)).run();
    assert_eq!(trace.stages(), [Stage::Inspect, Stage::Submit, Stage::Process]);
    assert_eq!(trace.json(0), json!({ "url": VIDEO_URL, "type": "video" }));
    let fragment = r#"{"seedanceParams":{"reference_video_urls":["asset://abc123def456"]}}"#;
    assert_eq!(trace.result().request_fragment, fragment);
    assert!(trace.progress().iter().all(|progress| progress.total_bytes == 0));
}

#[test]
fn url_without_an_extension_has_the_kind_the_provider_reports() {
    let typed = |kind: &str| resource("active", &[("asset_type", json!(kind))]);
    let trace = to_onerouter("https://example.com/media").on(UPLOAD, typed("Image")).run();
    assert_eq!(trace.result().request_fragment, r#"{"image_urls":["asset://asset-20260606170356-s9vrz"]}"#);
    let trace = to_onerouter("https://example.com/media").on(UPLOAD, typed("Video")).run();
    assert_eq!(trace.result().request_fragment, r#""asset://asset-20260606170356-s9vrz""#);
}

#[test]
fn url_asset_with_any_checksum_is_accepted() {
    let other = |state| resource(state, &[("sha256_hash", json!(sha256(b"other").hex()))]);
    let trace = to_onerouter(VIDEO_URL).on(UPLOAD, other("processing")).on(STATUS, other("active")).run();
    let reported = trace.result().asset.reported.sha256.as_ref().expect("the reported checksum");
    assert_eq!(reported.value, sha256(b"other").hex());
}

#[test]
fn url_without_an_http_scheme_or_host_is_rejected() {
    let others = [
        "",
        "ftp://example.com/a.png",
        "file:///a.png",
        "data:image/png,a",
        "javascript:alert(1)",
        "blob:https://a/b",
        "//example.com/a.png",
        "/a.png",
        "a.png",
        "https://",
        "https:///a.png",
        "http:example.com/a.png",
        "https://?a",
        " https://example.com/a.png",
        "https://example.com/a b.png",
        "https://example.com/a\n.png",
        "asset://a",
    ];
    for url in others {
        for id in ["onerouter", "apiframe", "modelhunter"] {
            let trace = Script::from_url(provider(id), url).run();
            assert_eq!(trace.error(), &Error::Rejected(vec![rules::unsupported_scheme()]), "{url:?} to {id}");
            assert_nothing_sent(&trace);
        }
    }
    for url in [
        "http://example.com/a.png",
        "HTTPS://EXAMPLE.COM/A.PNG",
        "https://1.2.3.4:8/a.png?b=c#d",
        "https://例え.jp/絵.png",
    ] {
        let trace = to_apiframe(url).on(CREATE, created()).on(ASSET, asset("Active", None)).run();
        assert_eq!(trace.json(0), json!({ "url": url, "type": "image" }), "as the user wrote it");
    }
}

#[test]
fn url_is_rejected_by_providers_that_accept_only_files() {
    let mut refused = Vec::new();
    for id in PROVIDERS.iter().map(|provider| provider.profile().id) {
        let trace = Script::from_url(provider(id), VIDEO_URL);
        match id {
            "onerouter" | "apiframe" => {}
            _ => {
                let trace = trace.run();
                assert_eq!(trace.error(), &Error::Rejected(vec![rules::file_required()]), "{id}");
                assert_nothing_sent(&trace);
                refused.push(id);
            }
        }
    }
    assert_eq!(refused, ["modelhunter", "worldrouter", "relaydance"]);
}

#[test]
fn apiframe_url_of_unknown_kind_is_rejected() {
    for (url, kind) in [
        ("https://example.com/a.JPG?x=.mp4", "image"),
        ("https://example.com/a.webm", "video"),
        ("https://example.com/a.ogg", "audio"),
        ("https://example.com/a.ogv", "video"),
        ("https://example.com/a.opus", "audio"),
        ("https://example.com/a.m4a", "audio"),
    ] {
        let trace = to_apiframe(url).on(CREATE, created()).on(ASSET, asset("Active", None)).run();
        assert_eq!(trace.json(0)["type"], kind, "{url}");
        let script = to_apiframe(url).options(r#"{"type":"audio"}"#);
        let trace = script.on(CREATE, created()).on(ASSET, asset("Active", None)).run();
        assert_eq!(trace.json(0)["type"], "audio", "the option takes precedence");
    }
    for url in
        ["https://example.com/media", "https://example.mp4", "https://example.com/a.exe", "https://a.png/b?c.mp4"]
    {
        let trace = to_apiframe(url).run();
        assert_eq!(trace.error(), &Error::Rejected(vec![rules::unknown_kind()]), "{url}");
        assert_nothing_sent(&trace);
    }
}

#[test]
fn onerouter_url_of_unknown_kind_has_a_bare_reference() {
    let without_metadata = resource("active", &[("asset_type", json!(null))]);
    let trace = to_onerouter("https://example.com/media").on(UPLOAD, without_metadata).run();
    assert_eq!(trace.result().request_fragment, r#""asset://asset-20260606170356-s9vrz""#);
}

#[test]
fn url_submit_network_failure_is_not_retried() {
    for (script, request) in url_providers() {
        let trace = script.on(request, failure(Failure::Network)).run();
        assert_eq!((trace.error(), trace.is_outcome_unknown, trace.retries()), (&Error::Network, true, vec![]));
    }
}
