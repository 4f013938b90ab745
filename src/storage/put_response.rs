//! What storage's response to a presigned PUT means.

use super::Ticket;
use crate::clock::Now;
use crate::error::Error;
use crate::http::Response;
use crate::providers::response::provider_error_message;
use crate::text;

/// How long a ticket is valid, measured from its arrival, because the user's clock may be wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Validity {
    came: u64,
    ends: Option<u64>,
}

/// The longest validity: S3's limit for a presigned URL is 7 days.
const LONGEST_MILLIS: u64 = 7 * 24 * 60 * 60_000;
/// A rejection this soon after signing is not because of the URL's age.
const FRESH_MILLIS: u64 = 60_000;

impl Validity {
    /// The validity of a ticket that arrives now. If it seems expired already, or valid for too long, the clocks
    /// differ: then only storage's response shows when it expires.
    pub(crate) fn of(ticket: &Ticket, now: Now) -> Self {
        let left = ticket.expires_at_millis().and_then(|ends| ends.checked_sub(now.wall));
        let plausible = left.filter(|left| (1..=LONGEST_MILLIS).contains(left));
        Self { came: now.monotonic, ends: plausible.map(|left| now.monotonic + left) }
    }

    /// Whether the ticket expires before this time of the monotonic clock.
    pub(crate) fn ends_before(self, monotonic: u64) -> bool {
        self.ends.is_some_and(|ends| ends < monotonic)
    }

    /// Whether a rejection without a reason may be because of the ticket's age.
    fn may_have_ended(self, now: Now) -> bool {
        self.ends_before(now.monotonic) || self.ends.is_none() || now.monotonic > self.came + FRESH_MILLIS
    }
}

/// Codes of S3 and compatible storage for an expired signature: sign again.
const SIGN_AGAIN: &[&str] =
    &["ExpiredToken", "TokenRefreshRequired", "RequestTimeTooSkewed", "RequestExpired", "InvalidToken"];
/// Codes for "later", which some storage sends with a 4xx.
/// <https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html>
const LATER: &[&str] = &[
    "SlowDown",
    "InternalError",
    "ServiceUnavailable",
    "OperationAborted",
    "ConditionalRequestConflict",
    "RequestTimeout",
    "IncompleteBody",
    "RequestLimitExceeded",
    "Throttling",
    "TooManyRequests",
    "Busy",
];

/// Reads the response to a PUT. 2xx means stored; the `ETag` is not checked.
///
/// AWS, R2 and Ceph respond to an expired URL with 403, Garage with 400. A form goes to a server that may not be
/// storage, so there 401 and 403 have their usual meaning.
pub(crate) fn read_put(response: &Response, ticket: &Ticket, validity: Validity, now: Now) -> Result<(), Error> {
    let Err(error) = response.success(error_text) else { return Ok(()) };
    let refusal = response.refusal(response.status, error_text);
    let is_storage = matches!(ticket, Ticket::Put(_));
    let code = refusal.provider_code.as_deref().unwrap_or_default();
    let is_one_of = |codes: &[&str]| codes.iter().any(|known| code.starts_with(known));
    match response.status {
        400..=499 if is_one_of(LATER) => {
            Err(if code == "RequestTimeout" { Error::Stalled } else { Error::Unavailable(refusal) })
        }
        400 | 403 if is_one_of(SIGN_AGAIN) || is_about_expiry(&response.body) => Err(Error::TicketExpired(refusal)),
        400 | 403 if validity.ends_before(now.monotonic) && is_unspecific(code) => Err(Error::TicketExpired(refusal)),
        400 if is_storage && code.is_empty() && validity.may_have_ended(now) => Err(Error::TicketExpired(refusal)),
        403 if is_storage && (code.is_empty() || is_unspecific(code) && validity.may_have_ended(now)) => {
            Err(Error::TicketExpired(refusal))
        }
        // To storage the URL is the credential, so 401 is about the URL and not about the user's key.
        401 if is_storage => Err(Error::Refused(refusal)),
        _ => Err(error),
    }
}

/// Whether a code does not include the reason.
fn is_unspecific(code: &str) -> bool {
    code.is_empty() || ["AccessDenied", "InvalidRequest", "Forbidden"].contains(&code)
}

/// Whether the message means that the request has expired. It is not passed on, because some storage quotes the
/// signature there.
fn is_about_expiry(body: &[u8]) -> bool {
    text::find(&body.to_ascii_lowercase(), b"expired").is_some()
}

