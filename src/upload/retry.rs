//! When a failed request is sent again: after a wait with full jitter, until nothing has moved for the retry budget.
//! The server's `Retry-After` takes precedence.

use super::effect::WakeOn;
use crate::clock::Now;
use crate::error::Error;
use crate::http::{Idempotency, Request};

/// The default retry budget: how long requests are retried while nothing moves.
pub const RETRY_TIMEOUT_MILLIS: u64 = 120_000;
/// The longest first wait.
pub const BASE_MILLIS: u64 = 500;
/// The longest wait without a `Retry-After`.
pub const CAP_MILLIS: u64 = 30_000;
/// A longer `Retry-After` ends the upload, so that the user sees an error instead of a long wait.
pub const MAX_RETRY_AFTER_MILLIS: u64 = 120_000;
/// The maximum total wait in one stage because of `Retry-After`.
pub const MAX_TOTAL_RETRY_AFTER_MILLIS: u64 = 10 * 60_000;
/// How long to wait for the browser to come online.
pub const OFFLINE_DEADLINE_MILLIS: u64 = 10 * 60_000;

/// The first and the last wait between two status requests.
const POLL_MILLIS: core::ops::RangeInclusive<u64> = 1_000..=10_000;

/// Tracks the retry budget of one stage, and draws the waits.
#[derive(Debug)]
pub struct Retry {
    timeout: u64,
    /// Failures in this stage.
    failed: u32,
    /// Since when all attempts have failed, in time awake; `None` if bytes have moved since. Time in which bytes are
    /// sent that were sent before does not count.
    failing_since: Option<u64>,
    /// The total wait in this stage because of `Retry-After`.
    requested_total: u64,
    /// When the browser was first found offline, if no response has come since.
    offline_since: Option<u64>,
    /// Whether the page can provide a new token after a 401.
    renews_token: bool,
    token: Token,
    /// The most bytes of the file that were sent in one attempt, and the number sent in this one and when.
    high_water: u64,
    sent: (u64, u64),
    random: SplitMix64,
}

/// The state of the page's token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Token {
    /// The last response was not a 401.
    Valid,
    /// The next request needs a new token.
    Rejected,
    /// A new token is in use. If it is rejected as well, no other is requested.
    Renewed,
}

/// The wait before a request is sent again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wait {
    /// The maximum wait.
    pub millis: u64,
    /// What ends it early.
    pub wake: WakeOn,
    /// How long retries continue from now if nothing moves.
    pub remaining_millis: u64,
}

impl Retry {
    /// A policy without failures. `seed` randomises the waits.
    #[must_use]
    pub const fn new(seed: u64) -> Self {
        Self {
            timeout: RETRY_TIMEOUT_MILLIS,
            failed: 0,
            failing_since: None,
            requested_total: 0,
            offline_since: None,
            renews_token: false,
            token: Token::Valid,
            high_water: 0,
            sent: (0, 0),
            random: SplitMix64(seed),
        }
    }

    /// Sets whether the page can provide a new token after a 401.
    pub const fn renew_token(&mut self, renews: bool) {
        self.renews_token = renews;
    }

    /// Sets the retry budget.
    pub const fn set_timeout(&mut self, millis: u64) {
        self.timeout = millis;
    }

    /// Returns the wait before a failed request is sent again, or `None` if it must not or need not be. `nothing_sent`
    /// is true if no byte of it was sent.
    pub fn wait_after(&mut self, error: &Error, request: &Request, nothing_sent: bool, now: Now) -> Option<Wait> {
        let safe = nothing_sent || request.idempotency == Idempotency::Idempotent;
        match error {
            // A 401 means that nothing was done, whatever the request.
            Error::Unauthenticated(_)
                if request.target.is_gateway() && self.renews_token && self.token == Token::Valid =>
            {
                self.token = Token::Rejected;
                self.failed += 1;
                Some(self.wait(0, WakeOn::Never, now))
            }
            Error::RateLimited(refusal) => self.after_failure(refusal.retry_after_millis, now),
            Error::Unavailable(refusal) if safe || request.idempotency.is_after(refusal.status) => {
                self.after_failure(refusal.retry_after_millis, now)
            }
            Error::Network | Error::NetworkTimeout | Error::Stalled if safe => self.after_failure(None, now),
            // Waiting for the network does not count as a failure, but it has a limit.
            Error::Offline if safe => {
                let ends = *self.offline_since.get_or_insert(now.awake) + OFFLINE_DEADLINE_MILLIS;
                let millis = ends.checked_sub(now.awake).filter(|left| *left > 0)?;
                // Time offline does not count against the retry budget.
                self.failing_since = None;
                Some(Wait { millis, wake: WakeOn::Online, remaining_millis: millis })
            }
            _ => None,
        }
    }

