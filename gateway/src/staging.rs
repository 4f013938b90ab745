//! `/staging`: our own bucket, for providers that accept only URLs. A page PUTs the file there with presigned URLs, in
//! one piece or in parts, and the provider downloads it with another; no byte of it passes through the gateway.

mod error;
mod file;
mod name;
mod ticket;
mod uploads;

use axum::Router;

pub(crate) use name::StagedName;
pub use name::is_name;

use crate::admission::Admission;
use crate::config::Config;
use crate::upstream::UpstreamError;

/// The first segment of every key.
pub const FOLDER: &str = "staging";

/// The routes, without the origin check.
pub(crate) fn app(config: &Config, admission: Admission) -> Result<Router, UpstreamError> {
    let uploads = uploads::app(config, admission.clone())?;
    Ok(ticket::app(config.staging.clone(), admission).merge(uploads))
}
