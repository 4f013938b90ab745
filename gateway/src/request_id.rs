//! The id of a request: the client's `x-request-id`, or a new one. It is logged and returned, so that a report from a
//! user leads to a log line.

use axum::extract::Request;
use axum::http::{HeaderMap, HeaderName, HeaderValue};
use axum::middleware::Next;
use axum::response::Response;
use uuid::Uuid;

use crate::traces;

/// The header with the id, in requests and responses.
pub(crate) const HEADER: HeaderName = HeaderName::from_static("x-request-id");
const MAX_LENGTH: usize = 64;

/// An extension of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct RequestId(pub(crate) String);

/// Adds a [`RequestId`] to a request, and the header to its response.
pub(crate) async fn assign(mut request: Request, next: Next) -> Response {
    let id = RequestId::of(request.headers());
    let value = HeaderValue::try_from(&id.0);
    request.extensions_mut().insert(id);
    let mut response = next.run(request).await;
    if let Ok(value) = value {
        response.headers_mut().insert(HEADER, value);
    }
    response
}

impl RequestId {
    /// The client's id if it fits in a log line, or a new one.
    fn of(headers: &HeaderMap) -> Self {
        let id = headers.get(HEADER).and_then(|id| id.to_str().ok()).filter(|id| is_plain(id));
        Self(id.map_or_else(|| Uuid::new_v4().simple().to_string(), str::to_owned))
    }
}

fn is_plain(id: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-');
    (1..=MAX_LENGTH).contains(&id.len()) && id.bytes().all(plain)
}

/// The client's W3C trace context, if it is well-formed.
pub(crate) fn trace_parent(headers: &HeaderMap) -> Option<&str> {
    let value = headers.get(traces::HEADER)?.to_str().ok()?;
    let hex = |byte: u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
    let fits = value.split('-').map(str::len).eq([2, 32, 16, 2]) && value.bytes().all(|byte| byte == b'-' || hex(byte));
    fits.then_some(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(name: HeaderName, value: &str) -> HeaderMap {
        [(name, HeaderValue::from_bytes(value.as_bytes()).expect("a value"))].into_iter().collect()
    }

    #[test]
    fn a_plain_id_is_kept_and_another_one_is_replaced() {
        let of = |id: &str| RequestId::of(&headers(HEADER, id)).0;
        let longest = "a".repeat(MAX_LENGTH);
        for id in ["a", "req_1.2-Z", &longest] {
            assert_eq!(of(id), id);
        }
        for id in ["", "a b", "a=b", "é", "a\"b", &"a".repeat(MAX_LENGTH + 1)] {
            assert!(of(id) != id && of(id).len() == 32, "{id}");
        }
        assert_ne!(RequestId::of(&HeaderMap::new()), RequestId::of(&HeaderMap::new()));
    }

    #[test]
    fn only_a_well_formed_trace_context_is_accepted() {
        let good = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
        assert_eq!(trace_parent(&headers(traces::HEADER, good)), Some(good));
        for bad in ["", "00", &good.to_uppercase(), &good[1..], &format!("{good}-1"), &good.replace('-', "_")] {
            assert_eq!(trace_parent(&headers(traces::HEADER, bad)), None, "{bad}");
        }
    }
}
