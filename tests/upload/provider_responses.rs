//! `OneRouter`, Apiframe, `WorldRouter` and our staging as scripts: their requests, and outcomes as on their pages.

use std::sync::LazyLock;

use mediaferry_testing::script::{Outcome, Script, sha256, status};

use serde_json::{Value, json};

use crate::{SIZE, photo, photo_to, provider};

pub(crate) const UPLOAD: &str = "POST /v1/upload/resources";
pub(crate) const STATUS: &str = "GET /v1/status/resources/2";
pub(crate) const STAGING: &str = "POST /staging";
pub(crate) const STAGED: &str = "PUT http://127.0.0.1:8081/staging/0f3c/image.jpg?X-Amz-Signature=put";
pub(crate) const STAGED_AT: &str = "http://127.0.0.1:8081/staging/0f3c/image.jpg?X-Amz-Signature=get";
pub(crate) const CREATE: &str = "POST /v2/assets/create";
pub(crate) const ASSET: &str = "GET /v2/assets/abc123def456";
pub(crate) const UPLOADS: &str = "POST /v1/images/uploads";

/// The one option that `OneRouter` wants.
pub(crate) const MODEL: &str = r#"{"model":"a/b"}"#;

/// SHA-256 of the photo, in hexadecimal digits.
pub(crate) static PHOTO_SHA256: LazyLock<String> = LazyLock::new(|| sha256(&photo()).hex());

pub(crate) fn onerouter() -> Script {
    photo_to(provider("onerouter")).options(MODEL)
}

/// The photo, as a URL that `OneRouter` fetches.
pub(crate) fn onerouter_by_url() -> Script {
    photo_to(provider("onerouter")).options(r#"{"model":"a/b","route":"url"}"#)
}

pub(crate) fn apiframe() -> Script {
    photo_to(provider("apiframe"))
}

pub(crate) fn worldrouter() -> Script {
    photo_to(provider("worldrouter"))
}

/// `OneRouter`'s response in this state, about the photo, with some fields of another value.
pub(crate) fn resource(state: &str, others: &[(&str, Value)]) -> Outcome {
    let mut response = fixture(match state {
        "active" => include_str!("../fixtures/onerouter/active.json"),
        "failed" => include_str!("../fixtures/onerouter/failed.json"),
        _ => include_str!("../fixtures/onerouter/processing.json"),
    });
    let ours = [("sha256_hash", json!(*PHOTO_SHA256)), ("file_size_bytes", json!(SIZE)), ("id", json!(2))];
    for (field, value) in ours.iter().chain(&[("status", json!(state))]).chain(others) {
        response["data"][field] = value.clone();
    }
    status(200, response.to_string())
}

/// The same, saying nothing of the bytes.
pub(crate) fn without_metadata(state: &str) -> Outcome {
    resource(state, &["sha256_hash", "file_size_bytes", "content_type"].map(|field| (field, Value::Null)))
}

/// `OneRouter`'s way to say no with HTTP 200.
pub(crate) fn code(code: u16, message: &str) -> Outcome {
    status(200, json!({ "code": code, "data": null, "message": message }).to_string())
}

/// Staging's ticket.
pub(crate) fn staged() -> Outcome {
    status(200, include_bytes!("../fixtures/staging/ticket.json"))
}

/// The same with the checksum signed.
pub(crate) fn staged_with_checksum() -> Outcome {
    status(200, include_bytes!("../fixtures/staging/signed-ticket.json"))
}

/// "Status: 201 Created"
pub(crate) fn created() -> Outcome {
    status(201, include_bytes!("../fixtures/apiframe/created.json"))
}

/// Apiframe's response in this state.
pub(crate) fn asset(state: &str, error: Option<&str>) -> Outcome {
    let mut response = fixture(include_str!("../fixtures/apiframe/status.json"));
    response["status"] = state.into();
    response["errorMsg"] = error.into();
    status(200, response.to_string())
}

/// `WorldRouter`'s response, about no bytes in particular.
pub(crate) fn uploaded() -> Outcome {
    let mut response = fixture(include_str!("../fixtures/worldrouter/response.json"));
    response["size_bytes"] = Value::Null;
    response["content_type"] = Value::Null;
    status(200, response.to_string())
}

fn fixture(text: &str) -> Value {
    serde_json::from_str(text).expect("JSON")
}
