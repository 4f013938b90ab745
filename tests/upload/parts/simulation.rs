//! A browser that performs the effects of an upload in parts on a virtual clock, against a [`Store`].

use mediaferry::error::Error;
use mediaferry::http::{Body, Request, Response};
use mediaferry::upload::{Effect, Event, Failure, Input, Lane, LaneEffect, Next, Step, Upload, UploadResult};
use mediaferry_testing::script::{NOW, ProgressInvariants, at, request_line, sha256};

use super::store::Store;

/// What the network does with a request.
pub(super) enum Fate {
    /// It is served.
    Served,
    /// It is served, and its response is lost.
    Lost(Failure),
    /// It is not served.
    Unserved(Failure),
    /// Something in between responds instead.
    Answered(Response),
}

/// A running effect.
struct Running {
    lane: Option<Lane>,
    due: u64,
    effect: Effect,
    /// What becomes of a request.
    fate: Fate,
    /// When half of a part's bytes are sent, the request takes as long again.
    half: u64,
    /// Whether half of the part's bytes are reported.
    is_half_sent: bool,
}

type Network<'a> = Box<dyn FnMut(&Request, &mut Store, u64) -> (u64, Fate) + 'a>;

/// An upload, and what a page knows of it.
pub(super) struct Simulation<'a> {
    store: &'a mut Store,
    upload: Upload,
    file: Vec<u8>,
    now: u64,
    running: Vec<Running>,
    network: Network<'a>,
    invariants: ProgressInvariants,
    /// The most bytes that were reported as sent.
    sent_bytes: u64,
    /// The step before which the tab is closed.
    killed_at: Option<usize>,
    /// Before which step the user pauses, and for how long.
    paused_at: Option<(usize, u64)>,
    trace: Trace,
}

/// What happened.
#[derive(Default)]
pub(super) struct Trace {
    /// `None` if the tab was closed.
    pub(super) end: Option<Result<UploadResult, Error>>,
    /// What the page stored last.
    pub(super) continuation: Option<String>,
    /// Whether the core reported bytes as sent.
    pub(super) has_sent: bool,
    /// Every request, with its time.
    pub(super) requests: Vec<(u64, String)>,
    pub(super) events: Vec<Event>,
    /// The most parts that were sent at the same time.
    pub(super) most_at_once: usize,
    /// The milliseconds it took.
    pub(super) millis: u64,
}

impl Trace {
    /// The number of requests with this line; of PUTs with `"PUT"`.
    pub(super) fn count(&self, line: &str) -> usize {
        let same =
            |request: &&(u64, String)| if line == "PUT" { request.1.starts_with(line) } else { request.1 == line };
        self.requests.iter().filter(same).count()
    }

    pub(super) fn result(&self) -> &UploadResult {
        self.end.as_ref().expect("not closed").as_ref().expect("a success")
    }

    pub(super) fn error(&self) -> &Error {
        self.end.as_ref().expect("not closed").as_ref().expect_err("a failure")
    }

    pub(super) fn restarts(&self) -> usize {
        self.events.iter().filter(|event| **event == Event::Restarted).count()
    }

    /// The bytes sent, as the first report of the transfer has them.
    pub(super) fn first_sent(&self) -> u64 {
        let progress = self.events.iter().find_map(|event| match event {
            Event::Progress(progress) => Some(progress.sent_bytes),
            _ => None,
        });
        progress.expect("progress")
    }
}

impl<'a> Simulation<'a> {
    /// An upload whose requests are all served, in 100 ms each.
    pub(super) fn new(store: &'a mut Store, upload: Upload, file: Vec<u8>) -> Self {
        store.session += 1;
        Self {
            store,
            upload,
            file,
            now: NOW,
            running: Vec::new(),
            network: Box::new(|_, _, _| (100, Fate::Served)),
            invariants: ProgressInvariants::default(),
            sent_bytes: 0,
            killed_at: None,
            paused_at: None,
            trace: Trace::default(),
        }
    }

    /// Decides about each request: the time it takes, and what becomes of it. The last argument is the time since the beginning.
    pub(super) fn network(mut self, network: impl FnMut(&Request, &mut Store, u64) -> (u64, Fate) + 'a) -> Self {
        self.network = Box::new(network);
        self
    }

    /// Closes the tab before this step.
    pub(super) const fn killed_at(mut self, step: usize) -> Self {
        self.killed_at = Some(step);
        self
    }

    /// Pauses before this step, for this long.
    pub(super) const fn paused_at(mut self, step: usize, millis: u64) -> Self {
        self.paused_at = Some((step, millis));
        self
    }

    /// Runs to the end, or until the tab is closed.
    pub(super) fn run(mut self) -> Trace {
        let mut ended = self.input(Input::Start);
        for step in 0.. {
            assert!(step < 100_000, "it goes on and on: {:?}", self.trace.requests.last());
            if ended || self.killed_at == Some(step) {
                break;
            }
            if let Some((_, millis)) = self.paused_at.filter(|(at, _)| *at == step) {
                ended = self.input(Input::Pause);
                assert!(self.running.is_empty(), "a pause ends all effects");
                self.now += millis;
                ended |= self.input(Input::Resume);
                continue;
            }
            ended = self.step();
        }
        self.trace.millis = self.now - NOW;
        if let Some(Err(_)) = &self.trace.end {
            self.trace.continuation = self.upload.continuation().map(str::to_owned);
        }
        self.trace
    }

