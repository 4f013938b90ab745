//! A request that may create an asset is sent once. It has an id, with which the gateway recognises repetitions (also
//! the browser's own) and reports the outcome of a request whose response was lost.

use crate::clock::Now;
use crate::error::Error;
use crate::http::{Idempotency, Method, Request, Response, Target};
use crate::json::{Json, Malformed};
use crate::text;

/// The header with the id, 32 hexadecimal digits.
pub(crate) const HEADER: &str = "mediaferry-attempt";
/// The gateway's path for the outcome of an id.
pub(crate) const PATH: &str = "/attempts/";

/// The once-only requests of one upload.
#[derive(Debug, Default)]
pub(super) struct Attempt {
    /// The first 24 digits, drawn by the page; empty if the requests get no id.
    base: String,
    /// The number of once-only requests of this upload that got a response.
    count: u64,
    /// When the request with this id was first sent, in milliseconds since 1970.
    sent_at: Option<u64>,
    query: Option<OutcomeQuery>,
    /// Whether the gateway has just responded to an outcome query.
    is_online: bool,
}

/// An outcome query that is being sent to the gateway.
#[derive(Debug)]
struct OutcomeQuery {
    /// Why it is sent: the error with which the upload fails if the outcome stays unknown.
    error: Error,
    /// How long ago the request was first sent.
    age_seconds: u64,
    /// Whether the request was not sent at all, and any response shows that the network is back.
    because_offline: bool,
}

/// What the gateway reports for an id.
#[derive(Debug)]
pub(super) enum Outcome {
    /// The request got this response.
    Finished(Response),
    /// There is no response yet.
    Running,
    /// The request has never arrived, so it may be sent, also again.
    NeverSent,
    /// The outcome is unknown.
    Unknown,
}

impl Attempt {
    /// Sets the first digits of the ids.
    pub(super) fn set_base(&mut self, base: String) {
        self.base = base;
    }

    /// Continues where an earlier upload with the same base stopped: at a request whose outcome is unknown.
    pub(super) const fn resume(&mut self, count: u64, sent_at: u64) {
        self.count = count;
        self.sent_at = Some(sent_at);
    }

    /// Returns the arguments for [`Self::resume`].
    pub(super) const fn pending(&self) -> Option<(u64, u64)> {
        match self.sent_at {
            Some(sent_at) => Some((self.count, sent_at)),
            None => None,
        }
    }

    /// Adds the id to a request that is sent only once and goes to the gateway.
    pub(super) fn with_id(&self, request: Request) -> Request {
        if self.is_queryable(&request) { request.header(HEADER, &self.id()) } else { request }
    }

    /// Records that a once-only request is being sent.
    pub(super) fn sent(&mut self, now: Now) {
        self.sent_at.get_or_insert(now.wall);
    }

    /// Records that a once-only request got a response: the next one is a new request.
    pub(super) fn responded(&mut self) {
        self.count += 1;
        self.sent_at = None;
        self.query = None;
        self.is_online = false;
    }

    /// Whether the network is known to be up, whatever the browser reports.
    pub(super) const fn is_online(&self) -> bool {
        self.is_online
    }

    /// Whether the gateway can report the outcome of this request.
    pub(super) fn is_queryable(&self, request: &Request) -> bool {
        !self.base.is_empty() && request.target.is_gateway() && request.idempotency != Idempotency::Idempotent
    }

    /// Starts an outcome query for the request that failed with `error`.
    pub(super) fn start_query(&mut self, error: Error, because_offline: bool, now: Now) {
        let age = self.sent_at.map_or(0, |sent_at| now.wall.saturating_sub(sent_at));
        self.query = Some(OutcomeQuery { error, age_seconds: age.div_ceil(1000), because_offline });
    }

    /// Whether an outcome query is running.
    pub(super) const fn is_querying(&self) -> bool {
        self.query.is_some()
    }

    /// The outcome query, if one is being sent.
    pub(super) fn query_request(&self) -> Option<Request> {
        let query = self.query.as_ref()?;
        let age = query.age_seconds.to_string();
        let path = text::concat(&[PATH, &self.id(), "?age=", &age]);
        Some(Request::new(Method::Get, Target::Gateway(path)))
    }

