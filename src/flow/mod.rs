//! One upload as a state machine: start reading here.
//!
//! [`Upload::handle`] takes what has happened and answers with the one next thing to do. Three rules keep it small:
//! there is one outstanding effect; the effect is a function of the state, so a retry asks again and a cancel stops
//! asking; and failure has one door, `recover.rs`. Time and randomness are arguments, so a test can run a
//! ten-minute wait in no time.

use crate::clock::Now;
use crate::digest::Checksum;
use crate::error::Error;
use crate::file::Candidate;
use crate::http::{Repeat, Request, Response};
use crate::media::{Probe, ProbeError, ProbeStep};
use crate::options::Options;
use crate::providers::{self, Asset, Presign, Provider, Ticket};

mod attempt;
mod cargo;
mod effect;
mod inspect;
mod integrity;
mod liveness;
mod pause;
mod progress;
mod recover;
mod resume;
mod retry;
mod settle;
mod storage;
mod task;

pub use effect::{Delivery, Effect, Event, Failure, Input, Known, Next, Progress, Sent, Stage, Step, Wake};
pub use liveness::{LEAST_RATE, Liveness, RESPONSE_MILLIS, SILENCE_MILLIS, STALL_MILLIS, START_MILLIS};
pub use resume::BadResume;
pub use retry::{
    BASE_MILLIS, CAP_MILLIS, MAX_ASKED_MILLIS, MAX_RETRY_AFTER_MILLIS, OFFLINE_DEADLINE_MILLIS, PATIENCE_MILLIS, Retry,
    Wait,
};
pub use task::{Exchange, Hashing, Look, Output, Task};

use attempt::Attempt;
use cargo::Cargo;
use pause::Pause;
use progress::Meter;
use resume::Resume;
use storage::Validity;

/// How often a ticket may be asked for again in one upload.
pub const MAX_RENEWALS: u32 = 2;
/// A ticket that ends within this time is renewed before the transfer is repeated.
pub const EXPIRY_MARGIN_MILLIS: u64 = 10_000;
/// How long processing may take.
pub const PROCESS_DEADLINE_MILLIS: u64 = 10 * 60_000;

/// One file, or one address, on its way to one provider.
#[derive(Debug)]
pub struct Upload {
    candidate: Candidate,
    /// The time of the last input.
    now: Now,
    state: State,
    /// What the shell is doing.
    outstanding: Outstanding,
    /// The wait before the state's effect is performed, if any.
    wait: Option<(u64, Wake)>,
    checksum: Option<Checksum>,
    /// What was hashed before the file was sent again; the new checksum must be the same.
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
    /// Whether it ended with a request of which nobody knows if it was carried out.
    unclear: bool,
    /// Where to continue once the file has been looked at.
    resumes: Option<Resume>,
    /// Whether a request that may have arrived is sent again, once.
    forces: bool,
    /// Where another upload may continue after this one has failed.
    continuation: Option<String>,
    /// What the page lets pass, as `<input accept>` lists it; empty where that is everything.
    accept: Vec<String>,
    provider: &'static dyn Provider,
    options: Options,
}

#[derive(Debug)]
enum State {
    /// Finding out what the file is.
    Inspect(Probe),
    /// An address of the user's, not looked at yet.
    Address(String),
    /// What is sent may be sent, and is on this leg of its way.
    Carry(Cargo, Leg),
    /// Finished or cancelled.
    Over,
}

#[derive(Debug)]
enum Leg {
    Ticket(&'static dyn Presign),
    Transfer(&'static dyn Presign, Ticket, Validity),
    /// The bytes ride in the submit request.
    Form,
    /// With a ticket where storage holds the bytes, without where the cargo is an address.
    Submit(Option<Ticket>),
    Process {
        /// What is known so far. What the provider said of the bytes may have been sooner than we knew.
        asset: Asset,
        polls: u32,
        /// In time awake.
        deadline: u64,
    },
    /// With the answer that told of it; all that is missing is our own checksum.
    Deliver(Asset, String),
}

/// What the shell was asked to do: any other report is a stray, and nothing comes of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Outstanding {
    Start,
    Read,
    MoreFormats,
    Hash,
    Send,
    Sleep,
    Hold,
}

impl Leg {
    const fn stage(&self) -> Stage {
        match self {
            Self::Ticket(_) => Stage::Ticket,
            Self::Transfer(..) | Self::Form => Stage::Transfer,
            Self::Submit(_) => Stage::Submit,
            Self::Process { .. } | Self::Deliver(..) => Stage::Process,
        }
    }
}

impl Upload {
    /// An upload of a file that has not begun. `seed` spreads the retries.
    #[must_use]
    pub fn new(provider: &'static dyn Provider, options: Options, candidate: Candidate, seed: u64) -> Self {
        let state = State::Inspect(Probe::new(candidate.size));
        Self {
            now: Now::default(),
            state,
            outstanding: Outstanding::Start,
            wait: None,
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
            unclear: false,
            resumes: None,
            forces: false,
            continuation: None,
            accept: Vec::new(),
            provider,
            options,
            candidate,
        }
    }

