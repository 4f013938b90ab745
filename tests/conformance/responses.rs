//! What is read out of responses: the page's own, and all those that no page shows.

use mediaferry::error::Error;
use mediaferry::providers::{AssetState, Submission};
use mediaferry::storage::Ticket;
use serde_json::{Value, json};

use crate::decoder::{Decoded, Decoder};
use crate::fixture::{Call, Step};
use crate::for_all;

pub(crate) const HTML: &str = "<!doctype html><html><title>502 Bad Gateway</title>";

/// Runs for every page and each of its responses.
pub(crate) fn for_all_responses(check: impl Fn(&Decoder, &Step)) {
    for_all(|fixture| {
        let decoders = fixture.decoders();
        assert!(!decoders.is_empty());
        for (decoder, step) in decoders {
            println!("response: {} {}", step.spec["response"], step.spec["with"]);
            check(&decoder, step);
        }
    });
}

#[test]
fn documented_responses_decode_as_documented() {
    for_all_responses(|decoder, step| {
        for status in [200, 201, 202] {
            let read = decoder.status(status, step.body()).expect("the page's response");
            assert_eq!(read.to_json(), step.spec["read"]);
            if let Decoded::Submission(Submission { state: AssetState::Ready, asset }) = read {
                assert!(asset.reference().is_some(), "an asset without a reference is of no use");
            }
        }
    });
}

#[test]
fn pending_asset_is_polled_by_its_id() {
    for_all(|fixture| {
        for flow in &fixture.flows {
            for (step, next) in flow.steps.iter().zip(&flow.steps[1..]) {
                if let Some(id) = step.spec["read"]["pending"]["id"].as_str() {
                    assert_eq!(next.call, Call::Status(id.to_owned()));
                }
            }
            let last = flow.steps.last().expect("a step");
            assert_eq!(
                last.spec["read"]["pending"],
                Value::Null,
                "the page's last response is the asset, or a failure"
            );
        }
    });
}

#[test]
fn list_item_keeps_its_raw_json() {
    for_all_responses(|decoder, step| {
        if let Ok(Decoded::Page(page)) = decoder.status(200, step.body()) {
            let raw = page.assets.iter().map(|listed| serde_json::from_str::<Value>(&listed.raw).expect("JSON"));
            let response = step.json();
            let mut lists =
                paths(&response).into_iter().filter(|path| response.pointer(path).is_some_and(Value::is_array));
            let list = response.pointer(&lists.next().expect("a list"));
            assert_eq!(Some(&raw.collect::<Value>()), list);
        }
    });
}

#[test]
fn undocumented_fields_are_ignored() {
    for_all_responses(|decoder, step| {
        let read = |response: Vec<u8>| decoder.status(200, response).expect("an response as on the page").without_raw();
        let wanted = read(step.body().to_vec());
        let mut response = step.json();
        let more = json!({ "a": [1, -2.5e3, null, { "deep": "\u{1f3ac} \\ \" \n" }], "b": false });
        for path in objects(&response) {
            response.pointer_mut(&path).expect("an object")["x_new"] = more.clone();
        }
        assert_eq!(read(response.to_string().into_bytes()), wanted);
        assert_eq!(read(serde_json::to_vec_pretty(&response).expect("JSON")), wanted);
    });
}

#[test]
fn undocumented_state_is_malformed() {
    for_all_responses(|decoder, step| {
        assert!(!matches!(decoder, Decoder::Status(..)) || step.spec["state"].is_string(), "where is the state?");
        let Some(path) = step.spec["state"].as_str() else { return };
        let mut response = step.json();
        let known = response.pointer(path).and_then(Value::as_str).expect("a state").to_owned();
        for state in ["sleeping", "", "done", &known.to_uppercase(), &format!("{known} "), "Actıve"] {
            *response.pointer_mut(path).expect("a state") = state.into();
            let read = decoder.status(200, response.to_string());
            let Err(Error::MalformedResponse { what, .. }) = read else { panic!("{response} is {read:?}") };
            assert!(path.ends_with(&["/", &what].concat()), "{path} is unknown, not {what}");
        }
    });
}

#[test]
fn invalid_required_field_is_reported_by_name() {
    for_all_responses(|decoder, step| {
        let required: Vec<&str> =
            step.spec["required"].as_array().expect("a list").iter().filter_map(Value::as_str).collect();
        assert!(!required.is_empty());
        let whole = step.json();
        let all = paths(&whole);
        assert!(required.iter().all(|path| all.iter().any(|known| known == path)), "{required:?} of {all:?}");
        for path in &all {
            for response in spoiled(&whole, path) {
                check_spoiled(decoder.status(200, response.to_string()), &response, path, &required);
            }
        }
    });
}

