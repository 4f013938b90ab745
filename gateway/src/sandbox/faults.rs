//! Faults on demand, for tests: `POST /sandbox/faults` queues them, and each strikes the next requests that it describes.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::body::Body;
use axum::extract::rejection::JsonRejection;
use axum::extract::{Request, State};
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use futures::{StreamExt, TryStreamExt, future, stream};
use mediaferry::providers;
use serde::{Deserialize, Serialize};
use serde_json::json;
use tokio::sync::watch;

use crate::server::Cut;

/// The faults that have not struck yet.
#[derive(Clone, Debug, Default)]
pub(crate) struct Faults {
    queue: Arc<Mutex<Vec<Plan>>>,
    renew: watch::Sender<()>,
}

/// The faults of one place: `storage`, or a played provider's id.
#[derive(Clone, Debug)]
pub(crate) struct FaultsAt {
    faults: Faults,
    at: &'static str,
}

/// One fault and the requests that it is for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Plan {
    /// `storage` or a provider's id.
    at: String,
    /// Any, where there is none.
    method: Option<String>,
    /// How the path starts, from the place's root.
    path: Option<String>,
    /// How many requests it strikes.
    #[serde(default = "once")]
    times: u32,
    fault: Fault,
}

/// What happens to a request: a delay, a slow line, then a cut or another answer; with neither, the request goes on.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Fault {
    delay_millis: Option<u64>,
    /// How fast the body is read, as if the line were no faster; buffers on the way take some megabytes at once.
    bytes_per_second: Option<u64>,
    /// The connection ends once so many bytes of the body were read; what was read is an upload broken off.
    cut_after_bytes: Option<u64>,
    cut: Option<When>,
    /// 200 where there is only a body.
    status: Option<u16>,
    retry_after: Option<String>,
    content_type: Option<String>,
    body: Option<String>,
}

/// When the connection ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum When {
    /// The request is carried out, and nobody hears of it.
    BeforeAnswer,
}

const fn once() -> u32 {
    1
}

/// `GET` shows what is queued, `POST` adds to it, `DELETE` forgets it.
pub(super) fn app(faults: Faults) -> Router {
    let routes = get(async |State(faults): State<Faults>| Json(faults.queue().clone())).post(add).delete(
        async |State(faults): State<Faults>| {
            faults.queue().clear();
            StatusCode::NO_CONTENT
        },
    );
    Router::new().route("/faults", routes).with_state(faults)
}

async fn add(State(faults): State<Faults>, plans: Result<Json<Vec<Plan>>, JsonRejection>) -> Response {
    let plans = plans.map(|Json(plans)| plans).map_err(|error| error.body_text());
    let plans = plans.and_then(|plans| plans.iter().try_for_each(Plan::check).map(|()| plans));
    match plans {
        Ok(plans) => {
            let mut queue = faults.queue();
            let cuts = plans.iter().any(|plan| plan.fault.cuts());
            queue.extend(plans);
            if cuts {
                faults.renew.send_replace(());
            }
            Json(queue.clone()).into_response()
        }
        Err(message) => {
            let body = json!({ "error": { "code": "bad_fault", "message": message } });
            (StatusCode::BAD_REQUEST, Json(body)).into_response()
        }
    }
}

/// Lets a request meet the first fault that is queued for it.
pub(crate) async fn strike(State(here): State<FaultsAt>, request: Request, next: Next) -> Response {
    let Some(fault) = here.take(&request) else { return next.run(request).await };
    if let Some(millis) = fault.delay_millis {
        tokio::time::sleep(Duration::from_millis(millis)).await;
    }
    let request = match fault.bytes_per_second {
        Some(rate) => request.map(|body| slowed(body, rate)),
        None => request,
    };
    if let Some(bytes) = fault.cut_after_bytes {
        let _ = next.run(request.map(|body| cut_after(body, bytes))).await;
        return Cut.into_response();
    }
    if fault.cut == Some(When::BeforeAnswer) {
        let _ = next.run(request).await;
        return Cut.into_response();
    }
    if !fault.answers() {
        return next.run(request).await;
    }
    // Read to its end: a client that is still sending could miss the answer.
    request.into_body().into_data_stream().for_each(|_| future::ready(())).await;
    fault.into_answer()
}

/// Makes each request come on a connection of its own while a cut is queued here.
///
/// Chromium sends a request again by itself, even a POST, when a connection that had served another one breaks before
/// the answer: the page would never see the cut.
pub(crate) async fn separate(State(here): State<FaultsAt>, request: Request, next: Next) -> Response {
    let cuts = here.faults.queue().iter().any(|plan| plan.at == here.at && plan.fault.cuts());
    let mut response = next.run(request).await;
    if cuts {
        response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
    }
    response
}

impl Faults {
    /// Changes when a cut was queued: connections that have served a request should end then.
    pub(crate) fn renewals(&self) -> watch::Receiver<()> {
        self.renew.subscribe()
    }

    pub(crate) fn at(&self, at: &'static str) -> FaultsAt {
        FaultsAt { faults: self.clone(), at }
    }

