//! The counters of one process. They decide as the scripts for Valkey do.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use super::LEASE;
use super::store::{Demand, Rate, Settlement, Verdict};
use super::turns::Turns;

/// How often entries that no longer matter are removed.
const SWEEP: Duration = Duration::from_mins(1);

#[derive(Debug, Default)]
pub(super) struct Memory(Mutex<Tables>);

#[derive(Debug, Default)]
struct Tables {
    slots: HashMap<String, Turns>,
    /// When what each rate has counted is used up, if nothing is added.
    rates: HashMap<String, Instant>,
    swept: Option<Instant>,
}

impl Memory {
    pub(super) fn claim(&self, member: &str, demand: &Demand<'_>) -> Verdict {
        let now = Instant::now();
        let mut tables = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        tables.sweep(now);
        for (index, set) in demand.slots.iter().enumerate().rev() {
            let turns = tables.slots.entry(set.key.clone()).or_default();
            match demand.waiter.filter(|_| index == 0) {
                Some(waiter) => {
                    if let Some(turn) = turns.wait(waiter, set.max, set.window, now) {
                        return demand.full(index, Some(turn));
                    }
                }
                None if turns.is_full(set.max, now) => return demand.full(index, None),
                None => {}
            }
        }
        let mut used = Vec::new();
        for (index, rate) in demand.rates.iter().enumerate() {
            match tables.check(rate, now) {
                Ok(until) => used.push((rate.key.clone(), until)),
                Err(after) => return demand.exhausted(index, after),
            }
        }
        tables.rates.extend(used);
        for (index, set) in demand.slots.iter().enumerate() {
            let turns = tables.slots.entry(set.key.clone()).or_default();
            turns.take(member, now + LEASE + set.window);
            if let Some(waiter) = demand.waiter.filter(|_| index == 0) {
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

    pub(super) fn give_back(&self, rates: &[Rate]) {
        let mut tables = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        for rate in rates {
            if let (Some(until), Some(cost)) = (tables.rates.get_mut(&rate.key), rate.cost()) {
                *until = until.checked_sub(cost).unwrap_or(*until);
            }
        }
    }
}

impl Tables {
    /// Until when an amount more uses the rate up; otherwise when it is allowed, or `None` if it never is.
    fn check(&self, rate: &Rate, now: Instant) -> Result<Instant, Option<Duration>> {
        let cost = rate.cost().ok_or(None)?;
        let used = self.rates.get(&rate.key).map_or(Duration::ZERO, |until| until.saturating_duration_since(now));
        let used = used.min(rate.period) + cost;
        match used.saturating_sub(rate.period) {
            Duration::ZERO => Ok(now + used),
            wait => Err(Some(wait)),
        }
    }

    fn sweep(&mut self, now: Instant) {
        if now < *self.swept.get_or_insert(now) + SWEEP {
            return;
        }
        self.swept = Some(now);
        self.slots.retain(|_, turns| !turns.is_empty(now));
        self.rates.retain(|_, until| *until > now);
    }
}
