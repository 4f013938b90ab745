//! Records in a folder: one file each. Leases are in memory, because one process uses the folder.

use std::collections::HashMap;
use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use ring::digest::{SHA256, digest};
use tokio::sync::{Mutex as AsyncMutex, MutexGuard as AsyncMutexGuard};
use tokio::time::Instant;

use super::record::Record;
use super::store::LeaseToken;
use crate::millis::millis;
use crate::spool_folder::{Content, Entry, SpoolError, SpoolFolder, file_name};

const FOLDER: &str = "pending";
/// How many keys can change at the same time, at most.
const LOCKS: usize = 64;

#[derive(Debug)]
pub(super) struct RecordFolder {
    folder: SpoolFolder<Record>,
    start: Instant,
    /// Held while a file changes: the last change of a key is the same on the disk and in memory. Keys share locks.
    changing: Box<[AsyncMutex<()>]>,
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
        let changing = (0..LOCKS).map(|_| AsyncMutex::new(())).collect();
        Ok(Self { folder, start: Instant::now(), changing, records: Mutex::new(records) })
    }

    pub(super) async fn put(&self, record: &Record, after: Duration) -> Result<LeaseToken, SpoolError> {
        let _changing = self.change(&record.key).await;
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
        let _changing = self.change(key).await;
        self.folder.remove(file_name(&stem(key))).await?;
        self.records().remove(key);
        Ok(())
    }

    async fn change(&self, key: &str) -> AsyncMutexGuard<'_, ()> {
        let hash = digest(&SHA256, key.as_bytes()).as_ref().first().copied().unwrap_or_default();
        self.changing[usize::from(hash) % self.changing.len()].lock().await
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

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::super::record::State;
    use super::*;
    use crate::hooks::Outcome;

    fn record(number: u64) -> Record {
        Record {
            key: "k".to_owned(),
            subject: "ada".to_owned(),
            provider: None,
            asset: None,
            sha256: None,
            state: State::Ticket { until: number },
            otherwise: Outcome::Failed,
        }
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
    async fn the_last_change_of_a_key_is_the_same_on_the_disk_and_in_memory() {
        let temporary = tempfile::tempdir().expect("a folder");
        let folder = Arc::new(RecordFolder::open(temporary.path()).expect("a spool"));
        for round in 0..100 {
            let changes = (0..6).map(|number| {
                let folder = Arc::clone(&folder);
                tokio::spawn(async move {
                    match number {
                        5 => folder.remove("k").await,
                        number => folder.put(&record(number), Duration::ZERO).await.map(|_| ()),
                    }
                })
            });
            for change in changes.collect::<Vec<_>>() {
                change.await.expect("an end").expect("stored");
            }
            let stored = match folder.folder.get(&record(0).file_name()).await.expect("a file") {
                Content::Entry(record) => Some(record),
                _ => None,
            };
            assert_eq!(stored, folder.get("k"), "round {round}");
        }
    }
}
