//! Takes records that are due, and brings each to its end.

use std::sync::Arc;
use std::time::Duration;

use mediaferry::http::Response;
use mediaferry::providers::{Asset, create};
use mediaferry::upload::Failure;
use tokio::task::JoinSet;
use tokio::time::sleep;

use super::change::Change;
use super::record::{Record, State};
use super::store::LeaseToken;
use super::{Shared, process, response};
use crate::exchange::Collected;
use crate::hooks::{Outcome, unix_millis};

/// How many assets are followed at the same time; the others wait.
const MOST: usize = 256;
/// How often to look for records that are due.
const POLL: Duration = Duration::from_secs(1);

/// Runs until it is aborted; the records that it holds then are taken after their lease, or the next start.
pub(super) async fn run(shared: Arc<Shared>) {
    let mut running = JoinSet::new();
    loop {
        if running.len() < MOST {
            match shared.store.take(MOST - running.len(), shared.lease).await {
                Ok(records) => {
                    for (record, token) in records {
                        running.spawn(finish(Arc::clone(&shared), record, token));
                    }
                }
                Err(error) => {
                    tracing::error!(target: "gateway", hook = "post-finish", %error, "uploads cannot be followed");
                }
            }
        }
        let full = running.len() >= MOST;
        tokio::select! {
            Some(_) = running.join_next() => {}
            () = sleep(POLL), if !full => {}
        }
    }
}

/// Brings the upload to its end, as long as nobody else has taken the record.
async fn finish(shared: Arc<Shared>, record: Record, token: LeaseToken) {
    let key = record.key.clone();
    tokio::select! {
        () = shared.store.hold(&key, token, shared.lease) => {}
        () = async {
            let (outcome, asset) = outcome(&shared, &record).await;
            let (asset, sha256) = asset.map(response::reported).unzip();
            Change::end(record, outcome, asset, sha256.flatten()).make(&shared).await;
        } => {}
    }
}

async fn outcome(shared: &Shared, record: &Record) -> (Outcome, Option<Asset>) {
    let (State::Processing { since }, Some(id), Some(provider)) = (record.state, &record.asset, &record.provider)
    else {
        return (record.otherwise, None);
    };
    let Some(known) = create(provider) else { return (record.otherwise, None) };
    let get = async |path: String| get(shared, provider, &path).await;
    process::follow(known, id.clone(), Duration::from_millis(unix_millis().saturating_sub(since)), get).await
}

async fn get(shared: &Shared, provider: &str, path: &str) -> Result<Response, Failure> {
    match shared.providers.get(provider, path).await {
        Some(Ok(Collected::Whole(response))) => Ok(response::plain(&response)),
        Some(Ok(Collected::Longer(_))) => Err(Failure::ResponseTooLong),
        Some(Err(_)) | None => Err(Failure::Network),
    }
}
