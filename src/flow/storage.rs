//! What storage's answer to a presigned PUT means.

use crate::error::Error;
use crate::http::Response;
use crate::providers::{self, Ticket};

/// 2xx is stored; the ETag is storage's own affair and is not looked at.
///
/// AWS, R2 and Ceph answer an expired URL with 403, Garage with 400. A form goes to a server that need not be a storage, so
/// there 401 and 403 are what they are anywhere.
pub(super) fn read_put(response: &Response, ticket: &Ticket, now: u64) -> Result<(), Error> {
    let status = response.status;
    let is_storage = ticket.form.is_none();
    match (status, response.success(words)) {
        (_, Ok(_)) => Ok(()),
        (403, _) if is_storage => Err(Error::TicketExpired { status }),
        (400 | 403, _) if ticket.expires_before(now) => Err(Error::TicketExpired { status }),
        // S3 gives up on a slow sender with a 400: <https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html>.
        (400, Err(Error::Refused { provider_code: Some(code), .. })) if code == "RequestTimeout" => Err(Error::Stalled),
        // To storage the URL is the credential, so 401 speaks of it and not of the user's key.
        (401, _) if is_storage => Err(response.refused(status, words)),
        (_, Err(error)) => Err(error),
    }
}

/// Storage's own code, or what any other server says.
fn words(body: &[u8]) -> Option<String> {
    code(body).or_else(|| providers::refusal_words(body))
}

/// The text of `<Code>` in S3's XML error. Never `<Message>`: some stores quote the signature there.
fn code(body: &[u8]) -> Option<String> {
    let tag = b"<Code>";
    let start = body.windows(tag.len()).position(|window| window == tag)? + tag.len();
    let code = body.get(start..)?.split(|byte| *byte == b'<').next()?;
    core::str::from_utf8(code).ok().map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn put(status: u16, body: &str, expires_at_millis: Option<u64>) -> Result<(), Error> {
        let response = Response { status, body: body.into(), ..Response::default() };
        let ticket = Ticket { expires_at_millis, ..Ticket::default() };
        read_put(&response, &ticket, 1_000)
    }

    #[test]
    fn tells_an_expired_url_from_a_refusal() {
        let xml = |code| format!("<?xml version=\"1.0\"?><Error><Code>{code}</Code><Message>sig=abc</Message></Error>");
        assert_eq!(put(200, "", None), Ok(()));
        assert_eq!(put(403, &xml("AccessDenied"), None), Err(Error::TicketExpired { status: 403 }));
        assert_eq!(put(400, &xml("AccessDenied"), Some(999)), Err(Error::TicketExpired { status: 400 }));
        assert_eq!(put(400, &xml("RequestTimeout"), Some(2_000)), Err(Error::Stalled));
        assert_eq!(
            put(400, &xml("BadDigest"), Some(2_000)),
            Err(Error::Refused { status: 400, provider_code: Some("BadDigest".into()) })
        );
        assert_eq!(put(401, "", None), Err(Error::Refused { status: 401, provider_code: None }));
        assert_eq!(put(503, "", None), Err(Error::Unavailable { status: 503, retry_after_millis: None }));
    }
}
