//! What an upload reports to the user: stages, progress, retries, warnings.

use std::rc::Rc;

use crate::error::ErrorCode;
use crate::file::InspectedFile;
use crate::rules::Violation;
use crate::text_enum::text_enum;

text_enum! {
    /// The stages of an upload, in order. Hashing runs during ticket and transfer, and is a stage only while the upload waits
    /// for it.
    pub enum Stage {
        /// Reading the head of the file and checking the rules.
        Inspect = "inspect",
        /// Computing SHA-256.
        Hash = "hash",
        /// Asking for a presigned URL.
        Ticket = "ticket",
        /// Moving the bytes.
        Transfer = "transfer",
        /// Handing over, or confirming.
        Submit = "submit",
        /// Waiting until the provider has processed the asset.
        Process = "process",
    }
}

/// What is reported to the user.
#[derive(Clone, Debug, PartialEq)]
pub enum Event {
    /// A new stage has begun.
    Stage(Stage),
    /// The file has been looked at.
    Inspected(Rc<InspectedFile>),
    /// What the provider would rather have otherwise, and what could not be checked. The upload goes on.
    Warnings(Vec<Violation>),
    /// The upload has moved on.
    Progress(Progress),
    /// Something failed and will be tried again.
    Retry {
        /// What failed.
        error: ErrorCode,
        /// How many tries have failed in this stage.
        attempt: u32,
        /// How long until the next.
        delay_millis: u64,
        /// How long trying continues if nothing moves.
        remaining_millis: u64,
    },
    /// What is known of the upload has changed.
    Known(Known),
    /// It holds, as the user wanted; in what must not be cut, that is later than they said so.
    Paused,
}

/// What can be said of an upload of which nothing more is ever heard: that is what a page knows when the core dies.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Known {
    /// Whether bytes of the file, or a request that may create an asset, may have left.
    pub has_sent: bool,
    /// Whether a request that may create an asset is under way.
    pub is_outcome_unknown: bool,
    /// The asset's id, once the provider has made one.
    pub asset_id: Option<String>,
    /// Where another upload can continue, see [`super::Upload::resume`].
    pub continuation: Option<String>,
}

/// How far an upload is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Progress {
    /// 0 to 1 over all stages. It never goes back, and is 1 only after the provider has answered.
    pub fraction: f64,
    /// Bytes of the file that have left in the current try.
    pub sent_bytes: u64,
    /// Bytes of the file.
    pub total_bytes: u64,
    /// A moving average, once something has moved.
    pub bytes_per_second: Option<f64>,
    /// Until all bytes have left, at that rate.
    pub seconds_left: Option<f64>,
}
