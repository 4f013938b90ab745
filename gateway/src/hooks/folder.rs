//! A spool in a folder: one file per event, renamed into place after it is on the disk.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::fs::{self, File, TryLockError};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use serde::Serialize;
use tokio::time::Instant;

use super::event::Stored;
use super::spool::Due;
use crate::valkey::UnavailableError;

const DEAD: &str = "dead";
const CORRUPT: &str = "corrupt";
const READY: &str = "json";
const INCOMPLETE: &str = "tmp";
/// When to look again if nothing is waiting. A new event ends the wait.
const IDLE: Duration = Duration::from_hours(1);
/// When to try again if the system cannot read a file.
const UNREADABLE_RETRY: Duration = Duration::from_mins(1);
/// How many unreadable files one call sets aside at most, so that it ends.
const MOST_READ: usize = 256;

/// Why the spool cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum SpoolError {
    /// Another process uses the folder.
    #[error("another gateway uses {0}: choose another folder with hooks.spool")]
    InUse(PathBuf),
    /// An error of the operating system.
    #[error("cannot store events in {0}: {1}")]
    Unusable(PathBuf, io::Error),
    /// Valkey cannot be reached.
    #[error(transparent)]
    Unavailable(#[from] UnavailableError),
}

#[derive(Debug)]
pub(super) struct Folder {
    path: Arc<Path>,
    /// The names of the files to deliver, with the time when each is due.
    waiting: Mutex<BinaryHeap<Reverse<(Instant, String)>>>,
    /// Held as long as the spool: two processes would deliver the same events.
    _lock: File,
}

impl Folder {
    /// Opens or creates the folder. All events in it are due.
    pub(super) fn open(path: &Path) -> Result<Self, SpoolError> {
        let unusable = |error| SpoolError::Unusable(path.to_owned(), error);
        for folder in [DEAD, CORRUPT] {
            fs::create_dir_all(path.join(folder)).map_err(unusable)?;
        }
        let lock = File::create(path.join("lock")).map_err(unusable)?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(SpoolError::InUse(path.to_owned())),
            Err(TryLockError::Error(error)) => return Err(unusable(error)),
        }
        let waiting = scan(path).map_err(unusable)?;
        Ok(Self { path: path.into(), waiting: Mutex::new(waiting), _lock: lock })
    }

    pub(super) async fn add(&self, event: Stored) -> Result<(), SpoolError> {
        let name = name(&event);
        let file = name.clone();
        self.blocking(move |folder| write(folder, &file, &event)).await?;
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
            let file = name.clone();
            match self.blocking(move |folder| read(folder, &file)).await {
                Ok(Some(event)) => due.events.push(event),
                Ok(None) => due.corrupt += 1,
                Err(error) => {
                    tracing::error!(target: "gateway", hook = "post-finish", %error, "an event cannot be read");
                    self.schedule(Instant::now() + UNREADABLE_RETRY, name);
                }
            }
        }
        due
    }

    pub(super) async fn done(&self, event: Stored) -> Result<(), SpoolError> {
        self.blocking(move |folder| fs::remove_file(folder.join(name(&event)))).await
    }

    pub(super) async fn bury(&self, event: Stored) -> Result<(), SpoolError> {
        self.blocking(move |folder| fs::rename(folder.join(name(&event)), folder.join(DEAD).join(name(&event)))).await
    }

    pub(super) fn retry(&self, event: &Stored, after: Duration) {
        self.schedule(Instant::now() + after, name(event));
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

    async fn blocking<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Path) -> io::Result<T> + Send + 'static,
    ) -> Result<T, SpoolError> {
        let path = Arc::clone(&self.path);
        let done = tokio::task::spawn_blocking(move || work(&path)).await.map_err(io::Error::other);
        done.flatten().map_err(|error| SpoolError::Unusable(self.path.to_path_buf(), error))
    }
}

/// File names sort by age.
fn name(event: &Stored) -> String {
    format!("{:013}-{}.{READY}", event.created_millis, event.id)
}

fn scan(path: &Path) -> io::Result<BinaryHeap<Reverse<(Instant, String)>>> {
    let now = Instant::now();
    let mut waiting = BinaryHeap::new();
    for entry in fs::read_dir(path)? {
        let file = entry?.path();
        let extension = file.extension().and_then(|extension| extension.to_str());
        let name = file.file_name().and_then(|name| name.to_str());
        match (extension, name) {
            (Some(READY), Some(name)) => waiting.push(Reverse((now, name.to_owned()))),
            (Some(INCOMPLETE), _) => fs::remove_file(file)?,
            _ => {}
        }
    }
    Ok(waiting)
}

/// Writes a file; after this it is on the disk, as a whole.
pub(crate) fn write(folder: &Path, name: &str, content: &impl Serialize) -> io::Result<()> {
    let incomplete = folder.join(name).with_extension(INCOMPLETE);
    let mut file = File::create(&incomplete)?;
    file.write_all(&serde_json::to_vec(content)?)?;
    file.sync_all()?;
    fs::rename(&incomplete, folder.join(name))?;
    File::open(folder)?.sync_all()
}

/// Reads an event; a file that is none is set aside.
fn read(folder: &Path, name: &str) -> io::Result<Option<Stored>> {
    let bytes = fs::read(folder.join(name))?;
    let event = serde_json::from_slice(&bytes).ok().filter(|event| self::name(event) == name);
    if event.is_none() {
        fs::rename(folder.join(name), folder.join(CORRUPT).join(name))?;
    }
    Ok(event)
}
