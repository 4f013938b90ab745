//! Once-only requests: one with the header `mediaferry-attempt` is forwarded once, however often it comes.
//!
//! If a reused connection breaks after a POST was read and before any response, a browser sends the POST again by
//! itself (RFC 9110 §9.2.2 asks it not to; Chromium and Firefox do). No page can prevent or detect this, and the
//! provider would create a second asset. So the page adds a random id to each such request, and a repetition gets the
//! response to the first one.

use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use http_body_util::BodyExt;

use crate::conditions::Conditions;
use crate::exchange::{Collected, Exchange, Failure};
use crate::progress::Passed;
use crate::proxy::TOO_LONG;
use crate::refusal::Refusal;

mod first;
mod key;
mod question;
mod table;

use first::{AttemptOutcome, First};
use key::FirstTry;
pub(crate) use key::Key;
pub(crate) use question::app;
use table::Arrival;
pub(crate) use table::{LIMITS, Table};

/// The id of a request that must not be repeated: 32 lowercase hexadecimal digits.
const ATTEMPT: HeaderName = HeaderName::from_static("mediaferry-attempt");
/// The header of a deliberate repetition: the seconds since the first attempt.
const ATTEMPT_AGE: HeaderName = HeaderName::from_static("mediaferry-attempt-age");

/// How long the client of a first request may send no part of its body once a repetition waits. After that, it has
/// probably disconnected.
const CONTESTED: Duration = Duration::from_secs(10);
/// How long a repetition's unused body may pause before the response is sent regardless.
const DRAIN: Duration = Duration::from_secs(30);

const BAD_ATTEMPT: Refusal = Refusal::new(
    StatusCode::BAD_REQUEST,
    "bad_attempt",
    "The attempt id must be 32 lowercase hexadecimal digits, and its age a whole number of seconds.",
);

/// The id and age in a request's headers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Attempt<'a> {
    pub(crate) id: &'a str,
    /// The time since the first attempt, if this is a deliberate repetition.
    pub(crate) age: Option<Duration>,
}

impl<'a> Attempt<'a> {
    /// Reads the headers; `None` for a request without an id.
    pub(crate) fn read(headers: &'a HeaderMap) -> Result<Option<Self>, Refusal> {
        let Some(id) = one(headers, &ATTEMPT)? else { return Ok(None) };
        let age = one(headers, &ATTEMPT_AGE)?.map(|age| seconds(age).ok_or(BAD_ATTEMPT)).transpose()?;
        if is_id(id) { Ok(Some(Self { id, age })) } else { Err(BAD_ATTEMPT) }
    }
}

fn is_id(text: &str) -> bool {
    text.len() == 32 && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

/// The value of a header that may occur once.
fn one<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Result<Option<&'a str>, Refusal> {
    let mut values = headers.get_all(name).iter();
    let value = values.next().map(|value| value.to_str().map_err(|_| BAD_ATTEMPT)).transpose();
    if values.next().is_some() { Err(BAD_ATTEMPT) } else { value }
}

/// A number too large for a `u64` is longer ago than anything that is remembered.
fn seconds(text: &str) -> Option<Duration> {
    let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    digits.then(|| Duration::from_secs(text.parse().unwrap_or(u64::MAX)))
}

/// Forwards the request that `exchange` creates from the body. A repetition gets the response to the first request
/// instead.
pub(crate) async fn once(
    table: &Arc<Table>,
    key: &Key,
    age: Option<Duration>,
    body: Body,
    exchange: impl FnOnce(Body) -> Exchange,
    conditions: Conditions,
) -> Result<Response, Refusal> {
    let first_try = age.map(FirstTry::before);
    let mut repetition = loop {
        match table.admit(key, first_try)? {
            Arrival::First(first) => {
                let limit = table.limits().response;
                // A separate task, because it must outlive the client's connection, and with it this future.
                let forwarding = tokio::spawn(forward(first, exchange(body), limit, conditions));
                return forwarding.await.map_err(|_| Failure::broken().refusal());
            }
            Arrival::Repetition(mut first) => {
                // Until the first request has its whole body it may fail, and then this body is needed.
                if first.is_forwarded().await {
                    break first;
                }
            }
        }
    };
    let drained = drain(body).await;
    let mut response = repetition.response().await?;
    if !drained {
        response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
    }
    Ok(response)
}

