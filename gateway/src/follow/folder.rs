//! Records in a folder: one file each. Leases are in memory, because one process uses the folder.

use std::collections::HashMap;
use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use ring::digest::{SHA256, digest};
use tokio::time::Instant;

use super::record::Record;
use super::store::LeaseToken;
use crate::millis::millis;
use crate::spool_folder::{Content, Entry, SpoolError, SpoolFolder, file_name};

const FOLDER: &str = "pending";

#[derive(Debug)]
pub(super) struct RecordFolder {
    folder: SpoolFolder<Record>,
    start: Instant,
    /// The records by key, with the time when each is due, in milliseconds since `start`.
    records: Mutex<HashMap<String, (LeaseToken, Record)>>,
}

impl RecordFolder {
    /// Opens or creates the folder in the spool, which this process has locked.
    pub(super) fn open(spool: &Path) -> Result<Self, SpoolError> {
        let folder = SpoolFolder::<Record>::open(&spool.join(FOLDER))?;
        let mut records = HashMap::new();
        for name in folder.names()? {
            match folder.get_now(&name)? {
                Content::Entry(record) => {
                    records.insert(record.key.clone(), (LeaseToken(millis(record.state.due_in())), record));
                }
                Content::Corrupt => {
                    tracing::error!(target: "gateway", hook = "post-finish", "the record of an upload cannot be read and was set aside");
                }
                Content::Missing => {}
            }
        }
        Ok(Self { folder, start: Instant::now(), records: Mutex::new(records) })
    }

    pub(super) async fn put(&self, record: &Record, after: Duration) -> Result<LeaseToken, SpoolError> {
        self.folder.put(record.clone()).await?;
        let token = self.due_in(after);
        self.records().insert(record.key.clone(), (token, record.clone()));
        Ok(token)
    }

    pub(super) fn get(&self, key: &str) -> Option<Record> {
        self.records().get(key).map(|(_, record)| record.clone())
    }

    pub(super) fn take(&self, most: usize, lease: Duration) -> Vec<(Record, LeaseToken)> {
        let (now, until) = (self.due_in(Duration::ZERO), self.due_in(lease));
        let mut records = self.records();
        let due = records.values_mut().filter(|(due, _)| due.0 <= now.0).take(most);
        due.map(|(due, record)| {
            *due = until;
            (record.clone(), until)
        })
        .collect()
    }

    pub(super) fn renew(&self, key: &str, token: LeaseToken, lease: Duration) -> Option<LeaseToken> {
        let renewed = self.due_in(lease);
        let mut records = self.records();
        let (due, _) = records.get_mut(key).filter(|(due, _)| *due == token)?;
        *due = renewed;
        Some(renewed)
    }

    pub(super) async fn remove(&self, key: &str) -> Result<(), SpoolError> {
        self.folder.remove(file_name(&stem(key))).await?;
        self.records().remove(key);
        Ok(())
    }

    fn records(&self) -> MutexGuard<'_, HashMap<String, (LeaseToken, Record)>> {
        self.records.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn due_in(&self, after: Duration) -> LeaseToken {
        LeaseToken(millis(self.start.elapsed() + after))
    }
}

impl Entry for Record {
    /// A file name for every key.
    fn stem(&self) -> String {
        stem(&self.key)
    }
}

fn stem(key: &str) -> String {
    hex::encode(&digest(&SHA256, key.as_bytes()).as_ref()[..16])
}