    /// An upload of what stands at an address: the provider fetches it, so nothing is read, hashed or transferred here.
    #[must_use]
    pub fn of_address(provider: &'static dyn Provider, options: Options, address: String, seed: u64) -> Self {
        let nothing = Candidate { name: String::new(), declared_type: String::new(), size: 0 };
        let mut upload = Self::new(provider, options, nothing, seed);
        upload.state = State::Address(address);
        upload
    }

    /// Lets only files pass that this list names, as `<input accept>` does; an empty list lets all pass.
    pub fn accept(&mut self, list: Vec<String>) {
        self.accept = list;
    }

    /// Sends what [`Self::resume`] continues with again, even if nobody knows whether it has arrived.
    pub const fn force(&mut self) {
        self.forces = true;
    }

    /// Gives the requests that may create an asset ids that begin with these 24 hexadecimal digits.
    pub fn identify(&mut self, digits: String) {
        self.attempt.begin(digits);
    }

    /// Where the file is going.
    #[must_use]
    pub fn provider(&self) -> &'static dyn Provider {
        self.provider
    }

    /// The stage that is running, or was when the upload ended.
    #[must_use]
    pub fn stage(&self) -> Stage {
        self.stage.unwrap_or(Stage::Inspect)
    }

    /// Whether the upload failed in a request of which nobody knows if it was carried out, and which was therefore not
    /// repeated: the provider may have made an asset.
    #[must_use]
    pub const fn is_unclear(&self) -> bool {
        self.unclear
    }

    /// The id of the asset, once the provider has made one.
    #[must_use]
    pub fn asset_id(&self) -> Option<&str> {
        self.known.asset_id.as_deref()
    }

    /// After a failure, what [`Upload::resume`] continues with; `None` where all is to be done again.
    #[must_use]
    pub fn continuation(&self) -> Option<&str> {
        self.continuation.as_deref()
    }

