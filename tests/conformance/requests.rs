//! The requests are the page's own, and carry no credential.

use std::collections::BTreeSet;

use mediaferry::http::{Body, Field, Idempotency, Request, Target};
use mediaferry::media::Kind;
use mediaferry::options::Options;
use mediaferry::providers::{Provider, Source};
use mediaferry::rules::{self, Rule};
use mediaferry::storage::StoredFile;
use mediaferry_testing::stubs;
use serde_json::{Value, json};

use crate::fixture::{Call, ProviderFixture, Subject, options};
use crate::{for_all, for_all_providers};

/// A request the way `upload.json` writes it: method, complete URL, header names, body.
fn request_json(fixture: &ProviderFixture, request: &Request) -> Value {
    let url = match &request.target {
        Target::Gateway(path) => path.clone(),
        Target::Provider(path) => [fixture.provider.profile().origin, path].concat(),
        Target::Callback(path) => (*path).to_owned(),
        Target::Presigned(url) => url.clone(),
    };
    let mut headers: BTreeSet<&str> = request.headers.iter().map(|(name, _)| name.as_str()).collect();
    if matches!(request.target, Target::Provider(_)) {
        // The gateway adds it.
        headers.insert(fixture.spec["auth"].as_str().and_then(|auth| auth.split(':').next()).expect("a header"));
    }
    if matches!(request.body, Body::Json(_) | Body::Form(_)) {
        // The shell adds it.
        headers.insert("Content-Type");
    }
    let mut json = json!({ "method": request.method.as_str(), "url": url, "headers": headers });
    match &request.body {
        Body::Empty => {}
        Body::Json(body) => json["json"] = serde_json::from_str(body).expect("JSON"),
        Body::File => {
            json["file"] = true.into();
            let content_type = request.headers.iter().find(|(name, _)| name == "Content-Type");
            json["content_type"] = content_type.map(|(_, value)| value.as_str()).into();
        }
        Body::Part { offset, len } => json["part"] = json!([offset, len]),
        Body::Form(fields) => json["form"] = fields.iter().map(field).collect(),
    }
    sorted(json)
}

fn field(field: &Field) -> Value {
    match field {
        Field::Text { name, value } => json!({ "name": name, "value": value }),
        Field::File { name, file_name, mime } => json!({ "name": name, "file_name": file_name, "content_type": mime }),
    }
}

/// Neither headers nor form fields have an order that counts.
fn sorted(mut request: Value) -> Value {
    for list in ["headers", "form"] {
        if let Some(items) = request[list].as_array_mut() {
            items.sort_by_key(Value::to_string);
        }
    }
    request
}

#[test]
fn requests_match_the_documentation() {
    for_all(|fixture| {
        for (request, step) in fixture.requests() {
            let wanted = sorted(step.spec["request"].clone());
            assert_eq!(request_json(fixture, &request), wanted);
        }
    });
}

#[test]
fn no_request_carries_a_credential() {
    for_all(|fixture| {
        for (request, step) in fixture.requests() {
            let is_put = step.call == Call::Put;
            assert_eq!(matches!(request.target, Target::Presigned(_)), is_put, "{request:?}");
            for (name, value) in &request.headers {
                let (name, value) = (name.to_ascii_lowercase(), value.to_ascii_lowercase());
                let secret = ["auth", "cookie", "key", "token", "secret", "credential"];
                assert!(!secret.iter().any(|word| name.contains(word)), "{name}");
                assert!(!value.starts_with("bearer") && !value.starts_with("basic"), "{name}");
                // A header that storage did not ask for would make the browser ask storage whether it may be sent.
                assert!(!is_put || name == "content-type" || name.starts_with("x-amz-"), "{name}");
            }
            if let Target::Provider(path) = &request.target {
                assert!(path.starts_with('/') && !path.starts_with("//") && !path.contains(".."), "{path}");
            }
        }
    });
}

#[test]
fn presigned_put_has_the_signed_headers() {
    for_all(|fixture| {
        for flow in &fixture.flows {
            let signed = flow.steps.iter().find_map(|step| step.spec["read"]["ticket"]["headers"].as_object());
            for (request, step) in flow.requests(fixture.provider).iter().zip(&flow.steps) {
                for (name, value) in signed.into_iter().flatten().filter(|_| step.call == Call::Put) {
                    let has = |(its, other): &(String, String)| its == name && value == other;
                    assert!(request.headers.iter().any(has), "{name}: {value} is missing");
                }
            }
        }
    });
}

#[test]
fn only_documented_repeatable_requests_are_idempotent() {
    for_all(|fixture| {
        for (request, step) in fixture.requests() {
            let statuses = step.spec["repeatable_after"].as_array().cloned().unwrap_or_default();
            let wanted = step.spec["repeatable"].as_bool().expect("whether it may be repeated");
            match request.idempotency {
                Idempotency::Idempotent => assert!(wanted, "{request:?}"),
                Idempotency::OnlyAfter(known) => {
                    assert_eq!((wanted, json!(known)), (false, json!(statuses)), "{request:?}");
                }
            }
            // Whoever makes a form or a create repeatable must say so against this line.
            let makes = step.call == Call::Submit && !matches!(request.body, Body::Empty);
            assert!(!makes || !wanted, "{request:?} may make a second asset");
        }
    });
}

