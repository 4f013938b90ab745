//! Whether the clock of this machine agrees with that of the bucket: S3 rejects signatures of another time.

use axum::http::header;
use jiff::{SignedDuration, Timestamp};
use reqwest::Client;

use super::Finding;
use super::http::{Reply, send};
use crate::presign::Presigner;

const NAME: &str = "clock";
/// S3 accepts 15 minutes, and upload URLs are short-lived.
const TOLERATED: SignedDuration = SignedDuration::from_mins(5);

/// Compares this clock with the `Date` of a response of the bucket.
pub(super) async fn compare(client: &Client, bucket: &Presigner) -> Finding {
    match send(client.head(bucket.url())).await {
        Ok(reply) => date(&reply).map_or_else(
            || Finding::note(NAME, "not tested: the response of the bucket has no date"),
            |date| judge(Timestamp::now().duration_since(date)),
        ),
        Err(reason) => Finding::failed(NAME, reason, "check s3.endpoint and the network"),
    }
}

fn date(reply: &Reply) -> Option<Timestamp> {
    let date = reply.headers.get(header::DATE)?.to_str().ok()?;
    jiff::fmt::rfc2822::DateTimeParser::new().parse_timestamp(date).ok()
}

/// `ahead` is how far this clock is ahead of the bucket's.
fn judge(ahead: SignedDuration) -> Finding {
    let seconds = ahead.as_secs().unsigned_abs();
    if ahead.abs() <= TOLERATED {
        return Finding::ok(NAME, format!("{seconds} s from that of the bucket"));
    }
    let direction = if ahead.is_positive() { "ahead of" } else { "behind" };
    Finding::failed(
        NAME,
        format!("{seconds} s {direction} that of the bucket, which rejects signatures of another time"),
        "synchronize the clock of this machine, for example with chrony",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_may_be_five_minutes_off() {
        for seconds in [0, 300, -300] {
            assert!(!judge(SignedDuration::from_secs(seconds)).is_failed(), "{seconds}");
        }
        for (seconds, text) in [(301, "301 s ahead of"), (-1200, "1200 s behind")] {
            let finding = judge(SignedDuration::from_secs(seconds));
            assert!(finding.is_failed() && finding.to_string().contains(text), "{finding}");
        }
    }
}
