//! What the flow asks of the shell, what the shell answers, and what the user is told: plain data.

use std::rc::Rc;

use crate::digest::Checksum;
use crate::error::{Error, ErrorCode};
use crate::file::{AcceptedFile, InspectedFile};
use crate::http::{Request, Response};
use crate::media::{Media, ProbeError};
use crate::providers::Asset;
use crate::rules::Violation;
use crate::text_enum::text_enum;

text_enum! {
    /// The user-visible steps of an upload, in order. Hashing runs beside the ticket and the transfer where nobody
    /// needs the checksum first, and is a stage of its own only for as long as it is waited for.
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

/// The one next thing for the shell to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Effect {
    /// Read this range and answer with [`Input::Read`].
    Read {
        /// From this byte.
        offset: u64,
        /// So many bytes, all inside the file.
        len: usize,
    },
    /// The file is of none of the formats that are built in: find out with those that are not what it is, and answer with
    /// [`Input::Probed`] or [`Input::Failed`]. A build with all formats never asks for this.
    MoreFormats,
    /// Bring the digest of the whole file to its end and answer with [`Input::Hashed`].
    Hash,
    /// Send a request and answer with [`Input::Response`] or [`Input::Failed`]. The digest may run meanwhile.
    Send(Request),
    /// Wait, then answer with [`Input::Awake`].
    Sleep {
        /// At most so long.
        millis: u64,
        /// What ends the sleep early.
        wake: Wake,
    },
    /// Do nothing, the digest included, until the user goes on; answer with [`Input::Resume`].
    Hold,
}

/// What may end a sleep before its time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wake {
    /// Nothing.
    Never,
    /// The browser is online again.
    Online,
    /// The page becomes visible.
    Visible,
}

/// What the shell reports.
#[derive(Clone, Debug, PartialEq)]
pub enum Input {
    /// Begin.
    Start,
    /// The bytes of [`Effect::Read`]; fewer than asked for where the file has shrunk.
    Read(Vec<u8>),
    /// The answer to [`Effect::MoreFormats`].
    Probed(Result<Media, ProbeError>),
    /// The digest is complete; it may come while a request is under way.
    Hashed(Checksum),
    /// The answer to [`Effect::Send`].
    Response(Response),
    /// The effect could not be performed.
    Failed(Failure),
    /// A [`Effect::Sleep`] is over.
    Awake,
    /// So many bytes of the running request's file have left.
    Sent(u64),
    /// So many bytes of the file have gone into the digest.
    Digested(u64),
    /// The user wants to pause. It may come at any time, again too.
    Pause,
    /// The user wants to go on. It may come at any time, again too.
    Resume,
    /// The user has changed their mind.
    Cancel,
}

/// Why an effect could not be performed. As wide as a number, for it stands in the place of one: a byte there is copied on
/// its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u32)]
pub enum Failure {
    /// The file cannot be read.
    Unreadable,
    /// The connection failed; also an abort that nobody asked for (Safari drops connections so).
    Network,
    /// The connection failed while the browser says it is offline.
    Offline,
    /// The browser says it is offline, so the request was not sent.
    NotSent,
    /// No answer in time.
    Timeout,
    /// No byte moved in time.
    Stalled,
    /// The answer is longer than [`crate::http::MAX_BODY`].
    AnswerTooLong,
}

impl From<Failure> for Error {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Unreadable => Self::UnreadableFile,
            Failure::Network => Self::Network,
            Failure::Offline | Failure::NotSent => Self::Offline,
            Failure::Timeout => Self::NetworkTimeout,
            Failure::Stalled => Self::Stalled,
            Failure::AnswerTooLong => Self::MalformedResponse { what: "body length", status: None },
        }
    }
}

/// What `handle` answers with.
#[derive(Debug)]
pub struct Step<T = Delivery> {
    /// What to tell the user, in order.
    pub events: Vec<Event>,
    /// What to do.
    pub next: Next<T>,
}

/// What to do after an input.
#[derive(Debug)]
pub enum Next<T = Delivery> {
    /// Perform this; whatever was outstanding is over or no longer wanted.
    Perform(Effect),
    /// Go on with the effect that is outstanding.
    Continue,
    /// It is over.
    Finish(Box<Result<T, Error>>),
    /// It is over because the user said so.
    Cancelled,
}

/// An upload that succeeded.
#[derive(Clone, Debug, PartialEq)]
pub struct Delivery {
    /// What the provider gave.
    pub asset: Asset,
    /// The answer that told of it, as it came, a JSON text.
    pub raw: String,
    /// What was sent; `None` where the provider fetched an address.
    pub sent: Option<Sent>,
    /// The part of a generation request that refers to the asset, a JSON text as the provider's page shows it.
    pub request_fragment: String,
}

/// A file that has arrived.
#[derive(Clone, Debug, PartialEq)]
pub struct Sent {
    /// The file.
    pub file: AcceptedFile,
    /// Its SHA-256.
    pub checksum: Checksum,
}

/// Something to tell the user.
#[derive(Clone, Debug, PartialEq)]
pub enum Event {
    /// A new stage has begun.
    Stage(Stage),
    /// The file has been looked at.
    Inspected(Rc<InspectedFile>),
    /// What the provider would rather have otherwise, and what could not be checked. The upload goes on.
    Advice(Vec<Violation>),
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
    pub is_unclear: bool,
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
