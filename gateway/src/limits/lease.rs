//! A hold on slots: renewed while it lives, so that the slots of a crashed instance are free after [`LEASE`] and the
//! set's window.

use std::sync::Arc;
use std::time::Duration;

use tokio::runtime::Handle;
use tokio::task::AbortHandle;
use tokio::time::{MissedTickBehavior, interval};

use super::LEASE;
use super::store::{Settlement, Store};

#[derive(Debug)]
pub(super) struct Lease {
    store: Arc<Store>,
    /// The sets, and how long the slot stays taken in each after its use.
    keys: Vec<(String, Duration)>,
    member: String,
    /// Whether the slots have been used, so that a drop keeps them for that long.
    used: bool,
    renewal: AbortHandle,
}

impl Lease {
    /// Keeps the slots of `member` that were just claimed.
    pub(super) fn start(store: Arc<Store>, keys: Vec<(String, Duration)>, member: String) -> Self {
        let renewed: Vec<Settlement> =
            keys.iter().map(|(key, window)| (key.clone(), member.clone(), Some(LEASE + *window))).collect();
        let (renewing, name) = (Arc::clone(&store), member.clone());
        let renewal = tokio::spawn(async move {
            let mut ticks = interval(LEASE / 3);
            ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
            ticks.tick().await;
            loop {
                ticks.tick().await;
                // If it fails, the next one still comes before the lease ends.
                let _ = renewing.settle(&renewed, &name).await;
            }
        });
        Self { store, keys, member, used: false, renewal: renewal.abort_handle() }
    }

    /// Records that the slots are used.
    pub(super) fn use_slots(&mut self) {
        self.used = true;
    }

    /// Ends the lease: each slot gets a new name and the time for which it is kept.
    pub(super) async fn settle(mut self, after: impl Fn(&str, Duration) -> (String, Option<Duration>)) {
        self.renewal.abort();
        let keys = std::mem::take(&mut self.keys);
        let settlements = keys.into_iter().map(|(key, window)| {
            let (name, kept) = after(&key, window);
            (key, name, kept)
        });
        let (store, settlements, member) =
            (Arc::clone(&self.store), settlements.collect::<Vec<_>>(), self.member.clone());
        // A task, because a client that disconnects drops this future.
        let settled = tokio::spawn(async move { store.settle(&settlements, &member).await });
        let _ = settled.await;
    }

    /// Simulates a crash of the instance.
    #[cfg(test)]
    pub(super) fn stop_renewal(&self) {
        self.renewal.abort();
    }

    pub(super) fn member(&self) -> &str {
        &self.member
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        self.renewal.abort();
        let keys = std::mem::take(&mut self.keys);
        let kept = |window| if self.used { window } else { Duration::ZERO };
        let settlements: Vec<Settlement> =
            keys.into_iter().map(|(key, window)| (key, self.member.clone(), Some(kept(window)))).collect();
        if settlements.is_empty() {
            return;
        }
        let (store, member) = (Arc::clone(&self.store), self.member.clone());
        match &*store {
            Store::Memory(memory) => memory.settle(&settlements, &member),
            // Without a runtime, the process ends; the slots are free after the lease.
            Store::Valkey(_) => {
                if let Ok(runtime) = Handle::try_current() {
                    runtime.spawn(async move { store.settle(&settlements, &member).await });
                }
            }
        }
    }
}
