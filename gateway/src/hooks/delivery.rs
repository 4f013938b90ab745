//! Sends the events in the spool, again and again until the app has them or they are too old.

use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use reqwest::{StatusCode, Url};
use tokio::sync::Notify;
use tokio::task::JoinSet;
use tokio::time::sleep;

use super::config::HooksConfig;
use super::event::Stored;
use super::request::{Sender, unix_millis};
use super::spool::{Due, Spool};
use super::{HookCounts, HookOutcome};

/// When to try again if the spool cannot be used.
const SPOOL_RETRY: Duration = Duration::from_secs(1);

pub(super) struct Delivery {
    courier: Arc<Courier>,
    concurrency: usize,
}

struct Courier {
    url: Url,
    sender: Sender,
    spool: Arc<Spool>,
    counts: Arc<HookCounts>,
    first_retry: Duration,
    longest_retry: Duration,
    give_up: Duration,
}

impl Delivery {
    pub(super) fn new(
        config: &HooksConfig,
        url: &Url,
        sender: Sender,
        spool: Arc<Spool>,
        counts: Arc<HookCounts>,
    ) -> Self {
        let courier = Courier {
            url: url.clone(),
            sender,
            spool,
            counts,
            first_retry: config.first_retry(),
            longest_retry: config.longest_retry(),
            give_up: config.give_up(),
        };
        Self { courier: Arc::new(courier), concurrency: config.concurrency() }
    }

    /// Runs until it is aborted; the deliveries that run then are made again after the next start.
    pub(super) async fn run(self, wake: Arc<Notify>) {
        let mut running = JoinSet::new();
        loop {
            // Before the spool is read, so that no event is missed.
            let mut woken = pin!(wake.notified());
            woken.as_mut().enable();
            let wait = if running.len() < self.concurrency {
                let Due { events, corrupt, wait } = self.due(self.concurrency - running.len()).await;
                for _ in 0..corrupt {
                    self.courier.counts.count(HookOutcome::Corrupt);
                    tracing::error!(target: "gateway", hook = "post-finish", "a stored event cannot be read and was set aside");
                }
                for event in events {
                    running.spawn(Arc::clone(&self.courier).deliver(event));
                }
                wait
            } else {
                Duration::MAX
            };
            let full = running.len() >= self.concurrency;
            tokio::select! {
                Some(_) = running.join_next() => {}
                () = woken, if !full => {}
                () = sleep(wait), if !full => {}
            }
        }
    }

    async fn due(&self, most: usize) -> Due {
        self.courier.spool.due(most).await.unwrap_or_else(|error| {
            tracing::error!(target: "gateway", hook = "post-finish", %error, "the spool cannot be read");
            Due { events: Vec::new(), corrupt: 0, wait: SPOOL_RETRY }
        })
    }
}

impl Courier {
    async fn deliver(self: Arc<Self>, event: Stored) {
        let (id, age) = (event.id.clone(), Duration::from_millis(unix_millis().saturating_sub(event.created_millis)));
        let reason = match self.sender.post(&self.url, &id, &event.body).await.map(|response| response.status()) {
            Ok(status) if status.is_success() => {
                return self.settle(HookOutcome::Delivered, &id, self.spool.done(event).await);
            }
            Ok(StatusCode::GONE) => "status 410".to_owned(),
            Ok(status) if age < self.give_up => {
                return self.retry(event, age, format!("status {}", status.as_u16())).await;
            }
            Err(error) if age < self.give_up => return self.retry(event, age, error.to_string()).await,
            Ok(status) => format!("status {}", status.as_u16()),
            Err(error) => error.to_string(),
        };
        tracing::error!(target: "gateway", hook = "post-finish", id, reason, "the event was given up");
        self.settle(HookOutcome::Dead, &id, self.spool.bury(event).await);
    }

    /// Waits as long as the event is old, which doubles its age with each try: exponential without a counter, so that
    /// a restart does not begin anew. Half of it is random, so that events do not come in bursts.
    async fn retry(&self, event: Stored, age: Duration, reason: String) {
        let longest = age.clamp(self.first_retry, self.longest_retry.max(self.first_retry));
        let after = longest.mul_f64(f64::midpoint(1.0, fastrand::f64()));
        tracing::warn!(target: "gateway", hook = "post-finish", id = event.id, reason, seconds = after.as_secs(), "the event will be sent again");
        self.settle(HookOutcome::Retried, &event.id, self.spool.retry(&event, after).await);
    }

    fn settle(&self, outcome: HookOutcome, id: &str, settled: Result<(), super::SpoolError>) {
        self.counts.count(outcome);
        if let Err(error) = settled {
            tracing::error!(target: "gateway", hook = "post-finish", id, %error, "the event will be sent again after a restart");
        }
    }
}
