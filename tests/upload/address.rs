//! Addresses that the provider fetches by itself: nothing is read, hashed or transferred here.

use mediaferry::error::Error;
use mediaferry::providers::PROVIDERS;
use mediaferry::rules;
use mediaferry::upload::{Failure, Stage};
use serde_json::json;

use crate::pages::{ASSET, CREATE, MODEL, STATUS, UPLOAD, asset, created, resource};
use crate::played::Played;
use crate::provider;
use crate::script::{Script, failure, sha256};

const FILM: &str = "https://example.com/reference.mp4";

fn to_onerouter(address: &str) -> Script {
    Script::address(provider("onerouter"), address).options(MODEL)
}

fn to_apiframe(address: &str) -> Script {
    Script::address(provider("apiframe"), address)
}

fn nothing_is_sent(played: &Played) {
    assert_eq!(
        (&played.effects, played.stages(), played.is_outcome_unknown),
        (&Vec::new(), vec![Stage::Inspect], false)
    );
}

/// A provider that takes addresses, and how it takes them.
fn taken() -> [(Script, &'static str); 2] {
    [(to_onerouter(FILM), UPLOAD), (to_apiframe(FILM), CREATE)]
}

#[test]
fn url_is_submitted_and_polled_without_a_transfer() {
    let played = to_onerouter(FILM).on(UPLOAD, resource("processing", &[])).on(STATUS, resource("active", &[])).run();
    assert_eq!(played.stages(), [Stage::Inspect, Stage::Submit, Stage::Process]);
    assert_eq!(played.json(0), json!({ "model": "a/b", "file": FILM }));
    assert_eq!((played.hashes(), played.delivery().sent.is_none()), (0, true));

    let played = to_apiframe(FILM).on(CREATE, created()).on(ASSET, asset("Active", None)).run();
    assert_eq!(played.stages(), [Stage::Inspect, Stage::Submit, Stage::Process]);
    assert_eq!(played.json(0), json!({ "url": FILM, "type": "video" }));
    let fragment = r#"{"seedanceParams":{"reference_video_urls":["asset://abc123def456"]}}"#;
    assert_eq!(played.delivery().request_fragment, fragment);
    assert!(played.progress().iter().all(|progress| progress.total_bytes == 0));
}

#[test]
fn url_without_an_extension_has_the_kind_the_provider_reports() {
    let typed = |kind: &str| resource("active", &[("asset_type", json!(kind))]);
    let played = to_onerouter("https://example.com/media").on(UPLOAD, typed("Image")).run();
    assert_eq!(played.delivery().request_fragment, r#"{"image_urls":["asset://asset-20260606170356-s9vrz"]}"#);
    let played = to_onerouter("https://example.com/media").on(UPLOAD, typed("Video")).run();
    assert_eq!(played.delivery().request_fragment, r#""asset://asset-20260606170356-s9vrz""#);
}

#[test]
fn url_asset_with_any_checksum_is_accepted() {
    let other = |state| resource(state, &[("sha256_hash", json!(sha256(b"other").hex()))]);
    let played = to_onerouter(FILM).on(UPLOAD, other("processing")).on(STATUS, other("active")).run();
    let claim = played.delivery().asset.reported.sha256.as_ref().expect("what the provider says is told");
    assert_eq!(claim.value, sha256(b"other").hex());
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
    for address in others {
        for id in ["onerouter", "apiframe", "modelhunter"] {
            let played = Script::address(provider(id), address).run();
            assert_eq!(played.error(), &Error::Rejected(vec![rules::unsupported_scheme()]), "{address:?} to {id}");
            nothing_is_sent(&played);
        }
    }
    for address in [
        "http://example.com/a.png",
        "HTTPS://EXAMPLE.COM/A.PNG",
        "https://1.2.3.4:8/a.png?b=c#d",
        "https://例え.jp/絵.png",
    ] {
        let played = to_apiframe(address).on(CREATE, created()).on(ASSET, asset("Active", None)).run();
        assert_eq!(played.json(0), json!({ "url": address, "type": "image" }), "as the user wrote it");
    }
}

#[test]
fn url_is_rejected_by_providers_that_accept_only_files() {
    let mut refused = Vec::new();
    for provider in PROVIDERS {
        let played = Script::address(*provider, FILM);
        let id = provider.profile().id;
        match id {
            "onerouter" | "apiframe" => {}
            _ => {
                let played = played.run();
                assert_eq!(played.error(), &Error::Rejected(vec![rules::file_required()]), "{id}");
                nothing_is_sent(&played);
                refused.push(id);
            }
        }
    }
    assert_eq!(refused, ["modelhunter", "worldrouter", "relaydance"]);
}

#[test]
fn apiframe_url_of_unknown_kind_is_rejected() {
    for (address, kind) in [
        ("https://example.com/a.JPG?x=.mp4", "image"),
        ("https://example.com/a.webm", "video"),
        ("https://example.com/a.ogg", "audio"),
        ("https://example.com/a.ogv", "video"),
        ("https://example.com/a.opus", "audio"),
        ("https://example.com/a.m4a", "audio"),
    ] {
        let played = to_apiframe(address).on(CREATE, created()).on(ASSET, asset("Active", None)).run();
        assert_eq!(played.json(0)["type"], kind, "{address}");
        let told = to_apiframe(address).options(r#"{"type":"audio"}"#);
        let played = told.on(CREATE, created()).on(ASSET, asset("Active", None)).run();
        assert_eq!(played.json(0)["type"], "audio", "the user knows better");
    }
    for address in
        ["https://example.com/media", "https://example.mp4", "https://example.com/a.exe", "https://a.png/b?c.mp4"]
    {
        let played = to_apiframe(address).run();
        assert_eq!(played.error(), &Error::Rejected(vec![rules::unknown_kind()]), "{address}");
        nothing_is_sent(&played);
    }
}

#[test]
fn onerouter_url_of_unknown_kind_has_a_bare_reference() {
    let silent = resource("active", &[("asset_type", json!(null))]);
    let played = to_onerouter("https://example.com/media").on(UPLOAD, silent).run();
    assert_eq!(played.delivery().request_fragment, r#""asset://asset-20260606170356-s9vrz""#);
}

#[test]
fn url_submit_network_failure_is_not_retried() {
    for (script, line) in taken() {
        let played = script.on(line, failure(Failure::Network)).run();
        assert_eq!((played.error(), played.is_outcome_unknown, played.retries()), (&Error::Network, true, vec![]));
    }
}
