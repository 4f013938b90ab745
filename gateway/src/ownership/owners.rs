//! The owners of assets whose messages do not show them, as far as the gateway remembers.

use std::time::Duration;

use moka::future::Cache;

use crate::identity::OwnerTag;

/// Longer than any provider documents that it keeps an asset.
const LIFETIME: Duration = Duration::from_hours(8 * 24);
/// About 10 MB.
const CAPACITY: u64 = 100_000;

/// Owners by provider and asset id.
pub(crate) struct Owners(Cache<(&'static str, String), OwnerTag>);

impl Owners {
    pub(crate) fn new() -> Self {
        Self(Cache::builder().max_capacity(CAPACITY).time_to_live(LIFETIME).build())
    }

    pub(super) async fn get(&self, provider: &'static str, id: &str) -> Option<OwnerTag> {
        self.0.get(&(provider, id.to_owned())).await
    }

    pub(super) async fn remember(&self, provider: &'static str, id: &str, owner: OwnerTag) {
        self.0.insert((provider, id.to_owned()), owner).await;
    }

    pub(super) async fn forget(&self, provider: &'static str, id: &str) {
        self.0.invalidate(&(provider, id.to_owned())).await;
    }
}
