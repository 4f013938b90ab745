//! What is remembered of once-only requests: who forwards, what came of it, and since when nothing is missing.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::http::{Method, StatusCode};
use axum::response::{IntoResponse, Response};
use mediaferry::digest::Digest;
use tokio::sync::{Notify, watch};
use tokio::time::Instant;

use crate::answer::Refusal;
use crate::exchange::{Failure, Kept};

/// How much is remembered.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limits {
    /// Requests, with those that are being forwarded.
    pub(crate) entries: usize,
    /// Bytes of one response.
    pub(crate) response: usize,
    /// Bytes of all responses.
    pub(crate) responses: usize,
    /// The time since a request's end.
    pub(crate) age: Duration,
}

/// Room for a quarter of an hour of 18 requests a second, whose responses are of some 1 KB.
pub(crate) const LIMITS: Limits =
    Limits { entries: 1 << 14, response: 1 << 20, responses: 16 << 20, age: Duration::from_mins(15) };

/// How much older a request may be than it says: the page counts its age before the browser sends it.
const SLACK: Duration = Duration::from_secs(5);

/// What cannot be repeated, because it is not known whether it was done.
const FORGOTTEN: Refusal = Refusal::new(
    StatusCode::CONFLICT,
    "attempt_forgotten",
    "The gateway no longer knows the outcome of this request, so it did not forward it again.",
);
const TOO_LONG: Refusal = Refusal::new(
    StatusCode::CONFLICT,
    "attempt_forgotten",
    "The request was forwarded before. Its response was too long to be kept.",
);
const OVERLOADED: Refusal = Refusal::new(
    StatusCode::SERVICE_UNAVAILABLE,
    "overloaded",
    "The gateway is forwarding too many requests. Try again later.",
)
.sent(false)
.retry_after("2");

/// A request's name: its id, then provider, method and path as a digest, since a path can be long.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Key(String);

/// The requests that are remembered.
#[derive(Debug)]
pub(crate) struct Table {
    limits: Limits,
    entries: Mutex<Entries>,
}

#[derive(Debug)]
struct Entries {
    all: BTreeMap<Key, Entry>,
    /// Those that have ended, oldest end first.
    ended: VecDeque<(Instant, Key)>,
    /// The size of their responses.
    bytes: usize,
    /// Every request that first came after this time is remembered, unless it had no effect.
    complete_since: Instant,
}

#[derive(Clone, Debug)]
struct Entry {
    first_came: Instant,
    state: watch::Receiver<State>,
    contested: Arc<Notify>,
}

#[derive(Clone, Debug)]
enum State {
    /// The provider does not have the whole request yet.
    Incomplete,
    /// The whole request is on its way to the provider or there.
    Forwarded,
    Ended(Outcome),
    /// The request had no effect, and the next one with its id is the first.
    Freed,
}

/// What came of a request that may have had an effect.
#[derive(Clone, Debug)]
pub(crate) enum Outcome {
    /// A response, of the provider or about it.
    Kept(Kept),
    /// A response that is too long to be kept.
    TooLong,
}

/// What is known of a request.
#[derive(Debug)]
pub(crate) enum Known {
    Finished(Kept),
    Running,
    /// It never came, or had no effect.
    NeverSent,
    /// It may have come, and may have had an effect.
    Forgotten,
}

/// What a request is.
#[derive(Debug)]
pub(crate) enum Admission {
    First(First),
    Repetition(Repetition),
}

/// The one that forwards. Dropped without an end, it ends by itself.
#[derive(Debug)]
pub(crate) struct First {
    table: Arc<Table>,
    key: Key,
    state: watch::Sender<State>,
    contested: Arc<Notify>,
}

/// One that waits for the first one's response.
#[derive(Debug)]
pub(crate) struct Repetition(watch::Receiver<State>);

/// When a request that is so old was first sent, at the earliest; `None` if that is before all times.
pub(crate) fn first_try(age: Duration) -> Option<Instant> {
    Instant::now().checked_sub(age.checked_add(SLACK)?)
}

impl Key {
    pub(crate) fn new(provider: &str, method: &Method, path: &str, id: &str) -> Self {
        let mut digest = Digest::new();
        // None of them has a space.
        digest.update(format!("{provider} {method} {path}").as_bytes());
        Self(format!("{id} {}", digest.finish().hex()))
    }
}

impl Table {
    pub(crate) fn new(limits: Limits) -> Arc<Self> {
        let entries =
            Entries { all: BTreeMap::new(), ended: VecDeque::new(), bytes: 0, complete_since: Instant::now() };
        Arc::new(Self { limits, entries: Mutex::new(entries) })
    }

