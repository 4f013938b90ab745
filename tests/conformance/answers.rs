//! What is read out of answers: the page's own, and all those that no page shows.

use mediaferry::error::Error;
use mediaferry::http::Response;
use mediaferry::providers::{Asset, Claim, Submission, Ticket};
use serde_json::{Map, Value, json};

use crate::{Read, Reader, for_all, readers};

const HTML: &str = "<!doctype html><html><title>502 Bad Gateway</title>";

/// Runs for every provider and each of its answers.
fn for_all_answers(check: impl Fn(&Reader, &crate::page::Step)) {
    for_all(|page| {
        let readers = readers(page);
        assert!(!readers.is_empty());
        for (reader, step) in readers {
            println!("answer: {}", step.told["answer"]);
            check(&reader, step);
        }
    });
}

fn claim<T: Into<Value> + Clone>(claim: Option<&Claim<T>>) -> Value {
    claim.map_or(Value::Null, |claim| json!([claim.field, claim.value.clone().into()]))
}

fn told(asset: &Asset) -> Value {
    json!({
        "id": asset.id,
        "uri": asset.uri,
        "url": asset.url,
        "reference": asset.reference(),
        "expires_at_millis": asset.expires_at_millis,
        "claims": {
            "sha256": claim(asset.claims.sha256.as_ref()),
            "size": claim(asset.claims.size.as_ref()),
            "content_type": claim(asset.claims.content_type.as_ref()),
        },
    })
}

#[test]
fn documented_answers_are_read_as_documented() {
    for_all_answers(|reader, step| {
        for status in [200, 201, 202] {
            match reader.status(status, step.answer()).expect("the page's answer") {
                Read::Ticket(Ticket { url, id, headers, expires_at_millis }) => {
                    assert_eq!(
                        json!({ "url": url, "id": id, "expires_at_millis": expires_at_millis }),
                        step.told["ticket"]
                    );
                    let names = step.told["ticket_headers"].as_object().map(Map::len);
                    assert_eq!(headers.len(), names.unwrap_or_default());
                }
                Read::Submission(Submission::Ready(asset)) => {
                    assert_eq!(told(&asset), step.told["asset"]);
                    let raw: Value = serde_json::from_str(&asset.raw).expect("JSON");
                    assert_eq!(raw, step.json(), "the answer is kept as it came");
                    assert!(asset.reference().is_some(), "an asset without a reference is of no use");
                }
                Read::Submission(Submission::Pending { id }) => assert_eq!(Value::from(id), step.told["pending"]),
            }
        }
    });
}

#[test]
fn fields_that_no_page_shows_are_passed_over() {
    for_all_answers(|reader, step| {
        let wanted = without_raw(reader.status(200, step.answer()));
        let mut answer = step.json();
        let more = json!({ "a": [1, -2.5e3, null, { "deep": "\u{1f3ac} \\ \" \n" }], "b": false });
        for path in objects(&answer) {
            answer.pointer_mut(&path).expect("an object")["x_new"] = more.clone();
        }
        assert_eq!(without_raw(reader.status(200, answer.to_string())), wanted);
        let pretty = serde_json::to_vec_pretty(&answer).expect("JSON");
        assert_eq!(without_raw(reader.status(200, pretty)), wanted);
    });
}

#[test]
fn a_required_field_that_is_missing_null_or_other_is_named() {
    for_all_answers(|reader, step| {
        let required: Vec<&str> =
            step.told["required"].as_array().expect("a list").iter().filter_map(Value::as_str).collect();
        assert!(!required.is_empty());
        let whole = step.json();
        let all = paths(&whole);
        assert!(required.iter().all(|path| all.iter().any(|known| known == path)), "{required:?} of {all:?}");
        for path in &all {
            let (parent, name) = path.rsplit_once('/').expect("a path");
            let is_url = whole.pointer(path).and_then(Value::as_str).is_some_and(|text| text.starts_with("https://"));
            let no_url = is_url.then(|| [json!(""), json!("/path"), json!("blob:x")]).into_iter().flatten();
            let others = [json!(null), json!([1]), json!({}), json!(12.5), json!(-1)].into_iter().chain(no_url);
            for other in others.map(Some).chain([None]) {
                let mut answer = whole.clone();
                let fields = answer.pointer_mut(parent).and_then(Value::as_object_mut).expect("an object");
                match &other {
                    Some(value) => drop(fields.insert(name.to_owned(), value.clone())),
                    None => drop(fields.remove(name)),
                }
                let read = reader.status(200, answer.to_string());
                // An object that is of another type lacks the fields that are in it.
                let below = |what: &str| required.iter().any(|inner| **inner == format!("{path}/{what}"));
                match read {
                    Err(Error::MalformedResponse { what }) => {
                        assert!(required.contains(&path.as_str()), "{path} may be missing, but {answer} is {what}");
                        assert!(what == name || below(what), "{path} is wrong, not {what}");
                    }
                    Ok(_) => assert!(!required.contains(&path.as_str()), "{path} is required, but {answer} is taken"),
                    Err(other) => panic!("{answer} is {other:?}"),
                }
            }
        }
    });
}

