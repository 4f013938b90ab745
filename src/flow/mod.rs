//! One upload as a state machine: start reading here.
//!
//! [`Upload::handle`] takes what has happened and answers with the one next thing to do. Three rules keep it small:
//! there is one outstanding effect; the effect is a function of the state, so a retry asks again and a cancel stops
//! asking; and failure has one door, `recover.rs`. Time and randomness are arguments, so a test can run a
//! ten-minute wait in no time.

use crate::digest::Checksum;
use crate::error::Error;
use crate::file::Candidate;
use crate::http::{Request, Response};
use crate::media::{Probe, ProbeError, ProbeStep};
use crate::options::Options;
use crate::providers::{Asset, Presign, Provider, Ticket};

mod cargo;

mod effect;
mod inspect;
mod integrity;
mod pause;
mod progress;
mod recover;
mod retry;
mod settle;
mod storage;
mod task;

pub use effect::{Delivery, Effect, Event, Failure, Input, Next, Progress, Sent, Stage, Step, Wake};
pub use retry::{BASE_MILLIS, CAP_MILLIS, MAX_RETRY_AFTER_MILLIS, OFFLINE_DEADLINE_MILLIS, Retry, TRIES};
pub use task::{Exchange, Hashing, Look, Output, Task};

use cargo::Cargo;
use pause::Pause;
use progress::Meter;

/// How often a ticket may be asked for again in one upload.
pub const MAX_RENEWALS: u32 = 2;
/// A ticket that ends within this time is renewed before the transfer is repeated.
pub const EXPIRY_MARGIN_MILLIS: u64 = 10_000;
/// A transfer in which no byte moves for so long is cut and repeated.
pub const STALL_MILLIS: u64 = 30_000;
/// How long the other side may take to answer once it has a request's every byte: a large file takes time to store.
pub const ANSWER_MILLIS: u64 = 120_000;
/// How long a request without the file may take from beginning to end.
pub const SMALL_REQUEST_MILLIS: u64 = 30_000;
/// How long processing may take.
pub const PROCESS_DEADLINE_MILLIS: u64 = 10 * 60_000;

