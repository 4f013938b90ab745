//! Limits for each subject and each provider account, in process or shared through Valkey.
//!
//! A subject is an opaque key of an authenticated user. Never pass an address or a header that a client controls: it
//! would choose its own bucket.
//!
//! The order for one upload is [`Limits::begin`], for the request that creates the asset [`Limits::create`], the
//! `pre-create` hook, and [`UploadPermit::charge`]. An upload that does not get its turn is given back.

mod config;
mod denied;
mod lease;
mod memory;
mod permit;
mod store;
#[cfg(test)]
mod tests;
mod turns;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use mediaferry::media::Kind;
use mediaferry::providers::Profile;
use uuid::Uuid;

pub use config::{AccountLimits, LimitsConfig, LowerLimits};
pub use denied::{Denied, Scope};
pub use permit::{CreatePermit, Created, UploadPermit};

use crate::valkey::{UnavailableError, Valkey};
use lease::Lease;
use permit::Account;
use store::{Demand, Rate, SlotSet, Store, Verdict};

/// The boundaries, names and other fields around the file in a form.
const FORM_OVERHEAD: u64 = 64 * 1024;
/// The largest form for a provider that documents no maximum size: the default for staged files.
const UNDOCUMENTED_BYTES: u64 = 1_000_000_000;
/// How long a running upload keeps its slot after its instance has crashed.
const LEASE: Duration = Duration::from_secs(30);
/// When to try again after the store could not be reached.
const UNAVAILABLE_RETRY: Duration = Duration::from_secs(5);
const MINUTE: Duration = Duration::from_mins(1);
const DAY: Duration = Duration::from_hours(24);

/// The limits of a gateway. Clones share their state.
#[derive(Clone, Debug)]
pub struct Limits(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    config: LimitsConfig,
    store: Arc<Store>,
    counts: Counts,
}

/// What was denied or could not be decided since the start, for metrics.
#[derive(Debug, Default)]
pub struct Counts {
    denied: [AtomicU64; Scope::ALL.len()],
    unavailable: AtomicU64,
}

/// What a subject wants to upload.
#[derive(Clone, Copy, Debug)]
pub struct Upload<'a> {
    /// The opaque key of the user.
    pub subject: &'a str,
    /// The id of the provider, if known.
    pub provider: Option<&'a str>,
    /// The kind of media, if known.
    pub kind: Option<Kind>,
    /// The size in bytes. If the request does not state one, pass the most that the gateway accepts.
    pub bytes: u64,
}

impl Limits {
    /// Creates the limits. `shared` is the connection to Valkey, if several instances share the limits.
    #[must_use]
    pub fn new(config: LimitsConfig, shared: Option<&Valkey>) -> Self {
        let store = Arc::new(shared.map_or_else(Store::in_process, |valkey| Store::Valkey(valkey.clone())));
        Self(Arc::new(Inner { config, store, counts: Counts::default() }))
    }

    /// The maximum size of a form for this provider, in bytes: the configured one, or the provider's own limit plus
    /// 64 KiB for the rest of the form.
    #[must_use]
    pub fn max_form_bytes(&self, profile: &Profile) -> u64 {
        let documented = || profile.rules.accepts.iter().map(|limits| limits.max_bytes).collect::<Option<Vec<_>>>();
        self.0.config.max_form_bytes.unwrap_or_else(|| {
            let largest = documented().and_then(|limits| limits.into_iter().max()).unwrap_or(UNDOCUMENTED_BYTES);
            largest.saturating_add(FORM_OVERHEAD)
        })
    }

    /// Checks the provider, the kind, the uploads per minute and the concurrent uploads.
    pub async fn begin(&self, upload: &Upload<'_>) -> Result<UploadPermit, Denied> {
        let config = &self.0.config;
        if let Some(provider) = upload.provider {
            self.check_provider(provider)?;
        }
        self.check_kind(upload.kind)?;
        let key = |name: &str| subject_key(upload.subject, name);
        let slots = config.concurrent_uploads.map(|max| SlotSet {
            scope: Scope::ConcurrentUploads,
            key: key("slots"),
            max,
            window: Duration::ZERO,
        });
        let rates = config.uploads_per_minute.map(|max| Rate {
            scope: Scope::UploadsPerMinute,
            key: key("uploads"),
            max: max.into(),
            period: MINUTE,
            n: 1,
        });
        let demand = Demand { slots: slots.into_iter().collect(), rates: rates.into_iter().collect(), waiter: None };
        let Held { lease, rates } = self.claim(demand, Cost::None).await?;
        Ok(UploadPermit {
            limits: self.clone(),
            subject: upload.subject.to_owned(),
            bytes: upload.bytes,
            leases: lease.into_iter().collect(),
            charged: rates,
        })
    }

    /// Releases the slot that was kept by [`UploadPermit::keep`], from any instance.
    pub async fn end(&self, subject: &str, name: &str) {
        if self.0.config.concurrent_uploads.is_some() {
            self.settle(subject_key(subject, "slots"), name, Duration::ZERO).await;
        }
    }

    /// Keeps the slot of an upload that goes on for longer, from any instance.
    pub async fn extend(&self, subject: &str, name: &str, time: Duration) {
        if self.0.config.concurrent_uploads.is_some() {
            self.settle(subject_key(subject, "slots"), name, time).await;
        }
    }

