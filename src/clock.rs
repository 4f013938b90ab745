//! Two clocks: one for waits and rates, which nobody can set, and the user's own, for what servers date.

/// One moment, on every clock. All are in milliseconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Now {
    /// Time awake since some moment: it never goes back, and stands still while the machine sleeps or the page is frozen.
    /// Waits, limits and rates are measured with it.
    pub awake: u64,
    /// Time since some moment, time asleep included as far as the browser counts it. It never goes back.
    pub monotonic: u64,
    /// Time since 1970 by the user's clock, which may be wrong or may be set at any moment. It is only compared with
    /// times that a server has written.
    pub wall: u64,
}

/// While anything is awaited, the clock is read at least this often.
pub const TICK_MILLIS: u64 = 2_000;
/// A longer gap between two reads counts as this much: the rest of it, nothing ran that could have noticed anything.
const LONGEST_STEP_MILLIS: u64 = 5_000;

/// Turns a clock that also counts time asleep into one that counts time awake.
#[derive(Clone, Copy, Debug, Default)]
pub struct AwakeClock {
    read_at: u64,
    awake: u64,
}

impl AwakeClock {
    /// A clock that has not been read.
    #[must_use]
    pub const fn new() -> Self {
        Self { read_at: 0, awake: 0 }
    }

    /// The time awake at this time of a monotonic clock.
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