/// One file, or one address, on its way to one provider.
#[derive(Debug)]
pub struct Upload {
    candidate: Candidate,
    state: State,
    /// The wait before the state's effect is performed, if any.
    wait: Option<(u64, Wake)>,
    checksum: Option<Checksum>,
    stage: Option<Stage>,
    retry: Retry,
    pause: Pause,
    renewals: u32,
    meter: Meter,
    events: Vec<Event>,
    /// Whether it ended with a request of which nobody knows if it was carried out.
    unclear: bool,
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
    Transfer(&'static dyn Presign, Ticket),
    /// The bytes ride in the submit request.
    Form,
    /// With a ticket where storage holds the bytes, without where the cargo is an address.
    Submit(Option<Ticket>),
    Process {
        /// What is known so far. What the provider said of the bytes may have been sooner than we knew.
        asset: Asset,
        polls: u32,
        deadline: u64,
    },
    /// With the answer that told of it; all that is missing is our own checksum.
    Deliver(Asset, String),
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
            state,
            wait: None,
            checksum: None,
            stage: None,
            retry: Retry::new(seed),
            pause: Pause::No,
            renewals: 0,
            meter: Meter::new(candidate.size),
            events: Vec::new(),
            unclear: false,
            provider,
            options,
            candidate,
        }
    }

    /// An upload of what stands at an address: the provider fetches it, so nothing is read, hashed or transferred here.
    #[must_use]
    pub fn of_address(provider: &'static dyn Provider, options: Options, address: String, seed: u64) -> Self {
        let nothing = Candidate { name: String::new(), declared_type: String::new(), size: 0 };
        Self { state: State::Address(address), ..Self::new(provider, options, nothing, seed) }
    }

    /// Says whether the page can give another token in place of one that the gateway has refused.
    pub fn renew_token(&mut self, renews: bool) {
        self.retry.renew_token(renews);
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

    /// Takes what has happened; `now` is in milliseconds since 1970.
    pub fn handle(&mut self, input: Input, now: u64) -> Step {
        let next = self.react(input, now);
        let next = self.unless_paused(next);
        Step { events: core::mem::take(&mut self.events), next }
    }

    fn react(&mut self, input: Input, now: u64) -> Next {
        match input {
            // Whatever the shell had under way may still report; nothing comes of it.
            _ if matches!(self.state, State::Over) => Next::Continue,
            Input::Start => self.start(),
            Input::Read(bytes) => self.read(&bytes),
            Input::Probed(found) => self.inspected(found),
            Input::Hashed(checksum) => self.hashed(checksum),
            Input::Response(response) => {
                self.retry.online();
                self.answered(&response, now).unwrap_or_else(|error| self.recover(error, now))
            }
            Input::Failed(failure) => self.recover(failure.into(), now),
            Input::Awake => self.awake(now),
            Input::Sent(bytes) => self.sent(bytes, now),
            Input::Digested(bytes) => {
                self.events.extend(self.meter.hashed(bytes, now).map(Event::Progress));
                Next::Continue
            }
            Input::Pause => self.pause(),
            Input::Resume => self.resume(now),
            Input::Cancel => {
                self.state = State::Over;
                Next::Cancelled
            }
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
        let State::Carry(cargo, leg) = &self.state else { return Next::Continue };
        let (stage, effect) = if self.needs_hash() {
            (Stage::Hash, Effect::Hash)
        } else if let Some(request) = self.request(cargo, leg) {
            (leg.stage(), Effect::Send(request))
        } else {
            return self.deliver();
        };
        self.enter(stage);
        if let Some((millis, wake)) = self.wait {
            return Next::Perform(Effect::Sleep { millis, wake });
        }
        if matches!(&effect, Effect::Send(request) if request.carries_file()) {
            self.meter.transfer_begins();
        }
        Next::Perform(effect)
    }

    /// The request that a leg calls for; `None` where all requests are behind us.
    fn request(&self, cargo: &Cargo, leg: &Leg) -> Option<Request> {
        match (leg, cargo) {
            (Leg::Ticket(presign), Cargo::File(file)) => Some(presign.ticket(file, self.checksum.as_ref())),
            (Leg::Transfer(presign, ticket), Cargo::File(file)) => Some(presign.put(file, ticket)),
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
        self.checksum = Some(checksum);
        if let State::Carry(_, Leg::Process { asset, .. }) = &self.state
            && let Some(error) = self.contradiction(&asset.claims)
        {
            return self.finish(Err(error));
        }
        if was_waiting { self.next() } else { Next::Continue }
    }

    fn sent(&mut self, bytes: u64, now: u64) -> Next {
        self.events.extend(self.meter.sent(bytes, now).map(Event::Progress));
        // In a form POST the transfer and the submit are one request: once all bytes have left, its answer is awaited.
        if bytes >= self.candidate.size && matches!(self.state, State::Carry(_, Leg::Form)) {
            self.enter(Stage::Submit);
        }
        Next::Continue
    }

    fn awake(&mut self, now: u64) -> Next {
        self.wait = None;
        match &self.state {
            State::Carry(_, Leg::Transfer(presign, ticket))
                if self.renewals < MAX_RENEWALS && ticket.expires_before(now + EXPIRY_MARGIN_MILLIS) =>
            {
                self.renew(*presign)
            }
            State::Carry(_, Leg::Process { deadline, .. }) if now >= *deadline => self.timed_out(),
            _ => self.next(),
        }
    }

    fn answered(&mut self, response: &Response, now: u64) -> Result<Next, Error> {
        let State::Carry(_, leg) = &mut self.state else { return Ok(Next::Continue) };
        match leg {
            Leg::Ticket(presign) => {
                let ticket = presign.read_ticket(response)?;
                let presign = *presign;
                Ok(self.advance(|_| Leg::Transfer(presign, ticket)))
            }
            Leg::Transfer(_, ticket) => {
                storage::read_put(response, ticket, now)?;
                ticket.answer = response.text();
                Ok(self.advance(|leg| match leg {
                    Leg::Transfer(_, ticket) => Leg::Submit(Some(ticket)),
                    other => other,
                }))
            }
            Leg::Form | Leg::Submit(_) => {
                let submission = self.provider.read_submit(self.provider.answer(response)?)?;
                Ok(self.submitted(submission, response, 0, now + PROCESS_DEADLINE_MILLIS, now))
            }
            Leg::Process { asset, polls, deadline } => {
                let answer = self.provider.answer(response)?;
                let submission = self.provider.read_status(asset.id.as_deref().unwrap_or_default(), answer)?;
                let (polls, deadline) = (*polls + 1, *deadline);
                Ok(self.submitted(submission, response, polls, deadline, now))
            }
            Leg::Deliver(..) => Ok(Next::Continue),
        }
    }

    fn finish(&mut self, result: Result<Delivery, Error>) -> Next {
        self.state = State::Over;
        if result.is_ok() {
            self.events.push(Event::Progress(self.meter.finish()));
        }
        Next::Finish(Box::new(result))
    }
}
