//! The gateway's responses below `/staging`, to requests for tickets and for uploads in parts.

use crate::error::Error;
use crate::http::Response;
use crate::json::Json;
use crate::providers::response::provider_error_message;
use crate::rules::{Rule, Value, Violation};

/// The gateway's path for tickets; those for uploads in parts are below it.
pub const PATH: &str = "/staging";

/// The JSON of a successful response of the gateway.
pub(super) fn decode(response: &Response) -> Result<Json<'_>, Error> {
    let body = response.success(provider_error_message).map_err(|error| too_large(response).unwrap_or(error))?;
    Ok(Json::read(body)?)
}

/// Reads the gateway's size limit and the actual size from its error.
fn too_large(response: &Response) -> Option<Error> {
    let error = Json::read(&response.body).ok()?.field("error").ok()?;
    let number = |name| Some(Value::from(error.u64(name).ok()?));
    let violation = Violation { rule: Rule::MaxBytes, actual: number("size")?, limit: number("limit")? };
    (response.status == 413).then(|| Error::Rejected(vec![violation]))
}