    /// Waits for the turn of a request that creates an asset; see [`LimitsConfig::account_wait`].
    ///
    /// The queue is fair between waiters: each has one place. After a denial, the place is kept until shortly after
    /// `Retry-After`. Pass the subject as the waiter; without identity, pass something that stays the same when the
    /// page repeats the request.
    pub async fn create(&self, provider: &str, waiter: &str) -> Result<CreatePermit, Denied> {
        let Some(account) = Account::of(&self.0.config, provider) else {
            return Ok(CreatePermit::unlimited());
        };
        let deadline = tokio::time::Instant::now() + self.0.config.account_wait();
        loop {
            let denied = match self.claim(account.demand(waiter), Cost::Money).await {
                Ok(Held { lease, .. }) => return Ok(CreatePermit::new(account, lease)),
                Err(denied) => denied,
            };
            let now = tokio::time::Instant::now();
            if denied.scope != Scope::CreatesPerMinute {
                return Err(denied);
            }
            if now >= deadline {
                return Err(self.denied(denied.scope, denied.retry_after));
            }
            let turn = denied.retry_after.unwrap_or_default().clamp(turns::POLL / 10, turns::POLL);
            tokio::time::sleep_until(deadline.min(now + turn)).await;
        }
    }

    /// Frees the place of a deleted asset in its account.
    pub async fn deleted(&self, provider: &str, asset: &str) {
        if let Some(key) = Account::of(&self.0.config, provider).and_then(|account| account.assets_key()) {
            self.settle(key, asset, Duration::ZERO).await;
        }
    }

    /// The counters for metrics.
    #[must_use]
    pub fn counts(&self) -> &Counts {
        &self.0.counts
    }

    /// Checks that the provider may be used.
    pub fn check_provider(&self, provider: &str) -> Result<(), Denied> {
        let allowed = self.0.config.providers.as_ref().is_none_or(|allowed| allowed.iter().any(|id| id == provider));
        if allowed { Ok(()) } else { Err(self.denied(Scope::Provider, None)) }
    }

    fn check_kind(&self, kind: Option<Kind>) -> Result<(), Denied> {
        let kinds = self.0.config.kinds.as_ref();
        let allowed = kinds.is_none_or(|allowed| kind.is_some_and(|kind| allowed.contains(&kind)));
        if allowed { Ok(()) } else { Err(self.denied(Scope::Kind, None)) }
    }

    /// Makes one decision. Holds nothing if nothing was to be held, or if the store is down and that is accepted.
    async fn claim(&self, demand: Demand<'_>, cost: Cost) -> Result<Held, Denied> {
        if demand.is_empty() {
            return Ok(Held::default());
        }
        let member = Uuid::new_v4().simple().to_string();
        match self.0.store.claim(&member, &demand).await {
            Ok(Verdict::Granted) => {
                let keys: Vec<_> = demand.slots.into_iter().map(|set| (set.key, set.window)).collect();
                let lease = (!keys.is_empty()).then(|| Lease::start(Arc::clone(&self.0.store), keys, member));
                Ok(Held { lease, rates: demand.rates })
            }
            // Waiting for a turn is not a denial yet; `create` counts it at its deadline.
            Ok(Verdict::Wait { scope, after }) if scope == Scope::CreatesPerMinute => {
                Err(Denied { scope, retry_after: after })
            }
            Ok(Verdict::Wait { scope, after }) => Err(self.denied(scope, after)),
            Err(UnavailableError) => {
                self.0.counts.count_unavailable();
                let open = self.0.config.fail_open.unwrap_or(cost == Cost::None);
                if open { Ok(Held::default()) } else { Err(self.denied(Scope::Store, Some(UNAVAILABLE_RETRY))) }
            }
        }
    }

    /// Keeps a name in a slot set for a time; zero removes it. If the store is down, the name leaves the set when its
    /// former time is over.
    async fn settle(&self, key: String, name: &str, time: Duration) {
        if self.0.store.settle(&[(key, name.to_owned(), Some(time))], name).await.is_err() {
            self.0.counts.count_unavailable();
        }
    }

    fn denied(&self, scope: Scope, retry_after: Option<Duration>) -> Denied {
        metrics::counter!("mediaferry_limited_total", "scope" => scope.as_str()).increment(1);
        self.0.counts.denied[scope as usize].fetch_add(1, Ordering::Relaxed);
        Denied { scope, retry_after }
    }
}

impl Counts {
    /// The number of denials for a scope.
    #[must_use]
    pub fn denied(&self, scope: Scope) -> u64 {
        self.denied[scope as usize].load(Ordering::Relaxed)
    }

    fn count_unavailable(&self) {
        metrics::counter!("mediaferry_limits_unavailable_total").increment(1);
        self.unavailable.fetch_add(1, Ordering::Relaxed);
    }

    /// How often the store could not be reached.
    #[must_use]
    pub fn unavailable(&self) -> u64 {
        self.unavailable.load(Ordering::Relaxed)
    }
}

/// What was granted: slots, and what rates have counted.
#[derive(Debug, Default)]
struct Held {
    lease: Option<Lease>,
    rates: Vec<Rate>,
}

/// Whether a limit protects against costs.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Cost {
    None,
    Money,
}

fn subject_key(subject: &str, name: &str) -> String {
    format!("mediaferry:subject:{subject}:{name}")
}