    pub(crate) const fn limits(&self) -> &Limits {
        &self.limits
    }

    /// Admits a request: the first with its key is to forward it, any other waits for that one.
    pub(crate) fn admit(self: &Arc<Self>, key: &Key, first_try: Option<Option<Instant>>) -> Result<Admission, Refusal> {
        let now = Instant::now();
        let mut entries = self.entries();
        entries.expire(now, self.limits.age);
        if let Some(entry) = entries.all.get(key) {
            entry.contested.notify_one();
            return Ok(Admission::Repetition(Repetition(entry.state.clone())));
        }
        if first_try.is_some_and(|first_try| entries.may_have_forgotten(first_try)) {
            return Err(FORGOTTEN);
        }
        if entries.all.len() >= self.limits.entries && !entries.forget_oldest() {
            return Err(OVERLOADED);
        }
        let (state, contested) = (watch::Sender::new(State::Incomplete), Arc::new(Notify::new()));
        let entry = Entry { first_came: now, state: state.subscribe(), contested: Arc::clone(&contested) };
        entries.all.insert(key.clone(), entry);
        Ok(Admission::First(First { table: Arc::clone(self), key: key.clone(), state, contested }))
    }

    /// What is known of the request with this id.
    pub(crate) fn look_up(&self, id: &str, first_try: Option<Instant>) -> Known {
        let mut entries = self.entries();
        entries.expire(Instant::now(), self.limits.age);
        let found = entries.all.range(Key(id.to_owned())..).next().filter(|(key, _)| key.0.starts_with(id));
        let Some((_, entry)) = found else {
            return if entries.may_have_forgotten(first_try) { Known::Forgotten } else { Known::NeverSent };
        };
        entry.contested.notify_one();
        match &*entry.state.borrow() {
            State::Incomplete | State::Forwarded => Known::Running,
            State::Ended(Outcome::Kept(response)) => Known::Finished(response.clone()),
            State::Ended(Outcome::TooLong) => Known::Forgotten,
            State::Freed => Known::NeverSent,
        }
    }

    fn entries(&self) -> MutexGuard<'_, Entries> {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Entries {
    /// Whether a request that first came at this time or later may be missing.
    fn may_have_forgotten(&self, first_try: Option<Instant>) -> bool {
        first_try.is_none_or(|first_try| first_try <= self.complete_since)
    }

    fn expire(&mut self, now: Instant, age: Duration) {
        while self.ended.front().is_some_and(|(end, _)| now.duration_since(*end) > age) {
            self.forget_oldest();
        }
    }

    /// Forgets the request that ended first; returns whether there was one.
    fn forget_oldest(&mut self) -> bool {
        let Some((_, key)) = self.ended.pop_front() else { return false };
        if let Some(entry) = self.all.remove(&key) {
            self.bytes -= entry.size();
            self.complete_since = self.complete_since.max(entry.first_came);
        }
        true
    }

    fn end(&mut self, key: &Key, limits: &Limits) {
        let Some(entry) = self.all.get(key) else { return };
        self.bytes += entry.size();
        self.ended.push_back((Instant::now(), key.clone()));
        while self.bytes > limits.responses && self.forget_oldest() {}
    }
}

impl Entry {
    fn size(&self) -> usize {
        match &*self.state.borrow() {
            State::Ended(Outcome::Kept(kept)) => kept.size(),
            _ => 0,
        }
    }
}

impl First {
    /// The provider may have the whole request from now on, so no other is forwarded.
    pub(crate) fn forwarded(&self) {
        self.state.send_replace(State::Forwarded);
    }

    /// Ends once a repetition has come.
    pub(crate) async fn contested(&self) {
        self.contested.notified().await;
    }

    /// Remembers the outcome.
    pub(crate) fn end(self, outcome: Outcome) {
        self.set(State::Ended(outcome));
    }

    /// Frees the id of a request that had no effect.
    pub(crate) fn free(self) {
        self.set(State::Freed);
    }

    fn set(&self, state: State) {
        let freed = matches!(state, State::Freed);
        let mut entries = self.table.entries();
        self.state.send_replace(state);
        if freed {
            entries.all.remove(&self.key);
        } else {
            entries.end(&self.key, &self.table.limits);
        }
    }
}

impl Drop for First {
    /// Whoever forwarded has panicked or was dropped with the runtime: the outcome is unknown.
    fn drop(&mut self) {
        let ended = matches!(*self.state.borrow(), State::Ended(_) | State::Freed);
        if !ended {
            self.set(State::Ended(Outcome::Kept(Failure::broken().refusal().kept())));
        }
    }
}

