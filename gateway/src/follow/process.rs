//! Follows one asset with the core's `process` stage until the provider has processed it.

use std::time::Duration;

use mediaferry::clock::Now;
use mediaferry::error::Error;
use mediaferry::http::{Request, Response, Target};
use mediaferry::providers::{Asset, Provider};
use mediaferry::upload::{Effect, Failure, Input, Next, PROCESS_DEADLINE_MILLIS, Upload, UploadResult};
use tokio::time::{Instant, sleep};

use crate::hooks::Outcome;
use crate::millis::millis;

/// Follows the asset, which the provider has been processing for `age`. `get` requests a path at the provider.
pub(super) async fn follow<F>(
    provider: Box<dyn Provider>,
    id: String,
    age: Duration,
    get: impl Fn(String) -> F,
) -> (Outcome, Option<Asset>)
where
    F: Future<Output = Result<Response, Failure>>,
{
    let start = Instant::now();
    let mut upload = Upload::of_asset(provider, id, fastrand::u64(..));
    // No user waits, so only the deadline ends it.
    upload.retry_mut().set_timeout(PROCESS_DEADLINE_MILLIS);
    let mut input = Input::TimerFired;
    loop {
        let awake = millis(age + start.elapsed());
        input = match upload.handle(input, Now { awake, monotonic: awake, wall: 0 }).next {
            Next::Perform(Effect::Send(Request { target: Target::Provider(path), .. })) => match get(path).await {
                Ok(response) => Input::Response(response),
                Err(failure) => Input::Failed(failure),
            },
            Next::Perform(Effect::Sleep { millis, .. }) => {
                sleep(Duration::from_millis(millis)).await;
                Input::TimerFired
            }
            Next::Finish(result) => return read(*result),
            // This stage has no other effect.
            Next::Perform(_) | Next::Continue | Next::Cancelled => return (Outcome::Unknown, None),
        };
    }
}

fn read(result: Result<UploadResult, Error>) -> (Outcome, Option<Asset>) {
    match result {
        Ok(UploadResult { asset, .. }) => (Outcome::Succeeded, Some(asset)),
        Err(Error::ProcessingFailed { .. }) => (Outcome::Failed, None),
        // The asset is gone.
        Err(Error::Refused(refusal)) if matches!(refusal.status, 404 | 410) => (Outcome::Failed, None),
        Err(_) => (Outcome::Unknown, None),
    }
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;

    use mediaferry::providers::create;

    use super::*;

    const MINUTE: Duration = Duration::from_mins(1);

    /// Follows an asset of Apiframe that gets these responses in turn, the last one again and again. Returns the
    /// outcome, the time and the number of requests.
    async fn outcome(age: Duration, responses: &[Result<(u16, &str), Failure>]) -> (Outcome, Duration, usize) {
        let (start, count) = (Instant::now(), RefCell::new(0));
        let get = |path: String| {
            assert_eq!(path, "/v2/assets/a1");
            let mut count = count.borrow_mut();
            let response = responses[(*count).min(responses.len() - 1)];
            *count += 1;
            let response = response.map(|(status, body)| Response { status, body: body.into(), ..Response::default() });
            async move { response }
        };
        let (outcome, asset) = follow(create("apiframe").expect("it"), "a1".to_owned(), age, get).await;
        assert_eq!(asset.is_some(), outcome == Outcome::Succeeded);
        (outcome, start.elapsed(), count.into_inner())
    }

    const PROCESSING: Result<(u16, &str), Failure> = Ok((200, r#"{"status":"Processing"}"#));
    const ACTIVE: Result<(u16, &str), Failure> = Ok((200, r#"{"status":"Active","url":"https://a.example/1.png"}"#));

    #[tokio::test(start_paused = true)]
    async fn asset_is_polled_until_it_is_ready_or_has_failed() {
        let (end, time, count) = outcome(Duration::ZERO, &[PROCESSING, PROCESSING, ACTIVE]).await;
        assert!(end == Outcome::Succeeded && count == 3 && time < MINUTE, "{end:?} {time:?} {count}");
        let failed = Ok((200, r#"{"status":"Failed","errorMsg":"no"}"#));
        assert_eq!(outcome(Duration::ZERO, &[PROCESSING, failed]).await.0, Outcome::Failed);
        assert_eq!(outcome(Duration::ZERO, &[Ok((404, ""))]).await.0, Outcome::Failed, "it is gone");
    }

    #[tokio::test(start_paused = true)]
    async fn outage_of_minutes_is_survived() {
        let mut responses = vec![Err(Failure::Network); 12];
        responses.extend([Ok((503, "")), ACTIVE]);
        let (end, time, _) = outcome(Duration::ZERO, &responses).await;
        assert!(end == Outcome::Succeeded && time > MINUTE, "{end:?} {time:?}");
    }

    #[tokio::test(start_paused = true)]
    async fn asset_that_is_never_ready_is_given_up_after_ten_minutes_across_restarts() {
        for responses in [PROCESSING, Err(Failure::Network)] {
            for minutes in [0, 7, 60] {
                let (end, time, count) = outcome(minutes * MINUTE, &[responses]).await;
                let expected = 10_u32.saturating_sub(minutes) * MINUTE;
                assert_eq!(end, Outcome::Unknown);
                assert!(time.abs_diff(expected) < Duration::from_secs(1), "{time:?} after {minutes} minutes");
                assert!(count > 0);
            }
        }
    }
}