    /// Like [`Self::wait_after`], for one of several requests that run beside each other: the wait depends on its own failures,
    /// the budget on the progress of all.
    pub(super) fn wait_in_lane(
        &mut self,
        failed: &mut u32,
        error: &Error,
        request: &Request,
        now: Now,
    ) -> Option<Wait> {
        core::mem::swap(&mut self.failed, failed);
        let wait = self.wait_after(error, request, false, now);
        core::mem::swap(&mut self.failed, failed);
        wait
    }

    /// Records the number of bytes sent in this attempt. More than ever before is progress; below that, the time in
    /// which bytes move does not count.
    pub(super) fn sent(&mut self, bytes: u64, now: Now) {
        let (before, since) = core::mem::replace(&mut self.sent, (bytes, now.awake));
        if bytes > self.high_water {
            self.high_water = bytes;
            self.failing_since = None;
        } else if bytes > before {
            self.exclude_from_budget(now.awake.saturating_sub(since));
        }
    }

    /// Forgets the failures: another stage has begun, or the user resumes.
    pub(super) const fn reset(&mut self) {
        self.failed = 0;
        self.requested_total = 0;
        self.high_water = 0;
        self.failing_since = None;
    }

    /// Records a response, so the network is up.
    pub(crate) const fn responded(&mut self) {
        self.offline_since = None;
    }

    /// Records that the last response was not a 401.
    pub(crate) const fn authenticated(&mut self) {
        self.token = Token::Valid;
    }

    /// Records that a request is sent with a new token.
    pub(crate) const fn token_renewed(&mut self) {
        self.token = Token::Renewed;
    }

    /// Whether the next request needs a new token.
    pub(crate) const fn wants_token(&self) -> bool {
        matches!(self.token, Token::Rejected)
    }

    /// The number of failed requests.
    pub(super) const fn failed(&self) -> u32 {
        self.failed
    }

    /// Counts a failure; returns the wait before the next attempt, or `None` if the retry budget is spent.
    fn after_failure(&mut self, retry_after_millis: Option<u64>, now: Now) -> Option<Wait> {
        self.failed += 1;
        self.failing_since.get_or_insert(now.awake);
        // `Retry-After: 0` would be retried without end.
        match retry_after_millis.filter(|millis| *millis > 0) {
            Some(millis) if millis > MAX_RETRY_AFTER_MILLIS => None,
            Some(millis) => {
                self.requested_total += millis;
                // The time that a server asks for does not count against the retry budget.
                self.exclude_from_budget(millis);
                (self.requested_total <= MAX_TOTAL_RETRY_AFTER_MILLIS).then(|| self.wait(millis, WakeOn::Never, now))
            }
            None if self.idle(now) >= self.timeout => None,
            None => {
                // "Full jitter": https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/
                let most = CAP_MILLIS.min(BASE_MILLIS << (self.failed - 1).min(6));
                let millis = self.random.up_to(most);
                Some(self.wait(millis, WakeOn::Never, now))
            }
        }
    }

    fn wait(&self, millis: u64, wake: WakeOn, now: Now) -> Wait {
        Wait { millis, wake, remaining_millis: self.timeout.saturating_sub(self.idle(now)) }
    }

    /// How long all attempts have failed.
    fn idle(&self, now: Now) -> u64 {
        self.failing_since.map_or(0, |since| now.awake.saturating_sub(since))
    }

    fn exclude_from_budget(&mut self, millis: u64) {
        self.failing_since = self.failing_since.map(|since| since + millis);
    }

    /// The wait before status request number `polls`, counted from 0: each is 1.5 times the last, ±25%.
    pub(super) fn before_poll(&mut self, polls: u32) -> u64 {
        let (first, last) = (*POLL_MILLIS.start(), *POLL_MILLIS.end());
        let wait = (0..polls.min(8)).fold(first, |wait, _| wait + wait / 2).min(last);
        (wait - wait / 4 + self.random.up_to(wait / 2)).clamp(first, last)
    }
}

/// Sebastiano Vigna's SplitMix64: <https://prng.di.unimi.it/splitmix64.c>. It only randomises retries; it is not
/// secure.
#[derive(Debug)]
struct SplitMix64(u64);

