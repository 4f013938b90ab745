//! The limits of one process, on a paused clock.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use mediaferry::providers::PROVIDERS;
use tokio::time::{Instant, advance, sleep};

use super::*;

const SECOND: Duration = Duration::from_secs(1);

fn upload(subject: &str, bytes: u64) -> Upload<'_> {
    Upload { subject, provider: Some("apiframe"), kind: Some(Kind::Image), bytes }
}

fn limits(config: LimitsConfig) -> Limits {
    Limits::new(config, None)
}

fn account(creates: Option<u32>, assets: Option<u32>) -> Limits {
    let account = AccountLimits { creates, creates_window: None, assets };
    limits(LimitsConfig { accounts: BTreeMap::from([("apiframe".to_owned(), account)]), ..LimitsConfig::default() })
}

/// The scope of a denial, and its wait in whole seconds.
fn denial<T>(result: Result<T, Denied>) -> Option<(Scope, Option<u64>)> {
    result.err().map(|denied| (denied.scope, denied.retry_after_seconds()))
}

#[tokio::test(start_paused = true)]
async fn without_limits_everything_is_allowed() {
    let limits = limits(LimitsConfig::default());
    for _ in 0..100 {
        let mut permit = limits.begin(&upload("ada", u64::MAX)).await.expect("no limit");
        permit.charge(&LowerLimits::default()).await.expect("no limit");
        limits.create("apiframe", "ada").await.expect("no limit").finish(Created::Unknown).await;
    }
}

#[tokio::test(start_paused = true)]
async fn uploads_per_minute_are_counted_for_each_subject() {
    let limits = limits(LimitsConfig { uploads_per_minute: Some(3), ..LimitsConfig::default() });
    for _ in 0..3 {
        drop(limits.begin(&upload("ada", 1)).await.expect("three may start at once"));
    }
    assert_eq!(denial(limits.begin(&upload("ada", 1)).await), Some((Scope::UploadsPerMinute, Some(20))));
    drop(limits.begin(&upload("ben", 1)).await.expect("another subject"));
    advance(20 * SECOND).await;
    drop(limits.begin(&upload("ada", 1)).await.expect("after Retry-After"));
    assert_eq!(limits.counts().denied(Scope::UploadsPerMinute), 1);
}

#[tokio::test(start_paused = true)]
async fn bytes_per_day_are_counted_when_charged() {
    for max in [100, 40_000_000_000_u64] {
        let limits = limits(LimitsConfig { bytes_per_day: Some(max), ..LimitsConfig::default() });
        let charge = async |bytes| {
            let mut permit = limits.begin(&upload("ada", bytes)).await.expect("bytes are not counted yet");
            denial(permit.charge(&LowerLimits::default()).await)
        };
        assert_eq!(charge(max * 11 / 10).await, Some((Scope::Size, None)), "more than a day's allowance");
        drop(limits.begin(&upload("ada", max)).await.expect("rejected by the app, not charged"));
        assert_eq!(charge(max).await, None);
        let Some((Scope::BytesPerDay, Some(wait))) = charge(max / 2).await else { panic!("the day is used up") };
        assert!((43_000..43_300).contains(&wait), "{wait}");
        advance(Duration::from_secs(wait)).await;
        assert_eq!(charge(max / 2).await, None);
    }
}

#[tokio::test(start_paused = true)]
async fn slot_is_held_while_the_upload_runs_and_no_longer() {
    let limits = limits(LimitsConfig { concurrent_uploads: Some(1), ..LimitsConfig::default() });
    let permit = limits.begin(&upload("ada", 1)).await.expect("a slot");
    sleep(Duration::from_mins(10)).await;
    assert_eq!(denial(limits.begin(&upload("ada", 1)).await), Some((Scope::ConcurrentUploads, Some(5))));
    drop(permit);
    let permit = limits.begin(&upload("ada", 1)).await.expect("the slot is free");

    permit.keep("file_1", Duration::from_mins(15)).await;
    sleep(Duration::from_secs(899)).await;
    assert!(limits.begin(&upload("ada", 1)).await.is_err(), "kept for the ticket");
    sleep(SECOND).await;
    let permit = limits.begin(&upload("ada", 1)).await.expect("the ticket has expired");
    permit.keep("file_2", Duration::from_mins(15)).await;
    limits.end("ada", "file_2").await;
    drop(limits.begin(&upload("ada", 1)).await.expect("the upload has ended"));
}

