//! One file, every provider's verdict.

use core::time::Duration;

use mediaferry::error::Error;
use mediaferry::file::InspectedFile;
use mediaferry::json::Json;
use mediaferry::media::{Fact, Format, Media, ProbeError, Reason};
use mediaferry::options::{InvalidOption, Options};
use mediaferry::providers::PROVIDERS;
use mediaferry::rules::{self, Rule, Value};
use mediaferry::tasks::check::{Verdict, check};
use mediaferry_testing::stubs::{inspected, media};

/// The id of each provider, its violated rules, and its warnings.
fn summary(verdicts: &[Verdict]) -> Vec<(&'static str, Vec<Rule>, Vec<Rule>)> {
    let rules = |list: &[rules::Violation]| list.iter().map(|violation| violation.rule).collect();
    let of_one =
        |verdict: &Verdict| (verdict.provider.profile().id, rules(&verdict.violations), rules(&verdict.warnings));
    verdicts.iter().map(of_one).collect()
}

fn verdicts(file: InspectedFile) -> Vec<(&'static str, Vec<Rule>, Vec<Rule>)> {
    summary(&check(&Ok(file), &Options::default()).expect("verdicts"))
}

#[test]
fn jpeg_is_accepted_by_all_providers_in_registry_order() {
    let all = verdicts(inspected("a.jpg", "", 1_000_000, media(Format::Jpeg)));
    let ids = ["modelhunter", "onerouter", "worldrouter", "relaydance", "apiframe"];
    assert_eq!(all, ids.map(|id| (id, vec![], vec![])));
    assert_eq!(all.len(), PROVIDERS.len());
}

#[test]
fn verdict_of_each_provider_uses_its_own_limits() {
    let video = Media { duration: Fact::Unknown(Reason::Budget), ..media(Format::Mp4) };
    assert_eq!(
        verdicts(inspected("a.mp4", "", 50_000_001, video)),
        [
            ("modelhunter", vec![], vec![Rule::KnownDuration]),
            ("onerouter", vec![], vec![Rule::RecommendedMaxBytes]),
            ("worldrouter", vec![Rule::Format], vec![]),
            ("relaydance", vec![], vec![]),
            ("apiframe", vec![], vec![]),
        ]
    );
    let cut =
        Media { complete: Fact::Known(false), duration: Fact::Known(Duration::from_secs(9)), ..media(Format::Png) };
    let all = verdicts(inspected("a.png", "", 10_485_761, cut));
    assert!(all.iter().all(|(_, broken, _)| broken.contains(&Rule::Complete)), "{all:?}");
    assert_eq!(all[2].1, [Rule::MaxBytes, Rule::Complete]);
}

#[test]
fn empty_file_is_rejected_by_every_provider() {
    let found = Err(Error::Rejected(vec![rules::empty_file()]));
    for verdict in check(&found, &Options::default()).expect("verdicts") {
        assert_eq!((verdict.violations, verdict.warnings), (vec![rules::empty_file()], vec![]));
    }
}

#[test]
fn unrecognised_file_is_rejected_with_the_accepted_formats() {
    for (looks_like, actual) in [(Some("PDF"), Value::Text("PDF")), (None, Value::Nothing)] {
        let found = Err(Error::of_probe(ProbeError::Unrecognised { looks_like }, Value::Nothing));
        let verdicts = check(&found, &Options::default()).expect("verdicts");
        assert_eq!(verdicts.len(), PROVIDERS.len());
        for verdict in verdicts {
            let taken = verdict.provider.profile().rules.accepted_formats();
            assert_eq!(verdict.violations, [rules::wrong_format(actual.clone(), taken)]);
        }
    }
}

#[test]
fn unreadable_file_is_an_error_without_verdicts() {
    assert_eq!(check(&Err(Error::UnreadableFile), &Options::default()).err(), Some(Error::UnreadableFile));
    let found = Err(Error::of_probe(ProbeError::Unreadable, Value::Nothing));
    assert_eq!(check(&found, &Options::default()).err(), Some(Error::UnreadableFile));
}

#[test]
fn options_change_only_the_verdict_of_their_provider() {
    let options = |json: &str| mediaferry::providers::read_all_options(Json::read(json.as_bytes()).expect("JSON"));
    let verdicts = |json: &str| {
        let file = inspected("a.png", "", 5_000_000, media(Format::Png));
        let verdicts = check(&Ok(file), &options(json).expect("options")).expect("verdicts");
        summary(&verdicts)
            .into_iter()
            .filter(|(_, broken, _)| !broken.is_empty())
            .map(|(id, ..)| id)
            .collect::<Vec<_>>()
    };
    assert_eq!(verdicts("{}"), [""; 0]);
    assert_eq!(verdicts(r#"{"limit":"dashboard","route":"form"}"#), ["worldrouter"]);
    assert_eq!(options(r#"{"limti":"dashboard"}"#), Err(InvalidOption::Unknown("limti".to_owned())));
    assert!(matches!(options(r#"{"limit":"moon"}"#), Err(InvalidOption::Value(_))));
}