/// The response with this field missing, null, of another type, or a URL that is none.
fn spoiled(whole: &Value, path: &str) -> Vec<Value> {
    let is_url = whole.pointer(path).and_then(Value::as_str).is_some_and(|text| text.starts_with("http"));
    let no_url = is_url.then(|| [json!(""), json!("/path"), json!("blob:x")]).into_iter().flatten();
    let others = [json!(null), json!([1]), json!({}), json!(12.5), json!(-1)].into_iter().chain(no_url);
    let replaced = others.map(|other| {
        let mut response = whole.clone();
        *response.pointer_mut(path).expect("the path") = other;
        response
    });
    let (parent, name) = path.rsplit_once('/').expect("a path");
    let mut removed = whole.clone();
    let missing = removed.pointer_mut(parent).and_then(Value::as_object_mut).is_some_and(|fields| {
        fields.remove(name);
        true
    });
    replaced.chain(missing.then_some(removed)).collect()
}

fn check_spoiled(read: Result<Decoded, Error>, response: &Value, path: &str, required: &[&str]) {
    // An object, or a list, that is of another type lacks the fields that are in it.
    let inner = |what: &str| {
        let ends = |deep: &&&str| deep.starts_with(&format!("{path}/")) && deep.ends_with(&format!("/{what}"));
        required.iter().any(|deep| ends(&deep))
    };
    let needed = required.iter().any(|wanted| *wanted == path || wanted.starts_with(&format!("{path}/")));
    match read {
        Err(Error::MalformedResponse { what, .. }) => {
            assert!(needed, "{path} may be missing, but {response} is {what}");
            assert!(path.ends_with(&format!("/{what}")) || inner(&what), "{path} is wrong, not {what}");
        }
        Ok(_) => assert!(!needed, "{path} is required, but {response} is taken"),
        Err(other) => panic!("{response} is {other:?}"),
    }
}

#[test]
fn body_of_another_shape_is_malformed() {
    for_all_responses(|decoder, step| {
        let cut = &step.body()[..step.body().len() / 2];
        let bodies: [&[u8]; 8] = [HTML.as_bytes(), b"null", b"true", b"1", b"\"ok\"", b"[]", b"{}", b"\xff\xfe{}"];
        for body in bodies {
            let read = decoder.status(200, body);
            assert!(matches!(read, Err(Error::MalformedResponse { .. })), "{body:?} is {read:?}");
        }
        // WebKit passes on what a broken connection has left.
        for body in [b"" as &[u8], b" ", cut] {
            assert_eq!(decoder.status(200, body), Err(Error::Network), "{body:?}");
        }
        let twice = [step.body(), step.body()].concat();
        assert_eq!(decoder.status(200, twice), Err(Error::MalformedResponse { what: "body".into(), status: None }));
    });
}

#[test]
fn debug_of_a_ticket_omits_the_signed_query() {
    for_all_responses(|decoder, step| {
        if let Ok(Decoded::Ticket(ticket)) = decoder.status(200, step.body()) {
            let Ticket::Put(put) = &ticket else { panic!("no page has forms as tickets") };
            for url in [Some(&put.url), put.fetch_url.as_ref()].into_iter().flatten() {
                let (_, query) = url.split_once('?').expect("a signed URL");
                assert!(!format!("{ticket:?}").contains(query));
            }
        }
    });
}

/// The paths of everything that is in this value.
fn paths(value: &Value) -> Vec<String> {
    let inside: Vec<(String, &Value)> = match value {
        Value::Object(fields) => fields.iter().map(|(name, value)| (name.clone(), value)).collect(),
        Value::Array(items) => items.iter().enumerate().map(|(at, value)| (at.to_string(), value)).collect(),
        _ => Vec::new(),
    };
    let below = |(name, value): (String, &Value)| {
        let deeper = paths(value).into_iter().map(|inner| format!("/{name}{inner}")).collect::<Vec<_>>();
        core::iter::once(format!("/{name}")).chain(deeper).collect::<Vec<_>>()
    };
    inside.into_iter().flat_map(below).collect()
}

/// The paths of all objects, the whole among them.
fn objects(value: &Value) -> Vec<String> {
    let is_object = |path: &String| value.pointer(path).is_some_and(Value::is_object);
    core::iter::once(String::new()).chain(paths(value)).filter(is_object).collect()
}