    /// Ends the outcome query and returns the error that caused it.
    pub(super) fn end_query(&mut self) -> Option<Error> {
        self.is_online = true;
        self.query.take().map(|query| query.error)
    }

    /// Reads the response to the outcome query; returns an error if the query may be repeated.
    pub(super) fn read(&self, response: &Response) -> Result<Outcome, Error> {
        if self.query.as_ref().is_some_and(|query| query.because_offline) {
            return Ok(Outcome::NeverSent);
        }
        match response.success(crate::providers::response::provider_error_message) {
            Ok(body) => match Json::read(body) {
                Err(Malformed::CUT) => Err(Malformed::CUT.into()),
                json => Ok(json.ok().and_then(outcome).unwrap_or(Outcome::Unknown)),
            },
            Err(error @ (Error::Unauthenticated(_) | Error::RateLimited(_) | Error::Unavailable(_))) => Err(error),
            Err(_) => Ok(Outcome::Unknown),
        }
    }

    fn id(&self) -> String {
        let digit = |place: u32| u32::try_from(self.count >> (4 * place) & 15).ok();
        let digits = (0..8).rev().filter_map(|place| char::from_digit(digit(place)?, 16));
        self.base.chars().chain(digits).collect()
    }
}

/// Reads `{ "state": "finished", "status", "retry_after_millis"?, "body" }`, `{ "state": "running" }` or
/// `{ "state": "never_sent" }`.
fn outcome(json: Json<'_>) -> Option<Outcome> {
    Some(match json.text("state").ok()?.as_str() {
        "finished" => Outcome::Finished(Response {
            status: json.u64("status").ok()?.try_into().ok()?,
            retry_after_millis: json.u64("retry_after_millis").ok(),
            body: json.text("body").ok()?.into(),
        }),
        "running" => Outcome::Running,
        "never_sent" => Outcome::NeverSent,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn id_is_the_pages_digits_and_a_count() {
        let mut attempt = Attempt::default();
        let post = || Request::new(Method::Post, Target::Provider("/v1/files".to_owned())).retry_only_after(&[]);
        assert_eq!(attempt.with_id(post()), post(), "without digits there is no id");
        attempt.set_base("0123456789abcdef01234567".to_owned());
        for _ in 0..0x1f {
            attempt.responded();
        }
        let id = "0123456789abcdef012345670000001f";
        assert_eq!(attempt.with_id(post()).headers, [(HEADER.to_owned(), id.to_owned())]);
        let presigned =
            Request::new(Method::Post, Target::Presigned("https://a.example/".to_owned())).retry_only_after(&[]);
        assert_eq!(attempt.with_id(presigned.clone()), presigned, "only the gateway sees it");
        attempt.sent(Now { wall: 5_000, ..Now::default() });
        attempt.sent(Now { wall: 9_000, ..Now::default() });
        attempt.start_query(Error::Network, false, Now { wall: 9_001, ..Now::default() });
        let Some(Request { target: Target::Gateway(path), .. }) = attempt.query_request() else { panic!("no query") };
        assert_eq!(path, format!("/attempts/{id}?age=5"));
    }

    #[test]
    fn unreadable_response_leaves_the_outcome_unknown() {
        let mut attempt = Attempt::default();
        attempt.start_query(Error::Network, false, Now::default());
        let read = |status, body: &str| attempt.read(&Response { status, body: body.into(), ..Response::default() });
        for (status, body) in [(404, ""), (200, "<html>"), (200, "{}"), (200, r#"{"state":"forgotten"}"#), (409, "{}")]
        {
            assert!(matches!(read(status, body), Ok(Outcome::Unknown)), "{status} {body}");
        }
        assert!(matches!(read(503, ""), Err(Error::Unavailable(_))));
        assert!(matches!(read(200, r#"{"state":"fin"#), Err(Error::Network)), "the connection broke");
        assert!(matches!(read(200, r#"{"state":"running"}"#), Ok(Outcome::Running)));
        let finished = r#"{"state":"finished","status":429,"retry_after_millis":7000,"body":"{\"a\":1}"}"#;
        let Ok(Outcome::Finished(response)) = read(200, finished) else { panic!("it is finished") };
        assert_eq!(
            (response.status, response.retry_after_millis, response.body),
            (429, Some(7000), b"{\"a\":1}".to_vec())
        );
    }
}