#[tokio::test(start_paused = true)]
async fn slot_of_a_crashed_instance_is_free_after_the_lease() {
    let limits = limits(LimitsConfig { concurrent_uploads: Some(1), ..LimitsConfig::default() });
    let permit = limits.begin(&upload("ada", 1)).await.expect("a slot");
    permit.leases[0].stop_renewal();
    std::mem::forget(permit);
    sleep(LEASE.saturating_sub(SECOND)).await;
    assert!(limits.begin(&upload("ada", 1)).await.is_err());
    sleep(SECOND).await;
    drop(limits.begin(&upload("ada", 1)).await.expect("the lease has ended"));
}

#[tokio::test(start_paused = true)]
async fn provider_and_kind_must_be_allowed() {
    let limits = limits(LimitsConfig {
        providers: Some(vec!["apiframe".to_owned()]),
        kinds: Some(vec![Kind::Image]),
        ..LimitsConfig::default()
    });
    let begin = async |provider, kind| denial(limits.begin(&Upload { provider, kind, ..upload("ada", 1) }).await);
    assert_eq!(begin(Some("apiframe"), Some(Kind::Image)).await, None);
    assert_eq!(begin(Some("onerouter"), Some(Kind::Image)).await, Some((Scope::Provider, None)));
    assert_eq!(begin(Some("apiframe"), Some(Kind::Video)).await, Some((Scope::Kind, None)));
    assert_eq!(begin(Some("apiframe"), None).await, Some((Scope::Kind, None)));
}

#[test]
fn max_form_is_the_largest_documented_file_and_the_rest_of_the_form() {
    let form = |config: LimitsConfig, id| {
        let profile = PROVIDERS.iter().map(|provider| provider.profile()).find(|profile| profile.id == id);
        Limits::new(config, None).max_form_bytes(profile.expect(id))
    };
    assert_eq!(form(LimitsConfig::default(), "worldrouter"), 10 * 1024 * 1024 + 65_536);
    assert_eq!(form(LimitsConfig::default(), "modelhunter"), 500_000_000 + 65_536);
    assert_eq!(form(LimitsConfig::default(), "relaydance"), 1_000_000_000 + 65_536);
    let config = LimitsConfig { max_form_bytes: Some(7), ..LimitsConfig::default() };
    assert_eq!(form(config, "worldrouter"), 7);
}

#[tokio::test(start_paused = true)]
async fn app_can_lower_each_limit_of_one_upload() {
    let limits = limits(LimitsConfig { bytes_per_day: Some(1000), ..LimitsConfig::default() });
    let charge = async |subject: &'static str, bytes, lower| {
        let mut permit = limits.begin(&upload(subject, bytes)).await.expect("no limit");
        let denied = denial(permit.charge(&lower).await);
        (denied, permit)
    };
    let small = LowerLimits { max_bytes: Some(10), ..LowerLimits::default() };
    assert_eq!(charge("ada", 10, small).await.0, None);
    assert_eq!(charge("ada", 11, small).await.0, Some((Scope::Size, None)));

    let slow = LowerLimits { uploads_per_minute: Some(1), ..LowerLimits::default() };
    assert_eq!(charge("ben", 1, slow).await.0, None);
    assert_eq!(charge("ben", 1, slow).await.0, Some((Scope::UploadsPerMinute, Some(60))));

    let few = LowerLimits { bytes_per_day: Some(100), ..LowerLimits::default() };
    assert_eq!(charge("cyd", 100, few).await.0, None);
    assert!(matches!(charge("cyd", 10, few).await.0, Some((Scope::BytesPerDay, Some(_)))));

    let one = LowerLimits { concurrent_uploads: Some(1), ..LowerLimits::default() };
    let (denied, permit) = charge("dan", 1, one).await;
    assert_eq!(denied, None);
    assert_eq!(charge("dan", 1, one).await.0, Some((Scope::ConcurrentUploads, Some(5))));
    drop(permit);
    assert_eq!(charge("dan", 1, one).await.0, None);
}

