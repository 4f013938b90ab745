//! Callbacks of the page: the requests to its own backend, and their results. `js/custom-provider/` calls them.

use crate::digest::Checksum;
use crate::error::Error;
use crate::file::AcceptedFile;
use crate::http::{Body, Method, Request, Response, Target};
use crate::json::{self, Json};

/// The fields of a callback that describe the file.
pub(crate) fn about(file: &AcceptedFile, checksum: Option<&Checksum>) -> Vec<(&'static str, String)> {
    let mut about = vec![
        ("name", json::string(&file.name())),
        ("mime", json::string(file.mime())),
        ("bytes", file.size().to_string()),
    ];
    about.extend(checksum.map(|checksum| ("sha256", json::string(&checksum.hex()))));
    about
}

/// The request that calls a callback of the page.
pub(crate) fn callback_request(callback: &'static str, about: &[(&str, String)]) -> Request {
    Request::new(Method::Post, Target::Callback(callback)).body(Body::Json(json::object(about)))
}

/// The JSON of the page's result. `js/custom-provider/` validates it, and reports a missing or invalid field as `malformed`.
pub(crate) fn callback_json(response: &Response) -> Result<Json<'_>, Error> {
    let json = Json::read(response.success(super::response::provider_error_message)?)?;
    match json.text("malformed") {
        Ok(field) => Err(Error::MalformedResponse { what: field.into(), status: None }),
        Err(_) => Ok(json),
    }
}
