//! One upload as a state machine: start reading here.
//!
//! [`Upload::handle`] is called with an [`Input`] and returns the [`Effect`] to perform next. The stages are in files
//! of their own, in this order: `inspect`, `ticket`, `transfer`, `submit`, `process`, `finalize`. Each builds its
//! request and reads its response. Three rules keep this file small: there is one outstanding effect; the effect is a
//! function of the state, so a retry returns it again and a cancellation returns none; and every failure goes through
//! `recover`. Time and randomness are arguments, so a test runs a ten-minute wait in no time.
//!
//! ```
//! use mediaferry::clock::Now;
//! use mediaferry::file::Candidate;
//! use mediaferry::options::Options;
//! use mediaferry::providers;
//! use mediaferry::upload::{Effect, Input, Next, Upload};
//!
//! let provider = providers::by_id("modelhunter").unwrap();
//! let file = Candidate { name: "cat.jpg".into(), declared_type: String::new(), size: 24_814 };
//! let mut upload = Upload::new(provider, Options::default(), file, 7);
//! let step = upload.handle(Input::Start, Now::default());
//! assert!(matches!(step.next, Next::Perform(Effect::Read { offset: 0, .. })));
//! ```

use crate::clock::Now;
use crate::digest::Checksum;
use crate::error::Error;
use crate::file::Candidate;
use crate::http::{Idempotency, Request, Response};
use crate::json::Malformed;
use crate::media::Probe;
use crate::options::Options;
use crate::providers::{Asset, Provider, Source};
use crate::storage::put_response::Validity;
use crate::storage::{Presign, StoredFile, Ticket};

mod attempt;
mod effect;
mod event;
mod finalize;
#[cfg(not(target_arch = "wasm32"))]
mod follow;
mod inspect;
mod liveness;
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

pub use effect::{Effect, Failure, Input, Next, Step, UploadResult, UploadedFile, WakeOn};
pub use event::{Event, Known, Progress, Stage};
pub(crate) use inspect::FIRST_BYTE;
pub use liveness::{LEAST_RATE, Liveness, RESPONSE_MILLIS, SILENCE_MILLIS, STALL_MILLIS, START_MILLIS};
pub use process::PROCESS_DEADLINE_MILLIS;
pub use resume::InvalidContinuation;
pub use retry::{
    BASE_MILLIS, CAP_MILLIS, MAX_ASKED_MILLIS, MAX_RETRY_AFTER_MILLIS, OFFLINE_DEADLINE_MILLIS, PATIENCE_MILLIS, Retry,
    Wait,
};
pub use ticket::{EXPIRY_MARGIN_MILLIS, MAX_RENEWALS};

use attempt::Attempt;
use pause::Pause;
use progress::Meter;
use resume::Resume;
use source::UploadSource;

/// The upload of one file, or of one URL, to one provider.
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
    /// Whether the file has been sent, perhaps in part.
    has_sent_file: bool,
    stage: Option<Stage>,
    retry: Retry,
    attempt: Attempt,
    pause: Pause,
    renewals: u32,
    meter: Meter,
    events: Vec<Event>,
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
    provider: &'static dyn Provider,
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

/// The effect that the shell performs. Reports of any other effect are ignored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Outstanding {
    Start,
    Read,
    ProbeExtended,
    Hash,
    Send,
    Sleep,
    WaitForResume,
}

impl Phase {
    const fn stage(&self) -> Stage {
        match self {
            Self::Ticket(_) => Stage::Ticket,
            Self::Transfer(..) | Self::MultipartPost => Stage::Transfer,
            Self::Submit(_) => Stage::Submit,
            Self::Process { .. } | Self::Finalize(..) => Stage::Process,
        }
    }
}

impl Upload {
    /// Creates an upload of a file. `seed` randomises the waits between retries.
    #[must_use]
    pub fn new(provider: &'static dyn Provider, options: Options, candidate: Candidate, seed: u64) -> Self {
        let state = State::Inspect(Probe::new(candidate.size));
        Self {
            now: Now::default(),
            state,
            outstanding: Outstanding::Start,
            wait: None,
            request: None,
            checksum: None,
            sent_checksum: None,
            has_sent_file: false,
            stage: None,
            retry: Retry::new(seed),
            attempt: Attempt::default(),
            pause: Pause::No,
            renewals: 0,
            meter: Meter::new(candidate.size),
            events: Vec::new(),
            known: Known::default(),
            outcome_unknown: false,
            resumes: None,
            forces: false,
            continuation: None,
            accept: Vec::new(),
            provider,
            options,
            candidate,
        }
    }

