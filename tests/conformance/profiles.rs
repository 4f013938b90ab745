//! The profiles of the providers.

use std::collections::BTreeSet;
use std::fs;

use mediaferry::http::Target;
use mediaferry::media::Format;
use mediaferry::providers::{Auth, PROVIDERS, by_id};

use crate::fixture::{EXAMPLE, ProviderFixture, folder};
use crate::for_all_providers;

#[test]
fn providers_and_fixtures_correspond() {
    let others = ["staging", EXAMPLE.profile().id];
    let ids = PROVIDERS.iter().map(|provider| provider.profile().id).chain(others);
    let wanted: BTreeSet<String> = ids.map(str::to_owned).collect();
    let described: BTreeSet<String> = fs::read_dir(folder(""))
        .expect("the fixtures")
        .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
        .filter(|name| folder(name).join("upload.json").exists())
        .collect();
    assert_eq!(wanted, described);
    assert_eq!(ProviderFixture::all().len(), wanted.len());
}

#[test]
fn ids_are_unique_and_valid_path_segments() {
    let mut met = BTreeSet::new();
    for provider in PROVIDERS {
        let id = provider.profile().id;
        assert!(met.insert(id), "{id} is there twice");
        let starts_well = id.starts_with(|c: char| c.is_ascii_lowercase());
        assert!(starts_well && id.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit()), "{id}");
        let found = by_id(id).expect("registered");
        assert!(core::ptr::eq(found.profile(), provider.profile()));
    }
    assert!(by_id("").is_none() && by_id("unknown").is_none() && by_id("ModelHunter").is_none());
}

#[test]
fn origins_are_https_without_a_path() {
    for_all_providers(|fixture| {
        let profile = fixture.provider.profile();
        let host = profile.origin.strip_prefix("https://").expect("https");
        let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'.' | b'-');
        assert!(host.contains('.') && host.bytes().all(plain), "{host}");
        assert!(profile.home.starts_with("https://") && !profile.home.ends_with('/'), "{}", profile.home);
        assert!(!profile.name.is_empty());
    });
}

#[test]
fn key_header_is_the_documented_one() {
    for_all_providers(|fixture| {
        let auth = match fixture.provider.profile().auth {
            Auth::Bearer => "Authorization: Bearer".to_owned(),
            Auth::Header(name) => format!("{name}:"),
        };
        assert_eq!(fixture.spec["auth"], auth);
    });
}

#[test]
fn endpoints_are_exactly_those_of_the_documented_requests() {
    for_all_providers(|fixture| {
        let mut used = BTreeSet::new();
        for (request, _) in fixture.requests() {
            let Target::Provider(path) = &request.target else { continue };
            let endpoints = fixture.provider.profile().endpoints;
            let at = endpoints
                .iter()
                .position(|endpoint| endpoint.matches(request.method, path.split('?').next().unwrap_or_default()));
            used.insert(at.unwrap_or_else(|| panic!("the gateway would not let {request:?} through")));
        }
        let all: BTreeSet<usize> = (0..fixture.provider.profile().endpoints.len()).collect();
        assert_eq!(used, all, "an endpoint that no documented request uses");
    });
}

#[test]
fn each_format_has_one_set_of_valid_limits() {
    for_all_providers(|fixture| {
        let rules = &fixture.provider.profile().rules;
        let formats: Vec<&str> = rules.formats().map(Format::mime).collect();
        assert_eq!(formats.iter().collect::<BTreeSet<_>>().len(), formats.len());
        assert!(!formats.is_empty());
        for limits in rules.accepts {
            assert!(limits.duration_seconds.is_none_or(|(from, to)| from <= to));
            assert!(limits.max_aspect_ratio.is_none_or(|ratio| ratio >= 1.0));
            assert!(limits.max_bytes.is_none_or(|bytes| bytes > 0));
        }
    });
}

#[test]
fn list_page_size_is_the_documented_maximum() {
    for_all_providers(|fixture| {
        let most = fixture.provider.assets_api().map(|assets_api| assets_api.max_page_size);
        assert_eq!(most.map(u64::from), fixture.spec["max_page_size"].as_u64());
    });
}
