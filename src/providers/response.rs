//! Reads providers' responses: what they have in common.

use super::{Provider, Submission, quota};
use crate::error::Error;
use crate::http::{self, Response};
use crate::json::{Json, Malformed};

/// Reads a provider's response to [`Provider::submit`].
pub fn submission(provider: &dyn Provider, response: &Response) -> Result<Submission, Error> {
    let json = provider.decode(response);
    let json = json.map_err(|error| quota::full_account(error, response, provider.profile()))?;
    Ok(provider.read_submit(json)?)
}

/// The response's JSON, if its status is a success.
pub(super) fn read(response: &Response) -> Result<Json<'_>, Error> {
    let body = response.success(provider_error_message)?;
    if response.status == 204 {
        // The body is empty, not cut off.
        return Err(Malformed("body").into());
    }
    Ok(Json::read(body)?)
}

/// The error for a response with this status, see [`Response::failure`].
pub(super) fn failure(response: &Response, status: u16) -> Error {
    response.failure(status, provider_error_message)
}

/// A field's text, truncated.
pub(super) fn text_field(json: Json<'_>, field: &'static str) -> Option<String> {
    json.text(field).ok().map(|text| http::truncate(&text))
}

/// The provider's own code or message, in any of the usual fields: `error.code`, `error.message`, `error`, `code`,
/// `message`.
pub(crate) fn provider_error_message(body: &[u8]) -> Option<String> {
    let json = Json::read(body).ok()?;
    let message = |json: Json<'_>| ["code", "message"].iter().find_map(|name| json.text(name).ok());
    json.field("error").ok().and_then(message).or_else(|| json.text("error").ok()).or_else(|| message(json))
}
