//! A gateway with a provider, an app that receives the events, and a spool.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use ring::digest::{SHA256, digest};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::time::sleep;

use super::provider::Provider;
use crate::common::{Gateway, Reply};
use crate::program::Program;
use crate::receiver::{Receiver, is_valid, secret, until};

pub(super) struct Scene {
    pub(super) provider: Provider,
    pub(super) receiver: Receiver,
    pub(super) folder: TempDir,
}

impl Scene {
    pub(super) async fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        Self { provider: Provider::start().await, receiver: Receiver::start().await, folder }
    }

    /// The environment of a gateway whose key at the provider is `key`.
    fn variables(&self, key: &str) -> Vec<(String, String)> {
        let mut variables = vec![
            ("MEDIAFERRY_HOOKS_POST_FINISH".to_owned(), self.receiver.url.to_string()),
            ("MEDIAFERRY_HOOKS_SECRET".to_owned(), secret(1)),
            ("MEDIAFERRY_HOOKS_SPOOL".to_owned(), self.folder.path().display().to_string()),
        ];
        for id in ["APIFRAME", "MODELHUNTER", "ONEROUTER", "RELAYDANCE"] {
            variables.push((format!("MEDIAFERRY_{id}_ORIGIN"), self.provider.origin.clone()));
            variables.push((format!("MEDIAFERRY_{id}_KEY"), key.to_owned()));
        }
        for (name, value) in [
            ("ENDPOINT", "https://s3.example"),
            ("REGION", "auto"),
            ("BUCKET", "bucket-1"),
            ("ACCESS_KEY_ID", "id"),
            ("SECRET_ACCESS_KEY", "secret"),
        ] {
            variables.push((format!("MEDIAFERRY_S3_{name}"), value.to_owned()));
        }
        variables
    }

    pub(super) async fn gateway(&self) -> Gateway {
        self.gateway_with("k", &[]).await
    }

    pub(super) async fn gateway_with(&self, key: &str, more: &[(&str, &str)]) -> Gateway {
        let variables = self.variables(key);
        let variables = variables.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        // Of two variables with one name, the first counts.
        Gateway::start_changed(&[], &more.iter().copied().chain(variables).collect::<Vec<_>>(), |config| {
            config.hooks.lease = Some(Duration::from_millis(600));
            config.hooks.first_retry = Some(Duration::from_millis(20));
        })
        .await
    }

    pub(super) fn program(&self) -> Program {
        let variables = self.variables("k");
        Program::start(&variables.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect::<Vec<_>>())
    }

    /// Waits until this number of events has arrived, and returns the contents of all.
    pub(super) async fn events(&self, count: usize) -> Vec<Value> {
        until("the events", || self.receiver.received().len() >= count).await;
        // Another one would arrive soon.
        sleep(Duration::from_millis(100)).await;
        let received = self.receiver.received();
        assert!(received.iter().all(|request| is_valid(request, &secret(1))));
        received.iter().map(|request| request.body["data"].clone()).collect()
    }

    /// Waits for one event, and returns its outcome and the id of its asset.
    pub(super) async fn only(&self) -> (String, Value) {
        let events = self.events(1).await;
        let [event] = events.as_slice() else { panic!("{events:?}") };
        (event["outcome"].as_str().expect("an outcome").to_owned(), event["asset"]["id"].clone())
    }

    /// The number of uploads in the folder that have not ended.
    pub(super) fn pending(&self) -> usize {
        let entries = std::fs::read_dir(self.folder.path().join("pending")).expect("a folder");
        entries.filter(|entry| entry.as_ref().is_ok_and(|entry| entry.path().extension().is_some())).count()
    }

    /// Stores a record as an earlier process would have.
    pub(super) fn leave(&self, record: &Value) {
        let pending = self.folder.path().join("pending");
        std::fs::create_dir_all(&pending).expect("a folder");
        let key = digest(&SHA256, record["key"].as_str().expect("a key").as_bytes());
        let name = hex::encode(&key.as_ref()[..16]);
        std::fs::write(pending.join(format!("{name}.json")), record.to_string()).expect("a file");
    }
}

/// A time in milliseconds since 1970.
pub(super) fn ago(time: Duration) -> u64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).expect("a time");
    now.saturating_sub(time).as_millis().try_into().expect("a time")
}

/// Sends a request that creates an asset from a URL, or completes an upload.
pub(super) async fn create(gateway: &Gateway, path: &str) -> Reply {
    gateway.post_json(path, &json!({ "url": "https://a.example/b", "file": "https://a.example/b" })).await
}
