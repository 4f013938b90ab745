//! What an upload asks of the shell ([`Effect`]) and what the shell reports ([`Input`]): plain data.

use super::event::Event;
use crate::digest::Checksum;
use crate::error::Error;
use crate::file::AcceptedFile;
use crate::http::{Request, Response};
use crate::media::{Media, ProbeError};
use crate::providers::Asset;

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
    /// [`Input::ProbeComplete`] or [`Input::Failed`]. A build with all formats never asks for this.
    ProbeExtended,
    /// Bring the digest of the whole file to its end and answer with [`Input::HashComplete`].
    Hash,
    /// Send a request and answer with [`Input::Response`] or [`Input::Failed`]. The digest may run meanwhile.
    Send(Request),
    /// Wait, then answer with [`Input::TimerFired`].
    Sleep {
        /// At most so long.
        millis: u64,
        /// What ends the sleep early.
        wake: WakeOn,
    },
    /// Do nothing, the digest included, until the user goes on; answer with [`Input::Resume`].
    WaitForResume,
}

/// What may end a sleep before its time.
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
    /// The bytes of [`Effect::Read`]; fewer than asked for where the file has shrunk.
    Read(Vec<u8>),
    /// The answer to [`Effect::ProbeExtended`].
    ProbeComplete(Result<Media, ProbeError>),
    /// The digest is complete; it may come while a request is under way.
    HashComplete(Checksum),
    /// The answer to [`Effect::Send`].
    Response(Response),
    /// The effect could not be performed.
    Failed(Failure),
    /// A [`Effect::Sleep`] is over.
    TimerFired,
    /// So many bytes of the running request's file have left.
    UploadProgress(u64),
    /// So many bytes of the file have gone into the digest.
    HashProgress(u64),
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
pub struct Step<T = UploadResult> {
    /// What to tell the user, in order.
    pub events: Vec<Event>,
    /// What to do.
    pub next: Next<T>,
}

/// What to do after an input.
#[derive(Debug)]
pub enum Next<T = UploadResult> {
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
pub struct UploadResult {
    /// What the provider gave.
    pub asset: Asset,
    /// The answer that told of it, as it came, a JSON text.
    pub raw: String,
    /// What was sent; `None` where the provider fetched an address.
    pub sent: Option<UploadedFile>,
    /// The part of a generation request that refers to the asset, a JSON text as the provider's page shows it.
    pub request_fragment: String,
}

/// A file that has arrived.
#[derive(Clone, Debug, PartialEq)]
pub struct UploadedFile {
    /// The file.
    pub file: AcceptedFile,
    /// Its SHA-256.
    pub checksum: Checksum,
}
