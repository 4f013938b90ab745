//! A set of slots with a fair queue. The clock is an argument.

use std::collections::VecDeque;
use std::time::Duration;

use tokio::time::Instant;

/// How often a waiting request asks for its turn, at least.
pub(super) const POLL: Duration = Duration::from_secs(1);
/// The longest queue. More waiters are denied without a place.
pub(super) const MAX_PLACES: usize = 10_000;
/// The longest wait that a waiter is told. The package's retries end at 2 minutes.
pub(super) const MAX_RETRY_AFTER: Duration = Duration::from_mins(1);
/// How long a place is kept after the time that its waiter was told.
pub(super) const GRACE: Duration = Duration::from_secs(10);

#[derive(Debug, Default)]
pub(super) struct Turns {
    /// Each slot with the time when it is free again; `None` if that is never.
    slots: Vec<(String, Option<Instant>)>,
    /// Each waiter in the queue with the time until which its place is kept.
    places: VecDeque<(String, Instant)>,
}

impl Turns {
    /// Whether nothing is held and nobody waits.
    pub(super) fn is_empty(&mut self, now: Instant) -> bool {
        self.slots.retain(|(_, until)| until.is_none_or(|until| until > now));
        self.places.retain(|(_, until)| *until > now);
        self.slots.is_empty() && self.places.is_empty()
    }

    /// The number of free slots; negative if the maximum was lowered.
    fn free(&mut self, max: u32, now: Instant) -> isize {
        self.is_empty(now);
        isize::try_from(max).unwrap_or(isize::MAX) - isize::try_from(self.slots.len()).unwrap_or(isize::MAX)
    }

    pub(super) fn is_full(&mut self, max: u32, now: Instant) -> bool {
        self.free(max, now) <= 0
    }

    /// The wait until it is this waiter's turn, whose place is then kept; `None` if a slot is free for it.
    pub(super) fn wait(&mut self, waiter: &str, max: u32, window: Duration, now: Instant) -> Option<Duration> {
        let free = self.free(max, now);
        let place = self.places.iter().position(|(name, _)| name == waiter);
        let ahead = place.unwrap_or(self.places.len());
        let position = usize::try_from(isize::try_from(ahead).unwrap_or(isize::MAX) - free).ok()?;
        if place.is_none() && ahead >= MAX_PLACES {
            return Some(MAX_RETRY_AFTER);
        }
        let wait = self.turn(position, max, window, now).min(MAX_RETRY_AFTER);
        let kept = now + wait + GRACE;
        match place.and_then(|place| self.places.get_mut(place)) {
            Some(place) => place.1 = kept,
            None => self.places.push_back((waiter.to_owned(), kept)),
        }
        Some(wait)
    }

    /// The wait of the waiter at this position, if each slot is taken again for a window as soon as it is free.
    fn turn(&self, position: usize, max: u32, window: Duration, now: Instant) -> Duration {
        let last = now + window;
        let mut free_at: Vec<_> =
            self.slots.iter().map(|(_, until)| until.map_or(last, |until| until.min(last))).collect();
        free_at.resize(free_at.len().max(max as usize).max(1), last);
        free_at.sort_unstable();
        let laps = u32::try_from(position / free_at.len()).unwrap_or(u32::MAX);
        let first = free_at.get(position % free_at.len()).copied().unwrap_or(last);
        (first - now).saturating_add(window.saturating_mul(laps))
    }

    pub(super) fn take(&mut self, member: &str, until: Instant) {
        self.slots.push((member.to_owned(), Some(until)));
    }

    pub(super) fn leave_queue(&mut self, waiter: &str) {
        self.places.retain(|(name, _)| name != waiter);
    }

    /// Renames, keeps or removes the slot of a member.
    pub(super) fn settle(&mut self, member: &str, name: &str, kept: Option<Duration>, now: Instant) {
        self.slots.retain(|(held, _)| held != member && held != name);
        if kept != Some(Duration::ZERO) {
            self.slots.push((name.to_owned(), kept.map(|kept| now + kept)));
        }
    }
}
