//! What a caller holds while an upload runs, and while a request creates an asset.

use std::time::Duration;

use mediaferry::providers::PROVIDERS;

use super::config::{AccountLimits, LimitsConfig, LowerLimits};
use super::denied::{Denied, Scope};
use super::lease::Lease;
use super::store::{Demand, Rate, SlotSet};
use super::{Cost, DAY, Held, Limits, MINUTE, subject_key};

/// A running upload of a subject. Dropping it releases its slot.
#[derive(Debug)]
#[must_use = "dropping it ends the upload"]
pub struct UploadPermit {
    pub(super) limits: Limits,
    pub(super) subject: String,
    pub(super) bytes: u64,
    /// The slots, those of [`LowerLimits`] included.
    pub(super) leases: Vec<Lease>,
    /// What was counted.
    pub(super) charged: Vec<Rate>,
}

/// The permission to send one request that creates an asset.
///
/// Dropping it after [`Self::sending`] counts as [`Created::Unknown`]: the slot of the account stays taken for a window,
/// counted from now, so that the provider never sees more creates in a window than allowed, no matter how long a request
/// takes. Dropping it before counts as [`Created::NotSent`].
#[derive(Debug)]
#[must_use = "dropping it ends the turn"]
pub struct CreatePermit(Option<(Account, Lease)>);

/// The outcome of a request that creates an asset.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Created<'a> {
    /// The provider holds this asset.
    Asset(&'a str),
    /// The provider may hold an asset. It is counted for a day.
    Unknown,
    /// The request may have reached the provider, which holds no asset.
    Rejected,
    /// No part of the request was sent.
    NotSent,
}

/// A provider's account with limits.
#[derive(Clone, Debug)]
pub(super) struct Account {
    id: String,
    limits: AccountLimits,
    lifetime: Option<Duration>,
}

impl UploadPermit {
    /// Counts the bytes and applies the limits that the `pre-create` hook returned.
    ///
    /// It is separate from [`Limits::begin`] so that an upload that the app rejects costs its user no bytes.
    pub async fn charge(&mut self, lower: &LowerLimits) -> Result<(), Denied> {
        if lower.max_bytes.is_some_and(|max| self.bytes > max || max == 0) {
            return Err(self.limits.denied(Scope::Size, None));
        }
        let rate = |scope, name: &str, max: Option<u64>, (n, period)| {
            max.map(|max| Rate { scope, key: subject_key(&self.subject, name), max, period, n })
        };
        let rates = [
            rate(Scope::UploadsPerMinute, "lower:uploads", lower.uploads_per_minute.map(u64::from), (1, MINUTE)),
            rate(Scope::BytesPerDay, "lower:bytes", lower.bytes_per_day, (self.bytes, DAY)),
            rate(Scope::BytesPerDay, "bytes", self.limits.0.config.bytes_per_day, (self.bytes, DAY)),
        ];
        let slots = lower.concurrent_uploads.map(|max| SlotSet {
            scope: Scope::ConcurrentUploads,
            key: subject_key(&self.subject, "lower:slots"),
            max,
            window: Duration::ZERO,
        });
        // A size that is not known is not counted.
        let rates = rates.into_iter().flatten().filter(|rate| rate.n > 0 || rate.max == 0).collect();
        let demand = Demand { slots: slots.into_iter().collect(), rates, waiter: None };
        let Held { lease, rates } = self.limits.claim(demand, Cost::Money).await?;
        self.leases.extend(lease);
        self.charged.extend(rates);
        Ok(())
    }

    /// Ends an upload of which nothing was sent: it costs nothing.
    pub async fn give_back(self) {
        // If the store is down, the upload counts.
        if !self.charged.is_empty() && self.limits.0.store.give_back(&self.charged).await.is_err() {
            self.limits.0.counts.count_unavailable();
        }
    }

    /// Keeps the slot under a name after this permit, for an upload whose bytes do not pass through the gateway. It is
    /// released after this time, or by [`Limits::end`].
    pub async fn keep(self, name: &str, time: Duration) {
        for lease in self.leases {
            lease.settle(|_, _| (name.to_owned(), Some(time))).await;
        }
    }
}

impl CreatePermit {
    pub(super) const fn unlimited() -> Self {
        Self(None)
    }

    pub(super) fn new(account: Account, lease: Option<Lease>) -> Self {
        Self(lease.map(|lease| (account, lease)))
    }

    /// Records that the request is about to be sent.
    pub fn sending(&mut self) {
        if let Some((_, lease)) = &mut self.0 {
            lease.use_slots();
        }
    }

    /// Reports the outcome.
    pub async fn finish(self, created: Created<'_>) {
        let Some((account, lease)) = self.0 else { return };
        let member = lease.member().to_owned();
        let assets = account.assets_key();
        let settle = |key: &str, window| match (Some(key) == assets.as_deref(), created) {
            (true, Created::Asset(id)) => (id.to_owned(), account.lifetime),
            (false, Created::NotSent) | (true, Created::Rejected | Created::NotSent) => {
                (member.clone(), Some(Duration::ZERO))
            }
            (true, Created::Unknown) | (false, _) => (member.clone(), Some(window)),
        };
        lease.settle(settle).await;
    }
}

impl Account {
    /// The account at a provider, if it has limits.
    pub(super) fn of(config: &LimitsConfig, provider: &str) -> Option<Self> {
        let limits = config.accounts.get(provider)?.clone();
        let profile = PROVIDERS.iter().map(|known| known.profile()).find(|profile| profile.id == provider);
        Some(Self { id: provider.to_owned(), limits, lifetime: profile.and_then(|profile| profile.lifetime) })
    }

    /// The set of assets that the account holds, if it is limited.
    pub(super) fn assets_key(&self) -> Option<String> {
        self.limits.assets.map(|_| self.key("assets"))
    }

    /// One create: a turn in the window, and a place for the asset.
    pub(super) fn demand<'a>(&self, waiter: &'a str) -> Demand<'a> {
        let creates = self.limits.creates.map(|max| SlotSet {
            scope: Scope::CreatesPerMinute,
            key: self.key("creates"),
            max,
            window: self.limits.creates_window.unwrap_or(MINUTE),
        });
        let waiter = creates.is_some().then_some(waiter);
        let assets =
            self.limits.assets.map(|max| SlotSet { scope: Scope::Assets, key: self.key("assets"), max, window: DAY });
        Demand { slots: creates.into_iter().chain(assets).collect(), rates: Vec::new(), waiter }
    }

    fn key(&self, name: &str) -> String {
        format!("mediaferry:account:{}:{name}", self.id)
    }
}
