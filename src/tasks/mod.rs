//! The calls of a page: an upload, and smaller state machines with the same interface, so the shell needs only one
//! loop.

use crate::clock::Now;
use crate::digest::Checksum;
use crate::error::Error;
use crate::file::InspectedFile;
use crate::providers::assets_api::Page;
use crate::rules::Violation;
use crate::text_enum::text_enum;
use crate::upload::{Input, Next, Retry, Stage, Step, Upload, UploadResult};

pub mod check;
mod check_request;
mod hash;
mod probe;
mod request;

pub use check::Verdict;
pub use check_request::CheckRequestTask;
pub use hash::HashTask;
pub use probe::ProbeTask;
pub use request::RequestTask;

text_enum! {
    /// What a page can call.
    pub enum Method {
        /// An upload of a file or a URL.
        Upload = "upload",
        /// The facts of a file.
        Probe = "probe",
        /// Which providers accept a file.
        Check = "check",
        /// A file's SHA-256.
        Sha256 = "sha256",
        /// One page of a provider's assets.
        List = "list",
        /// The deletion of an asset.
        Delete = "delete",
        /// The removal of a multipart upload that is not continued.
        Discard = "discard",
        /// The limits of one generation request.
        CheckRequest = "checkRequest",
    }
}

/// A state machine that returns effects until it is finished.
pub trait Task {
    /// Processes an input and returns the next step.
    fn handle(&mut self, input: Input, now: Now) -> Step<Output>;

    /// The stage that is running, or was when the task ended; `None` if there is only one.
    fn stage(&self) -> Option<Stage> {
        None
    }

    /// The upload, if the task is one: its errors have more facts.
    fn upload(&self) -> Option<&Upload> {
        None
    }

    /// The retry policy; `None` for a task that sends no requests.
    fn retry(&mut self) -> Option<&mut Retry> {
        None
    }
}

/// The result of a task.
#[derive(Debug)]
pub enum Output {
    /// An upload's asset.
    UploadResult(Box<UploadResult>),
    /// The facts of a file.
    Inspected(Box<InspectedFile>),
    /// Every provider's verdict on a file.
    Verdicts(Vec<Verdict>),
    /// A file's SHA-256.
    Checksum(Checksum),
    /// The limits that a generation request violates.
    Violations(Vec<Violation>),
    /// A page of a provider's list.
    Page(Page),
    /// No result.
    Done,
}

impl Task for Upload {
    fn handle(&mut self, input: Input, now: Now) -> Step<Output> {
        let Step { events, lanes, next } = self.handle(input, now);
        let next = match next {
            Next::Perform(effect) => Next::Perform(effect),
            Next::Continue => Next::Continue,
            Next::Finish(result) => {
                Next::Finish(Box::new(result.map(|delivery| Output::UploadResult(Box::new(delivery)))))
            }
            Next::Cancelled => Next::Cancelled,
        };
        Step { events, lanes, next }
    }

    fn stage(&self) -> Option<Stage> {
        Some(self.stage())
    }

    fn upload(&self) -> Option<&Upload> {
        Some(self)
    }

    fn retry(&mut self) -> Option<&mut Retry> {
        Some(self.retry_mut())
    }
}

/// The next step after an input that a task with one kind of effect does not expect.
fn other_input(input: &Input) -> Next<Output> {
    match input {
        Input::Cancel => Next::Cancelled,
        Input::Failed(failure) => finish(Err((*failure).into())),
        _ => Next::Continue,
    }
}

fn finish(result: Result<Output, Error>) -> Next<Output> {
    Next::Finish(Box::new(result))
}

/// A step without events.
const fn silent(next: Next<Output>) -> Step<Output> {
    Step { events: Vec::new(), lanes: Vec::new(), next }
}
