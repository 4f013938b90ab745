//! How many parts are sent at a time: more while that makes the upload faster, fewer after a failure.
//!
//! Until the first failure the number doubles, because a file has few parts: with one more at a time, most of a file of 64 MiB
//! would be sent before it has grown. A number that is no faster is taken back, so a link that is full is not divided further.

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
    /// The size before it last grew, until the present one has proved faster.
    before: Option<usize>,
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
        Self { size: FIRST, before: None, stored: 0, since: (0, 0), best: 0, failed_at: None }
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
    /// stored, the window grows if the upload has become faster, and otherwise shrinks to where it was.
    pub(super) fn stored(&mut self, now: u64, bytes: u64) {
        self.stored += 1;
        if self.stored < self.size {
            return;
        }
        let (since, sent) = self.since;
        let rate = bytes.saturating_sub(sent) * 1000 / now.saturating_sub(since).max(1);
        let before = self.before.take();
        if rate > self.best + self.best / 20 {
            let step = if self.failed_at.is_none() { self.size } else { 1 };
            self.best = rate;
            if self.size < MOST {
                self.before = Some(self.size);
                self.size = MOST.min(self.size + step);
            }
        } else if let Some(before) = before {
            self.size = before;
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
        self.before = None;
        self.best = 0;
        self.measure(now, bytes);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Sends 100 parts of 1,000 bytes over connections with this rate each, limited together, and returns the sizes.
    fn sizes(window: &mut Window, each: u64, together: u64) -> Vec<usize> {
        let (mut now, mut bytes) = (10_000, 0);
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
    fn window_doubles_after_the_first_parts_if_each_connection_adds_throughput() {
        let grown = sizes(&mut Window::new(), 10_000, u64::MAX);
        assert_eq!(grown[..3], [3, 3, 6]);
        assert!(grown[3..].iter().all(|size| *size == 6), "{grown:?}");
        let grown = sizes(&mut Window::new(), 10_000, 50_000);
        assert_eq!(grown.last(), Some(&6), "the sixth connection adds nothing, but three are slower");
    }

    #[test]
    fn window_returns_to_its_size_on_a_link_that_is_full() {
        let tried = sizes(&mut Window::new(), 10_000, 30_000);
        assert_eq!(tried.iter().filter(|size| **size == 6).count(), 6, "{tried:?}");
        assert_eq!(tried.last(), Some(&3));
    }

    #[test]
    fn window_grows_by_one_after_a_failure() {
        let mut window = Window::new();
        window.failed(5_000, 0);
        let mut grown = sizes(&mut window, 10_000, u64::MAX);
        grown.dedup();
        assert_eq!(grown, [2, 3, 4, 5, 6]);
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