    fn queue(&self) -> MutexGuard<'_, Vec<Plan>> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl FaultsAt {
    fn take(&self, request: &Request) -> Option<Fault> {
        let mut queue = self.faults.queue();
        let found = queue.iter_mut().find(|plan| plan.at == self.at && plan.is_for(request))?;
        found.times -= 1;
        let fault = found.fault.clone();
        queue.retain(|plan| plan.times > 0);
        Some(fault)
    }
}

impl Plan {
    fn is_for(&self, request: &Request) -> bool {
        let method = self.method.as_deref().is_none_or(|method| method.eq_ignore_ascii_case(request.method().as_str()));
        method && self.path.as_deref().is_none_or(|path| request.uri().path().starts_with(path))
    }

    fn check(&self) -> Result<(), String> {
        let fault = &self.fault;
        let header = |text: &Option<String>| text.as_deref().is_none_or(|text| HeaderValue::try_from(text).is_ok());
        let good = [
            ("at", self.at == "storage" || providers::by_id(&self.at).is_some()),
            ("times", self.times > 0),
            ("fault", *fault != Fault::default()),
            ("bytes_per_second", fault.bytes_per_second != Some(0)),
            ("status", fault.status.is_none_or(|status| (200..=599).contains(&status))),
            ("retry_after", header(&fault.retry_after)),
            ("content_type", header(&fault.content_type)),
        ];
        good.iter()
            .find(|(_, good)| !good)
            .map_or(Ok(()), |(field, _)| Err(format!("{field} is not one that can be used")))
    }
}

impl Fault {
    const fn cuts(&self) -> bool {
        self.cut.is_some() || self.cut_after_bytes.is_some()
    }

    const fn answers(&self) -> bool {
        self.status.is_some() || self.body.is_some()
    }

    fn into_answer(self) -> Response {
        let status = self.status.and_then(|status| StatusCode::from_u16(status).ok()).unwrap_or(StatusCode::OK);
        let body = self.body.unwrap_or_default();
        let guessed = if body.starts_with(['{', '[']) { "application/json" } else { "text/html; charset=utf-8" };
        let mut response = (status, body).into_response();
        let mut set = |name: HeaderName, text: Option<&str>| {
            if let Some(value) = text.and_then(|text| HeaderValue::try_from(text).ok()) {
                response.headers_mut().insert(name, value);
            }
        };
        set(header::CONTENT_TYPE, Some(self.content_type.as_deref().unwrap_or(guessed)));
        set(header::RETRY_AFTER, self.retry_after.as_deref());
        response
    }
}

/// The same body, whose pieces take their time.
fn slowed(body: Body, bytes_per_second: u64) -> Body {
    Body::from_stream(body.into_data_stream().then(move |piece| async move {
        let bytes = piece.as_ref().map_or(0, |piece| piece.len() as u64);
        tokio::time::sleep(Duration::from_micros(bytes * 1_000_000 / bytes_per_second)).await;
        piece
    }))
}

/// The body's first bytes, then an error, as if its sender had gone away.
fn cut_after(body: Body, bytes: u64) -> Body {
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

    fn plans(json: &str) -> Result<Vec<Plan>, String> {
        let plans: Vec<Plan> = serde_json::from_str(json).map_err(|error| error.to_string())?;
        plans.iter().try_for_each(Plan::check)?;
        Ok(plans)
    }

    #[test]
    fn a_plan_strikes_its_own_requests_as_often_as_it_says() {
        let faults = Faults::default();
        faults.queue().extend(
            plans(r#"[{"at":"storage","method":"put","path":"/b/","times":2,"fault":{"status":503}}]"#)
                .expect("a plan"),
        );
        let request = |method: &str, path: &str| {
            Request::builder().method(method).uri(path).body(Body::empty()).expect("a request")
        };
        let take = |at, method, path| faults.at(at).take(&request(method, path)).is_some();
        assert!(!take("modelhunter", "PUT", "/b/1"));
        assert!(!take("storage", "GET", "/b/1"));
        assert!(!take("storage", "PUT", "/c"));
        assert!(take("storage", "PUT", "/b/1"));
        assert!(take("storage", "PUT", "/b/2"));
        assert!(!take("storage", "PUT", "/b/3"));
    }

    #[test]
    fn plans_that_would_never_strike_are_refused() {
        for json in [
            r#"[{"at":"nowhere","fault":{"status":503}}]"#,
            r#"[{"at":"storage","fault":{}}]"#,
            r#"[{"at":"storage","times":0,"fault":{"status":503}}]"#,
            r#"[{"at":"storage","fault":{"status":99}}]"#,
            r#"[{"at":"storage","fault":{"cut":"later"}}]"#,
            r#"[{"at":"storage","fault":{"bytes_per_second":0}}]"#,
            r#"[{"at":"storage","fault":{"statsu":503}}]"#,
            r#"[{"at":"storage","fault":{"status":503,"retry_after":"1\r\nX: y"}}]"#,
        ] {
            assert!(plans(json).is_err(), "{json}");
        }
    }

    #[tokio::test]
    async fn a_slowed_body_has_all_its_bytes_and_takes_its_time() {
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
