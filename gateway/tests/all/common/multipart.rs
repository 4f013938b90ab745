//! Uploads of one part in the bucket in memory. An upload is an entry of the bucket, `PATH?UPLOAD-ID`, with the bytes of
//! its part.

use std::collections::HashMap;
use std::fmt::Write;

use axum::body::Bytes;
use axum::http::{Method, StatusCode};
use axum::response::{IntoResponse, Response};

/// The time at which all uploads have begun.
pub(crate) const BEGUN: &str = "2026-02-03T04:05:06.000Z";

/// A request of an upload in parts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Operation {
    Create,
    PutPart,
    ListParts,
    Abort,
    ListUploads,
}

impl Operation {
    pub(super) fn of(method: &Method, query: &str) -> Option<Self> {
        let has = |name| parameter(query, name).is_some();
        match *method {
            Method::POST if has("uploads") => Some(Self::Create),
            Method::PUT if has("partNumber") => Some(Self::PutPart),
            Method::GET if has("uploadId") => Some(Self::ListParts),
            Method::DELETE if has("uploadId") => Some(Self::Abort),
            Method::GET if has("uploads") => Some(Self::ListUploads),
            _ => None,
        }
    }

    pub(super) fn serve(self, objects: &mut HashMap<String, Bytes>, path: &str, query: &str, body: Bytes) -> Response {
        let upload = format!("{path}?{}", parameter(query, "uploadId").unwrap_or_default());
        match self {
            Self::Create => {
                let id = format!("id-{}", objects.len());
                objects.insert(format!("{path}?{id}"), Bytes::new());
                format!("<R><UploadId>{id}</UploadId></R>").into_response()
            }
            _ if self != Self::ListUploads && !objects.contains_key(&upload) => {
                (StatusCode::NOT_FOUND, "<Error><Code>NoSuchUpload</Code></Error>").into_response()
            }
            Self::PutPart => {
                objects.insert(upload, body);
                StatusCode::OK.into_response()
            }
            Self::ListParts => {
                let size = objects.get(&upload).map_or(0, Bytes::len);
                let part = format!("<Part><PartNumber>1</PartNumber><ETag>\"e\"</ETag><Size>{size}</Size></Part>");
                format!("<R>{}</R>", if size > 0 { part } else { String::new() }).into_response()
            }
            Self::Abort => {
                objects.remove(&upload);
                StatusCode::NO_CONTENT.into_response()
            }
            Self::ListUploads => list(objects, query).into_response(),
        }
    }
}

/// A page with one upload.
fn list(objects: &HashMap<String, Bytes>, query: &str) -> String {
    let marker = |name| parameter(query, name).unwrap_or_default().replace("%2F", "/");
    let after = (marker("key-marker"), marker("upload-id-marker"));
    let uploads = objects.keys().filter_map(|upload| upload.strip_prefix("/bucket-1/")?.split_once('?'));
    let mut uploads: Vec<_> = uploads.map(|(key, id)| (key.to_owned(), id.to_owned())).collect();
    uploads.sort();
    let mut left = uploads.iter().filter(|upload| **upload > after);
    let mut page = "<R>".to_owned();
    if let Some((key, id)) = left.next() {
        let upload =
            format!("<Upload><Key>{key}</Key><UploadId>{id}</UploadId><Initiated>{BEGUN}</Initiated></Upload>");
        let next = format!("<NextKeyMarker>{key}</NextKeyMarker><NextUploadIdMarker>{id}</NextUploadIdMarker>");
        let _ = write!(page, "<IsTruncated>{}</IsTruncated>{next}{upload}", left.next().is_some());
    }
    page + "</R>"
}

fn parameter<'q>(query: &'q str, name: &str) -> Option<&'q str> {
    query.split('&').find_map(|pair| pair.split_once('=').filter(|(found, _)| *found == name)).map(|(_, value)| value)
}