impl Repetition {
    /// Waits until the provider may have the whole first request. `false` if that one had no effect.
    pub(crate) async fn is_forwarded(&mut self) -> bool {
        // The sender sets an end before it is dropped.
        let settled = self.0.wait_for(|state| !matches!(state, State::Incomplete)).await;
        settled.is_ok_and(|state| !matches!(*state, State::Freed))
    }

    /// Waits for the first one's response.
    pub(crate) async fn response(&mut self) -> Result<Response, Refusal> {
        let ended = self.0.wait_for(|state| matches!(state, State::Ended(_) | State::Freed)).await;
        match ended.as_deref() {
            Ok(State::Ended(Outcome::Kept(response))) => Ok(response.clone().into_response()),
            Ok(State::Ended(Outcome::TooLong)) => Err(TOO_LONG),
            _ => Err(FORGOTTEN),
        }
    }
}

#[cfg(test)]
mod tests {
    use axum::body::Bytes;
    use axum::http::HeaderMap;

    use super::*;

    const SMALL: Limits = Limits { entries: 3, response: 100, responses: 250, age: Duration::from_mins(15) };
    /// The table's age when it holds everything about what a page may call a minute old.
    const WARM: Duration = Duration::from_mins(10);

    fn key(id: u8) -> Key {
        Key::new("relaydance", &Method::POST, "/v1/files", &name(id))
    }

    fn name(id: u8) -> String {
        format!("{id:032x}")
    }

    fn outcome(size: usize) -> Outcome {
        Outcome::Kept(Kept {
            status: StatusCode::CREATED,
            headers: HeaderMap::new(),
            body: Bytes::from(vec![b'x'; size]),
        })
    }

    fn first(table: &Arc<Table>, id: u8) -> First {
        match table.admit(&key(id), None).expect("room") {
            Admission::First(first) => first,
            Admission::Repetition(_) => panic!("{id} has come before"),
        }
    }

    fn repetition(table: &Arc<Table>, id: u8) -> Repetition {
        match table.admit(&key(id), None).expect("room") {
            Admission::Repetition(repetition) => repetition,
            Admission::First(_) => panic!("{id} has not come before"),
        }
    }