/// Every limit of an upload that an app can set to 0.
fn zeros() -> [(LowerLimits, Scope); 4] {
    let none = LowerLimits::default();
    [
        (LowerLimits { max_bytes: Some(0), ..none }, Scope::Size),
        (LowerLimits { bytes_per_day: Some(0), ..none }, Scope::Size),
        (LowerLimits { uploads_per_minute: Some(0), ..none }, Scope::UploadsPerMinute),
        (LowerLimits { concurrent_uploads: Some(0), ..none }, Scope::ConcurrentUploads),
    ]
}

#[tokio::test(start_paused = true)]
async fn a_limit_of_zero_allows_nothing() {
    let limits = limits(LimitsConfig { uploads_per_minute: Some(1000), ..LimitsConfig::default() });
    for (zero, scope) in zeros() {
        for bytes in [0, 1, u64::MAX] {
            let mut permit = limits.begin(&upload("ada", bytes)).await.expect("not limited yet");
            let denied = permit.charge(&zero).await.expect_err("a limit of 0");
            assert_eq!((denied.scope, denied.retry_after.is_some()), (scope, scope == Scope::ConcurrentUploads));
        }
    }
    drop(limits.begin(&upload("ada", 1)).await.expect("the counters still work"));
    assert!(account(Some(0), None).create("apiframe", "ada").await.is_err());
}

#[tokio::test(start_paused = true)]
async fn the_largest_numbers_are_counted() {
    let most = LowerLimits {
        max_bytes: Some(u64::MAX),
        uploads_per_minute: Some(u32::MAX),
        bytes_per_day: Some(u64::MAX),
        concurrent_uploads: Some(u32::MAX),
    };
    let limits = limits(LimitsConfig { bytes_per_day: Some(u64::MAX), ..LimitsConfig::default() });
    let mut permit = limits.begin(&upload("ada", u64::MAX)).await.expect("no limit");
    assert_eq!(permit.charge(&most).await, Ok(()));
    let mut permit = limits.begin(&upload("ada", u64::MAX)).await.expect("no limit");
    assert_eq!(denial(permit.charge(&most).await), Some((Scope::BytesPerDay, Some(86_400))));
}

#[tokio::test(start_paused = true)]
async fn a_denied_upload_uses_up_no_rate_and_a_rate_has_one_counter_for_all_maxima() {
    let limits = limits(LimitsConfig { bytes_per_day: Some(1000), ..LimitsConfig::default() });
    let charge = async |bytes, uploads| {
        let mut permit = limits.begin(&upload("ada", bytes)).await.expect("no limit");
        let lower = LowerLimits { uploads_per_minute: Some(uploads), ..LowerLimits::default() };
        denial(permit.charge(&lower).await)
    };
    assert_eq!(charge(900, 2).await, None);
    assert!(matches!(charge(900, 2).await, Some((Scope::BytesPerDay, Some(_)))));
    assert_eq!(charge(1, 2).await, None, "the one that was denied is not counted");
    assert!(matches!(charge(1, 3).await, Some((Scope::UploadsPerMinute, Some(_)))), "another maximum is no new minute");
}

#[tokio::test(start_paused = true)]
async fn an_upload_of_which_nothing_was_sent_is_given_back() {
    let limits =
        limits(LimitsConfig { uploads_per_minute: Some(1), bytes_per_day: Some(10), ..LimitsConfig::default() });
    for _ in 0..3 {
        let mut permit = limits.begin(&upload("ada", 10)).await.expect("given back");
        permit.charge(&LowerLimits::default()).await.expect("given back");
        permit.give_back().await;
    }
    let mut permit = limits.begin(&upload("ada", 10)).await.expect("given back");
    permit.charge(&LowerLimits::default()).await.expect("given back");
    drop(permit);
    assert_eq!(denial(limits.begin(&upload("ada", 10)).await), Some((Scope::UploadsPerMinute, Some(60))));
}

