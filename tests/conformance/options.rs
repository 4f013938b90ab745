//! What a provider lets its user choose.

use std::collections::BTreeSet;

use mediaferry::json::Json;
use mediaferry::options::{InvalidOption, OptionSpec, Options};
use serde_json::{Map, Value, json};

use crate::fixture::{Call, ProviderFixture, options};
use crate::for_all_providers;

fn read(fixture: &ProviderFixture, json: &Value) -> Result<Options, InvalidOption> {
    let json = json.to_string();
    mediaferry::providers::read_options(fixture.provider.profile().settings, Json::read(json.as_bytes()).expect("JSON"))
}

/// A value for every setting that must have one.
fn needed(fixture: &ProviderFixture) -> Map<String, Value> {
    let required = fixture.provider.profile().settings.iter().filter(|setting| setting.required);
    required.map(|setting| (setting.name.to_owned(), a_value(setting).into())).collect()
}

fn a_value(setting: &OptionSpec) -> &'static str {
    setting.values.first().copied().unwrap_or("anything")
}

#[test]
fn option_names_and_values_are_unique_words() {
    for_all_providers(|fixture| {
        let settings = fixture.provider.profile().settings;
        let names: BTreeSet<&str> = settings.iter().map(|setting| setting.name).collect();
        assert_eq!(names.len(), settings.len());
        for setting in settings {
            let words = setting.values.iter().copied().chain([setting.name]);
            for word in words {
                assert!(
                    !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_'),
                    "{word}"
                );
            }
            assert_eq!(setting.values.iter().collect::<BTreeSet<_>>().len(), setting.values.len());
        }
    });
}

#[test]
fn option_accepts_only_its_listed_values() {
    for_all_providers(|fixture| {
        for setting in fixture.provider.profile().settings {
            let with = |value: Value| {
                let mut json = needed(fixture);
                json.insert(setting.name.to_owned(), value);
                read(fixture, &json.into())
            };
            for value in setting.values {
                assert_eq!(with(json!(value)).expect("its value").get(setting.name), *value);
                assert_eq!(
                    with(json!(value.to_uppercase())),
                    Err(InvalidOption::Value(setting)),
                    "{value} in capitals"
                );
            }
            for other in [json!(1), json!(true), json!(["a"]), json!({})] {
                assert_eq!(with(other), Err(InvalidOption::Value(setting)), "{}", setting.name);
            }
            let any = with(json!("any \"text\""));
            assert_eq!(any.is_ok(), setting.values.is_empty(), "{}: {any:?}", setting.name);
            for nothing in [json!(null), json!("")] {
                let read = with(nothing);
                assert_eq!(read.is_ok(), !setting.required, "{}", setting.name);
                assert!(read.is_err() || read.is_ok_and(|options| options.get(setting.name).is_empty()));
            }
        }
    });
}

#[test]
fn missing_required_option_is_an_error_and_a_set_one_is_sent() {
    for_all_providers(|fixture| {
        assert!(read(fixture, &needed(fixture).into()).is_ok(), "nothing else is required");
        for setting in fixture.provider.profile().settings.iter().filter(|setting| setting.required) {
            let mut json = needed(fixture);
            json.remove(setting.name);
            assert_eq!(read(fixture, &json.clone().into()), Err(InvalidOption::Value(setting)));
            json.insert(setting.name.to_owned(), "another \"one\"".into());
            let flow = &fixture.flows[0];
            let at = flow.steps.iter().position(|step| step.call == Call::Submit).expect("an upload");
            let mut other =
                ProviderFixture::of_providers().into_iter().find(|other| other.spec == fixture.spec).expect("itself");
            other.flows[0].options = options(fixture.provider, &json.into());
            let (its, others) = (flow.requests(fixture.provider), other.flows[0].requests(fixture.provider));
            assert_ne!(its[at], others[at], "{} changes nothing", setting.name);
        }
    });
}

#[test]
fn documented_flows_use_only_required_options() {
    for_all_providers(|fixture| {
        for flow in fixture.spec["flows"].as_array().expect("flows") {
            let given: BTreeSet<&String> = flow["options"].as_object().into_iter().flat_map(Map::keys).collect();
            let needed = needed(fixture);
            assert_eq!(given, needed.keys().collect(), "{}", flow["title"]);
        }
    });
}