#[test]
fn file_bytes_are_sent_once_for_a_file_and_never_for_a_url() {
    for_all(|fixture| {
        for flow in &fixture.flows {
            let carriers = flow.requests(fixture.provider).iter().filter(|request| request.carries_file()).count();
            assert_eq!(carriers, usize::from(matches!(flow.subject, Subject::File(_))));
        }
    });
}

#[test]
fn undocumented_source_is_rejected() {
    for_all_providers(|fixture| {
        let accepts: Vec<&str> =
            fixture.spec["accepts"].as_array().expect("sources").iter().filter_map(Value::as_str).collect();
        assert!(!accepts.is_empty());
        assert_eq!(fixture.provider.profile().accepts_urls, accepts.contains(&"url"));
        let file = fixture.flows.iter().find(|flow| matches!(flow.subject, Subject::File(_))).expect("a file").file();
        let (stored, url) = (StoredFile { id: "a".to_owned(), ..StoredFile::default() }, "https://example.com/a.png");
        let options = &fixture.flows[0].options;
        let sources = [
            ("body", Source::Body(file)),
            ("stored", Source::Stored(file, &stored, None)),
            ("url", Source::Url(url, Some(Kind::Image))),
        ];
        for (name, source) in sources {
            match fixture.provider.submit(source, options) {
                Ok(_) => assert!(accepts.contains(&name), "{name} is not on the page"),
                Err(violation) => {
                    assert!(!accepts.contains(&name), "{name}: {violation:?}");
                    assert_eq!(violation.rule, Rule::Source);
                }
            }
        }
        // These are the two that a user can cause.
        if !accepts.contains(&"url") {
            assert_eq!(fixture.provider.submit(sources[2].1, options), Err(rules::file_required()));
        }
        if accepts == ["url"] {
            assert_eq!(fixture.provider.submit(sources[0].1, options), Err(rules::url_required()));
        }
    });
}

#[test]
fn request_fragment_is_the_documented_one_or_the_bare_reference() {
    for_all_providers(|fixture| {
        let generations = fixture.spec["generations"].as_array().expect("a list, be it empty");
        let none = Options::default();
        for kind in Kind::ALL.iter().copied().map(Some).chain([None]) {
            let of_kind = |generation: &&Value| {
                let kinds = generation["kinds"].as_array().expect("kinds");
                kind.is_some_and(|kind| kinds.iter().any(|name| name == kind.as_str()))
            };
            let shown = generations.iter().find(of_kind);
            let reference = shown.map_or("asset://\"1\"", |shown| shown["reference"].as_str().expect("a reference"));
            let fragment = fragment(fixture.provider, reference, kind, &none);
            match shown {
                Some(shown) => {
                    assert!(is_part(&fragment, &shown["request"]), "{fragment} of {}", shown["request"]);
                    assert!(fragment.is_object() && has(&fragment, reference), "{fragment} is about {reference}");
                }
                None => assert_eq!(fragment, json!(reference), "the page shows no request for {kind:?}"),
            }
        }
    });
}

#[test]
fn relaydance_role_option_is_in_the_request_fragment() {
    let relaydance = mediaferry::providers::by_id("relaydance").expect("registered");
    let first = options(relaydance, &json!({ "role": "first_frame" }));
    let fragment = fragment(relaydance, "https://...", Some(Kind::Image), &first);
    assert_eq!(fragment["metadata"]["content"][0]["role"], "first_frame");
}

fn fragment(provider: &dyn Provider, reference: &str, kind: Option<Kind>, options: &Options) -> Value {
    serde_json::from_str(&provider.request_fragment(reference, kind, options)).expect("JSON")
}

/// Whether all of this stands in that: an object's fields by name, a list's items somewhere.
fn is_part(part: &Value, whole: &Value) -> bool {
    match (part, whole) {
        (Value::Object(part), Value::Object(whole)) => {
            part.iter().all(|(name, value)| whole.get(name).is_some_and(|other| is_part(value, other)))
        }
        (Value::Array(part), Value::Array(whole)) => {
            part.iter().all(|item| whole.iter().any(|other| is_part(item, other)))
        }
        _ => part == whole,
    }
}

fn has(value: &Value, text: &str) -> bool {
    match value {
        Value::Object(fields) => fields.values().any(|value| has(value, text)),
        Value::Array(items) => items.iter().any(|value| has(value, text)),
        other => other == text,
    }
}

#[test]
fn file_name_with_quotes_is_escaped() {
    let named = core::cell::Cell::new(0);
    for_all_providers(|fixture| {
        for flow in fixture.flows.iter().filter(|flow| matches!(flow.subject, Subject::File(_))) {
            let format = flow.file().media().format;
            let name = ["a\"},\\ \u{1f3ac}\n.", format.extension()].concat();
            let file = stubs::accepted(&name, 7, format, &fixture.provider.rules(&flow.options)).expect("acceptable");
            if let mediaferry::providers::Route::Put(presign) = fixture.provider.route(&file, &flow.options) {
                let Body::Json(json) = presign.ticket_request(&file, None).body else { panic!("JSON") };
                let body: Value = serde_json::from_str(&json).expect("JSON");
                if let Some(body) = body.get("filename") {
                    assert_eq!(*body, name);
                    named.set(named.get() + 1);
                }
            }
        }
    });
    assert!(named.get() > 0, "no ticket request has a file name");
}
