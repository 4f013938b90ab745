//! How long to wait before the next try: full jitter, bounded, and the other side's `Retry-After` wins.

use super::effect::Wake;
use crate::error::Error;
use crate::http::{Repeat, Request};

/// Tries per stage, the first one included.
pub const TRIES: u32 = 5;
/// The longest first wait.
pub const BASE_MILLIS: u64 = 500;
/// The longest wait of our own choosing.
pub const CAP_MILLIS: u64 = 30_000;
/// A longer `Retry-After` ends the upload: the user should hear of it, not wait in the dark.
pub const MAX_RETRY_AFTER_MILLIS: u64 = 120_000;

/// How long to wait for the browser to come online.
pub const OFFLINE_DEADLINE_MILLIS: u64 = 10 * 60_000;

/// The first and the last wait between two status requests.
const POLL_MILLIS: core::ops::RangeInclusive<u64> = 1_000..=10_000;

/// Counts the tries of one stage and draws the waits.
#[derive(Debug)]
pub struct Retry {
    failed: u32,
    /// When the browser was first found offline, if no answer has come since.
    offline_since: Option<u64>,
    /// How often a token may still be renewed. One that was refused twice will be refused again.
    token_renewals: u32,
    random: SplitMix64,
}

impl Retry {
    /// No try has failed yet. `seed` spreads the waits.
    #[must_use]
    pub const fn new(seed: u64) -> Self {
        Self { failed: 0, offline_since: None, token_renewals: 0, random: SplitMix64(seed) }
    }

    /// Says whether the page can give another token in place of one that was refused.
    #[must_use]
    pub const fn renewing_token(mut self, renews: bool) -> Self {
        self.token_renewals = renews as u32;
        self
    }

    /// The wait before a request that failed so is sent again, or `None` where it must not or need not be.
    pub fn wait_after(&mut self, error: &Error, request: &Request, now: u64) -> Option<(u64, Wake)> {
        let repeat = request.repeat;
        let safe = repeat == Repeat::Safe;
        match error {
            // 401 says that nothing was done, whatever the request.
            Error::Unauthenticated if request.target.is_gateway() && self.token_renewals > 0 => {
                self.token_renewals -= 1;
                Some((self.after_failure(Some(0))?, Wake::Never))
            }
            Error::RateLimited { retry_after_millis } => Some((self.after_failure(*retry_after_millis)?, Wake::Never)),
            Error::Unavailable { status, retry_after_millis } if safe || repeat.is_after(*status) => {
                Some((self.after_failure(*retry_after_millis)?, Wake::Never))
            }
            Error::Network | Error::NetworkTimeout | Error::Stalled if safe => {
                Some((self.after_failure(None)?, Wake::Never))
            }
            // Waiting for the line is no try of ours, but it ends as well.
            Error::Offline if safe => {
                let ends = *self.offline_since.get_or_insert(now) + OFFLINE_DEADLINE_MILLIS;
                (now < ends).then(|| (ends - now, Wake::Online))
            }
            _ => None,
        }
    }

    /// Forgets the failures: another stage has begun.
    pub(super) const fn reset(&mut self) {
        self.failed = 0;
    }

    /// An answer has come, so there is a line.
    pub(super) const fn online(&mut self) {
        self.offline_since = None;
    }

    /// How many tries have failed.
    pub(super) const fn failed(&self) -> u32 {
        self.failed
    }

    /// Counts one more failure; the wait before the next try, or `None` where there is none left.
    fn after_failure(&mut self, retry_after_millis: Option<u64>) -> Option<u64> {
        self.failed += 1;
        if self.failed >= TRIES {
            return None;
        }
        match retry_after_millis {
            Some(millis) => (millis <= MAX_RETRY_AFTER_MILLIS).then_some(millis),
            // "Full jitter": https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/
            None => Some(self.random.up_to(CAP_MILLIS.min(BASE_MILLIS << (self.failed - 1)))),
        }
    }

    /// The wait before status request number `polls`, counted from 0: growing by half each time, give or take a quarter.
    pub(super) fn before_poll(&mut self, polls: u32) -> u64 {
        let (first, last) = (*POLL_MILLIS.start(), *POLL_MILLIS.end());
        let wait = (0..polls.min(8)).fold(first, |wait, _| wait + wait / 2).min(last);
        (wait - wait / 4 + self.random.up_to(wait / 2)).clamp(first, last)
    }
}

/// Sebastiano Vigna's SplitMix64: <https://prng.di.unimi.it/splitmix64.c>. Spreads retries; nothing secret hangs on it.
#[derive(Debug)]
struct SplitMix64(u64);

impl SplitMix64 {
    /// 0 to `max`, both included.
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

    #[test]
    fn waits_grow_stay_under_the_cap_and_end() {
        for seed in 0..200 {
            let mut retry = Retry::new(seed);
            for failed in 1..TRIES {
                let wait = retry.after_failure(None).expect("a try is left");
                assert!(wait <= BASE_MILLIS << (failed - 1) && wait <= CAP_MILLIS, "{wait} ms after {failed}");
            }
            assert_eq!(retry.after_failure(None), None);
        }
    }

    #[test]
    fn jitter_covers_the_whole_range() {
        let waits: Vec<u64> = (0..200).filter_map(|seed| Retry::new(seed * 7919).after_failure(None)).collect();
        assert!(
            waits.iter().any(|wait| *wait < BASE_MILLIS / 5) && waits.iter().any(|wait| *wait > BASE_MILLIS * 4 / 5)
        );
    }

    #[test]
    fn retry_after_wins_unless_it_is_too_long() {
        assert_eq!(Retry::new(1).after_failure(Some(7_000)), Some(7_000));
        assert_eq!(Retry::new(1).after_failure(Some(MAX_RETRY_AFTER_MILLIS)), Some(MAX_RETRY_AFTER_MILLIS));
        assert_eq!(Retry::new(1).after_failure(Some(MAX_RETRY_AFTER_MILLIS + 1)), None);
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