/// Storage's own code, or the error message of another server.
fn error_text(body: &[u8]) -> Option<String> {
    code(body).or_else(|| provider_error_message(body))
}

/// The text of `<Code>` in S3's XML error. Never `<Message>`: some storage quotes the signature there.
fn code(body: &[u8]) -> Option<String> {
    let tag = b"<Code>";
    let start = text::find(body, tag)? + tag.len();
    let code = body.get(start..)?.split(|byte| *byte == b'<').next()?;
    core::str::from_utf8(code).ok().map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Refusal;
    use crate::storage::PutTicket;

    const CAME: Now = Now { awake: 5_000, monotonic: 5_000, wall: 1_736_935_200_000 };

    fn later(millis: u64) -> Now {
        Now { awake: CAME.awake + millis, monotonic: CAME.monotonic + millis, wall: CAME.wall + millis }
    }

    fn xml(code: &str, message: &str) -> String {
        format!("<?xml version=\"1.0\"?><Error><Code>{code}</Code><Message>{message} sig=abc</Message></Error>")
    }

    /// Storage's response, `millis` after the arrival of a ticket that is valid for 90 seconds.
    fn put(status: u16, body: &str, millis: u64) -> Result<(), Error> {
        let ticket = Ticket::Put(PutTicket { expires_at_millis: Some(CAME.wall + 90_000), ..PutTicket::default() });
        let response = Response { status, body: body.into(), ..Response::default() };
        read_put(&response, &ticket, Validity::of(&ticket, CAME), later(millis))
    }

    fn is_expired(result: &Result<(), Error>) -> bool {
        matches!(result, Err(Error::TicketExpired(_)))
    }

    #[test]
    fn expired_ticket_is_renewed() {
        assert_eq!(put(200, "", 0), Ok(()));
        for (status, body, millis) in [
            (403, xml("AccessDenied", "Request has expired"), 1),
            (400, xml("ExpiredToken", ""), 1),
            (403, xml("RequestTimeTooSkewed", ""), 1),
            (403, xml("AccessDenied", ""), 90_001),
            (403, String::new(), 1),
            (400, xml("InvalidRequest", ""), 90_001),
            // The server's clock may be ahead of ours.
            (403, xml("AccessDenied", ""), 61_000),
        ] {
            let result = put(status, &body, millis);
            assert!(is_expired(&result), "{status} {body} after {millis}: {result:?}");
        }
    }

    #[test]
    fn rejection_for_another_reason_is_reported_as_such() {
        for (status, code, millis) in [
            (403, "AccessDenied", 10_000),
            (403, "SignatureDoesNotMatch", 90_001),
            (403, "InvalidAccessKeyId", 1),
            (400, "BadDigest", 90_001),
            (401, "", 1),
            (400, "AccessDenied", 10_000),
        ] {
            let provider_code = Some(code.to_owned()).filter(|code| !code.is_empty());
            let refused = Error::Refused(Refusal { status, provider_code, retry_after_millis: None });
            let body = if code.is_empty() { String::new() } else { xml(code, "") };
            assert_eq!(put(status, &body, millis), Err(refused), "{status} {code}");
        }
    }

    #[test]
    fn codes_for_later_are_retried() {
        assert_eq!(put(400, &xml("RequestTimeout", ""), 1), Err(Error::Stalled));
        for (status, code) in [(400, "IncompleteBody"), (409, "OperationAborted"), (403, "SlowDown"), (503, "SlowDown")]
        {
            assert!(matches!(put(status, &xml(code, ""), 1), Err(Error::Unavailable(_))), "{status} {code}");
        }
    }

    #[test]
    fn wrong_user_clock_does_not_expire_a_ticket() {
        let ends = |wall: u64| {
            let ticket = Ticket::Put(PutTicket { expires_at_millis: Some(CAME.wall), ..PutTicket::default() });
            Validity::of(&ticket, Now { wall, ..CAME }).ends
        };
        assert_eq!(ends(CAME.wall - 90_000), Some(CAME.monotonic + 90_000));
        assert_eq!(ends(CAME.wall + 3_600_000), None, "an hour fast");
        assert_eq!(ends(CAME.wall), None);
        assert_eq!(ends(CAME.wall - LONGEST_MILLIS - 1), None, "years slow");
    }
}
