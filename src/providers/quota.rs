//! Telling a refusal for the number of assets from any other. Pages say that there is a limit and not how it is told.

use super::Profile;
use crate::error::Error;
use crate::http::Response;
use crate::text;

/// The error, or that the account is full where that is what the answer is about.
pub(super) fn told(error: Error, response: &Response, profile: &Profile) -> Error {
    match profile.max_assets {
        Some(limit) if is_meant(response, &error) => Error::Quota { limit },
        _ => error,
    }
}

/// Whether a refusal is about how many assets an account may have.
fn is_meant(response: &Response, error: &Error) -> bool {
    let body = response.body.to_ascii_lowercase();
    let says = |word: &str| text::find(&body, word.as_bytes()).is_some();
    let counts_assets = says("asset") && (says("1,000") || says("1000") || says("number of") || says("too many"));
    matches!(error, Error::Refused { .. } | Error::RateLimited { .. })
        && (says("quota") || says("asset limit") || says("asset_limit") || counts_assets)
}
