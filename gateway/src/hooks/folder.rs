//! A spool in a folder: one file per event.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::fs::{self, File, TryLockError};
use std::path::Path;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use super::event::Stored;
use super::spool::Due;
use crate::spool_folder::{Content, Entry, SpoolError, SpoolFolder};

const DEAD: &str = "dead";
/// When to look again if nothing is waiting. A new event ends the wait.
const IDLE: Duration = Duration::from_hours(1);
/// When to try again if the system cannot read a file.
const UNREADABLE_RETRY: Duration = Duration::from_mins(1);
/// How many files one call reads at most, so that it ends.
const MOST_READ: usize = 256;

#[derive(Debug)]
pub(super) struct EventFolder {
    folder: SpoolFolder<Stored>,
    /// The names of the files to deliver, with the time when each is due.
    waiting: Mutex<BinaryHeap<Reverse<(Instant, String)>>>,
    /// Held as long as the spool: two processes would deliver the same events.
    _lock: File,
}

impl Entry for Stored {
    /// File names sort by age.
    fn stem(&self) -> String {
        format!("{:013}-{}", self.created_millis, self.id)
    }
}

impl EventFolder {
    /// Opens or creates the folder. All events in it are due.
    pub(super) fn open(path: &Path) -> Result<Self, SpoolError> {
        let unusable = |error| SpoolError::Unusable(path.to_owned(), error);
        fs::create_dir_all(path.join(DEAD)).map_err(unusable)?;
        let lock = File::create(path.join("lock")).map_err(unusable)?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(SpoolError::InUse(path.to_owned())),
            Err(TryLockError::Error(error)) => return Err(unusable(error)),
        }
        let (folder, now) = (SpoolFolder::open(path)?, Instant::now());
        let waiting = folder.names()?.into_iter().map(|name| Reverse((now, name))).collect();
        Ok(Self { folder, waiting: Mutex::new(waiting), _lock: lock })
    }

    pub(super) async fn add(&self, event: Stored) -> Result<(), SpoolError> {
        let name = event.file_name();
        self.folder.put(event).await?;
        self.schedule(Instant::now(), name);
        Ok(())
    }

    pub(super) async fn due(&self, most: usize) -> Due {
        let mut due = Due { events: Vec::new(), corrupt: 0, wait: Duration::ZERO };
        for _ in 0..MOST_READ.max(most) {
            if due.events.len() == most {
                return due;
            }
            let name = match self.next() {
                Ok(name) => name,
                Err(wait) => return Due { wait, ..due },
            };
            match self.folder.get(&name).await {
                Ok(Content::Entry(event)) => due.events.push(event),
                Ok(Content::Corrupt) => due.corrupt += 1,
                Ok(Content::Missing) => {
                    tracing::warn!(target: "gateway", hook = "post-finish", name, "an event is no longer in the spool");
                }
                Err(error) => {
                    tracing::error!(target: "gateway", hook = "post-finish", name, %error, "an event cannot be read");
                    self.schedule(Instant::now() + UNREADABLE_RETRY, name);
                }
            }
        }
        due
    }

    pub(super) async fn done(&self, event: Stored) -> Result<(), SpoolError> {
        self.folder.remove(event.file_name()).await
    }

    pub(super) async fn bury(&self, event: Stored) -> Result<(), SpoolError> {
        self.folder.move_to(DEAD, event.file_name()).await
    }

    pub(super) fn retry(&self, event: &Stored, after: Duration) {
        self.schedule(Instant::now() + after, event.file_name());
    }

    fn schedule(&self, due: Instant, name: String) {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner).push(Reverse((due, name)));
    }

    /// Takes the next name that is due, or returns the wait until one is.
    fn next(&self) -> Result<String, Duration> {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        let now = Instant::now();
        match waiting.pop() {
            Some(Reverse((due, name))) if due <= now => Ok(name),
            Some(later) => {
                let wait = later.0.0 - now;
                waiting.push(later);
                Err(wait)
            }
            None => Err(IDLE),
        }
    }
}
