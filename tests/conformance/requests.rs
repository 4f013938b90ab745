//! The requests are the page's own, and carry no credential.

use std::collections::BTreeSet;

use mediaferry::http::{Body, Field, Repeat, Request, Target};
use serde_json::{Value, json};

use crate::for_all;
use crate::page::{Kind, Page};

/// A request the way `upload.json` writes it: method, complete URL, header names, body.
fn told(page: &Page, request: &Request) -> Value {
    let url = match &request.target {
        Target::Provider(path) => [page.provider.profile().origin, path].concat(),
        Target::Presigned(url) => url.clone(),
    };
    let mut headers: BTreeSet<&str> = request.headers.iter().map(|(name, _)| name.as_str()).collect();
    if matches!(request.target, Target::Provider(_)) {
        // The gateway adds it.
        headers.insert(page.upload["auth"].as_str().and_then(|auth| auth.split(':').next()).expect("a header"));
    }
    if matches!(request.body, Body::Json(_) | Body::Form(_)) {
        // The shell adds it.
        headers.insert("Content-Type");
    }
    let mut told = json!({ "method": request.method.as_str(), "url": url, "headers": headers });
    match &request.body {
        Body::Empty => {}
        Body::Json(body) => told["json"] = serde_json::from_str(body).expect("JSON"),
        Body::File => {
            told["file"] = true.into();
            let content_type = request.headers.iter().find(|(name, _)| name == "Content-Type");
            told["content_type"] = content_type.map(|(_, value)| value.as_str()).into();
        }
        Body::Form(fields) => told["form"] = fields.iter().map(field).collect(),
    }
    told
}

fn field(field: &Field) -> Value {
    match field {
        Field::Text { name, value } => json!({ "name": name, "value": value }),
        Field::File { name, file_name, mime } => json!({ "name": name, "file_name": file_name, "content_type": mime }),
    }
}

#[test]
fn requests_are_those_of_the_page() {
    for_all(|page| {
        let requests = page.requests();
        assert_eq!(requests.len(), page.steps.len());
        for (request, step) in requests.iter().zip(&page.steps) {
            let mut wanted = step.told["request"].clone();
            let mut names: Vec<String> = serde_json::from_value(wanted["headers"].take()).expect("header names");
            names.sort();
            wanted["headers"] = names.into();
            assert_eq!(told(page, request), wanted);
        }
    });
}

#[test]
fn no_request_carries_a_credential() {
    for_all(|page| {
        for (request, kind) in page.requests().iter().zip(page.kinds()) {
            assert_eq!(matches!(request.target, Target::Presigned(_)), kind == Kind::Put, "{request:?}");
            for (name, value) in &request.headers {
                let (name, value) = (name.to_ascii_lowercase(), value.to_ascii_lowercase());
                let secret = ["auth", "cookie", "key", "token", "secret", "credential"];
                assert!(!secret.iter().any(|word| name.contains(word)), "{name}");
                assert!(!value.starts_with("bearer") && !value.starts_with("basic"), "{name}");
                // A header that storage did not ask for would make the browser ask storage whether it may be sent.
                assert!(kind != Kind::Put || name == "content-type" || name.starts_with("x-amz-"), "{name}");
            }
            if let Target::Provider(path) = &request.target {
                assert!(path.starts_with('/') && !path.starts_with("//") && !path.contains(".."), "{path}");
            }
        }
    });
}

#[test]
fn only_what_may_be_repeated_is_repeated() {
    for_all(|page| {
        for (request, step) in page.requests().iter().zip(&page.steps) {
            let repeatable = step.told["repeatable"].as_bool().expect("whether it may be repeated");
            assert_eq!(request.repeat == Repeat::Safe, repeatable, "{request:?}");
            let is_form = matches!(request.body, Body::Form(_));
            assert!(!is_form || request.repeat != Repeat::Safe || page.upload["form_may_be_repeated"] == true);
        }
    });
}

#[test]
fn the_bytes_ride_in_exactly_one_request() {
    for_all(|page| {
        let carriers = page.requests().into_iter().filter(Request::carries_file).count();
        assert_eq!(carriers, 1);
    });
}
