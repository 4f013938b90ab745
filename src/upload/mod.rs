//! One upload as a state machine: start reading here.
//!
//! [`Upload::handle`] is called with an [`Input`] and returns the [`Effect`] to perform next. The stages are in files
//! of their own, in this order: `inspect`, `ticket`, `transfer`, `submit`, `process`, `finalize`; `hash` runs beside
//! them. A large file goes through `parts` instead of `ticket` and `transfer`. Constructors are in `create`. Three rules
//! keep this file small:
//!
//! - There is one outstanding effect; while parts are sent, one for each lane.
//! - The effect is a function of the state, so a retry returns it again and a cancellation returns none.
//! - Every failure goes through `recover`.
//!
//! Time and randomness are arguments, so a test runs a ten-minute wait in no time.
//!
//! ```
//! use mediaferry::clock::Now;
//! use mediaferry::file::Candidate;
//! use mediaferry::options::Options;
//! use mediaferry::providers;
//! use mediaferry::upload::{Effect, Input, Next, Upload};
//!
//! let provider = providers::create("modelhunter").unwrap();
//! let file = Candidate { name: "cat.jpg".into(), declared_type: String::new(), size: 24_814 };
//! let mut upload = Upload::new(provider, Options::default(), file, 7);
//! let step = upload.handle(Input::Start, Now::default());
//! assert!(matches!(step.next, Next::Perform(Effect::Read { offset: 0, .. })));
//! ```

#![cfg_attr(not(feature = "parts"), allow(dead_code, reason = "used only by what sends parts"))]

use crate::clock::Now;
use crate::digest::Checksum;
use crate::error::Error;
use crate::file::Candidate;
use crate::http::{Request, Response};
use crate::json::Malformed;
use crate::media::Probe;
use crate::options::Options;
use crate::providers::{Asset, Provider, Source};
use crate::storage::multipart::Multipart;
use crate::storage::put_response::Validity;
use crate::storage::{Presign, StoredFile, Ticket};

mod attempt;
mod create;
mod effect;
mod event;
mod finalize;
#[cfg(not(target_arch = "wasm32"))]
mod follow;
mod hash;
mod inspect;
mod liveness;
mod outstanding;
#[cfg_attr(not(feature = "parts"), path = "parts/absent.rs")]
mod parts;
mod pause;
mod process;
mod progress;
mod recover;
mod resume;
mod retry;
mod source;
mod submit;
mod ticket;
mod transfer;
mod verify;

pub use effect::{Effect, Failure, Input, Lane, LaneEffect, Next, Step, UploadResult, UploadedFile, WakeOn};
pub use event::{Event, Known, Progress, Stage};
pub(crate) use inspect::FIRST_BYTE;
pub use liveness::{Liveness, MIN_RATE, RESPONSE_MILLIS, SILENCE_MILLIS, STALL_MILLIS, START_MILLIS};
pub use parts::MULTIPART_THRESHOLD;
pub use process::PROCESS_DEADLINE_MILLIS;
pub use resume::InvalidContinuation;
pub use retry::{
    BASE_MILLIS, CAP_MILLIS, MAX_RETRY_AFTER_MILLIS, MAX_TOTAL_RETRY_AFTER_MILLIS, OFFLINE_DEADLINE_MILLIS,
    RETRY_TIMEOUT_MILLIS, Retry, Wait,
};
pub use ticket::{EXPIRY_MARGIN_MILLIS, MAX_RENEWALS};

use attempt::Attempt;
use hash::Hashing;
use outstanding::Outstanding;
use parts::Parts;
use pause::Pause;
use progress::Meter;
use resume::Resume;
use source::UploadSource;

/// The upload of one file, or of one URL, to one provider. The [module](self) has an example.
#[derive(Debug)]
pub struct Upload {
    candidate: Candidate,
    /// The time of the last input.
    now: Now,
    state: State,
    /// The effect that the shell performs.
    outstanding: Outstanding,
    /// The wait before the state's effect is performed, if any.
    wait: Option<(u64, WakeOn)>,
    /// The last request of the present phase; not an outcome query.
    request: Option<Request>,
    checksum: Option<Checksum>,
    /// The checksum of the file as it was sent before; the new one must be the same.
    sent_checksum: Option<Checksum>,
    hashing: Hashing,
    /// Whether the file has been sent, perhaps in part.
    has_sent_file: bool,
    stage: Option<Stage>,
    retry: Retry,
    attempt: Attempt,
    pause: Pause,
    renewals: u32,
    meter: Meter,
    events: Vec<Event>,
    /// The parts of the file, if it is sent in parts.
    parts: Option<Box<Parts>>,
    /// What begins in lanes.
    lanes: Vec<LaneEffect>,
    /// Files of this many bytes and more are sent in parts.
    multipart_threshold: u64,
    /// How often an upload in parts has been started again.
    restarts: u32,
    known: Known,
    /// Whether it failed in a request that may have been carried out.
    outcome_unknown: bool,
    /// Where to continue once the file is inspected.
    resumes: Option<Resume>,
    /// Whether a request whose outcome is unknown is sent again, once.
    forces: bool,
    /// Where another upload may continue after this one has failed.
    continuation: Option<String>,
    /// The file types that the page accepts, as in `<input accept>`; empty if it accepts all.
    accept: Vec<String>,
    provider: Box<dyn Provider>,
    options: Options,
}

