//! Where the limits are counted: in this process, or in Valkey. Each decision is one call.

use std::time::Duration;

use redis::Script;

use super::denied::Scope;
use super::memory::Memory;
use super::{LEASE, turns};
use crate::millis::millis;
use crate::valkey::{UnavailableError, Valkey};

/// When to try again if a slot can be released at any time.
const SLOT_RETRY: Duration = Duration::from_secs(5);
/// When to try again if an account is full.
const ASSETS_RETRY: Duration = Duration::from_mins(1);

const CLAIM: &str = concat!(include_str!("scripts/expire.lua"), include_str!("scripts/claim.lua"));
const GIVE_BACK: &str = concat!(include_str!("scripts/expire.lua"), include_str!("scripts/give_back.lua"));
const SETTLE: &str = concat!(include_str!("scripts/expire.lua"), include_str!("scripts/settle.lua"));

#[derive(Debug)]
pub(super) enum Store {
    Memory(Memory),
    Valkey(Valkey),
}

/// What one decision is about: all of it is granted, or nothing.
#[derive(Debug)]
pub(super) struct Demand<'a> {
    pub(super) slots: Vec<SlotSet>,
    pub(super) rates: Vec<Rate>,
    /// Who queues for the first slot set if it is full; without a waiter, nobody queues.
    pub(super) waiter: Option<&'a str>,
}

/// A set of named slots, each with the time when it is free again.
#[derive(Debug)]
pub(super) struct SlotSet {
    pub(super) scope: Scope,
    pub(super) key: String,
    pub(super) max: u32,
    /// How long a slot stays taken after its use.
    pub(super) window: Duration,
}

/// A rate with a burst of the whole period's amount (GCRA). A maximum of 0 allows nothing.
#[derive(Debug)]
pub(super) struct Rate {
    pub(super) scope: Scope,
    pub(super) key: String,
    pub(super) max: u64,
    pub(super) period: Duration,
    pub(super) n: u64,
}

#[derive(Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    Granted,
    Wait { scope: Scope, after: Option<Duration> },
}

/// What becomes of a slot: its set, its new name, and how long it is kept. Zero removes it, `None` keeps it for ever.
pub(super) type Settlement = (String, String, Option<Duration>);

impl Demand<'_> {
    pub(super) fn is_empty(&self) -> bool {
        self.slots.is_empty() && self.rates.is_empty()
    }

    /// The verdict for a full slot set. `turn` is the wait in its queue, if it has one.
    pub(super) fn full(&self, set: usize, turn: Option<Duration>) -> Verdict {
        let scope = self.slots.get(set).map_or(Scope::Store, |set| set.scope);
        let usual = if scope == Scope::Assets { ASSETS_RETRY } else { SLOT_RETRY };
        Verdict::Wait { scope, after: Some(turn.unwrap_or(usual)) }
    }

    /// The verdict for an exhausted rate; without a time, the amount is larger than the rate ever allows.
    pub(super) fn exhausted(&self, rate: usize, after: Option<Duration>) -> Verdict {
        let scope = self.rates.get(rate).map_or(Scope::Store, |rate| rate.scope);
        let never_fits = after.is_none() && scope == Scope::BytesPerDay;
        Verdict::Wait { scope: if never_fits { Scope::Size } else { scope }, after }
    }
}

impl Rate {
    /// How long the amount uses the rate up; `None` if it is more than the rate ever allows.
    pub(super) fn cost(&self) -> Option<Duration> {
        let nanos = (self.period.as_nanos() * u128::from(self.n)).checked_div(self.max.into())?;
        (self.n <= self.max).then(|| Duration::from_nanos(u64::try_from(nanos).unwrap_or(u64::MAX)))
    }
}

impl Store {
    pub(super) fn in_process() -> Self {
        Self::Memory(Memory::default())
    }

    /// Decides; if granted, `member` holds a slot of each set for [`LEASE`] and the set's window.
    pub(super) async fn claim(&self, member: &str, demand: &Demand<'_>) -> Result<Verdict, UnavailableError> {
        let valkey = match self {
            Self::Memory(memory) => return Ok(memory.claim(member, demand)),
            Self::Valkey(valkey) => valkey,
        };
        let script = Script::new(CLAIM);
        let mut call = script.prepare_invoke();
        for set in &demand.slots {
            call.key(&set.key);
        }
        for rate in &demand.rates {
            call.key(&rate.key);
        }
        if let (Some(_), Some(first)) = (demand.waiter, demand.slots.first()) {
            call.key(format!("{}:queue", first.key)).key(format!("{}:places", first.key));
        }
        call.arg(member).arg(demand.slots.len()).arg(demand.rates.len()).arg(demand.waiter.unwrap_or(""));
        call.arg(demand.slots.first().map_or(0, |set| millis(set.window)));
        call.arg(turns::MAX_PLACES).arg(millis(turns::MAX_RETRY_AFTER)).arg(millis(turns::GRACE));
        for set in &demand.slots {
            call.arg(set.max).arg(millis(LEASE + set.window));
        }
        for rate in &demand.rates {
            call.arg(rate.max).arg(millis(rate.period)).arg(rate.n);
        }
        // What denied (1: a set, 2: a rate), which one, and the wait in milliseconds, or -1.
        let (what, index, wait): (u8, usize, i64) = valkey.run(&call).await?;
        let after = u64::try_from(wait).ok().map(Duration::from_millis);
        Ok(match what {
            0 => Verdict::Granted,
            1 => demand.full(index, after),
            _ => demand.exhausted(index, after),
        })
    }

    /// Gives back what rates have counted.
    pub(super) async fn give_back(&self, rates: &[Rate]) -> Result<(), UnavailableError> {
        let valkey = match self {
            Self::Memory(memory) => {
                memory.give_back(rates);
                return Ok(());
            }
            Self::Valkey(valkey) => valkey,
        };
        let script = Script::new(GIVE_BACK);
        let mut call = script.prepare_invoke();
        for rate in rates {
            call.key(&rate.key).arg(rate.max).arg(millis(rate.period)).arg(rate.n);
        }
        valkey.run(&call).await
    }

    /// Renames, keeps or removes the slots of `member`.
    pub(super) async fn settle(&self, settlements: &[Settlement], member: &str) -> Result<(), UnavailableError> {
        let valkey = match self {
            Self::Memory(memory) => {
                memory.settle(settlements, member);
                return Ok(());
            }
            Self::Valkey(valkey) => valkey,
        };
        let script = Script::new(SETTLE);
        let mut call = script.prepare_invoke();
        call.arg(member);
        for (key, name, kept) in settlements {
            call.key(key).arg(name).arg(kept.map_or_else(|| "-1".to_owned(), |kept| millis(kept).to_string()));
        }
        valkey.run(&call).await
    }
}
