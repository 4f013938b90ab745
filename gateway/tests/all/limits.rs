//! Limits that several instances share through a Redis server.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use mediaferry::media::Kind;
use mediaferry_gateway::limits::{AccountLimits, Created, Denied, Limits, LimitsConfig, LowerLimits, Scope, Upload};
use tokio::time::sleep;

use crate::valkey::Server;

const PROVIDER: &str = "apiframe";

fn upload(subject: &str, bytes: u64) -> Upload<'_> {
    Upload { subject, provider: Some(PROVIDER), kind: Some(Kind::Image), bytes }
}

fn account(creates: u32, window: Duration, assets: u32) -> BTreeMap<String, AccountLimits> {
    let account = AccountLimits { creates: Some(creates), creates_window: Some(window), assets: Some(assets) };
    BTreeMap::from([(PROVIDER.to_owned(), account)])
}

fn config() -> LimitsConfig {
    LimitsConfig {
        uploads_per_minute: Some(4),
        bytes_per_day: Some(1000),
        concurrent_uploads: Some(2),
        account_wait: Some(Duration::ZERO),
        accounts: account(2, Duration::from_mins(1), 3),
        ..LimitsConfig::default()
    }
}

fn scope<T>(result: &Result<T, Denied>) -> Option<Scope> {
    result.as_ref().err().map(|denied| denied.scope)
}

async fn charge(limits: &Limits, subject: &str, bytes: u64) -> Option<Scope> {
    let mut permit = limits.begin(&upload(subject, bytes)).await.expect("a slot");
    scope(&permit.charge(&LowerLimits::default()).await)
}

/// The background release of a dropped permit.
async fn settled() {
    sleep(Duration::from_millis(100)).await;
}

#[tokio::test]
async fn two_instances_and_a_restarted_one_share_all_limits() {
    let Some(server) = Server::start().await else { return };
    let instance = || Limits::new(config(), Some(&server.connect()));
    let (one, two) = (instance(), instance());

    let permits =
        [one.begin(&upload("ada", 1)).await.expect("a slot"), two.begin(&upload("ada", 1)).await.expect("a slot")];
    for limits in [&one, &two, &instance()] {
        assert_eq!(scope(&limits.begin(&upload("ada", 1)).await), Some(Scope::ConcurrentUploads));
    }
    let [first, second] = permits;
    drop(first);
    second.keep("file_1", Duration::from_mins(15)).await;
    settled().await;
    let third = two.begin(&upload("ada", 1)).await.expect("the first has ended");
    assert_eq!(scope(&one.begin(&upload("ada", 1)).await), Some(Scope::ConcurrentUploads));
    one.end("ada", "file_1").await;
    drop(one.begin(&upload("ada", 1)).await.expect("the second has ended"));
    drop(third);
    settled().await;
    let denied = instance().begin(&upload("ada", 1)).await.expect_err("four in a minute");
    assert_eq!((denied.scope, denied.retry_after_seconds()), (Scope::UploadsPerMinute, Some(15)));

    assert_eq!(charge(&one, "ben", 600).await, None);
    assert_eq!(charge(&two, "ben", 600).await, Some(Scope::BytesPerDay));
    assert_eq!(charge(&instance(), "ben", 1001).await, Some(Scope::Size));
    assert_eq!(charge(&instance(), "cyd", 1000).await, None);

    one.create(PROVIDER, "ada").await.expect("a turn").finish(Created::Asset("a")).await;
    two.create(PROVIDER, "ben").await.expect("a turn").finish(Created::NotSent).await;
    two.create(PROVIDER, "ben").await.expect("a turn").finish(Created::Asset("b")).await;
    let denied = instance().create(PROVIDER, "cyd").await.expect_err("two in a minute");
    assert!(
        matches!((denied.scope, denied.retry_after_seconds()), (Scope::CreatesPerMinute, Some(58..=60))),
        "{denied:?}"
    );
}