/// Forwards a first request if its conditions are met, and stores its outcome.
async fn forward(first: First, exchange: Exchange, limit: usize, conditions: Conditions) -> Response {
    let forwarded = match conditions.before().await {
        Ok(forwarded) => forwarded,
        Err(response) => {
            first.free();
            return response;
        }
    };
    let (has_body, progress) = (exchange.has_body(), exchange.progress());
    let mut collecting = std::pin::pin!(exchange.collect(limit));
    let result = tokio::select! {
        biased;
        result = &mut collecting => result,
        () = progress.whole() => {
            first.forwarded();
            collecting.await
        }
        () = async {
            first.contested().await;
            progress.idle_for(CONTESTED).await;
        }, if has_body => match progress.end() {
            Passed::Whole => collecting.await,
            passed => Err(Failure::incomplete(passed)),
        },
    };
    match result {
        Ok(Collected::Whole(response)) => {
            let response = forwarded.after(response).await;
            first.end(AttemptOutcome::Kept(response.clone()));
            response.into_response()
        }
        Ok(Collected::Longer(response)) => {
            first.end(AttemptOutcome::TooLong);
            if forwarded.has_claim() { TOO_LONG.into_response() } else { response }
        }
        Err(failure) => {
            let response = failure.refusal().kept();
            forwarded.failed(failure.reached).await;
            if failure.reached.has_no_effect() {
                first.free();
            } else {
                // The provider may have carried out the request: a repetition must not reach it.
                first.end(AttemptOutcome::Kept(response.clone()));
            }
            response.into_response()
        }
    }
}

/// Reads and discards a body, because many clients read no response before they have sent everything. Returns whether
/// the body was complete.
async fn drain(mut body: Body) -> bool {
    loop {
        match tokio::time::timeout(DRAIN, body.frame()).await {
            Ok(Some(Ok(_))) => {}
            Ok(None) => return true,
            Ok(Some(Err(_))) | Err(_) => return false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "0123456789abcdef0123456789abcdef";

    fn read(headers: &[(&'static str, &str)]) -> Result<Option<(String, Option<u64>)>, Refusal> {
        let headers = headers.iter().map(|(name, value)| {
            (HeaderName::from_static(name), HeaderValue::from_bytes(value.as_bytes()).expect("a value"))
        });
        let mut map = HeaderMap::new();
        headers.for_each(|(name, value)| {
            map.append(name, value);
        });
        let attempt = Attempt::read(&map)?;
        Ok(attempt.map(|attempt| (attempt.id.to_owned(), attempt.age.map(|age| age.as_secs()))))
    }

    #[test]
    fn an_id_is_32_lowercase_digits_and_comes_once() {
        assert_eq!(read(&[]), Ok(None));
        assert_eq!(read(&[("mediaferry-attempt-age", "x")]), Ok(None), "an age without an id is ignored");
        assert_eq!(read(&[("mediaferry-attempt", ID)]), Ok(Some((ID.to_owned(), None))));
        for id in ["", &ID[1..], &format!("{ID}0"), &ID.to_uppercase(), &ID.replace('a', "g"), &ID.replace("ab", "é")]
        {
            assert_eq!(read(&[("mediaferry-attempt", id)]), Err(BAD_ATTEMPT), "{id}");
        }
        assert_eq!(read(&[("mediaferry-attempt", ID), ("mediaferry-attempt", ID)]), Err(BAD_ATTEMPT));
    }

    #[test]
    fn an_age_is_whole_seconds() {
        let age = |text| read(&[("mediaferry-attempt", ID), ("mediaferry-attempt-age", text)]);
        for (text, seconds) in [("0", 0), ("007", 7), ("86400", 86400), ("99999999999999999999999", u64::MAX)] {
            assert_eq!(age(text), Ok(Some((ID.to_owned(), Some(seconds)))), "{text}");
        }
        for text in ["", "-1", "1.5", "+1", " 1 1", "1s", "NaN", "é"] {
            assert_eq!(age(text), Err(BAD_ATTEMPT), "{text:?}");
        }
    }
}
