//! What a provider's response means for an upload, as the core reads it.

use axum::http::header;
use mediaferry::error::Error;
use mediaferry::http::{Idempotency, Response};
use mediaferry::providers::{Asset, AssetState, Provider, by_id};

use crate::exchange::Kept;
use crate::hooks::FinishedAsset;

/// What a response to the request that creates or completes an asset means.
#[derive(Debug, PartialEq)]
pub(super) enum Submitted {
    /// The asset is ready.
    Ready(Asset),
    /// The provider processes the asset.
    Pending(Asset),
    /// There is no asset that can be used.
    Failed(Option<Asset>),
    /// Nothing was done, and the page may send the request again.
    NotNow,
    /// The asset may exist.
    Unknown,
}

/// Reads the response to the request that creates or completes an asset.
pub(super) fn read(provider: &str, response: &Kept) -> Submitted {
    let Some(provider) = by_id(provider) else { return Submitted::Unknown };
    match submission(provider, &plain(response)) {
        Ok(submitted) => submitted,
        Err(Error::RateLimited(_)) => Submitted::NotNow,
        Err(error) if Idempotency::OnlyAfter(&[]).leaves_outcome_unknown(&error) => Submitted::Unknown,
        Err(_) => Submitted::Failed(None),
    }
}

fn submission(provider: &dyn Provider, response: &Response) -> Result<Submitted, Error> {
    let submission = provider.read_submit(provider.decode(response)?)?;
    Ok(match submission.state {
        AssetState::Ready => Submitted::Ready(submission.asset),
        AssetState::Pending => Submitted::Pending(submission.asset),
        AssetState::Failed(_) => Submitted::Failed(Some(submission.asset)),
    })
}

/// The response as the core reads it.
pub(super) fn plain(response: &Kept) -> Response {
    let seconds = response.headers.get(header::RETRY_AFTER).and_then(|value| value.to_str().ok()?.parse().ok());
    Response {
        status: response.status.as_u16(),
        retry_after_millis: seconds.map(|seconds: u64| seconds.saturating_mul(1000)),
        body: response.body.to_vec(),
    }
}

/// The asset and the checksum in an event.
pub(super) fn reported(asset: Asset) -> (FinishedAsset, Option<String>) {
    let sha256 = asset.reported.sha256.map(|reported| reported.value.to_ascii_lowercase());
    (FinishedAsset { id: asset.id, url: asset.url }, sha256)
}
