//! The table of once-only requests, and since when it is complete.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::http::StatusCode;
use tokio::time::Instant;

use super::first::{AttemptOutcome, FORGOTTEN, First, Repetition, State, begin};
use super::key::{FirstTry, Key};
use crate::exchange::Kept;
use crate::refusal::Refusal;

/// The limits of the table.
#[derive(Clone, Copy, Debug)]
pub(crate) struct TableLimits {
    /// Requests, including those that are running.
    pub(crate) entries: usize,
    /// Bytes of one response.
    pub(crate) response: usize,
    /// Bytes of all responses.
    pub(crate) responses: usize,
    /// The time since a request ended.
    pub(crate) age: Duration,
}

/// Enough for 15 minutes of 18 requests per second with responses of about 1 KB.
pub(crate) const LIMITS: TableLimits =
    TableLimits { entries: 1 << 14, response: 1 << 20, responses: 16 << 20, age: Duration::from_mins(15) };

const OVERLOADED: Refusal = Refusal::new(
    StatusCode::SERVICE_UNAVAILABLE,
    "overloaded",
    "The gateway is forwarding too many requests. Try again later.",
)
.sent(false)
.retry_after(2);

/// The stored requests.
#[derive(Debug)]
pub(crate) struct Table {
    limits: TableLimits,
    entries: Mutex<Entries>,
}

#[derive(Debug)]
struct Entries {
    all: BTreeMap<Key, Entry>,
    /// Requests that have ended, oldest first.
    ended: VecDeque<(Instant, Key)>,
    /// The size of their responses.
    bytes: usize,
    /// Every request that first arrived after this time is stored, unless it had no effect.
    complete_since: Instant,
}

#[derive(Clone, Debug)]
struct Entry {
    first_came: Instant,
    repetition: Repetition,
}

/// What the table has for a request.
#[derive(Debug)]
pub(super) enum Known {
    Finished(Kept),
    Running,
    /// It never arrived, or had no effect.
    NeverSent,
    /// It may have arrived, and may have had an effect.
    Forgotten,
}

/// Whether a request is the first with its key.
#[derive(Debug)]
pub(super) enum Arrival {
    First(First),
    Repetition(Repetition),
}

impl Table {
    pub(crate) fn new(limits: TableLimits) -> Arc<Self> {
        let entries =
            Entries { all: BTreeMap::new(), ended: VecDeque::new(), bytes: 0, complete_since: Instant::now() };
        Arc::new(Self { limits, entries: Mutex::new(entries) })
    }

    pub(super) const fn limits(&self) -> &TableLimits {
        &self.limits
    }

    /// Admits a request: the first with its key is forwarded, any other waits for that one.
    pub(super) fn admit(self: &Arc<Self>, key: &Key, first_try: Option<FirstTry>) -> Result<Arrival, Refusal> {
        let now = Instant::now();
        let mut entries = self.entries();
        entries.expire(now, self.limits.age);
        if let Some(entry) = entries.all.get(key) {
            entry.repetition.contest();
            return Ok(Arrival::Repetition(entry.repetition.clone()));
        }
        if first_try.is_some_and(|first_try| first_try.can_be_at(entries.complete_since)) {
            return Err(FORGOTTEN);
        }
        if entries.all.len() >= self.limits.entries && !entries.forget_oldest() {
            return Err(OVERLOADED);
        }
        let (first, repetition) = begin(self, key);
        entries.all.insert(key.clone(), Entry { first_came: now, repetition });
        Ok(Arrival::First(first))
    }

    /// Adds the size of the response to a request that has ended, and enforces the limits.
    pub(super) fn end(&self, key: &Key) {
        let mut entries = self.entries();
        let Some(entry) = entries.all.get(key) else { return };
        entries.bytes += entry.size();
        entries.ended.push_back((Instant::now(), key.clone()));
        while entries.bytes > self.limits.responses && entries.forget_oldest() {}
    }

    /// Removes a request that had no effect.
    pub(super) fn remove(&self, key: &Key) {
        self.entries().all.remove(key);
    }

    /// Looks up the request with this id.
    pub(super) fn look_up(&self, id: &str, first_try: FirstTry) -> Known {
        let mut entries = self.entries();
        entries.expire(Instant::now(), self.limits.age);
        let found = entries.all.range(Key::first_of(id)..).next().filter(|(key, _)| key.has_id(id));
        let Some((_, entry)) = found else {
            return if first_try.can_be_at(entries.complete_since) { Known::Forgotten } else { Known::NeverSent };
        };
        entry.repetition.contest();
        match entry.repetition.state() {
            State::Incomplete | State::Forwarded => Known::Running,
            State::Ended(AttemptOutcome::Kept(response)) => Known::Finished(response),
            State::Ended(AttemptOutcome::TooLong) => Known::Forgotten,
            State::Freed => Known::NeverSent,
        }
    }

    fn entries(&self) -> MutexGuard<'_, Entries> {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Entries {
    fn expire(&mut self, now: Instant, age: Duration) {
        while self.ended.front().is_some_and(|(end, _)| now.duration_since(*end) > age) {
            self.forget_oldest();
        }
    }

