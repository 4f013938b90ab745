//! The counters of one process: `governor` for rates, slot sets with a queue for the rest.

use std::collections::HashMap;
use std::num::NonZeroU32;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use governor::clock::Clock;
use governor::middleware::NoOpMiddleware;
use governor::state::keyed::DefaultKeyedStateStore;
use governor::{Quota, RateLimiter};
use tokio::time::Instant;

use super::LEASE;
use super::store::{Claim, Rate, Settlement, Verdict};
use super::turns::Turns;

/// How often entries that no longer matter are removed.
const SWEEP: Duration = Duration::from_mins(1);

/// Tokio's clock, which tests can pause.
#[derive(Clone, Copy, Debug)]
struct TokioClock;

impl Clock for TokioClock {
    type Instant = std::time::Instant;

    fn now(&self) -> Self::Instant {
        Instant::now().into_std()
    }
}

type Limiter = RateLimiter<String, DefaultKeyedStateStore<String>, TokioClock, NoOpMiddleware<std::time::Instant>>;

#[derive(Debug, Default)]
pub(super) struct Memory(Mutex<Tables>);

#[derive(Debug, Default)]
struct Tables {
    slots: HashMap<String, Turns>,
    /// One limiter for each quota: its maximum and its period.
    rates: HashMap<(u64, Duration), Arc<Limiter>>,
    swept: Option<Instant>,
}

impl Memory {
    pub(super) fn claim(&self, member: &str, claim: &Claim<'_>) -> Verdict {
        let now = Instant::now();
        let mut tables = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        tables.sweep(now);
        for (index, set) in claim.slots.iter().enumerate().rev() {
            let turns = tables.slots.entry(set.key.clone()).or_default();
            match claim.waiter.filter(|_| index == 0) {
                Some(waiter) => {
                    if let Some(turn) = turns.wait(waiter, set.max, set.window, now) {
                        return claim.full(index, Some(turn));
                    }
                }
                None if turns.is_full(set.max, now) => return claim.full(index, None),
                None => {}
            }
        }
        // `governor` cannot take back: if a rate denies, those before it have counted the upload.
        for (index, rate) in claim.rates.iter().enumerate() {
            if let Err(after) = tables.check(rate) {
                return claim.exhausted(index, after);
            }
        }
        for (index, set) in claim.slots.iter().enumerate() {
            let turns = tables.slots.entry(set.key.clone()).or_default();
            turns.take(member, now + LEASE + set.window);
            if let Some(waiter) = claim.waiter.filter(|_| index == 0) {
                turns.leave_queue(waiter);
            }
        }
        Verdict::Granted
    }

    pub(super) fn settle(&self, settlements: &[Settlement], member: &str) {
        let now = Instant::now();
        let mut tables = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        for (key, name, kept) in settlements {
            tables.slots.entry(key.clone()).or_default().settle(member, name, *kept, now);
        }
    }
}

impl Tables {
    /// Counts an amount; otherwise returns when it is allowed, or `None` if it never is.
    fn check(&mut self, rate: &Rate) -> Result<(), Option<Duration>> {
        // `governor` counts in 32 bits, so that large amounts are counted in larger units.
        let unit = rate.max.div_ceil(u32::MAX.into());
        let count = |amount: u64| u32::try_from(amount.div_ceil(unit)).ok().and_then(NonZeroU32::new);
        let max = u32::try_from(rate.max / unit).ok().and_then(NonZeroU32::new).ok_or(None)?;
        let quota = Quota::with_period(rate.period / max.get()).ok_or(None)?.allow_burst(max);
        let limiter = self
            .rates
            .entry((rate.max, rate.period))
            .or_insert_with(|| Arc::new(RateLimiter::new(quota, DefaultKeyedStateStore::default(), TokioClock)));
        let Some(n) = count(rate.n) else { return if rate.n == 0 { Ok(()) } else { Err(None) } };
        match limiter.check_key_n(&rate.key, n) {
            Ok(Ok(())) => Ok(()),
            Ok(Err(until)) => Err(Some(until.wait_time_from(TokioClock.now()))),
            Err(_) => Err(None),
        }
    }

    fn sweep(&mut self, now: Instant) {
        if now < *self.swept.get_or_insert(now) + SWEEP {
            return;
        }
        self.swept = Some(now);
        self.slots.retain(|_, turns| !turns.is_empty(now));
        for limiter in self.rates.values() {
            limiter.retain_recent();
        }
        self.rates.retain(|_, limiter| !limiter.is_empty());
    }
}