    /// Takes what has happened.
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
            // Whatever the shell had under way may still report; nothing comes of it.
            _ if matches!(self.state, State::Over) || !self.expects(&input) => Next::Continue,
            Input::Start => self.start(),
            Input::Read(bytes) => self.read(&bytes),
            Input::Probed(found) => self.inspected(found),
            Input::Hashed(checksum) => self.hashed(checksum),
            Input::Response(response) => self.responded(&response),
            Input::Failed(failure) => self.recover(failure.into(), failure == Failure::NotSent),
            Input::Awake => self.awake(),
            Input::Sent(bytes) => self.sent(bytes),
            Input::Digested(bytes) => {
                self.events.extend(self.meter.hashed(bytes, self.now.awake).map(Event::Progress));
                Next::Continue
            }
            Input::Pause => self.pause(),
            Input::Resume => self.unpause(),
            Input::Cancel => {
                self.state = State::Over;
                Next::Cancelled
            }
        }
    }

    /// Whether this answers what was asked. The digest runs beside everything but a hold.
    fn expects(&self, input: &Input) -> bool {
        let waits_for = |outstanding| self.outstanding == outstanding;
        match input {
            Input::Start => waits_for(Outstanding::Start),
            Input::Read(_) => waits_for(Outstanding::Read),
            Input::Probed(_) => waits_for(Outstanding::MoreFormats),
            Input::Response(_) | Input::Sent(_) => waits_for(Outstanding::Send),
            Input::Awake => waits_for(Outstanding::Sleep),
            Input::Failed(Failure::Unreadable) | Input::Hashed(_) | Input::Digested(_) => {
                !waits_for(Outstanding::Start) && !waits_for(Outstanding::Hold)
            }
            Input::Failed(_) => {
                waits_for(Outstanding::Send) || waits_for(Outstanding::Read) || waits_for(Outstanding::MoreFormats)
            }
            Input::Pause | Input::Resume | Input::Cancel => true,
        }
    }

    /// Notes what the shell begins, and tells what a page is to know should nothing more come of it.
    fn begins(&mut self, effect: &Effect) {
        let mut known = Known { is_unclear: self.attempt.question().is_some(), ..self.known.clone() };
        self.outstanding = match effect {
            Effect::Read { .. } => Outstanding::Read,
            Effect::MoreFormats => Outstanding::MoreFormats,
            Effect::Hash => Outstanding::Hash,
            Effect::Sleep { .. } => Outstanding::Sleep,
            Effect::Hold => Outstanding::Hold,
            Effect::Send(request) => {
                let once = request.repeat != Repeat::Safe;
                if once {
                    self.attempt.sent(self.now);
                }
                if request.fresh_token {
                    self.retry.token_renewed();
                }
                self.has_sent_file |= request.carries_file();
                known.has_sent |= once || request.carries_file();
                known.is_unclear |= once;
                Outstanding::Send
            }
        };
        known.continuation = self.note(known.is_unclear);
        if known != self.known {
            self.known = known.clone();
            self.events.push(Event::Known(known));
        }
    }

    /// The effect that the state calls for. Everything that moves the upload on ends here.
    fn next(&mut self) -> Next {
        if let State::Inspect(probe) = &mut self.state {
            let step = probe.step();
            self.enter(Stage::Inspect);
            return match step {
                ProbeStep::Need { offset, len } => Next::Perform(Effect::Read { offset, len }),
                ProbeStep::Done(Err(ProbeError::NotBuiltIn)) => Next::Perform(Effect::MoreFormats),
                ProbeStep::Done(found) => self.inspected(found),
            };
        }
        let State::Carry(_, leg) = &self.state else { return Next::Continue };
        // A form that is asked about has left.
        let stage = if self.attempt.question().is_some() { leg.stage().max(Stage::Submit) } else { leg.stage() };
        let (stage, effect) = if self.needs_hash() {
            (Stage::Hash, Effect::Hash)
        } else if let Some(request) = self.request() {
            (stage, Effect::Send(request))
        } else {
            return self.deliver();
        };
        self.enter(stage);
        if let Some((millis, wake)) = self.wait {
            return Next::Perform(Effect::Sleep { millis, wake });
        }
        if let Effect::Send(request) = &effect
            && request.carries_file()
        {
            self.meter.transfer_begins();
            if request.rehash {
                self.sent_checksum = self.checksum.take().or(self.sent_checksum);
            }
        }
        Next::Perform(effect)
    }

    /// The request that the state calls for; `None` where all requests are behind us.
    fn request(&self) -> Option<Request> {
        let State::Carry(cargo, leg) = &self.state else { return None };
        let mut request = match self.attempt.question() {
            Some(question) => question,
            None => self.attempt.mark(self.request_of(cargo, leg)?),
        };
        request.fresh_token = self.retry.wants_token() && request.target.is_gateway();
        request.rehash = self.has_sent_file && request.carries_file();
        request.despite_offline = self.attempt.has_line();
        Some(request)
    }

    fn request_of(&self, cargo: &Cargo, leg: &Leg) -> Option<Request> {
        match (leg, cargo) {
            (Leg::Ticket(presign), Cargo::File(file)) => Some(presign.ticket(file, self.checksum.as_ref())),
            (Leg::Transfer(presign, ticket, _), Cargo::File(file)) => Some(presign.put(file, ticket)),
            (Leg::Form, _) => self.provider.submit(cargo.source(None, None), &self.options).ok(),
            (Leg::Submit(ticket), _) => {
                let source = cargo.source(ticket.as_ref(), self.checksum.as_ref());
                self.provider.submit(source, &self.options).ok()
            }
            (Leg::Process { asset, .. }, _) => self.provider.status(asset.id.as_deref()?),
            (Leg::Deliver(..) | Leg::Ticket(_) | Leg::Transfer(..), _) => None,
        }
    }

    /// Whether the state cannot go on without the checksum: it is to be signed, storage's copy is to be confirmed,
    /// or the user is to be told.
    fn needs_hash(&self) -> bool {
        let State::Carry(Cargo::File(_), leg) = &self.state else { return false };
        self.checksum.is_none()
            && match leg {
                Leg::Ticket(presign) => presign.signs_checksum(),
                Leg::Submit(_) | Leg::Deliver(..) => true,
                Leg::Form | Leg::Transfer(..) | Leg::Process { .. } => false,
            }
    }

    fn enter(&mut self, stage: Stage) {
        if self.stage.replace(stage) != Some(stage) {
            self.events.push(Event::Stage(stage));
            self.events.push(Event::Progress(self.meter.stage(stage)));
        }
    }

    /// Leaves one leg for another: what failed before no longer counts.
    fn advance(&mut self, to: impl FnOnce(Leg) -> Leg) -> Next {
        self.retry.reset();
        self.wait = None;
        self.state = match core::mem::replace(&mut self.state, State::Over) {
            State::Carry(cargo, leg) => State::Carry(cargo, to(leg)),
            other => other,
        };
        self.next()
    }

    fn hashed(&mut self, checksum: Checksum) -> Next {
        let was_waiting = self.needs_hash();
        if self.sent_checksum.is_some_and(|sent| sent != checksum) {
            return self.recover(Error::UnreadableFile, false);
        }
        self.checksum = Some(checksum);
        if let State::Carry(_, Leg::Process { asset, .. }) = &self.state
            && let Some(error) = self.contradiction(&asset.claims)
        {
            return self.finish(Err(error));
        }
        if was_waiting { self.next() } else { Next::Continue }
    }

    fn sent(&mut self, bytes: u64) -> Next {
        self.retry.sent(bytes, self.now);
        self.events.extend(self.meter.sent(bytes, self.now.awake).map(Event::Progress));
        // In a form POST the transfer and the submit are one request: once all bytes have left, its answer is awaited.
        if bytes >= self.candidate.size && matches!(self.state, State::Carry(_, Leg::Form)) {
            self.enter(Stage::Submit);
        }
        Next::Continue
    }

    fn awake(&mut self) -> Next {
        self.wait = None;
        match &self.state {
            State::Carry(_, Leg::Transfer(presign, _, validity))
                if self.renewals < MAX_RENEWALS && validity.ends_before(self.now.monotonic + EXPIRY_MARGIN_MILLIS) =>
            {
                self.renew(*presign)
            }
            _ => self.next(),
        }
    }

    fn responded(&mut self, response: &Response) -> Next {
        self.retry.responded();
        let result = if self.attempt.question().is_some() { self.told(response) } else { self.answered(response) };
        if !matches!(result, Err(Error::Unauthenticated(_))) {
            self.retry.authenticated();
        }
        result.unwrap_or_else(|error| {
            let nothing_sent = response.says_nothing_sent();
            self.recover(error.with_status(response.status), nothing_sent)
        })
    }

    fn answered(&mut self, response: &Response) -> Result<Next, Error> {
        let State::Carry(_, leg) = &mut self.state else { return Ok(Next::Continue) };
        match leg {
            Leg::Ticket(presign) => {
                let ticket = presign.read_ticket(response)?;
                let (presign, validity) = (*presign, Validity::of(&ticket, self.now));
                Ok(self.advance(|_| Leg::Transfer(presign, ticket, validity)))
            }
            Leg::Transfer(_, ticket, validity) => {
                storage::read_put(response, ticket, *validity, self.now)?;
                ticket.answer = response.text();
                Ok(self.advance(|leg| match leg {
                    Leg::Transfer(_, ticket, _) => Leg::Submit(Some(ticket)),
                    other => other,
                }))
            }
            Leg::Form | Leg::Submit(_) => {
                let submission = providers::submission(self.provider, response)?;
                self.attempt.answered();
                Ok(self.submitted(submission, response, 0, self.now.awake + PROCESS_DEADLINE_MILLIS))
            }
            Leg::Process { asset, polls, deadline } => {
                let answer = self.provider.answer(response)?;
                let submission = self.provider.read_status(asset.id.as_deref().unwrap_or_default(), answer)?;
                let (polls, deadline) = (*polls + 1, *deadline);
                Ok(self.submitted(submission, response, polls, deadline))
            }
            Leg::Deliver(..) => Ok(Next::Continue),
        }
    }

    fn finish(&mut self, result: Result<Delivery, Error>) -> Next {
        match &result {
            Ok(_) => self.events.push(Event::Progress(self.meter.finish())),
            Err(error) => self.continuation = self.note_after(error),
        }
        self.state = State::Over;
        Next::Finish(Box::new(result))
    }
}
