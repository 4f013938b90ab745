//! The error responses of S3, and what to do about each.

use super::http::Reply;
use crate::bucket::error_code;

/// What an error response says, and what to do.
pub(super) fn explain(reply: &Reply) -> (String, String) {
    let code = error_code(&reply.body);
    let status = reply.status.as_u16();
    let reason = match code {
        Some(code) => format!("status {status} {code}"),
        None => format!("status {status}"),
    };
    (reason, advice(status, code.unwrap_or_default()).to_owned())
}

fn advice(status: u16, code: &str) -> &'static str {
    match (status, code) {
        (_, "SignatureDoesNotMatch") => "check s3.secret_access_key and s3.region",
        (_, "InvalidAccessKeyId") => "check s3.access_key_id",
        (_, "NoSuchBucket") => "check s3.bucket, or create the bucket",
        (_, "RequestTimeTooSkewed" | "ExpiredToken") => "set the clock of this machine",
        (_, "AuthorizationHeaderMalformed" | "AuthorizationQueryParametersError" | "PermanentRedirect")
        | (301 | 307, _) => "check s3.region and s3.endpoint",
        (_, "AccessControlListNotSupported") => {
            "set s3.acl = 'bucket-owner-full-control', because the bucket has no ACLs"
        }
        (_, "NotImplemented" | "MethodNotAllowed") | (405 | 501, _) => "check s3.endpoint: it must be an S3 server",
        (403, _) => {
            "grant s3:PutObject and s3:GetObject for staging/* to the key, and check s3.access_key_id, \
             s3.secret_access_key and the clock"
        }
        (404, _) => "check s3.endpoint and s3.bucket",
        (500.., _) => "the bucket is not available at the moment; try again",
        _ => "check the s3 settings",
    }
}

#[cfg(test)]
mod tests {
    use axum::http::{HeaderMap, StatusCode};

    use super::*;

    #[test]
    fn each_error_names_the_setting_to_check() {
        for (status, body, reason, setting) in [
            (403, "<Error><Code>SignatureDoesNotMatch</Code></Error>", "status 403 SignatureDoesNotMatch", "secret"),
            (403, "<Error><Code>InvalidAccessKeyId</Code></Error>", "status 403 InvalidAccessKeyId", "access_key_id"),
            (404, "<Error><Code>NoSuchBucket</Code></Error>", "status 404 NoSuchBucket", "s3.bucket"),
            (403, "<Code>a<b</Code>", "status 403", "s3:PutObject"),
            (404, "<html>", "status 404", "s3.endpoint"),
            (503, "\u{ff}", "status 503", "try again"),
        ] {
            let status = StatusCode::from_u16(status).expect("a status");
            let explained = explain(&Reply { status, headers: HeaderMap::new(), body: body.into() });
            assert_eq!(explained.0, reason);
            assert!(explained.1.contains(setting), "{explained:?}");
        }
    }
}
