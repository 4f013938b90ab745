//! The owners of assets whose responses do not show them, as far as the gateway remembers. With Valkey, all instances
//! remember them.

use std::time::Duration;

use moka::future::Cache;
use redis::Cmd;

use crate::identity::OwnerTag;
use crate::valkey::{UnavailableError, Valkey};

/// Longer than any provider documents that it keeps an asset.
const LIFETIME: Duration = Duration::from_hours(8 * 24);
/// About 10 MB.
const CAPACITY: u64 = 100_000;

/// Owners by provider and asset id.
pub(crate) struct Owners {
    local: Cache<(&'static str, String), OwnerTag>,
    shared: Option<Valkey>,
}

impl Owners {
    pub(crate) fn new(shared: Option<Valkey>) -> Self {
        Self { local: Cache::builder().max_capacity(CAPACITY).time_to_live(LIFETIME).build(), shared }
    }

    pub(super) async fn get(&self, provider: &'static str, id: &str) -> Result<Option<OwnerTag>, UnavailableError> {
        let local = self.local.get(&(provider, id.to_owned())).await;
        let (None, Some(valkey)) = (local, &self.shared) else { return Ok(local) };
        let tag: Option<String> = valkey.query(&Cmd::get(key(provider, id))).await?;
        Ok(tag.and_then(|tag| OwnerTag::parse(&tag)))
    }

    /// If Valkey cannot be reached, only this instance remembers the owner.
    pub(super) async fn remember(&self, provider: &'static str, id: &str, owner: OwnerTag) {
        self.local.insert((provider, id.to_owned()), owner).await;
        if let Some(valkey) = &self.shared {
            let command = Cmd::set_ex(key(provider, id), owner.to_string(), LIFETIME.as_secs());
            let _: Result<(), _> = valkey.query(&command).await;
        }
    }

    pub(super) async fn forget(&self, provider: &'static str, id: &str) {
        self.local.invalidate(&(provider, id.to_owned())).await;
        if let Some(valkey) = &self.shared {
            let _: Result<(), _> = valkey.query(&Cmd::del(key(provider, id))).await;
        }
    }
}

fn key(provider: &str, id: &str) -> String {
    format!("mediaferry:owners:{provider}:{id}")
}
