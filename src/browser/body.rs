//! The body of a request as JavaScript sends it.

use wasm_bindgen::JsValue;
use web_sys::{Blob, FormData};

use super::blob;
use super::source_file::SourceFile;
use crate::http::{Body, Field, Request};

/// The body; `undefined` if there is none.
pub(super) fn of(request: &Request, file: Option<&SourceFile>) -> Result<JsValue, JsValue> {
    Ok(match (&request.body, file) {
        (Body::File, Some(file)) => file.blob().into(),
        (Body::Part { offset, len }, Some(file)) => blob::slice(file.blob(), *offset, *len)?.into(),
        (Body::Form(fields), Some(file)) => form(fields, file.blob())?.into(),
        (Body::Json(text), _) => text.as_str().into(),
        _ => JsValue::UNDEFINED,
    })
}

/// The size of the body in bytes; for a form, the size of the file.
pub(super) fn size(request: &Request, file: Option<&SourceFile>) -> u64 {
    match &request.body {
        Body::Json(text) => text.len() as u64,
        Body::Part { len, .. } => *len,
        _ => file.map_or(0, SourceFile::size),
    }
}

/// The request's headers, with the content type of a body that does not set its own.
pub(super) fn headers(request: &Request) -> impl Iterator<Item = (&str, &str)> {
    let of_json = matches!(request.body, Body::Json(_)).then_some(("Content-Type", "application/json"));
    of_json.into_iter().chain(request.headers.iter().map(|(name, value)| (&**name, &**value)))
}

/// Builds the form, with the file under its detected type; the bytes are not copied.
fn form(fields: &[Field], file: &Blob) -> Result<FormData, JsValue> {
    let form = FormData::new()?;
    for field in fields {
        match field {
            Field::Text { name, value } => form.append_with_str(name, value)?,
            Field::File { name, file_name, mime } => {
                let typed = if file.type_() == *mime {
                    file.clone()
                } else {
                    file.slice_with_f64_and_f64_and_content_type(0.0, file.size(), mime)?
                };
                form.append_with_blob_and_filename(name, &typed, file_name)?;
            }
        }
    }
    Ok(form)
}
