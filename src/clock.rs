//! The clocks: one for waits and rates, which cannot be set, and the user's own, to compare with servers' dates.

/// The current time on every clock, in milliseconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Now {
    /// Time awake since an arbitrary start. It never decreases, and stops while the machine sleeps or the page is
    /// frozen. Waits, limits and rates use it.
    pub awake: u64,
    /// Time since an arbitrary start, including time asleep if the browser counts it. It never decreases.
    pub monotonic: u64,
    /// Time since 1970 on the user's clock, which may be wrong or be set at any time. It is only compared with times
    /// from a server.
    pub wall: u64,
}

/// The clock is read at least this often while a task waits.
pub const TICK_MILLIS: u64 = 2_000;
/// A longer gap between two reads counts as this much, because no code ran in the rest of it.
const LONGEST_STEP_MILLIS: u64 = 5_000;

/// Converts a clock that counts time asleep to one that counts only time awake.
#[derive(Clone, Copy, Debug, Default)]
pub struct AwakeClock {
    read_at: u64,
    awake: u64,
}

impl AwakeClock {
    /// Creates a clock that has not been read.
    #[must_use]
    pub const fn new() -> Self {
        Self { read_at: 0, awake: 0 }
    }

    /// Returns the time awake at this time of a monotonic clock.
    pub fn read(&mut self, monotonic: u64) -> u64 {
        self.awake += monotonic.saturating_sub(self.read_at).min(LONGEST_STEP_MILLIS);
        self.read_at = self.read_at.max(monotonic);
        self.awake
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn awake_clock_counts_each_tick_and_little_of_a_sleep() {
        let mut clock = AwakeClock::new();
        let start = clock.read(1_000_000);
        for tick in 1..=30 {
            assert_eq!(clock.read(1_000_000 + tick * TICK_MILLIS) - start, tick * TICK_MILLIS);
        }
        let before = clock.read(1_060_000);
        assert_eq!(clock.read(1_060_000 + 3_600_000) - before, LONGEST_STEP_MILLIS);
        assert_eq!(clock.read(1_000_000) - before, LONGEST_STEP_MILLIS, "a clock that goes back adds nothing");
    }
}
