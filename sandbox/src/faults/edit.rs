//! Applies a fault to a body: cuts a request's, or changes a response's.

use std::time::Duration;

use axum::Json;
use axum::body::{Body, to_bytes};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use futures::{StreamExt, TryStreamExt, stream};
use serde_json::{Value, json};

/// The longest JSON response of an imitated provider is a full page of a list.
const MAX_RESPONSE: usize = 1 << 20;

/// The provider's response, merged with a patch, then truncated; without `Content-Length`.
pub(super) async fn answer(response: Response, patch: Option<&Value>, truncate: Option<usize>) -> Response {
    if patch.is_none() && truncate.is_none() {
        return response;
    }
    let (mut parts, body) = response.into_parts();
    let Ok(mut bytes) = to_bytes(body, MAX_RESPONSE).await else { return not_applicable("is too long to be changed") };
    if let Some(patch) = patch {
        let Ok(mut json) = serde_json::from_slice(&bytes) else {
            return not_applicable("is not JSON, so it cannot be merged");
        };
        json_patch::merge(&mut json, patch);
        bytes = json.to_string().into();
    }
    bytes.truncate(truncate.unwrap_or(usize::MAX));
    parts.headers.remove(header::CONTENT_LENGTH);
    Response::from_parts(parts, Body::from(bytes))
}

/// Reports a fault that cannot be applied to the test.
fn not_applicable(why: &str) -> Response {
    let body = json!({ "error": { "code": "bad_fault", "message": format!("The response {why}.") } });
    (StatusCode::INTERNAL_SERVER_ERROR, Json(body)).into_response()
}

/// Slows the body down.
pub(super) fn slowed(body: Body, bytes_per_second: u64) -> Body {
    Body::from_stream(body.into_data_stream().then(move |piece| async move {
        let bytes = piece.as_ref().map_or(0, |piece| piece.len() as u64);
        tokio::time::sleep(Duration::from_micros(bytes * 1_000_000 / bytes_per_second)).await;
        piece
    }))
}

/// The first bytes of the body, followed by an error, as if the sender had disconnected.
pub(super) fn cut_after(body: Body, bytes: u64) -> Body {
    let mut left = usize::try_from(bytes).unwrap_or(usize::MAX);
    let start = body.into_data_stream().map_err(std::io::Error::other).map_ok(move |mut chunk| {
        chunk.truncate(left);
        left -= chunk.len();
        (chunk, left == 0)
    });
    let pieces = start.flat_map(|piece| {
        let (chunk, last) = match piece {
            Ok((chunk, last)) => (Ok(chunk), last),
            Err(error) => (Err(error), false),
        };
        let end = last.then(|| Err(std::io::ErrorKind::ConnectionReset.into()));
        stream::iter([Some(chunk), end].into_iter().flatten())
    });
    Body::from_stream(pieces)
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use super::*;

    #[tokio::test]
    async fn slowed_body_is_complete_and_slow() {
        let chunks = ["abc", "def", "ghi"].map(|chunk| Ok::<_, std::io::Error>(chunk.as_bytes()));
        let start = Instant::now();
        let body = slowed(Body::from_stream(stream::iter(chunks)), 300);
        let read = axum::body::to_bytes(body, 100).await.expect("a body");
        assert_eq!(&read[..], b"abcdefghi");
        assert!(start.elapsed() >= Duration::from_millis(30));
    }

    #[tokio::test]
    async fn a_cut_body_has_exactly_its_first_bytes_and_an_error() {
        let chunks = ["abc", "def", "ghi"].map(|chunk| Ok::<_, std::io::Error>(chunk.as_bytes()));
        let pieces: Vec<_> =
            cut_after(Body::from_stream(stream::iter(chunks)), 4).into_data_stream().take(3).collect().await;
        let read: Vec<u8> = pieces.iter().flatten().flatten().copied().collect();
        assert_eq!((read.as_slice(), pieces.iter().filter(|piece| piece.is_err()).count()), (b"abcd".as_slice(), 1));
    }
}
