//! What an upload requests of the shell ([`Effect`]) and what the shell reports ([`Input`]): plain data.

use super::event::Event;
use crate::digest::Checksum;
use crate::error::Error;
use crate::file::AcceptedFile;
use crate::http::{Request, Response};
use crate::media::{Media, ProbeError};
use crate::providers::Asset;

/// The next thing for the shell to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Effect {
    /// Read this range and respond with [`Input::Read`].
    Read {
        /// The first byte.
        offset: u64,
        /// The number of bytes, all inside the file.
        len: usize,
    },
    /// The file has none of the built-in formats: probe the other formats and respond with [`Input::ProbeComplete`] or
    /// [`Input::Failed`]. A build with all formats never requests this.
    ProbeExtended,
    /// Finish the digest of the whole file and respond with [`Input::HashComplete`].
    Hash,
    /// Perform the effects of the lanes that this step and later ones begin, beside each other.
    Lanes,
    /// Compute the digest of a part and respond with [`Input::PartHashed`]. Parts are hashed in order.
    HashPart {
        /// The first byte; 0 starts the digest of the whole file.
        offset: u64,
        /// The number of bytes.
        len: u64,
        /// Whether to compute the digest of the whole file from the same bytes.
        whole: bool,
    },
    /// Send a request and respond with [`Input::Response`] or [`Input::Failed`]. Hashing may run meanwhile.
    Send(Request),
    /// Wait, then respond with [`Input::TimerFired`].
    Sleep {
        /// The maximum wait.
        millis: u64,
        /// What ends the sleep early.
        wake: WakeOn,
    },
    /// Do nothing, not even hashing, until the user resumes; respond with [`Input::Resume`].
    WaitForResume,
}

/// A place for one of several effects at a time. An effect that begins in a lane ends the lane's previous one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lane(pub u32);

impl Lane {
    /// Parts are hashed.
    pub(crate) const HASH: Self = Self(0);
    /// Parts are signed.
    pub(crate) const SIGN: Self = Self(1);
    /// The wait before a retry.
    pub(crate) const TIMER: Self = Self(2);
    /// The first part is sent; the others have the next numbers.
    pub(crate) const PARTS: u32 = 3;
}

/// An effect that begins in a lane. Its responses are [`Input::Lane`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LaneEffect {
    /// The lane.
    pub lane: Lane,
    /// The effect.
    pub effect: Effect,
}

/// What ends a sleep early.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WakeOn {
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
    /// The bytes of [`Effect::Read`]; fewer than requested if the file has shrunk.
    Read(Vec<u8>),
    /// The result of [`Effect::ProbeExtended`].
    ProbeComplete(Result<Media, ProbeError>),
    /// The digest is complete. This may arrive while a request is running.
    HashComplete(Checksum),
    /// The digest of a part and, after the last one, that of the whole file if it was requested.
    PartHashed {
        /// The digest of the part.
        part: Checksum,
        /// The digest of the whole file.
        whole: Option<Checksum>,
    },
    /// What a lane reports.
    Lane(Lane, Box<Self>),
    /// The response to [`Effect::Send`].
    Response(Response),
    /// The effect could not be performed.
    Failed(Failure),
    /// A [`Effect::Sleep`] is over.
    TimerFired,
    /// This many bytes of the file have been sent by the running request.
    UploadProgress(u64),
    /// This many bytes of the file have been hashed.
    HashProgress(u64),
    /// The user pauses. This may come at any time, and repeatedly.
    Pause,
    /// The user resumes. This may come at any time, and repeatedly.
    Resume,
    /// The user cancels.
    Cancel,
}

/// Why an effect could not be performed. A `u32`, so that the enum that contains it has no padding: smaller code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u32)]
pub enum Failure {
    /// The file cannot be read.
    Unreadable,
    /// The connection failed, or the browser aborted the request (as Safari does when it drops a connection).
    Network,
    /// The connection failed while the browser reports that it is offline.
    Offline,
    /// The browser reports that it is offline, so the request was not sent.
    NotSent,
    /// No response in time.
    Timeout,
    /// No byte moved in time.
    Stalled,
    /// The response is longer than [`crate::http::MAX_BODY`].
    ResponseTooLong,
}

impl From<Failure> for Error {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Unreadable => Self::UnreadableFile,
            Failure::Network => Self::Network,
            Failure::Offline | Failure::NotSent => Self::Offline,
            Failure::Timeout => Self::NetworkTimeout,
            Failure::Stalled => Self::Stalled,
            Failure::ResponseTooLong => Self::MalformedResponse { what: "body length".into(), status: None },
        }
    }
}

/// What `handle` returns.
#[derive(Debug)]
pub struct Step<T = UploadResult> {
    /// What to report to the page, in order.
    pub events: Vec<Event>,
    /// What begins beside [`Effect::Lanes`], which is outstanding or is `next`. Any other next effect ends all lanes.
    pub lanes: Vec<LaneEffect>,
    /// What to do next.
    pub next: Next<T>,
}

/// What to do after an input.
#[derive(Debug)]
pub enum Next<T = UploadResult> {
    /// Perform this. The outstanding effect is finished or no longer wanted.
    Perform(Effect),
    /// Continue with the outstanding effect.
    Continue,
    /// The task is finished.
    Finish(Box<Result<T, Error>>),
    /// The task was cancelled by the user.
    Cancelled,
}

/// An upload that succeeded.
#[derive(Clone, Debug, PartialEq)]
pub struct UploadResult {
    /// The asset.
    pub asset: Asset,
    /// The response that described it, unchanged: a JSON text.
    pub raw: String,
    /// The file that was sent; `None` if the provider fetched a URL.
    pub sent: Option<UploadedFile>,
    /// The part of a generation request that refers to the asset, a JSON text as the provider's page shows it.
    pub request_fragment: String,
}

/// A file that was uploaded.
#[derive(Clone, Debug, PartialEq)]
pub struct UploadedFile {
    /// The file.
    pub file: AcceptedFile,
    /// Its SHA-256, unless it was skipped.
    pub checksum: Option<Checksum>,
}
