//! Recognises the error for a full account. The providers document the limit, but not the error.

use super::Profile;
use crate::error::Error;
use crate::http::Response;
use crate::json::Json;
use crate::text;

/// The error for a full account mentions one of these …
const COUNTED: &str = "asset assets resource resources files uploads";
/// … and one of these …
const FULL: &str = "quota limit maximum max full many exceeded exceeds number 1000";
/// … and none of these, which are about money, rates or a file's size.
const OTHER: &str = "rate requests request credit credits balance billing payment funds insufficient byte bytes size large mb \
     second minute concurrent";

/// Converts the error of a request that creates an asset to [`Error::Quota`] if its message reports a full account.
pub(crate) fn full_account(error: Error, response: &Response, profile: &Profile) -> Error {
    match (profile.max_assets, error) {
        (Some(limit), Error::Refused(refusal)) if is_about_assets(response, refusal.status) => {
            Error::Quota { limit, refusal }
        }
        // With `Retry-After`, it is about the rate.
        (Some(limit), Error::RateLimited(refusal))
            if refusal.retry_after_millis.is_none() && is_about_assets(response, refusal.status) =>
        {
            Error::Quota { limit, refusal }
        }
        (_, error) => error,
    }
}

/// Whether an error's code and message are about the number of assets.
fn is_about_assets(response: &Response, status: u16) -> bool {
    let text = error_text(&response.body).unwrap_or_default();
    let has = |known: &str| {
        let mut words = text.split(|byte| !byte.is_ascii_alphanumeric());
        words.any(|word| text::split(known, b' ').any(|known| known.as_bytes() == word))
    };
    // With a 429, "quota exceeded" alone may be about a rate.
    let mentions_assets = has(COUNTED) || (status != 429 && has("quota"));
    mentions_assets && has(FULL) && !has(OTHER)
}

/// The codes and messages of an error in lower case, also inside `error`. A number is one word: "1,000".
fn error_text(body: &[u8]) -> Option<Vec<u8>> {
    let json = Json::read(body).ok()?;
    let mut text = Vec::new();
    for place in [json, json.field("error").unwrap_or(json)] {
        for name in ["code", "message", "error"] {
            text.extend(place.text(name).unwrap_or_default().bytes().filter(|byte| *byte != b','));
            text.push(b' ');
        }
    }
    text.make_ascii_lowercase();
    Some(text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::providers::by_id;

    fn is_full(status: u16, body: &str, retry_after_millis: Option<u64>) -> bool {
        let response = Response { status, retry_after_millis, body: body.into() };
        let error = response.failure(status, crate::providers::response::provider_error_message);
        let onerouter = by_id("onerouter").unwrap().profile();
        matches!(full_account(error, &response, onerouter), Error::Quota { limit: 1_000, .. })
    }

    #[test]
    fn refusal_for_the_number_of_assets_is_recognised() {
        for (status, body) in [
            (403, r#"{"message":"You have reached the limit of 1,000 assets"}"#),
            (400, r#"{"error":{"code":"asset_quota_exceeded"}}"#),
            (429, r#"{"code":429,"message":"too many assets: 1000"}"#),
            (409, r#"{"error":"Asset limit reached"}"#),
            (403, r#"{"message":"quota exceeded"}"#),
            (422, r#"{"error":{"message":"maximum number of resources reached"}}"#),
        ] {
            assert!(is_full(status, body, None), "{status} {body}");
        }
    }

    #[test]
    fn refusal_for_anything_else_is_not() {
        for (status, body, retry_after) in [
            (429, r#"{"code":429,"data":{"upstream_asset_uri":null},"message":"Too Many Requests"}"#, None),
            (429, r#"{"message":"asset limit reached"}"#, Some(1_000)),
            (429, r#"{"message":"quota exceeded"}"#, None),
            (404, r#"{"message":"asset 21000 not found"}"#, None),
            (400, r#"{"message":"asset is too large: 100000000 bytes allowed"}"#, None),
            (403, r#"{"message":"insufficient quota: add credits"}"#, None),
            (403, r#"{"message":"asset upload rate limit exceeded"}"#, None),
            (403, r#"{"path":"/assets","note":"quota","limit":1000}"#, None),
            (403, "asset limit reached", None),
            (503, r#"{"message":"asset limit reached"}"#, None),
        ] {
            assert!(!is_full(status, body, retry_after), "{status} {body}");
        }
    }
}
