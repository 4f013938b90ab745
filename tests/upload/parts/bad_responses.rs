//! Responses that contradict the protocol end the upload with an error that names the field.

use mediaferry::error::Error;
use mediaferry::http::Response;
use mediaferry_testing::script::request_line;
use serde_json::{Value, json};

use super::simulation::{Fate, Trace};
use super::store::Store;
use super::{COMPLETE, CREATE, PART, SIGN, simulation};

/// An upload in which the response to this request is another one.
fn with_response(to: &str, body: &Value) -> Trace {
    let mut store = Store::new(PART);
    simulation(&mut store)
        .network(|request, _, _| {
            let response = Response { status: 200, body: body.to_string().into_bytes(), ..Response::default() };
            (100, if request_line(request) == to { Fate::Answered(response) } else { Fate::Served })
        })
        .run()
}

#[test]
fn malformed_response_names_the_field() {
    let signed = |url: &str| json!({ "parts": [{ "number": 1, "put_url": url, "headers": [] }] });
    let cases: &[(&str, Value, &str)] = &[
        (CREATE, json!({}), "part_size"),
        (CREATE, json!({ "part_size": 1_000 }), "token"),
        (CREATE, json!({ "token": "a" }), "part_size"),
        (CREATE, json!({ "token": "a", "part_size": 0 }), "part_size"),
        (CREATE, json!({ "token": "a", "part_size": "8" }), "part_size"),
        (CREATE, json!({ "token": "a", "part_size": 1 }), "part_size"),
        (CREATE, json!({ "token": "a", "part_size": (256_u64 << 20) + 1 }), "part_size"),
        (SIGN, json!({}), "parts"),
        (SIGN, json!({ "parts": [] }), "parts"),
        (SIGN, json!({ "parts": [{ "number": 999, "put_url": "https://a.example/", "headers": [] }] }), "parts"),
        (SIGN, signed("/relative"), "put_url"),
        (SIGN, json!({ "parts": [{ "number": 1, "put_url": "https://a.example/" }] }), "headers"),
        (COMPLETE, json!({}), "get_url"),
        (COMPLETE, json!({ "get_url": "file:///" }), "get_url"),
    ];
    for (to, body, field) in cases {
        let trace = with_response(to, body);
        let Error::MalformedResponse { what, status } = trace.error() else { panic!("{to}: {:?}", trace.error()) };
        assert_eq!((&**what, *status), (*field, Some(200)), "{to} {body}");
    }
}

#[test]
fn no_credential_is_in_an_error_or_debug_output() {
    let trace = with_response(SIGN, &json!({ "parts": [{ "number": 1, "put_url": "no?sig=secret", "headers": [] }] }));
    assert!(!format!("{:?}", trace.error()).contains("secret"));
    let mut upload = super::upload(&super::file(), 1);
    let note = r#"{"phase":"parts","token":"secret","size":19500,"partSize":1000,"digests":"D"}"#;
    let note = note.replace("\"D\"", &format!("\"{}\"", "A".repeat(427)));
    upload.resume(mediaferry::json::Json::read(note.as_bytes()).unwrap()).unwrap();
    assert!(!format!("{upload:?}").contains("secret"));
}
