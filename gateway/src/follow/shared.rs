//! Records in Valkey: each is held by one instance at a time.

use std::time::Duration;

use redis::{Script, ScriptInvocation};

use super::record::Record;
use super::store::LeaseToken;
use crate::millis::millis;
use crate::valkey::{UnavailableError, Valkey};

/// The times when records are due, by key.
const DUE: &str = "mediaferry:uploads:due";
const RECORDS: &str = "mediaferry:uploads:records";
const CORRUPT: &str = "mediaferry:uploads:corrupt";

#[derive(Debug)]
pub(super) struct SharedStore(Valkey);

impl SharedStore {
    pub(super) fn new(valkey: &Valkey) -> Self {
        Self(valkey.clone())
    }

    pub(super) async fn put(&self, record: &Record, after: Duration) -> Result<LeaseToken, UnavailableError> {
        let script = Script::new(include_str!("scripts/put.lua"));
        let mut call = call(&script);
        call.arg(&record.key).arg(serde_json::to_string(record).unwrap_or_default()).arg(millis(after));
        self.0.run(&call).await.map(LeaseToken)
    }

    pub(super) async fn get(&self, key: &str) -> Result<Option<Record>, UnavailableError> {
        let script = Script::new("return redis.call('HGET', KEYS[2], ARGV[1])");
        let text: Option<String> = self.0.run(call(&script).arg(key)).await?;
        Ok(text.and_then(|text| serde_json::from_str(&text).ok()))
    }

    pub(super) async fn take(
        &self,
        most: usize,
        lease: Duration,
    ) -> Result<Vec<(Record, LeaseToken)>, UnavailableError> {
        let script = Script::new(include_str!("scripts/take.lua"));
        let taken: Vec<(String, String, u64)> = self.0.run(call(&script).arg(most).arg(millis(lease))).await?;
        let mut records = Vec::new();
        for (key, text, due) in taken {
            if let Ok(record) = serde_json::from_str(&text) {
                records.push((record, LeaseToken(due)));
            } else {
                tracing::error!(target: "gateway", hook = "post-finish", "the record of an upload cannot be read and was set aside");
                let script = Script::new(include_str!("scripts/set_aside.lua"));
                self.0.run::<()>(call(&script).key(CORRUPT).arg(key)).await?;
            }
        }
        Ok(records)
    }

    pub(super) async fn renew(
        &self,
        key: &str,
        token: LeaseToken,
        lease: Duration,
    ) -> Result<Option<LeaseToken>, UnavailableError> {
        let script = Script::new(include_str!("scripts/renew.lua"));
        let renewed: Option<u64> = self.0.run(call(&script).arg(key).arg(token.0).arg(millis(lease))).await?;
        Ok(renewed.map(LeaseToken))
    }

    pub(super) async fn remove(&self, key: &str) -> Result<(), UnavailableError> {
        let script = Script::new("redis.call('ZREM', KEYS[1], ARGV[1]) redis.call('HDEL', KEYS[2], ARGV[1])");
        self.0.run(call(&script).arg(key)).await
    }
}

fn call(script: &Script) -> ScriptInvocation<'_> {
    let mut call = script.prepare_invoke();
    call.key(DUE).key(RECORDS);
    call
}
