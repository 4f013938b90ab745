//! What a refusal means: by its status, by its words, and where a good status carries a bad response.

use mediaferry::error::{Error, Refusal};
use mediaferry::http::Response;
use serde_json::{Value, json};

use crate::decoder::{Decoder, error_json};
use crate::for_all;
use crate::responses::{HTML, for_all_responses};

#[test]
fn documented_refusals_decode_to_the_documented_errors() {
    for_all(|fixture| {
        for refusal in fixture.spec["refusals"].as_array().expect("a list, be it empty") {
            let status = refusal["http"].as_u64().map_or(200, |status| u16::try_from(status).expect("a status"));
            for (decoder, step) in fixture.decoders() {
                let error = decoder.status(status, refusal["body"].to_string()).expect_err("a refusal");
                if refusal["error"]["code"] == "quota" && !matches!(decoder, Decoder::Submit(_)) {
                    assert_ne!(error_json(&error)["code"], "quota", "only a request that creates fills an account");
                    continue;
                }
                assert_eq!(error_json(&error), refusal["error"], "{refusal} to {}", step.spec["response"]);
            }
        }
    });
}

#[test]
fn status_determines_the_error_for_any_body() {
    for_all_responses(|decoder, step| {
        for body in [b"" as &[u8], HTML.as_bytes(), b"{}", b"[]", b"null", step.body()] {
            let meanings: [(&[u16], &str); 6] = [
                (&[400, 402, 403, 404, 405, 409, 410, 415, 422], "refused"),
                (&[401], "unauthenticated"),
                (&[408, 500, 501, 502, 503, 504, 599], "unavailable"),
                (&[413], "too_large"),
                (&[429], "rate_limited"),
                (&[0, 100, 199, 300, 304, 600], "malformed_response"),
            ];
            for (statuses, meaning) in meanings {
                for status in statuses {
                    let error = decoder.status(*status, body).expect_err("no good status");
                    assert_eq!(error.code().as_str(), meaning, "{status}: {}", String::from_utf8_lossy(body));
                    let reported = error_json(&error)["status"].as_u64();
                    assert!(
                        reported.is_none_or(|reported| reported == u64::from(*status)),
                        "{status} is reported as {reported:?}"
                    );
                }
            }
        }
    });
}

#[test]
fn retry_after_is_kept_for_429_and_503() {
    for_all_responses(|decoder, _| {
        let retry_after_millis = Some(7_000);
        let read = |status| decoder.read(&Response { status, retry_after_millis, body: Vec::new() });
        let refusal = |status| Refusal { status, provider_code: None, retry_after_millis };
        assert_eq!(read(429), Err(Error::RateLimited(refusal(429))));
        assert_eq!(read(503), Err(Error::Unavailable(refusal(503))));
    });
}

#[test]
fn refusal_message_is_truncated_to_200_characters() {
    let long = "ä".repeat(500);
    let cases: [(Value, Option<&str>); 9] = [
        (json!({ "error": { "code": "bad_file", "message": "No." } }), Some("bad_file")),
        (json!({ "error": { "message": "No." } }), Some("No.")),
        (json!({ "error": "No." }), Some("No.")),
        (json!({ "code": "bad_file" }), Some("bad_file")),
        (json!({ "message": "No." }), Some("No.")),
        (json!({ "error": null, "message": "No." }), Some("No.")),
        (json!({ "error": { "code": 17 }, "message": "No." }), Some("No.")),
        (json!({ "error": { "code": 17 } }), None),
        (json!({ "error": { "code": long } }), Some(&long[..400])),
    ];
    for_all_responses(|decoder, _| {
        for (body, words) in &cases {
            let provider_code = words.map(str::to_owned);
            let error = Error::Refused(Refusal { status: 400, provider_code, retry_after_millis: None });
            assert_eq!(decoder.status(400, body.to_string()), Err(error), "{body}");
        }
    });
}

#[test]
fn processing_failure_message_is_truncated_to_200_characters() {
    for_all_responses(|decoder, step| {
        let Some(words) = step.spec["read"]["failed"]["provider_code"].as_str() else { return };
        let long = String::from_utf8_lossy(step.body()).replace(words, &"é".repeat(500));
        let read = decoder.status(200, long).expect("a failure").to_json();
        assert_eq!(read["failed"]["provider_code"], "é".repeat(200));
    });
}
