//! How much of a request's body has been passed on to the provider, and when the client last sent something.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;
use tokio::time::Instant;

/// How much of a body has been passed on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Passed {
    Nothing,
    Part,
    Whole,
}

impl Passed {
    /// Whether the provider cannot have carried out the request: it does not have all of it.
    pub(crate) fn has_no_effect(self) -> bool {
        self != Self::Whole
    }
}

/// Why a client did not complete a body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Broken {
    /// Its connection ended.
    Disconnected,
    /// The body is not valid HTTP.
    Invalid,
    /// It was too slow.
    TooSlow,
}

/// A body's progress, shared by the body and the tasks that wait for it.
#[derive(Clone, Debug)]
pub(crate) struct Progress(Arc<watch::Sender<State>>);

#[derive(Clone, Copy, Debug)]
struct State {
    passed: Passed,
    moved_at: Instant,
    /// Nothing more is passed on.
    ended: bool,
    /// Why the client did not complete the body.
    broken: Option<Broken>,
}

impl Progress {
    pub(crate) fn new() -> Self {
        let state = State { passed: Passed::Nothing, moved_at: Instant::now(), ended: false, broken: None };
        Self(Arc::new(watch::Sender::new(state)))
    }

    /// Records the next chunk, which is the last if `whole`, before it is passed on. Returns whether it may be passed
    /// on.
    pub(crate) fn pass(&self, whole: bool) -> bool {
        self.0.send_if_modified(|state| {
            if !state.ended {
                state.passed = if whole { Passed::Whole } else { Passed::Part };
                state.moved_at = Instant::now();
            }
            !state.ended
        })
    }

    /// Records why the client did not complete the body.
    pub(crate) fn break_off(&self, broken: Broken) {
        self.0.send_modify(|state| state.broken = Some(broken));
    }

    /// Stops passing on chunks, and returns how much was passed on. If that is not `Whole` now, it never will be.
    pub(crate) fn end(&self) -> Passed {
        self.0.send_modify(|state| state.ended = true);
        self.0.borrow().passed
    }

    /// Why the client did not complete the body.
    pub(crate) fn broken(&self) -> Option<Broken> {
        self.0.borrow().broken
    }

    /// Completes when the whole body has been passed on.
    pub(crate) async fn whole(&self) {
        // This cannot fail while the sender exists.
        let _ = self.0.subscribe().wait_for(|state| state.passed == Passed::Whole).await;
    }

    /// Completes when the client has sent nothing for this time.
    pub(crate) async fn idle_for(&self, patience: Duration) {
        loop {
            let deadline = self.0.borrow().moved_at + patience;
            if deadline <= Instant::now() {
                return;
            }
            tokio::time::sleep_until(deadline).await;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn patience_counts_from_the_last_piece() {
        let (progress, start) = (Progress::new(), Instant::now());
        let passing = progress.clone();
        tokio::spawn(async move {
            tokio::time::sleep(Duration::from_millis(60)).await;
            passing.pass(false);
        });
        progress.idle_for(Duration::from_millis(100)).await;
        assert_eq!(start.elapsed(), Duration::from_millis(160));
    }

    #[tokio::test(start_paused = true)]
    async fn a_body_is_whole_with_its_last_piece() {
        let progress = Progress::new();
        let waiting = tokio::time::timeout(Duration::from_secs(1), progress.whole());
        assert!(progress.pass(false) && waiting.await.is_err());
        assert!(progress.pass(true));
        progress.whole().await;
        assert_eq!(progress.end(), Passed::Whole);
    }

    #[test]
    fn nothing_is_passed_on_after_the_end() {
        let progress = Progress::new();
        assert_eq!(progress.end(), Passed::Nothing);
        assert!(!progress.pass(true));
        assert_eq!(progress.end(), Passed::Nothing);
        let progress = Progress::new();
        assert!(progress.pass(false));
        assert_eq!(progress.end(), Passed::Part);
        assert!(!progress.pass(true));
        assert_eq!((progress.end(), progress.broken()), (Passed::Part, None));
    }
}
