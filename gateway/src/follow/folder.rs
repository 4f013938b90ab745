//! Records in a folder: one file each. Leases are in memory, because one process uses the folder.

use std::collections::HashMap;
use std::fs;
use std::io;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use ring::digest::{SHA256, digest};
use tokio::time::Instant;

use super::record::Record;
use super::store::Token;
use crate::hooks::{SpoolError, write};
use crate::millis::millis;

const FOLDER: &str = "pending";
const CORRUPT: &str = "corrupt";
const READY: &str = "json";
const INCOMPLETE: &str = "tmp";

#[derive(Debug)]
pub(super) struct Folder {
    path: Arc<Path>,
    start: Instant,
    /// The records by key, with the time when each is due, in milliseconds since `start`.
    records: Mutex<HashMap<String, (Token, Record)>>,
}

impl Folder {
    /// Opens or creates the folder in the spool, which this process has locked.
    pub(super) fn open(spool: &Path) -> Result<Self, SpoolError> {
        let path = spool.join(FOLDER);
        let unusable = |error| SpoolError::Unusable(path.clone(), error);
        fs::create_dir_all(path.join(CORRUPT)).map_err(unusable)?;
        let records = scan(&path).map_err(unusable)?.into_iter();
        let records = records.map(|record| (record.key.clone(), (Token(millis(record.state.due_in())), record)));
        Ok(Self { start: Instant::now(), records: Mutex::new(records.collect()), path: path.into() })
    }

    pub(super) async fn put(&self, record: &Record, after: Duration) -> Result<Token, SpoolError> {
        let stored = record.clone();
        self.blocking(move |folder| write(folder, &name(&stored.key), &stored)).await?;
        let token = self.due_in(after);
        self.records().insert(record.key.clone(), (token, record.clone()));
        Ok(token)
    }

    pub(super) fn get(&self, key: &str) -> Option<Record> {
        self.records().get(key).map(|(_, record)| record.clone())
    }

    pub(super) fn take(&self, most: usize, lease: Duration) -> Vec<(Record, Token)> {
        let (now, until) = (self.due_in(Duration::ZERO), self.due_in(lease));
        let mut records = self.records();
        let due = records.values_mut().filter(|(due, _)| due.0 <= now.0).take(most);
        due.map(|(due, record)| {
            *due = until;
            (record.clone(), until)
        })
        .collect()
    }

    pub(super) fn renew(&self, key: &str, token: Token, lease: Duration) -> Option<Token> {
        let renewed = self.due_in(lease);
        let mut records = self.records();
        let (due, _) = records.get_mut(key).filter(|(due, _)| *due == token)?;
        *due = renewed;
        Some(renewed)
    }

    pub(super) async fn remove(&self, key: &str) -> Result<(), SpoolError> {
        let name = name(key);
        self.blocking(move |folder| match fs::remove_file(folder.join(name)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        })
        .await?;
        self.records().remove(key);
        Ok(())
    }

    fn records(&self) -> MutexGuard<'_, HashMap<String, (Token, Record)>> {
        self.records.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn due_in(&self, after: Duration) -> Token {
        Token(millis(self.start.elapsed() + after))
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

/// A file name for every key.
fn name(key: &str) -> String {
    format!("{}.{READY}", hex::encode(&digest(&SHA256, key.as_bytes()).as_ref()[..16]))
}

/// Reads all records; a file that is none is set aside.
fn scan(folder: &Path) -> io::Result<Vec<Record>> {
    let mut records = Vec::new();
    for entry in fs::read_dir(folder)? {
        let file = entry?.path();
        match file.extension().and_then(|extension| extension.to_str()) {
            Some(READY) => match serde_json::from_slice::<Record>(&fs::read(&file)?) {
                Ok(record) if file.ends_with(name(&record.key)) => records.push(record),
                _ => {
                    tracing::error!(target: "gateway", hook = "post-finish", "the record of an upload cannot be read and was set aside");
                    fs::rename(&file, folder.join(CORRUPT).join(file.file_name().unwrap_or_default()))?;
                }
            },
            Some(INCOMPLETE) => fs::remove_file(file)?,
            _ => {}
        }
    }
    Ok(records)
}