    /// Creates an upload of a URL: the provider fetches it, so nothing is read, hashed or transferred here.
    #[must_use]
    pub fn from_url(provider: &'static dyn Provider, options: Options, url: String, seed: u64) -> Self {
        let nothing = Candidate { name: String::new(), declared_type: String::new(), size: 0 };
        let mut upload = Self::new(provider, options, nothing, seed);
        upload.state = State::RemoteUrl(url);
        upload
    }

    /// Accepts only files of these types, as `<input accept>` lists them. An empty list accepts all.
    pub fn accept(&mut self, list: Vec<String>) {
        self.accept = list;
    }

    /// If the request that [`Self::resume`] continues with has an unknown outcome, sends it again.
    pub const fn force(&mut self) {
        self.forces = true;
    }

    /// Sets the first 24 hexadecimal digits of the ids of requests that may create an asset.
    pub fn identify(&mut self, digits: String) {
        self.attempt.begin(digits);
    }

    /// The provider.
    #[must_use]
    pub fn provider(&self) -> &'static dyn Provider {
        self.provider
    }

    /// The stage that is running, or was when the upload ended.
    #[must_use]
    pub fn stage(&self) -> Stage {
        self.stage.unwrap_or(Stage::Inspect)
    }

    /// Whether the upload failed in a request that may have been carried out, and was therefore not repeated: the
    /// provider may have created an asset.
    #[must_use]
    pub const fn is_outcome_unknown(&self) -> bool {
        self.outcome_unknown
    }

    /// The id of the asset, once the provider has created one.
    #[must_use]
    pub fn asset_id(&self) -> Option<&str> {
        self.known.asset_id.as_deref()
    }

    /// After a failure, what [`Upload::resume`] continues with; `None` if everything must be done again.
    #[must_use]
    pub fn continuation(&self) -> Option<&str> {
        self.continuation.as_deref()
    }

    /// The retry policy.
    pub const fn retry_mut(&mut self) -> &mut Retry {
        &mut self.retry
    }

    /// Processes an input and returns the next step.
    pub fn handle(&mut self, input: Input, now: Now) -> Step {
        self.now = now;
        let next = self.react(input);
        let next = self.unless_paused(next);
        if let Next::Perform(effect) = &next {
            self.begins(effect);
        }
        Step { events: core::mem::take(&mut self.events), next }
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
            Input::UploadProgress(bytes) => self.on_upload_progress(bytes),
            Input::HashProgress(bytes) => {
                self.events.extend(self.meter.hashed(bytes, self.now.awake).map(Event::Progress));
                Next::Continue
            }
            Input::Pause => self.pause(),
            Input::Resume => self.unpause(),
            Input::Cancel => {
                self.state = State::Finished;
                Next::Cancelled
            }
        }
    }

    /// Whether the input belongs to the outstanding effect. Hashing runs beside all effects except a pause.
    fn expects(&self, input: &Input) -> bool {
        let waits_for = |outstanding| self.outstanding == outstanding;
        match input {
            Input::Start => waits_for(Outstanding::Start),
            Input::Read(_) => waits_for(Outstanding::Read),
            Input::ProbeComplete(_) => waits_for(Outstanding::ProbeExtended),
            Input::Response(_) | Input::UploadProgress(_) => waits_for(Outstanding::Send),
            Input::TimerFired => waits_for(Outstanding::Sleep),
            Input::Failed(Failure::Unreadable) | Input::HashComplete(_) | Input::HashProgress(_) => {
                !waits_for(Outstanding::Start) && !waits_for(Outstanding::WaitForResume)
            }
            Input::Failed(_) => {
                waits_for(Outstanding::Send) || waits_for(Outstanding::Read) || waits_for(Outstanding::ProbeExtended)
            }
            Input::Pause | Input::Resume | Input::Cancel => true,
        }
    }

    /// Records the effect that the shell begins, and reports what a page must know if the core dies during it.
    fn begins(&mut self, effect: &Effect) {
        let mut known = Known { is_outcome_unknown: self.attempt.is_asking(), ..self.known.clone() };
        self.outstanding = match effect {
            Effect::Read { .. } => Outstanding::Read,
            Effect::ProbeExtended => Outstanding::ProbeExtended,
            Effect::Hash => Outstanding::Hash,
            Effect::Sleep { .. } => Outstanding::Sleep,
            Effect::WaitForResume => Outstanding::WaitForResume,
            Effect::Send(request) => {
                let once = request.idempotency != Idempotency::Idempotent;
                if once {
                    self.attempt.sent(self.now);
                }
                if request.fresh_token {
                    self.retry.token_renewed();
                }
                self.has_sent_file |= request.carries_file();
                known.has_sent |= once || request.carries_file();
                known.is_outcome_unknown |= once;
                Outstanding::Send
            }
        };
        known.continuation = self.continuation_from_here(known.is_outcome_unknown);
        if known != self.known {
            self.known = known.clone();
            self.events.push(Event::Known(known));
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
        let stage = if self.needs_hash() {
            Stage::Hash
        } else if self.attempt.is_asking() {
            // A form that waits for its response has been sent.
            phase.stage().max(Stage::Submit)
        } else {
            phase.stage()
        };
        self.enter(stage);
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
            self.transfer_begins(&request);
        }
        if !self.attempt.is_asking() {
            self.request = Some(request.clone());
        }
        Next::Perform(Effect::Send(request))
    }

    /// Builds the request of the present phase, or the outcome query for the last one.
    fn build_request(&self) -> Result<Request, Error> {
        let mut request = match self.attempt.question() {
            Some(question) => question,
            None => self.attempt.mark(self.phase_request()?),
        };
        request.fresh_token = self.retry.wants_token() && request.target.is_gateway();
        request.rehash = self.has_sent_file && request.carries_file();
        request.despite_offline = self.attempt.has_line();
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
            State::Active(source, Phase::MultipartPost) => submit(source.for_submit(None, None)),
            State::Active(source, Phase::Submit(stored)) => submit(source.for_submit(stored.as_ref(), checksum)),
            State::Active(_, Phase::Process { asset, .. }) => self.status_request(asset),
            // Nothing is sent in any other state.
            _ => Err(Malformed("status").into()),
        }
    }

    /// Whether the state needs the checksum to continue: it is signed, compared with storage's copy, or part of the
    /// result.
    fn needs_hash(&self) -> bool {
        let State::Active(UploadSource::File(_), phase) = &self.state else { return false };
        self.checksum.is_none()
            && match phase {
                Phase::Ticket(presign) => presign.signs_checksum(),
                Phase::Submit(_) | Phase::Finalize(..) => true,
                Phase::MultipartPost | Phase::Transfer(..) | Phase::Process { .. } => false,
            }
    }

    fn enter(&mut self, stage: Stage) {
        if self.stage.replace(stage) != Some(stage) {
            self.events.push(Event::Stage(stage));
            self.events.push(Event::Progress(self.meter.stage(stage)));
        }
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

    fn on_hash_complete(&mut self, checksum: Checksum) -> Next {
        let was_waiting = self.needs_hash();
        if self.sent_checksum.is_some_and(|sent| sent != checksum) {
            return self.recover(Error::UnreadableFile, false);
        }
        self.checksum = Some(checksum);
        if let State::Active(_, Phase::Process { asset, .. }) = &self.state
            && let Some(error) = self.metadata_mismatch(&asset.reported)
        {
            return self.finish(Err(error));
        }
        if was_waiting { self.next() } else { Next::Continue }
    }

    fn on_response(&mut self, response: &Response) -> Next {
        self.retry.responded();
        let result = if self.attempt.is_asking() {
            self.on_attempt_response(response)
        } else {
            self.on_phase_response(response)
        };
        if !matches!(result, Err(Error::Unauthenticated(_))) {
            self.retry.authenticated();
        }
        result.unwrap_or_else(|error| {
            let nothing_sent = response.says_nothing_sent();
            self.recover(error.with_status(response.status), nothing_sent)
        })
    }

    fn on_phase_response(&mut self, response: &Response) -> Result<Next, Error> {
        let State::Active(_, phase) = &self.state else { return Ok(Next::Continue) };
        match phase {
            Phase::Ticket(presign) => self.on_ticket(*presign, response),
            Phase::Transfer(..) => self.on_transfer(response),
            Phase::MultipartPost | Phase::Submit(_) => self.on_submit(response),
            Phase::Process { .. } => self.on_status(response),
            Phase::Finalize(..) => Ok(Next::Continue),
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