#[test]
fn bodies_that_are_no_object_of_the_page_are_malformed() {
    for_all_answers(|reader, step| {
        let cut = &step.answer()[..step.answer().len() / 2];
        let bodies: [&[u8]; 11] =
            [b"", b" ", HTML.as_bytes(), b"null", b"true", b"1", b"\"ok\"", b"[]", b"{}", b"\xff\xfe{}", cut];
        for body in bodies {
            let read = reader.status(200, body);
            assert!(matches!(read, Err(Error::MalformedResponse { .. })), "{body:?} is {read:?}");
        }
        let twice = [step.answer(), step.answer()].concat();
        assert_eq!(reader.status(200, twice), Err(Error::MalformedResponse { what: "body" }));
    });
}

#[test]
fn statuses_mean_what_they_say_whatever_the_body() {
    let refused = |status| Error::Refused { status, provider_code: None };
    let unavailable = |status| Error::Unavailable { status, retry_after_millis: None };
    for_all_answers(|reader, step| {
        for body in [b"" as &[u8], HTML.as_bytes(), b"{}", b"[]", b"null", step.answer()] {
            for (status, error) in [
                (400, refused(400)),
                (401, Error::Unauthenticated),
                (403, refused(403)),
                (404, refused(404)),
                (408, unavailable(408)),
                (409, refused(409)),
                (413, Error::TooLarge),
                (415, refused(415)),
                (422, refused(422)),
                (429, Error::RateLimited { retry_after_millis: None }),
                (500, unavailable(500)),
                (502, unavailable(502)),
                (503, unavailable(503)),
                (504, unavailable(504)),
                (599, unavailable(599)),
                (0, Error::MalformedResponse { what: "status" }),
                (304, Error::MalformedResponse { what: "status" }),
                (600, Error::MalformedResponse { what: "status" }),
            ] {
                assert_eq!(
                    reader.status(status, body),
                    Err(error),
                    "{status} with {:?}",
                    String::from_utf8_lossy(body)
                );
            }
        }
    });
}

#[test]
fn retry_after_is_kept() {
    for_all_answers(|reader, _| {
        let retry_after_millis = Some(7_000);
        let read = |status| reader.read(&Response { status, retry_after_millis, body: Vec::new() });
        assert_eq!(read(429), Err(Error::RateLimited { retry_after_millis }));
        assert_eq!(read(503), Err(Error::Unavailable { status: 503, retry_after_millis }));
    });
}

#[test]
fn a_refusal_keeps_the_provider_s_words_cut_to_200_characters() {
    let long = "ä".repeat(500);
    let cases = [
        (json!({ "error": { "code": "bad_file", "message": "No." } }), Some("bad_file")),
        (json!({ "error": { "message": "No." } }), Some("No.")),
        (json!({ "error": "No." }), Some("No.")),
        (json!({ "code": "bad_file" }), Some("bad_file")),
        (json!({ "message": "No." }), Some("No.")),
        (json!({ "error": { "code": 17 } }), None),
        (json!({ "error": { "code": long } }), Some(&long[..400])),
    ];
    for_all_answers(|reader, _| {
        for (body, words) in &cases {
            let error = Error::Refused { status: 400, provider_code: words.map(str::to_owned) };
            assert_eq!(reader.status(400, body.to_string()), Err(error), "{body}");
        }
    });
}

#[test]
fn refusals_with_a_good_status_are_refusals() {
    for_all(|page| {
        for refusal in page.upload["refusals"].as_array().expect("a list, be it empty") {
            for (reader, step) in readers(page) {
                let words = refusal["provider_code"].as_str().map(str::to_owned);
                let error = Error::Refused { status: 200, provider_code: words };
                assert_eq!(reader.status(200, refusal["body"].to_string()), Err(error), "{}", step.told["answer"]);
            }
        }
    });
}

#[test]
fn a_ticket_s_url_is_in_no_debug_text() {
    for_all_answers(|reader, step| {
        if let Ok(Read::Ticket(ticket)) = reader.status(200, step.answer()) {
            let (_, query) = ticket.url.split_once('?').expect("a signed URL");
            assert!(!format!("{ticket:?}").contains(query));
        }
    });
}

fn without_raw(read: Result<Read, Error>) -> Read {
    match read.expect("an answer as on the page") {
        Read::Submission(Submission::Ready(asset)) => {
            Read::Submission(Submission::Ready(Asset { raw: String::new(), ..asset }))
        }
        other => other,
    }
}

/// The paths of all fields.
fn paths(value: &Value) -> Vec<String> {
    let Some(fields) = value.as_object() else { return Vec::new() };
    let below = |(name, value): (&String, &Value)| {
        let path = format!("/{name}");
        let inner = paths(value).into_iter().map(|inner| format!("{path}{inner}"));
        core::iter::once(path.clone()).chain(inner).collect::<Vec<_>>()
    };
    fields.iter().flat_map(below).collect()
}

/// The paths of all objects, the whole among them.
fn objects(value: &Value) -> Vec<String> {
    let is_object = |path: &String| value.pointer(path).is_some_and(Value::is_object);
    core::iter::once(String::new()).chain(paths(value)).filter(is_object).collect()
}
