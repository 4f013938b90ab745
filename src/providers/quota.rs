//! Telling a refusal for the number of assets from any other. Pages say that there is a limit and not how it is told.

use crate::error::Error;
use crate::http::Response;
use crate::text;

/// Whether a refusal is about how many assets an account may have.
pub(super) fn is_meant(response: &Response, error: &Error) -> bool {
    let body = response.body.to_ascii_lowercase();
    let says = |word: &str| text::find(&body, word.as_bytes()).is_some();
    let counts_assets = says("asset") && (says("1,000") || says("1000") || says("number of") || says("too many"));
    matches!(error, Error::Refused { .. } | Error::RateLimited { .. })
        && (says("quota") || says("asset limit") || says("asset_limit") || counts_assets)
}
