//! The requests with one id: the first, which is forwarded, and its repetitions, which wait.

use std::sync::Arc;

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use tokio::sync::{Notify, watch};

use super::key::Key;
use super::table::Table;
use crate::exchange::{Failure, Kept};
use crate::refusal::Refusal;

/// The error for a request whose outcome is unknown, so it cannot be repeated.
pub(super) const FORGOTTEN: Refusal = Refusal::new(
    StatusCode::CONFLICT,
    "attempt_forgotten",
    "The gateway no longer has the outcome of this request, so it did not forward it again.",
);
const TOO_LONG: Refusal = Refusal::new(
    StatusCode::CONFLICT,
    "attempt_forgotten",
    "The request was forwarded before. Its response was too long to be stored.",
);

/// The state of the first request.
#[derive(Clone, Debug)]
pub(super) enum State {
    /// The provider does not have the whole request yet.
    Incomplete,
    /// The whole request may have reached the provider.
    Forwarded,
    Ended(AttemptOutcome),
    /// The request had no effect; the next one with its id is forwarded.
    Freed,
}

/// The outcome of a request that may have had an effect.
#[derive(Clone, Debug)]
pub(super) enum AttemptOutcome {
    /// A response from the provider, or an error of the gateway.
    Kept(Kept),
    /// A response that is too long to be stored.
    TooLong,
}

/// The request that is forwarded. If it is dropped without an outcome, its outcome is unknown.
#[derive(Debug)]
pub(super) struct First {
    table: Arc<Table>,
    key: Key,
    state: watch::Sender<State>,
    contested: Arc<Notify>,
}

/// A request that waits for the response to the first one.
#[derive(Clone, Debug)]
pub(super) struct Repetition {
    state: watch::Receiver<State>,
    contested: Arc<Notify>,
}

/// Creates the first request with this key, and the handle for its repetitions.
pub(super) fn begin(table: &Arc<Table>, key: &Key) -> (First, Repetition) {
    let (state, contested) = (watch::Sender::new(State::Incomplete), Arc::new(Notify::new()));
    let repetition = Repetition { state: state.subscribe(), contested: Arc::clone(&contested) };
    (First { table: Arc::clone(table), key: key.clone(), state, contested }, repetition)
}

impl First {
    /// Records that the provider may have the whole request, so no other is forwarded.
    pub(super) fn forwarded(&self) {
        self.state.send_replace(State::Forwarded);
    }

    /// Completes when a repetition or an outcome query has arrived.
    pub(super) async fn contested(&self) {
        self.contested.notified().await;
    }

    /// Stores the outcome.
    pub(super) fn end(self, outcome: AttemptOutcome) {
        self.set_outcome(outcome);
    }

    /// Frees the id of a request that had no effect.
    pub(super) fn free(self) {
        // In this order, because waiting requests must find the id free.
        self.table.remove(&self.key);
        self.state.send_replace(State::Freed);
    }

    fn set_outcome(&self, outcome: AttemptOutcome) {
        self.state.send_replace(State::Ended(outcome));
        self.table.end(&self.key);
    }
}

impl Drop for First {
    /// Without an outcome, the forwarding task has panicked or was dropped with the runtime.
    fn drop(&mut self) {
        let ended = matches!(*self.state.borrow(), State::Ended(_) | State::Freed);
        if !ended {
            self.set_outcome(AttemptOutcome::Kept(Failure::broken().refusal().kept()));
        }
    }
}

impl Repetition {
    /// Notifies the first request that there is a repetition.
    pub(super) fn contest(&self) {
        self.contested.notify_one();
    }

    /// The state of the first request.
    pub(super) fn state(&self) -> State {
        self.state.borrow().clone()
    }

    /// Waits until the provider may have the whole first request. Returns `false` if that request had no effect.
    pub(super) async fn is_forwarded(&mut self) -> bool {
        // The sender sets a final state before it is dropped.
        let settled = self.state.wait_for(|state| !matches!(state, State::Incomplete)).await;
        settled.is_ok_and(|state| !matches!(*state, State::Freed))
    }

    /// Waits for the response to the first request.
    pub(super) async fn response(&mut self) -> Result<Response, Refusal> {
        let ended = self.state.wait_for(|state| matches!(state, State::Ended(_) | State::Freed)).await;
        match ended.as_deref() {
            Ok(State::Ended(AttemptOutcome::Kept(response))) => Ok(response.clone().into_response()),
            Ok(State::Ended(AttemptOutcome::TooLong)) => Err(TOO_LONG),
            _ => Err(FORGOTTEN),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::super::table::LIMITS;
    use super::super::table::tests::{first, outcome, repetition};
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_repetition_waits_however_long_and_gets_the_firsts_response() {
        let table = Table::new(LIMITS);
        let leading = first(&table, 1);
        let mut waiting = repetition(&table, 1);
        assert!(tokio::time::timeout(Duration::from_hours(1), waiting.is_forwarded()).await.is_err());
        leading.forwarded();
        assert!(waiting.is_forwarded().await);
        assert!(tokio::time::timeout(Duration::from_hours(1), waiting.response()).await.is_err());
        leading.end(outcome(7));
        for mut repetition in [waiting, repetition(&table, 1)] {
            assert!(repetition.is_forwarded().await);
            assert_eq!(repetition.response().await.expect("a response").status(), 201);
        }
    }

    #[tokio::test]
    async fn a_request_without_effect_frees_its_id() {
        let table = Table::new(LIMITS);
        let leading = first(&table, 1);
        let mut waiting = repetition(&table, 1);
        leading.free();
        assert!(!waiting.is_forwarded().await);
        first(&table, 1).end(outcome(1));
        assert!(repetition(&table, 1).is_forwarded().await);
    }

    #[tokio::test]
    async fn a_request_that_is_dropped_has_an_unknown_outcome() {
        let table = Table::new(LIMITS);
        drop(first(&table, 1));
        assert_eq!(repetition(&table, 1).response().await.expect("a response").status(), 502);
    }

    #[tokio::test]
    async fn a_response_that_is_too_long_is_not_repeated() {
        let table = Table::new(LIMITS);
        first(&table, 1).end(AttemptOutcome::TooLong);
        assert_eq!(repetition(&table, 1).response().await.expect_err("a refusal"), TOO_LONG);
    }
}