#[tokio::test(start_paused = true)]
async fn account_never_has_more_creates_in_a_window_and_nobody_starves() {
    let limits = account(Some(3), None);
    let start = Instant::now();
    let seen = Arc::new(Mutex::new(Vec::new()));
    let users = (0..50).map(|user| {
        let (limits, seen) = (limits.clone(), Arc::clone(&seen));
        tokio::spawn(async move {
            let name = format!("user {user:02}");
            sleep(Duration::from_millis(user)).await;
            loop {
                match limits.create("apiframe", &name).await {
                    Ok(permit) => {
                        // The provider receives the request at any time of the exchange.
                        sleep(Duration::from_millis(user * 71 % 900)).await;
                        seen.lock().expect("a list").push((start.elapsed(), user));
                        sleep(Duration::from_millis(user * 37 % 900)).await;
                        return permit.finish(Created::Rejected).await;
                    }
                    Err(denied) => {
                        assert_eq!(denied.scope, Scope::CreatesPerMinute);
                        let seconds = denied.retry_after_seconds().expect("a time");
                        assert!((1..=60).contains(&seconds), "{seconds}");
                        sleep(Duration::from_secs(seconds)).await;
                    }
                }
            }
        })
    });
    for user in users.collect::<Vec<_>>() {
        user.await.expect("a user");
    }
    let mut seen = seen.lock().expect("a list").clone();
    seen.sort_unstable();
    for (fourth, first) in seen.iter().skip(3).zip(&seen) {
        assert!(fourth.0.saturating_sub(first.0) > MINUTE, "{seen:?}");
    }
    let expected = MINUTE * (50 / 3 + 1);
    assert!(seen.last().expect("a create").0 < expected + MINUTE, "{seen:?}");
    for (index, (_, user)) in seen.iter().enumerate() {
        assert!(user.abs_diff(index as u64) < 3, "in order of arrival: {seen:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn waiter_that_does_not_return_loses_its_place() {
    let limits = account(Some(1), None);
    limits.create("apiframe", "ada").await.expect("a turn").finish(Created::Rejected).await;
    for waiter in ["ben", "cyd"] {
        assert!(denial(limits.create("apiframe", waiter).await).is_some());
    }
    sleep(Duration::from_secs(51)).await;
    assert!(denial(limits.create("apiframe", "cyd").await).is_some(), "the turn is Ben's");
    sleep(turns::GRACE).await;
    limits.create("apiframe", "cyd").await.expect("Ben has not returned").finish(Created::NotSent).await;
    limits
        .create("apiframe", "cyd")
        .await
        .expect("a request that was not sent is not counted")
        .finish(Created::Unknown)
        .await;
}

#[tokio::test(start_paused = true)]
async fn dropped_permit_counts_as_a_create_once_the_request_is_sent() {
    let limits = account(Some(1), Some(2));
    drop(limits.create("apiframe", "ada").await.expect("a turn"));
    let mut permit = limits.create("apiframe", "ada").await.expect("nothing was sent");
    permit.sending();
    drop(permit);
    assert_eq!(denial(limits.create("apiframe", "ada").await), Some((Scope::CreatesPerMinute, Some(55))));
    sleep(MINUTE).await;
    let permit = limits.create("apiframe", "ada").await.expect("a turn");
    let finish = tokio::time::timeout(Duration::ZERO, permit.finish(Created::Rejected));
    finish.await.expect_err("a client that disconnects");
    tokio::task::yield_now().await;
    assert_eq!(denial(limits.create("apiframe", "ada").await), Some((Scope::CreatesPerMinute, Some(55))));
}

#[tokio::test(start_paused = true)]
async fn full_account_denies_until_an_asset_is_deleted() {
    let limits = account(None, Some(2));
    let create = async || limits.create("apiframe", "ada").await;
    create().await.expect("a place").finish(Created::Rejected).await;
    create().await.expect("a place").finish(Created::NotSent).await;
    create().await.expect("a place").finish(Created::Asset("a")).await;
    create().await.expect("a place").finish(Created::Unknown).await;
    assert_eq!(denial(create().await), Some((Scope::Assets, Some(60))));
    limits.deleted("apiframe", "b").await;
    assert!(create().await.is_err(), "another asset");
    limits.deleted("apiframe", "a").await;
    create().await.expect("a place").finish(Created::Asset("c")).await;
    assert!(create().await.is_err());
    sleep(DAY).await;
    create().await.expect("an unknown asset counts for a day").finish(Created::Asset("d")).await;
    sleep(30 * DAY).await;
    assert!(create().await.is_err(), "the provider documents no lifetime");
}