#[tokio::test]
async fn every_key_expires_except_the_held_assets() {
    let Some(server) = Server::start().await else { return };
    let limits = Limits::new(config(), Some(&server.connect()));
    let mut permit = limits.begin(&upload("ada", 1)).await.expect("a slot");
    permit.charge(&LowerLimits { concurrent_uploads: Some(1), ..LowerLimits::default() }).await.expect("allowed");
    for asset in ["a", "b"] {
        limits.create(PROVIDER, "ada").await.expect("a turn").finish(Created::Asset(asset)).await;
    }
    limits.create(PROVIDER, "ben").await.expect_err("two in a minute");

    let client = redis::Client::open(server.url()).expect("a URL");
    let mut connection = client.get_multiplexed_async_connection().await.expect("a connection");
    let mut keys: Vec<String> = redis::cmd("KEYS").arg("*").query_async(&mut connection).await.expect("keys");
    keys.sort_unstable();
    let expected = [
        ("mediaferry:account:apiframe:assets", None),
        ("mediaferry:account:apiframe:creates", Some(60)),
        ("mediaferry:account:apiframe:creates:places", Some(70)),
        ("mediaferry:account:apiframe:creates:queue", Some(70)),
        ("mediaferry:subject:ada:bytes", Some(86)),
        ("mediaferry:subject:ada:lower:slots", Some(30)),
        ("mediaferry:subject:ada:slots", Some(30)),
        ("mediaferry:subject:ada:uploads", Some(15)),
    ];
    assert_eq!(keys, expected.map(|(key, _)| key));
    for (key, seconds) in expected {
        let millis: i64 = redis::cmd("PTTL").arg(key).query_async(&mut connection).await.expect("a time");
        let life = u64::try_from(millis).ok().map(|millis| millis / 1000);
        let close =
            life.zip(seconds).is_some_and(|(life, seconds): (u64, u64)| (seconds - 5..=seconds).contains(&life));
        assert!(close || life == seconds, "{key}: {life:?}");
    }
}

#[tokio::test]
async fn full_account_is_shared_until_an_asset_is_deleted() {
    let Some(server) = Server::start().await else { return };
    let config = LimitsConfig { accounts: account(100, Duration::from_secs(1), 2), ..config() };
    let [one, two] = [0; 2].map(|_| Limits::new(config.clone(), Some(&server.connect())));
    one.create(PROVIDER, "ada").await.expect("a place").finish(Created::Asset("a")).await;
    two.create(PROVIDER, "ada").await.expect("a place").finish(Created::Unknown).await;
    for limits in [&one, &two] {
        assert_eq!(scope(&limits.create(PROVIDER, "ada").await), Some(Scope::Assets));
    }
    two.deleted(PROVIDER, "a").await;
    one.create(PROVIDER, "ada").await.expect("a place").finish(Created::Rejected).await;
    one.create(PROVIDER, "ada").await.expect("a place").finish(Created::Asset("b")).await;
    assert_eq!(scope(&two.create(PROVIDER, "ada").await), Some(Scope::Assets));
}

#[tokio::test]
async fn shared_limits_survive_a_restart_of_the_server() {
    let Some(mut server) = Server::start().await else { return };
    let limits = Limits::new(config(), Some(&server.connect()));
    assert_eq!(charge(&limits, "ada", 900).await, None);
    limits.create(PROVIDER, "ada").await.expect("a turn").finish(Created::Asset("a")).await;
    limits.create(PROVIDER, "ada").await.expect("a turn").finish(Created::Asset("b")).await;
    server.restart().await;
    assert_eq!(charge(&limits, "ada", 900).await, Some(Scope::BytesPerDay));
    assert_eq!(scope(&limits.create(PROVIDER, "ada").await), Some(Scope::CreatesPerMinute));
}

#[tokio::test]
async fn without_the_server_limits_that_cost_money_deny_by_default() {
    let Some(mut server) = Server::start().await else { return };
    let with = |fail_open| Limits::new(LimitsConfig { fail_open, ..config() }, Some(&server.connect()));
    let (usual, open, closed) = (with(None), with(Some(true)), with(Some(false)));
    for limits in [&usual, &open, &closed] {
        assert_eq!(charge(limits, "ada", 1).await, None);
    }
    server.kill();

    let mut permit = usual.begin(&upload("ben", 1)).await.expect("costs nothing");
    let denied = permit.charge(&LowerLimits::default()).await.expect_err("bytes cost money");
    assert_eq!((denied.scope, denied.retry_after_seconds()), (Scope::Store, Some(5)));
    assert_eq!(scope(&usual.create(PROVIDER, "ben").await), Some(Scope::Store));
    assert_eq!((usual.counts().unavailable(), usual.counts().denied(Scope::Store)), (3, 2));

    assert_eq!(charge(&open, "ben", u64::MAX).await, None);
    open.create(PROVIDER, "ben").await.expect("open").finish(Created::Unknown).await;
    assert_eq!(scope(&closed.begin(&upload("ben", 1)).await), Some(Scope::Store));

    server.restart().await;
    for limits in [&usual, &open, &closed] {
        assert_eq!(charge(limits, "cyd", 1).await, None, "the connection is established again");
    }
}

