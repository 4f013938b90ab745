//! How many parts are sent at a time: more while that makes the upload faster, fewer after a failure.

/// The most parts that are sent at a time: browsers open six connections per host.
const MOST: usize = 6;
/// The number at the beginning.
const FIRST: usize = 3;
/// Failures within this time of each other have one cause.
const SAME_CAUSE_MILLIS: u64 = 1_000;

/// The number of parts that may be sent at a time.
#[derive(Debug)]
pub(super) struct Window {
    size: usize,
    /// The number of parts stored since `since`.
    stored: usize,
    /// When the present size was first measured, and the number of bytes sent by then.
    since: (u64, u64),
    /// The highest rate so far, in bytes per second.
    best: u64,
    failed_at: Option<u64>,
}

impl Window {
    pub(super) const fn new() -> Self {
        Self { size: FIRST, stored: 0, since: (0, 0), best: 0, failed_at: None }
    }

    pub(super) const fn size(&self) -> usize {
        self.size
    }

    /// Starts to measure: parts begin to be sent now, after this many bytes.
    pub(super) const fn measure(&mut self, now: u64, bytes: u64) {
        self.since = (now, bytes);
        self.stored = 0;
    }

    /// Records that a part is stored. `bytes` of the file have been sent. Once as many parts as may be sent at a time are
    /// stored, the window grows, unless the upload has become no faster.
    pub(super) fn stored(&mut self, now: u64, bytes: u64) {
        self.stored += 1;
        if self.stored < self.size {
            return;
        }
        let (since, before) = self.since;
        let rate = bytes.saturating_sub(before) * 1000 / now.saturating_sub(since).max(1);
        if rate > self.best + self.best / 20 {
            self.size = MOST.min(self.size + 1);
            self.best = rate;
        }
        self.measure(now, bytes);
    }

    /// Records that a part failed: half as many are sent at a time.
    pub(super) fn failed(&mut self, now: u64, bytes: u64) {
        if self.failed_at.is_some_and(|at| now < at + SAME_CAUSE_MILLIS) {
            return;
        }
        self.failed_at = Some(now);
        self.size = 1.max(self.size / 2);
        self.best = 0;
        self.measure(now, bytes);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Sends 100 parts of 1,000 bytes over connections with this rate each, limited together, and returns the sizes.
    fn sizes(each: u64, together: u64) -> Vec<usize> {
        let mut window = Window::new();
        let (mut now, mut bytes) = (0, 0);
        window.measure(now, bytes);
        let mut sizes = Vec::new();
        for _ in 0..100 {
            let rate = (window.size() as u64 * each).min(together);
            now += 1_000_000 / rate;
            bytes += 1_000;
            window.stored(now, bytes);
            sizes.push(window.size());
        }
        sizes
    }

    #[test]
    fn window_grows_while_each_connection_adds_throughput() {
        let grown = sizes(10_000, u64::MAX);
        assert_eq!((grown.first(), grown.last(), grown.iter().max()), (Some(&3), Some(&6), Some(&6)));
        assert!(grown.iter().filter(|size| **size < 6).count() < 15, "it grows early: {grown:?}");
    }

    #[test]
    fn window_stays_small_on_a_link_that_is_full() {
        assert_eq!(sizes(10_000, 20_000).last(), Some(&4));
    }

    #[test]
    fn failures_of_one_cause_halve_the_window_once() {
        let mut window = Window::new();
        window.failed(5_000, 0);
        window.failed(5_999, 0);
        assert_eq!(window.size(), 1);
        window.stored(6_500, 500);
        assert_eq!(window.size(), 2, "it grows again");
        window.failed(6_600, 500);
        window.failed(8_000, 500);
        assert_eq!(window.size(), 1, "it is never 0");
    }
}