    /// Whether a deliberate repetition of something this old is refused.
    fn is_forgotten(table: &Arc<Table>, id: u8, age: Duration) -> bool {
        match table.admit(&key(id), Some(first_try(age))) {
            Err(refusal) => refusal == FORGOTTEN,
            Ok(Admission::First(first)) => {
                first.free();
                false
            }
            Ok(Admission::Repetition(_)) => panic!("{id} is known"),
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_repetition_waits_however_long_and_gets_the_firsts_response() {
        let table = Table::new(SMALL);
        let leading = first(&table, 1);
        let mut waiting = repetition(&table, 1);
        assert!(tokio::time::timeout(Duration::from_hours(1), waiting.is_forwarded()).await.is_err());
        leading.forwarded();
        assert!(waiting.is_forwarded().await);
        assert!(tokio::time::timeout(Duration::from_hours(1), waiting.response()).await.is_err());
        leading.end(outcome(7));
        for mut repetition in [waiting, repetition(&table, 1)] {
            assert!(repetition.is_forwarded().await);
            assert_eq!(repetition.response().await.expect("a response").status(), 201);
        }
    }

    #[tokio::test]
    async fn provider_method_and_path_are_part_of_the_name() {
        let table = Table::new(SMALL);
        let _one = first(&table, 1);
        for (provider, method, path) in [
            ("worldrouter", Method::POST, "/v1/files"),
            ("relaydance", Method::PUT, "/v1/files"),
            ("relaydance", Method::POST, "/v1"),
        ] {
            let other = table.admit(&Key::new(provider, &method, path, &name(1)), None).expect("room");
            assert!(matches!(other, Admission::First(_)), "{provider} {method} {path}");
        }
    }

    #[tokio::test]
    async fn a_request_without_effect_makes_way_for_the_next() {
        let table = Table::new(SMALL);
        let leading = first(&table, 1);
        let mut waiting = repetition(&table, 1);
        leading.free();
        assert!(!waiting.is_forwarded().await);
        first(&table, 1).end(outcome(1));
        assert!(repetition(&table, 1).is_forwarded().await);
    }

    #[tokio::test]
    async fn a_request_that_is_dropped_has_an_unknown_outcome() {
        let table = Table::new(SMALL);
        drop(first(&table, 1));
        assert_eq!(repetition(&table, 1).response().await.expect("a response").status(), 502);
    }

    #[tokio::test]
    async fn a_response_that_is_too_long_is_not_repeated() {
        let table = Table::new(SMALL);
        first(&table, 1).end(Outcome::TooLong);
        assert_eq!(repetition(&table, 1).response().await.expect_err("a refusal"), TOO_LONG);
        assert!(matches!(table.look_up(&name(1), None), Known::Forgotten));
    }

    #[tokio::test(start_paused = true)]
    async fn outcomes_are_remembered_for_a_time_from_their_end_on() {
        let table = Table::new(SMALL);
        let leading = first(&table, 1);
        tokio::time::advance(2 * SMALL.age).await;
        leading.end(outcome(1));
        tokio::time::advance(SMALL.age).await;
        repetition(&table, 1);
        tokio::time::advance(Duration::from_secs(1)).await;
        first(&table, 1).free();
    }

    #[tokio::test(start_paused = true)]
    async fn the_oldest_end_makes_room() {
        let table = Table::new(SMALL);
        let [one, two, three] = [1, 2, 3].map(|id| first(&table, id));
        let overloaded = table.admit(&key(4), None).expect_err("a full table");
        assert_eq!(overloaded.kept().status, StatusCode::SERVICE_UNAVAILABLE);
        assert_eq!(overloaded.kept().headers["retry-after"], "2");
        two.end(outcome(1));
        tokio::time::advance(Duration::from_secs(1)).await;
        one.end(outcome(1));
        let _four = first(&table, 4);
        repetition(&table, 1);
        let _two = first(&table, 2);
        repetition(&table, 3);
        drop(three);
    }

    #[tokio::test]
    async fn responses_are_kept_up_to_a_size_together() {
        let table = Table::new(Limits { entries: 100, ..SMALL });
        for id in 1..=3 {
            first(&table, id).end(outcome(83));
        }
        (1..=3).for_each(|id| drop(repetition(&table, id)));
        first(&table, 4).end(outcome(2));
        // 251 bytes are too many.
        first(&table, 1).free();
        (2..=4).for_each(|id| drop(repetition(&table, id)));
    }

    #[tokio::test(start_paused = true)]
    async fn what_came_before_the_start_may_be_forgotten() {
        let table = Table::new(SMALL);
        assert!(is_forgotten(&table, 1, Duration::ZERO), "it has just started");
        tokio::time::advance(WARM).await;
        for (age, forgotten) in [(0, false), (594, false), (595, true), (900, true), (u64::MAX, true)] {
            assert_eq!(is_forgotten(&table, 1, Duration::from_secs(age)), forgotten, "{age}");
        }
        first(&table, 1).end(outcome(1));
        assert!(
            matches!(table.admit(&key(1), Some(first_try(Duration::MAX))), Ok(Admission::Repetition(_))),
            "it is known"
        );
    }

    #[tokio::test(start_paused = true)]
    async fn what_came_before_something_that_is_forgotten_may_be_forgotten() {
        for crowded in [true, false] {
            let table = Table::new(SMALL);
            tokio::time::advance(WARM).await;
            first(&table, 1).end(outcome(1));
            tokio::time::advance(Duration::from_secs(50)).await;
            assert!(!is_forgotten(&table, 2, Duration::from_mins(5)));
            if crowded {
                (3..=5).for_each(|id| first(&table, id).end(outcome(1)));
                assert!(!is_forgotten(&table, 9, Duration::from_secs(44)));
                assert!(is_forgotten(&table, 9, Duration::from_secs(45)), "the first is 50 s old");
            } else {
                tokio::time::advance(SMALL.age).await;
                assert!(!is_forgotten(&table, 9, SMALL.age + Duration::from_secs(44)));
                assert!(is_forgotten(&table, 9, SMALL.age + Duration::from_secs(45)));
            }
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_request_can_be_looked_up() {
        let table = Table::new(SMALL);
        let look_up = |age| table.look_up(&name(1), first_try(Duration::from_secs(age)));
        assert!(matches!(look_up(0), Known::Forgotten));
        tokio::time::advance(WARM).await;
        assert!(matches!(look_up(60), Known::NeverSent));
        let leading = first(&table, 1);
        assert!(matches!(look_up(u64::MAX), Known::Running));
        tokio::time::timeout(Duration::from_millis(1), leading.contested()).await.expect("whoever asks sends no more");
        leading.forwarded();
        assert!(matches!(look_up(0), Known::Running));
        leading.end(outcome(3));
        assert!(matches!(look_up(0), Known::Finished(Kept { body, .. }) if body == "xxx"));
        assert!(matches!(table.look_up(&name(2), first_try(Duration::ZERO)), Known::NeverSent));
    }
}