/// The mock of a provider that rejects more than 3 creates in a window.
#[derive(Default)]
struct Provider(Mutex<Vec<(Instant, usize)>>);

impl Provider {
    async fn create(&self, user: usize, window: Duration) {
        sleep(Duration::from_millis(user as u64 * 7 % 40)).await;
        {
            let mut creates = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            let now = Instant::now();
            creates.push((now, user));
            let recent = creates.iter().filter(|(at, _)| now - *at < window).count();
            assert!(recent <= 3, "{recent} creates in a window: the provider returns 429");
        }
        sleep(Duration::from_millis(user as u64 * 11 % 40)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn fifty_users_at_two_instances_all_get_their_turn() {
    const WINDOW: Duration = Duration::from_millis(800);
    let Some(server) = Server::start().await else { return };
    let config = LimitsConfig {
        account_wait: Some(Duration::from_secs(2)),
        accounts: account(3, WINDOW, 1000),
        ..LimitsConfig::default()
    };
    let instance = || Limits::new(config.clone(), Some(&server.connect()));
    let instances = Arc::new(Mutex::new([instance(), instance()]));
    let provider = Arc::new(Provider::default());
    let users = (0..50).map(|user| {
        let (instances, provider) = (Arc::clone(&instances), Arc::clone(&provider));
        tokio::spawn(async move {
            let name = format!("user {user}");
            sleep(Duration::from_millis(user as u64 * 5)).await;
            for attempt in 0.. {
                let limits = instances.lock().unwrap_or_else(PoisonError::into_inner)[(user + attempt) % 2].clone();
                match limits.create(PROVIDER, &name).await {
                    Ok(permit) => {
                        provider.create(user, WINDOW).await;
                        permit.finish(Created::Asset(&name)).await;
                        return;
                    }
                    Err(denied) => {
                        assert_eq!(denied.scope, Scope::CreatesPerMinute);
                        sleep(Duration::from_secs(denied.retry_after_seconds().expect("a time"))).await;
                    }
                }
            }
        })
    });
    let users: Vec<_> = users.collect();
    sleep(Duration::from_secs(5)).await;
    instances.lock().unwrap_or_else(PoisonError::into_inner)[0] = instance();
    let start = Instant::now();
    for user in users {
        user.await.expect("a user");
    }
    let order: Vec<_> =
        provider.0.lock().unwrap_or_else(PoisonError::into_inner).iter().map(|(_, user)| *user).collect();
    println!("50 users in {:?}: {order:?}", start.elapsed() + Duration::from_secs(5));
    for (index, user) in order.iter().enumerate() {
        assert!(user.abs_diff(index) <= 9, "user {user} was number {index}: {order:?}");
    }
}

#[tokio::test]
async fn a_limit_of_zero_allows_nothing() {
    let Some(server) = Server::start().await else { return };
    let limits = Limits::new(LimitsConfig::default(), Some(&server.connect()));
    let none = LowerLimits::default();
    for (zero, expected) in [
        (LowerLimits { max_bytes: Some(0), ..none }, Scope::Size),
        (LowerLimits { bytes_per_day: Some(0), ..none }, Scope::Size),
        (LowerLimits { uploads_per_minute: Some(0), ..none }, Scope::UploadsPerMinute),
        (LowerLimits { concurrent_uploads: Some(0), ..none }, Scope::ConcurrentUploads),
    ] {
        for bytes in [0, 1, u64::MAX] {
            let mut permit = limits.begin(&upload("ada", bytes)).await.expect("no limit");
            assert_eq!(scope(&permit.charge(&zero).await), Some(expected));
        }
    }
}

#[tokio::test]
async fn an_upload_of_which_nothing_was_sent_is_given_back() {
    let Some(server) = Server::start().await else { return };
    let config = LimitsConfig { uploads_per_minute: Some(1), bytes_per_day: Some(10), ..LimitsConfig::default() };
    let limits = Limits::new(config, Some(&server.connect()));
    for _ in 0..3 {
        let mut permit = limits.begin(&upload("ada", 10)).await.expect("given back");
        permit.charge(&LowerLimits::default()).await.expect("given back");
        permit.give_back().await;
    }
    let mut permit = limits.begin(&upload("ada", 6)).await.expect("given back");
    permit.charge(&LowerLimits::default()).await.expect("given back");
    assert_eq!(scope(&limits.begin(&upload("ada", 4)).await), Some(Scope::UploadsPerMinute));
}
