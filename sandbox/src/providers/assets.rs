//! The public URLs of finished files: serves their bytes with the detected type.

use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::{HeaderName, StatusCode, header};
use axum::response::{IntoResponse, Response};
use mediaferry::media::Format;

use super::record::{FileId, Record};
use super::{Refusal, Sandbox};

/// The route, relative to a provider's root.
pub(super) const ROUTE: &str = "/cdn/{name}";

/// The public URL of a file; every content type in a record is that of a known format.
pub(super) fn url(sandbox: &Sandbox, provider: &str, id: &FileId, content_type: &str) -> String {
    format!("{}/sandbox/{provider}/cdn/{}.{}", sandbox.public_url, id.as_str(), extension(content_type))
}

/// Responds to a GET of such a URL.
pub(super) async fn serve(
    provider: &'static str,
    State(sandbox): State<Sandbox>,
    Path(name): Path<String>,
) -> Result<Response, Refusal> {
    let missing = || Refusal::new(StatusCode::NOT_FOUND, "not_found", "The file does not exist.");
    let (id, extension_asked) = name.split_once('.').ok_or_else(missing)?;
    let id = FileId::parse(id).ok_or_else(missing)?;
    let record = Record::load(&sandbox.store, provider, &id).await?.filter(|record| record.created_at.is_some());
    let record = record.filter(|record| extension(&record.content_type) == extension_asked).ok_or_else(missing)?;
    let (size, bytes) = sandbox.store.stream(&id.object_key(provider)).await?.ok_or_else(missing)?;
    Ok((headers(record.content_type, size), Body::from_stream(bytes)).into_response())
}

/// Any page may read an asset. It has the gateway's own origin, so no script in it may run.
fn headers(content_type: String, size: u64) -> [(HeaderName, String); 5] {
    [
        (header::CONTENT_TYPE, content_type),
        (header::CONTENT_LENGTH, size.to_string()),
        (header::ACCESS_CONTROL_ALLOW_ORIGIN, "*".to_owned()),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff".to_owned()),
        (header::CONTENT_SECURITY_POLICY, "default-src 'none'; sandbox".to_owned()),
    ]
}

/// The format with exactly this type.
pub(super) fn format(content_type: &str) -> Option<Format> {
    Format::ALL.iter().copied().find(|format| format.mime() == content_type)
}

fn extension(content_type: &str) -> &'static str {
    format(content_type).map_or("bin", Format::extension)
}
