//! Webhooks to the app: `pre-create` asks before an upload, `post-finish` reports its outcome.
//!
//! Requests are signed as in [Standard Webhooks](https://www.standardwebhooks.com). `post-finish` is delivered at least
//! once and in no particular order: the receiver recognises a repetition by its `webhook-id`.

mod config;
mod delivery;
mod event;
mod folder;
mod pre_create;
mod request;
mod secret;
mod shared;
mod spool;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use tokio::sync::Notify;
use tokio::task::AbortHandle;

pub use config::HooksConfig;
pub use event::{Finished, FinishedAsset, Outcome};
pub use pre_create::{PreCreate, PreCreateError};
pub(crate) use request::unix_millis;
pub use secret::{HookSecret, SecretError};

pub use crate::spool_folder::SpoolError;
use crate::upstream::{self, UpstreamError};
use crate::valkey::Valkey;
use delivery::Delivery;
use folder::EventFolder;
use request::Sender;
use shared::SharedSpool;
use spool::Spool;

/// The hooks of a gateway. Clones share their state; deliveries stop when the last clone is dropped.
#[derive(Clone, Debug)]
pub struct Hooks(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    config: HooksConfig,
    sender: Sender,
    /// `None` if no `post-finish` hook is configured.
    spool: Option<(Arc<Spool>, Arc<Notify>, AbortHandle)>,
    counts: Arc<HookCounts>,
}

/// What became of the requests to the app since the start, for metrics.
#[derive(Debug, Default)]
pub struct HookCounts([AtomicU64; HookOutcome::ALL.len()]);

/// What became of a request to the app.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HookOutcome {
    /// `pre-create`: the app accepted the upload.
    Accepted,
    /// `pre-create`: the app rejected the upload.
    Rejected,
    /// `pre-create`: there was no valid response.
    Failed,
    /// `post-finish`: the app received the event.
    Delivered,
    /// `post-finish`: the event will be sent again.
    Retried,
    /// `post-finish`: the event was given up.
    Dead,
    /// `post-finish`: the stored event could not be read.
    Corrupt,
}

/// Why hooks cannot be started.
#[derive(Debug, thiserror::Error)]
pub enum HooksError {
    /// The spool cannot be opened.
    #[error(transparent)]
    Spool(#[from] SpoolError),
    /// The HTTP client cannot be created.
    #[error(transparent)]
    Client(#[from] UpstreamError),
    /// A `post-finish` hook without a spool.
    #[error("hooks.post_finish needs hooks.spool or valkey")]
    NoSpool,
}

impl Hooks {
    /// Opens the spool and starts to deliver the events in it; needs a Tokio runtime. With `valkey`, the spool is there
    /// and all instances deliver from it, otherwise it is the configured folder.
    pub fn start(config: HooksConfig, valkey: Option<&Valkey>) -> Result<Self, HooksError> {
        let counts = Arc::new(HookCounts::default());
        let sender = Sender::new(upstream::remote()?, &config);
        let spool = match (&config.post_finish, valkey, &config.spool) {
            (None, ..) => None,
            (Some(url), Some(valkey), _) => Some((url, Spool::Valkey(SharedSpool::new(valkey, sender.timeout())))),
            (Some(url), None, Some(folder)) => Some((url, Spool::Folder(EventFolder::open(folder)?))),
            (Some(_), None, None) => return Err(HooksError::NoSpool),
        };
        let spool = spool.map(|(url, spool)| {
            let (spool, wake) = (Arc::new(spool), Arc::new(Notify::new()));
            let delivery = Delivery::new(&config, url, sender.clone(), Arc::clone(&spool), Arc::clone(&counts));
            let task = tokio::spawn(delivery.run(Arc::clone(&wake)));
            (spool, wake, task.abort_handle())
        });
        Ok(Self(Arc::new(Inner { config, sender, spool, counts })))
    }

    /// Stores the event; returns when it is durable, so that it is delivered even if this process is killed.
    ///
    /// After an error, call it again with the same event, which keeps its `webhook-id`. Without a `post-finish` hook it
    /// does nothing.
    pub async fn finished(&self, event: &Finished) -> Result<(), SpoolError> {
        let Some((spool, wake, _)) = &self.0.spool else { return Ok(()) };
        spool.add(event.stored()).await?;
        wake.notify_one();
        Ok(())
    }

    /// The counters for metrics.
    #[must_use]
    pub fn counts(&self) -> &HookCounts {
        &self.0.counts
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        if let Some((_, _, delivery)) = &self.spool {
            delivery.abort();
        }
    }
}

impl HookOutcome {
    /// Every outcome.
    pub const ALL: [Self; 7] =
        [Self::Accepted, Self::Rejected, Self::Failed, Self::Delivered, Self::Retried, Self::Dead, Self::Corrupt];

    /// The event and the outcome, as labels of the metric.
    #[must_use]
    pub const fn labels(self) -> (&'static str, &'static str) {
        match self {
            Self::Accepted => ("pre-create", "accepted"),
            Self::Rejected => ("pre-create", "rejected"),
            Self::Failed => ("pre-create", "failed"),
            Self::Delivered => ("post-finish", "delivered"),
            Self::Retried => ("post-finish", "retried"),
            Self::Dead => ("post-finish", "dead"),
            Self::Corrupt => ("post-finish", "corrupt"),
        }
    }
}

impl HookCounts {
    /// How often this has happened.
    #[must_use]
    pub fn get(&self, outcome: HookOutcome) -> u64 {
        self.0[outcome as usize].load(Ordering::Relaxed)
    }

    fn count(&self, outcome: HookOutcome) {
        let (event, name) = outcome.labels();
        metrics::counter!("mediaferry_hook_deliveries_total", "event" => event, "outcome" => name).increment(1);
        self.0[outcome as usize].fetch_add(1, Ordering::Relaxed);
    }
}
