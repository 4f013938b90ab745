//! Follows each upload to its end, and reports it in one `post-finish` event, even if the page is closed.
//!
//! A record of the upload is stored before the request that creates the asset is forwarded, and replaced or removed
//! when more is known. A record that is due and that nobody holds is taken by a [`worker`]: it follows the asset with
//! the core's own `process` stage, or reports what is known. So every record ends in an event, whenever a process or
//! a connection ends.

mod change;
mod completion;
mod creation;
mod folder;
mod process;
mod record;
mod response;
mod shared;
mod store;
mod worker;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use axum::http::StatusCode;
use jiff::Timestamp;
use tokio::task::AbortHandle;

pub(crate) use completion::{Completing, Completion};
pub(crate) use creation::{Following, NewUpload};

use crate::admission::Start;
use crate::hooks::{Hooks, HooksConfig, HooksError, Outcome, SpoolError};
use crate::identity::Caller;
use crate::providers::Providers;
use crate::refusal::Refusal;
use crate::valkey::Valkey;
use change::Change;
use record::{Record, State};
use store::RecordStore;

/// How long after a ticket expires an upload may still be completed: its PUT may have begun just before.
const GRACE: Duration = Duration::from_mins(10);

const UNAVAILABLE: Refusal = Refusal::new(
    StatusCode::SERVICE_UNAVAILABLE,
    "hook_unavailable",
    "The upload cannot be recorded for the app at the moment.",
)
.sent(false)
.retry_after(5);

/// Follows uploads. Clones share their state; the follows stop when the last clone is dropped. Without a `post-finish`
/// hook it does nothing.
#[derive(Clone, Debug)]
pub(crate) struct Follower(Option<Arc<Inner>>);

#[derive(Debug)]
struct Inner {
    shared: Arc<Shared>,
    worker: AbortHandle,
}

/// What the follower, its worker and the requests share.
struct Shared {
    store: RecordStore,
    hooks: Hooks,
    providers: Arc<Providers>,
    /// How long a record belongs to an instance that does not renew it.
    lease: Duration,
    fail_open: bool,
}

impl Follower {
    /// Opens the store and resumes to follow the uploads in it; needs a Tokio runtime.
    pub(crate) fn start(
        config: &HooksConfig,
        hooks: &Hooks,
        valkey: Option<&Valkey>,
        providers: &Arc<Providers>,
    ) -> Result<Self, HooksError> {
        if config.post_finish.is_none() {
            return Ok(Self(None));
        }
        let shared = Arc::new(Shared {
            store: RecordStore::open(config.spool.as_deref(), valkey)?,
            hooks: hooks.clone(),
            providers: Arc::clone(providers),
            lease: config.lease(),
            fail_open: config.fail_open,
        });
        let worker = tokio::spawn(worker::run(Arc::clone(&shared))).abort_handle();
        Ok(Self(Some(Arc::new(Inner { shared, worker }))))
    }

    /// Records that a ticket for a staged file is issued.
    pub(crate) async fn staged(
        &self,
        key: &str,
        subject: &str,
        start: Start,
        lifetime: Duration,
    ) -> Result<(), Refusal> {
        let Some(inner) = &self.0 else { return Ok(()) };
        let record = Record {
            key: key.to_owned(),
            subject: subject.to_owned(),
            provider: start.provider.map(str::to_owned),
            asset: None,
            sha256: start.sha256,
            state: State::ticket(Timestamp::now() + lifetime),
            otherwise: Outcome::Failed,
        };
        inner.shared.required(inner.shared.store.put(&record, record.state.due_in()).await).map(|_| ())
    }

    /// Reports that the user has given up the upload of a staged file, unless it has gone on already.
    pub(crate) async fn given_up(&self, key: &str, subject: &str) {
        let Some(Inner { shared, .. }) = self.0.as_deref() else { return };
        // If the store fails, the record is found when the ticket expires.
        if let Ok(Some(record)) = shared.store.get(key).await
            && record.is_ticket_of(subject)
        {
            Change::end(record, Outcome::Failed, None, None).make_soon(shared, None).await;
        }
    }

    /// Records that a request that creates an asset is about to be forwarded: a new upload, or that of the staged file
    /// with the key `ticket`.
    pub(crate) async fn begin(
        &self,
        upload: &NewUpload<'_>,
        ticket: Option<&str>,
    ) -> Result<Option<Following>, Refusal> {
        let Some(inner) = &self.0 else { return Ok(None) };
        inner.shared.required(Following::begin(&inner.shared, upload, ticket).await)
    }

    /// A request that completes the upload of this asset.
    pub(crate) fn completion(&self, provider: &'static str, asset: &str, caller: &Caller) -> Option<Completion> {
        let inner = self.0.as_ref()?;
        Some(Completion::new(&inner.shared, provider, asset, caller.hook_subject()))
    }
}

impl Shared {
    /// The value, if it was stored. Otherwise the request is rejected, or goes on without a record if the hooks fail
    /// open.
    fn required<T: Default>(&self, stored: Result<T, SpoolError>) -> Result<T, Refusal> {
        stored.or_else(|error| {
            tracing::error!(target: "gateway", hook = "post-finish", %error, "an upload cannot be recorded");
            if self.fail_open { Ok(T::default()) } else { Err(UNAVAILABLE) }
        })
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        self.worker.abort();
    }
}

impl fmt::Debug for Shared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Shared").field("store", &self.store).finish_non_exhaustive()
    }
}
