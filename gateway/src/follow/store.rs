//! Where records are: a folder, or Valkey. A record that is taken is hidden for the time of a lease.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use tokio::task::AbortHandle;

use super::Shared;
use super::folder::RecordFolder;
use super::record::Record;
use super::shared::SharedStore;
use crate::hooks::{HooksError, SpoolError};
use crate::valkey::Valkey;

#[derive(Debug)]
pub(super) enum RecordStore {
    Folder(RecordFolder),
    Valkey(SharedStore),
}

/// The time when a record is due, which only its holder knows: it proves that the lease has not ended.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct LeaseToken(pub(super) u64);

/// Holds a record in the background until it is dropped.
#[derive(Debug)]
pub(super) struct Hold(AbortHandle);

impl Hold {
    pub(super) fn start(shared: &Arc<Shared>, key: &str, token: LeaseToken) -> Self {
        let (shared, key) = (Arc::clone(shared), key.to_owned());
        Self(tokio::spawn(async move { shared.store.hold(&key, token, shared.lease).await }).abort_handle())
    }
}

impl Drop for Hold {
    fn drop(&mut self) {
        self.0.abort();
    }
}

impl RecordStore {
    /// With `valkey`, the records are there, otherwise in the spool's folder.
    pub(super) fn open(spool: Option<&Path>, valkey: Option<&Valkey>) -> Result<Self, HooksError> {
        match (valkey, spool) {
            (Some(valkey), _) => Ok(Self::Valkey(SharedStore::new(valkey))),
            (None, Some(spool)) => Ok(Self::Folder(RecordFolder::open(spool)?)),
            (None, None) => Err(HooksError::NoSpool),
        }
    }

    /// Stores a record in place of the one with its key, due after this time; returns when it is durable.
    pub(super) async fn put(&self, record: &Record, after: Duration) -> Result<LeaseToken, SpoolError> {
        match self {
            Self::Folder(folder) => folder.put(record, after).await,
            Self::Valkey(valkey) => Ok(valkey.put(record, after).await?),
        }
    }

    pub(super) async fn get(&self, key: &str) -> Result<Option<Record>, SpoolError> {
        match self {
            Self::Folder(folder) => Ok(folder.get(key)),
            Self::Valkey(valkey) => Ok(valkey.get(key).await?),
        }
    }

    /// Takes records that are due.
    pub(super) async fn take(&self, most: usize, lease: Duration) -> Result<Vec<(Record, LeaseToken)>, SpoolError> {
        match self {
            Self::Folder(folder) => Ok(folder.take(most, lease)),
            Self::Valkey(valkey) => Ok(valkey.take(most, lease).await?),
        }
    }

    /// Extends a lease; `None` if it has ended and another holder, or nobody, has the record.
    pub(super) async fn renew(
        &self,
        key: &str,
        token: LeaseToken,
        lease: Duration,
    ) -> Result<Option<LeaseToken>, SpoolError> {
        match self {
            Self::Folder(folder) => Ok(folder.renew(key, token, lease)),
            Self::Valkey(valkey) => Ok(valkey.renew(key, token, lease).await?),
        }
    }

    pub(super) async fn remove(&self, key: &str) -> Result<(), SpoolError> {
        match self {
            Self::Folder(folder) => folder.remove(key).await,
            Self::Valkey(valkey) => Ok(valkey.remove(key).await?),
        }
    }

    /// Extends a lease again and again; returns when it has ended.
    pub(super) async fn hold(&self, key: &str, mut token: LeaseToken, lease: Duration) {
        loop {
            tokio::time::sleep(lease / 3).await;
            match self.renew(key, token, lease).await {
                Ok(Some(renewed)) => token = renewed,
                Ok(None) => return,
                // While the store is unavailable, nobody else can take the record.
                Err(_) => {}
            }
        }
    }
}
