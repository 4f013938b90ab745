//! Where events are until they are delivered: a folder, or Valkey.

use std::time::Duration;

use super::event::Stored;
use super::folder::EventFolder;
use super::shared::SharedSpool;
use crate::spool_folder::SpoolError;

#[derive(Debug)]
pub(super) enum Spool {
    Folder(EventFolder),
    Valkey(SharedSpool),
}

/// Events that are due, which nobody else delivers now.
#[derive(Debug)]
pub(super) struct Due {
    pub(super) events: Vec<Stored>,
    /// The number of events that could not be read and were set aside.
    pub(super) corrupt: usize,
    /// When to ask again.
    pub(super) wait: Duration,
}

impl Spool {
    /// Stores an event; returns when it is durable.
    pub(super) async fn add(&self, event: Stored) -> Result<(), SpoolError> {
        match self {
            Self::Folder(folder) => folder.add(event).await,
            Self::Valkey(valkey) => valkey.add(&event).await.map_err(SpoolError::from),
        }
    }

    pub(super) async fn due(&self, most: usize) -> Result<Due, SpoolError> {
        match self {
            Self::Folder(folder) => Ok(folder.due(most).await),
            Self::Valkey(valkey) => valkey.due(most).await.map_err(SpoolError::from),
        }
    }

    /// Deletes a delivered event.
    pub(super) async fn done(&self, event: Stored) -> Result<(), SpoolError> {
        match self {
            Self::Folder(folder) => folder.done(event).await,
            Self::Valkey(valkey) => valkey.settle(&event, "done").await.map_err(SpoolError::from),
        }
    }

    /// Keeps an event that is given up, but never sends it again.
    pub(super) async fn bury(&self, event: Stored) -> Result<(), SpoolError> {
        match self {
            Self::Folder(folder) => folder.bury(event).await,
            Self::Valkey(valkey) => valkey.settle(&event, "dead").await.map_err(SpoolError::from),
        }
    }

    pub(super) async fn retry(&self, event: &Stored, after: Duration) -> Result<(), SpoolError> {
        match self {
            Self::Folder(folder) => {
                folder.retry(event, after);
                Ok(())
            }
            Self::Valkey(valkey) => {
                valkey.settle(event, &after.as_millis().to_string()).await.map_err(SpoolError::from)
            }
        }
    }
}