    /// Removes the request that ended first; returns whether there was one.
    fn forget_oldest(&mut self) -> bool {
        let Some((_, key)) = self.ended.pop_front() else { return false };
        if let Some(entry) = self.all.remove(&key) {
            self.bytes -= entry.size();
            self.complete_since = self.complete_since.max(entry.first_came);
        }
        true
    }
}

impl Entry {
    fn size(&self) -> usize {
        match self.repetition.state() {
            State::Ended(AttemptOutcome::Kept(kept)) => kept.size(),
            _ => 0,
        }
    }
}

#[cfg(test)]
pub(super) mod tests {
    use axum::body::Bytes;
    use axum::http::{HeaderMap, Method};

    use super::*;
    use crate::log::Details;

    const SMALL: TableLimits = TableLimits { entries: 3, response: 100, responses: 250, age: Duration::from_mins(15) };
    /// An age at which the table is complete for every age that a page may send.
    const WARM: Duration = Duration::from_mins(10);

    fn key(id: u8) -> Key {
        Key::new("relaydance", &Method::POST, "/v1/files", &name(id))
    }

    fn name(id: u8) -> String {
        format!("{id:032x}")
    }

    pub(in super::super) fn outcome(size: usize) -> AttemptOutcome {
        AttemptOutcome::Kept(Kept {
            status: StatusCode::CREATED,
            headers: HeaderMap::new(),
            body: Bytes::from(vec![b'x'; size]),
            details: Details::NONE,
        })
    }

    pub(in super::super) fn first(table: &Arc<Table>, id: u8) -> First {
        match table.admit(&key(id), None).expect("room") {
            Arrival::First(first) => first,
            Arrival::Repetition(_) => panic!("{id} has come before"),
        }
    }

    pub(in super::super) fn repetition(table: &Arc<Table>, id: u8) -> Repetition {
        match table.admit(&key(id), None).expect("room") {
            Arrival::Repetition(repetition) => repetition,
            Arrival::First(_) => panic!("{id} has not come before"),
        }
    }

    /// Whether a deliberate repetition of this age is rejected.
    fn is_forgotten(table: &Arc<Table>, id: u8, age: Duration) -> bool {
        match table.admit(&key(id), Some(FirstTry::before(age))) {
            Err(refusal) => refusal == FORGOTTEN,
            Ok(Arrival::First(first)) => {
                first.free();
                false
            }
            Ok(Arrival::Repetition(_)) => panic!("{id} is known"),
        }
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
        let table = Table::new(TableLimits { entries: 100, ..SMALL });
        for id in 1..=3 {
            first(&table, id).end(outcome(83));
        }
        (1..=3).for_each(|id| drop(repetition(&table, id)));
        first(&table, 4).end(outcome(1));
        (1..=4).for_each(|id| drop(repetition(&table, id)));
        // 251 bytes exceed the limit.
        first(&table, 5).end(outcome(1));
        first(&table, 1).free();
        (2..=5).for_each(|id| drop(repetition(&table, id)));
    }

    #[tokio::test(start_paused = true)]
    async fn requests_before_the_start_may_be_forgotten() {
        let table = Table::new(SMALL);
        assert!(is_forgotten(&table, 1, Duration::ZERO), "it has just started");
        tokio::time::advance(WARM).await;
        for (age, forgotten) in [(0, false), (594, false), (595, true), (900, true), (u64::MAX, true)] {
            assert_eq!(is_forgotten(&table, 1, Duration::from_secs(age)), forgotten, "{age}");
        }
        first(&table, 1).end(outcome(1));
        assert!(
            matches!(table.admit(&key(1), Some(FirstTry::before(Duration::MAX))), Ok(Arrival::Repetition(_))),
            "it is known"
        );
    }

    #[tokio::test(start_paused = true)]
    async fn requests_before_a_forgotten_one_may_be_forgotten() {
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
        let look_up = |age| table.look_up(&name(1), FirstTry::before(Duration::from_secs(age)));
        assert!(matches!(look_up(0), Known::Forgotten));
        tokio::time::advance(WARM).await;
        assert!(matches!(look_up(60), Known::NeverSent));
        let leading = first(&table, 1);
        assert!(matches!(look_up(u64::MAX), Known::Running));
        tokio::time::timeout(Duration::from_millis(1), leading.contested())
            .await
            .expect("the first request is contested");
        leading.forwarded();
        assert!(matches!(look_up(0), Known::Running));
        leading.end(outcome(3));
        assert!(matches!(look_up(0), Known::Finished(Kept { body, .. }) if body == "xxx"));
        assert!(matches!(table.look_up(&name(2), FirstTry::before(Duration::ZERO)), Known::NeverSent));
        first(&table, 2).end(AttemptOutcome::TooLong);
        assert!(matches!(table.look_up(&name(2), FirstTry::before(Duration::ZERO)), Known::Forgotten));
    }
}