#[derive(Debug)]
enum State {
    /// The file is probed.
    Inspect(Probe),
    /// A URL of the user's, not checked yet.
    RemoteUrl(String),
    /// The source is accepted, and in this phase.
    Active(UploadSource, Phase),
    /// Finished or cancelled.
    Finished,
}

#[derive(Debug)]
enum Phase {
    Ticket(&'static dyn Presign),
    Transfer(&'static dyn Presign, Ticket, Validity),
    /// A multipart upload is created, instead of a ticket.
    Create(&'static dyn Presign, Multipart),
    /// The parts that storage has of an earlier upload are listed.
    List,
    /// Parts are hashed, signed and sent.
    Parts,
    /// The parts become a file.
    Complete,
    /// The submit request carries the file.
    MultipartPost,
    /// `None` if the source is a URL.
    Submit(Option<StoredFile>),
    Process {
        /// The latest asset. Its reported metadata may predate our checksum.
        asset: Asset,
        polls: u32,
        /// In time awake.
        deadline: u64,
    },
    /// The asset and the response that completed it. Only our own checksum may be missing.
    Finalize(Asset, String),
}

impl Phase {
    const fn stage(&self) -> Stage {
        match self {
            Self::Ticket(_) | Self::Create(..) | Self::List => Stage::Ticket,
            Self::Transfer(..) | Self::Parts | Self::Complete | Self::MultipartPost => Stage::Transfer,
            Self::Submit(_) => Stage::Submit,
            Self::Process { .. } | Self::Finalize(..) => Stage::Process,
        }
    }
}

impl Upload {
    /// Processes an input and returns the next step.
    pub fn handle(&mut self, input: Input, now: Now) -> Step {
        self.now = now;
        let next = self.react(input);
        let next = self.unless_paused(next);
        if let Next::Perform(effect) = &next {
            self.record(effect);
        }
        if !matches!(next, Next::Continue | Next::Perform(Effect::Lanes)) {
            self.lanes.clear();
        }
        Step { events: core::mem::take(&mut self.events), lanes: core::mem::take(&mut self.lanes), next }
    }

    fn react(&mut self, input: Input) -> Next {
        match input {
            // An effect that is no longer wanted may still report.
            _ if matches!(self.state, State::Finished) || !self.expects(&input) => Next::Continue,
            Input::Start => self.start(),
            Input::Read(bytes) => self.on_read(&bytes),
            Input::ProbeComplete(found) => self.on_probe_complete(found),
            Input::HashComplete(checksum) => self.on_hash_complete(checksum),
            Input::Response(response) => self.on_response(&response),
            Input::Failed(failure) => self.recover(failure.into(), failure == Failure::NotSent),
            Input::TimerFired => self.on_timer(),
            Input::Lane(lane, input) => self.on_lane(lane, *input),
            Input::PartHashed { .. } => Next::Continue,
            Input::UploadProgress(bytes) => self.on_upload_progress(bytes),
            Input::HashProgress(bytes) => self.on_hash_progress(bytes),
            Input::Pause => self.pause(),
            Input::Resume => self.unpause(),
            Input::Cancel => {
                self.state = State::Finished;
                Next::Cancelled
            }
        }
    }

    /// Returns the effect for the current state. Every step that advances the upload ends here.
    fn next(&mut self) -> Next {
        let phase = match &self.state {
            State::Inspect(_) => return self.next_read(),
            State::Active(_, Phase::Finalize(..)) if !self.needs_hash() => return self.finalize(),
            State::Active(_, phase) => phase,
            State::RemoteUrl(_) | State::Finished => return Next::Continue,
        };
        let is_parts = matches!(phase, Phase::Parts);
        let stage = if self.needs_hash() {
            Stage::Hash
        } else if self.attempt.is_querying() {
            // A form that waits for its response has been sent.
            phase.stage().max(Stage::Submit)
        } else {
            phase.stage()
        };
        self.enter(stage);
        if is_parts {
            return self.begin_parts();
        }
        if let Some((millis, wake)) = self.wait {
            return Next::Perform(Effect::Sleep { millis, wake });
        }
        if stage == Stage::Hash {
            return Next::Perform(Effect::Hash);
        }
        match self.build_request() {
            Ok(request) => self.send(request),
            Err(error) => self.finish(Err(error)),
        }
    }

    fn send(&mut self, request: Request) -> Next {
        if request.carries_file() {
            self.on_transfer_start(&request);
        }
        if !self.attempt.is_querying() {
            self.request = Some(request.clone());
        }
        Next::Perform(Effect::Send(request))
    }

    /// Builds the request of the present phase, or the outcome query for the last one.
    fn build_request(&self) -> Result<Request, Error> {
        let mut request = match self.attempt.query_request() {
            Some(query) => query,
            None => self.attempt.with_id(self.phase_request()?),
        };
        request.fresh_token = self.retry.wants_token() && request.target.is_gateway();
        request.starts_hash = self.starts_hash(&request);
        request.despite_offline = self.attempt.is_online();
        Ok(request)
    }

    fn phase_request(&self) -> Result<Request, Error> {
        let checksum = self.checksum.as_ref();
        let submit = |source: Source<'_>| {
            self.provider.submit(source, &self.options).map_err(|violation| Error::Rejected(vec![violation]))
        };
        match &self.state {
            State::Active(UploadSource::File(file), Phase::Ticket(presign)) => {
                Ok(presign.ticket_request(file, checksum))
            }
            State::Active(UploadSource::File(file), Phase::Transfer(_, ticket, _)) => Ok(ticket.request(file)),
            State::Active(UploadSource::File(file), phase) if phase.is_in_parts() => {
                Ok(self.parts_request(phase, file, checksum)?)
            }
            State::Active(source, Phase::MultipartPost) => submit(source.for_submit(None, None)),
            State::Active(source, Phase::Submit(stored)) => submit(source.for_submit(stored.as_ref(), checksum)),
            State::Active(_, Phase::Process { asset, .. }) => self.status_request(asset),
            // Nothing is sent in any other state.
            _ => Err(Malformed("status").into()),
        }
    }

    fn on_response(&mut self, response: &Response) -> Next {
        self.retry.responded();
        let result = if self.attempt.is_querying() {
            self.on_attempt_response(response)
        } else {
            self.on_phase_response(response)
        };
        if !matches!(result, Err(Error::Unauthenticated(_))) {
            self.retry.authenticated();
        }
        result.unwrap_or_else(|error| {
            let nothing_sent = response.reports_nothing_sent();
            self.recover(error.with_status(response.status), nothing_sent)
        })
    }

    fn on_phase_response(&mut self, response: &Response) -> Result<Next, Error> {
        let State::Active(_, phase) = &self.state else { return Ok(Next::Continue) };
        match phase {
            Phase::Ticket(presign) => self.on_ticket(*presign, response),
            Phase::Transfer(..) => self.on_transfer(response),
            Phase::Create(presign, multipart) => self.on_create(*presign, *multipart, response),
            Phase::List => self.on_list(response),
            Phase::Complete => self.on_complete(response),
            Phase::MultipartPost | Phase::Submit(_) => self.on_submit(response),
            Phase::Process { .. } => self.on_status(response),
            Phase::Parts | Phase::Finalize(..) => Ok(Next::Continue),
        }
    }

    /// Enters this phase.
    fn enter_phase(&mut self, phase: Phase) -> Next {
        self.advance(|_| phase)
    }

    /// Enters another phase: earlier failures no longer count.
    fn advance(&mut self, to: impl FnOnce(Phase) -> Phase) -> Next {
        self.retry.reset();
        self.wait = None;
        self.request = None;
        self.state = match core::mem::replace(&mut self.state, State::Finished) {
            State::Active(source, phase) => State::Active(source, to(phase)),
            other => other,
        };
        self.next()
    }

    fn enter(&mut self, stage: Stage) {
        if self.stage.replace(stage) != Some(stage) {
            self.events.push(Event::Stage(stage));
            self.events.push(Event::Progress(self.meter.stage(stage)));
        }
    }

    fn finish(&mut self, result: Result<UploadResult, Error>) -> Next {
        match &result {
            Ok(_) => self.events.push(Event::Progress(self.meter.finish())),
            Err(error) => self.continuation = self.continuation_after(error),
        }
        self.state = State::Finished;
        Next::Finish(Box::new(result))
    }
}