    /// Performs the effect that is due next. True if the upload has ended.
    fn step(&mut self) -> bool {
        let next = self.running.iter().enumerate().min_by_key(|(_, running)| running.due);
        let at = next.expect("an effect is outstanding").0;
        let halfway = {
            let running = &mut self.running[at];
            let is_part = matches!(&running.effect, Effect::Send(request) if matches!(request.body, Body::Part { .. }));
            is_part && !core::mem::replace(&mut running.is_half_sent, true)
        };
        let (lane, due) = (self.running[at].lane, self.running[at].due);
        self.now = self.now.max(due);
        if halfway {
            let running = &mut self.running[at];
            running.due = self.now + running.half;
            let Effect::Send(Request { body: Body::Part { len, .. }, .. }) = running.effect else { unreachable!() };
            return self.lane_input(lane, Input::UploadProgress(len / 2));
        }
        let running = self.running.remove(at);
        let input = match running.effect {
            Effect::Read { offset, len } => {
                let start = usize::try_from(offset).expect("small");
                Input::Read(self.file[start..start + len].to_vec())
            }
            Effect::Hash => Input::HashComplete(sha256(&self.file)),
            Effect::HashPart { offset, len, whole } => {
                let range = usize::try_from(offset).expect("small")..usize::try_from(offset + len).expect("small");
                let whole = (whole && range.end == self.file.len()).then(|| sha256(&self.file));
                Input::PartHashed { part: sha256(&self.file[range]), whole }
            }
            Effect::Sleep { .. } => Input::TimerFired,
            Effect::Send(request) => {
                if request.starts_hash && self.input(Input::HashComplete(sha256(&self.file))) {
                    return true;
                }
                self.send(&request, running.fate)
            }
            other => panic!("{other:?} is not expected"),
        };
        self.lane_input(lane, input)
    }

    fn send(&mut self, request: &Request, fate: Fate) -> Input {
        match fate {
            Fate::Served => Input::Response(self.store.serve(request, &self.file)),
            Fate::Lost(failure) => {
                self.store.serve(request, &self.file);
                Input::Failed(failure)
            }
            Fate::Unserved(failure) => Input::Failed(failure),
            Fate::Answered(response) => Input::Response(response),
        }
    }

    fn lane_input(&mut self, lane: Option<Lane>, input: Input) -> bool {
        self.input(match lane {
            Some(lane) => Input::Lane(lane, Box::new(input)),
            None => input,
        })
    }

    /// Passes an input, and begins what it leads to. True if the upload has ended.
    fn input(&mut self, input: Input) -> bool {
        let step = self.upload.handle(input, at(self.now));
        self.invariants.check(&step);
        let Step { events, lanes, next } = step;
        for event in &events {
            match event {
                Event::Known(known) => {
                    self.trace.continuation.clone_from(&known.continuation);
                    self.trace.has_sent = known.has_sent;
                }
                Event::Progress(progress) => {
                    assert!(progress.sent_bytes >= self.sent_bytes, "a part that is sent again lowers the progress");
                    self.sent_bytes = progress.sent_bytes;
                }
                // The file is sent from its beginning.
                Event::Restarted => self.sent_bytes = 0,
                _ => {}
            }
        }
        self.trace.events.extend(events);
        match next {
            Next::Perform(effect) => {
                self.running.clear();
                if !matches!(effect, Effect::Lanes | Effect::WaitForResume) {
                    self.begin(None, effect);
                }
            }
            Next::Continue => {}
            Next::Finish(result) => {
                assert_eq!(lanes, [], "nothing begins at the end");
                self.trace.end = Some(*result);
                return true;
            }
            Next::Cancelled => panic!("nobody cancels"),
        }
        for LaneEffect { lane, effect } in lanes {
            self.running.retain(|running| running.lane != Some(lane));
            self.begin(Some(lane), effect);
        }
        false
    }

    fn begin(&mut self, lane: Option<Lane>, effect: Effect) {
        let (mut fate, mut half) = (Fate::Served, 0);
        let millis = match &effect {
            Effect::Sleep { millis, .. } => *millis,
            Effect::HashPart { .. } => 1,
            Effect::Send(request) => {
                self.trace.requests.push((self.now - NOW, request_line(request)));
                let (millis, fated) = (self.network)(request, self.store, self.now - NOW);
                fate = fated;
                half = millis / 2;
                if matches!(request.body, Body::Part { .. }) { half } else { millis }
            }
            _ => 0,
        };
        self.running.push(Running { lane, due: self.now + millis, effect, fate, half, is_half_sent: false });
        let sending = |running: &&Running| matches!(&running.effect, Effect::Send(request) if request.carries_file());
        self.trace.most_at_once = self.trace.most_at_once.max(self.running.iter().filter(sending).count());
    }
}
