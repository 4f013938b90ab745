//! What an upload reports to the page: stages, progress, retries, warnings.

use crate::error::ErrorCode;
use crate::file::{InspectedFile, Shared};
use crate::rules::Violation;
use crate::text_enum::text_enum;

text_enum! {
    /// The stages of an upload, in order. Hashing runs during ticket and transfer, and is a stage only while the upload waits
    /// for it.
    pub enum Stage {
        /// Making the file fit, with the option `fix` or `privacy`. The page does it, before the core's own stages.
        Fix = "fix",
        /// Reading the head of the file and checking the rules.
        Inspect = "inspect",
        /// Computing SHA-256.
        Hash = "hash",
        /// Requesting a presigned URL.
        Ticket = "ticket",
        /// Sending the bytes.
        Transfer = "transfer",
        /// Creating the asset, or confirming the upload.
        Submit = "submit",
        /// Waiting until the provider has processed the asset.
        Process = "process",
    }
}

/// What is reported to the page.
#[derive(Clone, Debug, PartialEq)]
pub enum Event {
    /// A new stage has begun.
    Stage(Stage),
    /// The file has been probed.
    Inspected(Shared<InspectedFile>),
    /// Recommendations that the file does not meet, and limits that could not be checked. The upload continues.
    Warnings(Vec<Violation>),
    /// The upload has made progress.
    Progress(Progress),
    /// A request or read failed and will be retried.
    Retry {
        /// What failed.
        error: ErrorCode,
        /// The number of failed attempts in this stage.
        attempt: u32,
        /// The time until the next attempt.
        delay_millis: u64,
        /// How long retries continue if nothing moves.
        remaining_millis: u64,
    },
    /// Storage no longer has the parts of a multipart upload, so the file is sent again from its beginning.
    Restarted,
    /// The facts that outlive the core have changed.
    Known(Known),
    /// The upload is paused. If a request must not be interrupted, this comes after its response.
    Paused,
}

/// What a page needs to know about an upload if the core dies.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Known {
    /// Whether bytes of the file, or a request that may create an asset, may have been sent.
    pub has_sent: bool,
    /// Whether a request that may create an asset is running.
    pub is_outcome_unknown: bool,
    /// The asset's id, once the provider has created one.
    pub asset_id: Option<String>,
    /// Where another upload can continue, see [`super::Upload::resume`].
    pub continuation: Option<String>,
}

/// The progress of an upload.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Progress {
    /// 0 to 1 over all stages. It never decreases, and is 1 only after the provider's last response.
    pub fraction: f64,
    /// Bytes of the file sent in the current attempt.
    pub sent_bytes: u64,
    /// The size of the file in bytes.
    pub total_bytes: u64,
    /// A moving average; `None` until bytes have moved.
    pub bytes_per_second: Option<f64>,
    /// The time until all bytes are sent, at that rate.
    pub seconds_left: Option<f64>,
}
