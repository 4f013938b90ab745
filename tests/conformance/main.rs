//! One suite for all registered providers, driven by `fixtures/<id>/`: the documented responses, and `upload.json` with the
//! documented requests of each flow and the values that the responses decode to. `fixtures/staging/` describes our own
//! bucket, and `fixtures/example/` the example provider of `mediaferry_testing`.

mod decoder;
mod fixture;
mod options;
mod profiles;
mod refusals;
mod requests;
mod responses;

use fixture::ProviderFixture;

/// Runs the check for every fixture, including that of staging, and prints which one it is.
fn for_all(check: impl Fn(&ProviderFixture)) {
    each(&ProviderFixture::all(), check);
}

/// Runs for every provider.
fn for_all_providers(check: impl Fn(&ProviderFixture)) {
    each(&ProviderFixture::of_providers(), check);
}

fn each(fixtures: &[ProviderFixture], check: impl Fn(&ProviderFixture)) {
    assert!(fixtures.len() >= 2);
    for fixture in fixtures {
        println!("page: {} of {}", fixture.spec["page"], fixture.provider.profile().id);
        check(fixture);
    }
}