impl SplitMix64 {
    /// A number from 0 to `max`, inclusive.
    fn up_to(&mut self, max: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % (max + 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Refusal;

    fn at(awake: u64) -> Now {
        Now { awake, ..Now::default() }
    }

    #[test]
    fn new_progress_restarts_the_budget_repeated_progress_only_pauses_it() {
        let mut retry = Retry::new(1);
        let remaining = |retry: &mut Retry, now| retry.after_failure(None, at(now)).map(|wait| wait.remaining_millis);
        assert_eq!(remaining(&mut retry, 0), Some(RETRY_TIMEOUT_MILLIS));
        retry.sent(100, at(60_000));
        assert_eq!(remaining(&mut retry, 100_000), Some(RETRY_TIMEOUT_MILLIS));
        retry.sent(50, at(110_000));
        retry.sent(80, at(140_000));
        assert_eq!(remaining(&mut retry, 150_000), Some(RETRY_TIMEOUT_MILLIS - 20_000));
    }

    #[test]
    fn waits_grow_to_the_cap_and_end_with_the_budget() {
        for seed in 0..200 {
            let mut retry = Retry::new(seed);
            let (mut now, mut failed) = (0, 0);
            while let Some(wait) = retry.after_failure(None, at(now)) {
                assert!(wait.millis <= BASE_MILLIS << failed.min(6) && wait.millis <= CAP_MILLIS, "{wait:?}");
                assert!(
                    now < RETRY_TIMEOUT_MILLIS && wait.remaining_millis == RETRY_TIMEOUT_MILLIS - now,
                    "{wait:?} at {now}"
                );
                (now, failed) = (now + wait.millis + 1, failed + 1);
            }
            assert!(
                (RETRY_TIMEOUT_MILLIS..RETRY_TIMEOUT_MILLIS + CAP_MILLIS + 2).contains(&now),
                "gave up after {now}"
            );
        }
    }

    #[test]
    fn outage_of_a_minute_is_always_survived() {
        for seed in 0..1_000 {
            let mut retry = Retry::new(seed * 0x9E37_79B9);
            let mut now = 0;
            while now < 60_000 {
                let wait = retry.after_failure(None, at(now)).expect("patience is left");
                now += wait.millis + 1;
            }
        }
    }

    #[test]
    fn first_wait_covers_the_whole_range() {
        let wait = |seed: u64| Retry::new(seed * 7919).after_failure(None, at(0)).map(|wait| wait.millis);
        let waits: Vec<u64> = (0..200).filter_map(wait).collect();
        assert!(
            waits.iter().any(|wait| *wait < BASE_MILLIS / 5) && waits.iter().any(|wait| *wait > BASE_MILLIS * 4 / 5)
        );
    }

    #[test]
    fn retry_after_takes_precedence_outside_the_budget_but_is_limited() {
        let wait = |millis: u64| Retry::new(1).after_failure(Some(millis), at(0)).map(|wait| wait.millis);
        assert_eq!((wait(7_000), wait(MAX_RETRY_AFTER_MILLIS)), (Some(7_000), Some(MAX_RETRY_AFTER_MILLIS)));
        assert_eq!(wait(MAX_RETRY_AFTER_MILLIS + 1), None);
        let mut retry = Retry::new(1);
        for minute in 0..MAX_TOTAL_RETRY_AFTER_MILLIS / 60_000 {
            assert!(retry.after_failure(Some(60_000), at(minute * 60_000)).is_some(), "after {minute} minutes");
        }
        assert_eq!(retry.after_failure(Some(60_000), at(MAX_TOTAL_RETRY_AFTER_MILLIS)), None);
        assert_eq!(
            retry.after_failure(None, at(MAX_TOTAL_RETRY_AFTER_MILLIS)).map(|wait| wait.remaining_millis > 60_000),
            Some(true)
        );
        assert!(Retry::new(1).after_failure(Some(0), at(0)).is_some_and(|wait| wait.millis > 0), "no tight loop");
    }

    #[test]
    fn token_is_renewed_once_in_a_row() {
        let request = Request::new(crate::http::Method::Get, crate::http::Target::Provider("/".to_owned()));
        let refused = Error::Unauthenticated(Refusal { status: 401, ..Refusal::default() });
        let mut retry = Retry::new(1);
        assert_eq!(retry.wait_after(&refused, &request, false, at(0)), None, "the page has no other token");
        retry.renew_token(true);
        for _ in 0..3 {
            assert!(retry.wait_after(&refused, &request, false, at(0)).is_some() && retry.wants_token());
            retry.token_renewed();
            assert_eq!(retry.wait_after(&refused, &request, false, at(0)), None);
            retry.authenticated();
            assert!(!retry.wants_token());
        }
    }

    #[test]
    fn polls_go_from_one_second_to_ten() {
        for seed in 0..200 {
            let mut retry = Retry::new(seed);
            let waits: Vec<u64> = (0..50).map(|polls| retry.before_poll(polls)).collect();
            assert!(waits.iter().all(|wait| (1_000..=10_000).contains(wait)));
            assert!(waits.first() < Some(&1_500) && waits.last() > Some(&7_000));
        }
    }
}
