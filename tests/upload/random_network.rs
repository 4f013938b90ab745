//! Uploads over a random network: responses, failures, pauses and cancellations at random times.

use mediaferry::http::{Idempotency, Request, Response, Target};
use mediaferry::providers::Provider;
use mediaferry::upload::{Effect, Event, Failure, Input, Next, Stage, Upload};
use mediaferry_testing::samples;
use mediaferry_testing::script::ProgressInvariants;
use mediaferry_testing::script::request_line;
use mediaferry_testing::script::{NOW, Outcome, at, options, sha256, status};

use crate::fake_providers::{Signed, Slow, pending, ready};
use crate::provider_responses::{MODEL, asset, created, staged, staged_with_checksum, uploaded, without_metadata};
use crate::{accepted, provider, stored, ticket};

pub(crate) const LEN: u64 = 1_000;

/// A route: the provider's id, the options, and whether the source is a URL.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Route(&'static str, &'static str, bool);

/// Every route of every provider, including the fake ones.
pub(crate) const ROUTES: &[Route] = &[
    Route("modelhunter", "{}", false),
    Route("relaydance", "{}", false),
    Route("worldrouter", "{}", false),
    Route("worldrouter", r#"{"limit":"dashboard"}"#, false),
    Route("onerouter", MODEL, false),
    Route("onerouter", r#"{"model":"a/b","route":"url"}"#, false),
    Route("onerouter", MODEL, true),
    Route("apiframe", "{}", false),
    Route("apiframe", r#"{"type":"video"}"#, true),
    Route("slow", "{}", false),
    Route("signed", "{}", false),
];

/// One such upload.
pub(crate) struct RandomUpload {
    upload: Upload,
    file: Vec<u8>,
    random: Random,
    invariants: ProgressInvariants,
    now: u64,
    hashed_bytes: u64,
    hashed: bool,
    end: End,
    /// Whether a request that must not be sent twice was lost.
    lost: bool,
}

/// How an upload ended, and what it counted.
#[derive(Debug, Default)]
pub(crate) struct End {
    succeeded: bool,
    cancelled: bool,
    outcome_unknown: bool,
    retries: usize,
    tickets: usize,
    reports: usize,
}

/// The number of uploads by how they ended.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    pub(crate) successes: usize,
    pub(crate) failures: usize,
    pub(crate) cancelled: usize,
    pub(crate) outcome_unknown: usize,
    pub(crate) retried: usize,
    pub(crate) renewed: usize,
    pub(crate) reports: usize,
}

impl Tally {
    pub(crate) fn add(&mut self, end: &End) {
        self.successes += usize::from(end.succeeded);
        self.failures += usize::from(!end.succeeded && !end.cancelled);
        self.cancelled += usize::from(end.cancelled);
        self.outcome_unknown += usize::from(end.outcome_unknown);
        self.retried += usize::from(end.retries > 0);
        self.renewed += usize::from(end.tickets > 1);
        self.reports += end.reports;
    }

    pub(crate) fn merge(&mut self, other: &Self) {
        self.outcome_unknown += other.outcome_unknown;
        self.cancelled += other.cancelled;
        self.renewed += other.renewed;
        self.reports += other.reports;
    }
}

/// A small linear congruential generator; its upper bits are good enough to shuffle with.
struct Random(u64);

impl Random {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % bound
    }
}

impl RandomUpload {
    pub(crate) fn new(Route(id, chosen, is_url): Route, seed: u64) -> Self {
        let provider: Box<dyn Provider> = match id {
            "slow" => Box::new(Slow),
            "signed" => Box::new(Signed),
            id => provider(id),
        };
        let file = samples::jpeg(640, 480, 1_000);
        let options = options(&*provider, chosen);
        let upload = if is_url {
            Upload::from_url(provider, options, "https://example.com/a.jpg".to_owned(), seed)
        } else {
            Upload::new(provider, options, samples::candidate("a.jpg", "", &file), seed)
        };
        Self {
            upload,
            file,
            random: Random(seed),
            invariants: ProgressInvariants::default(),
            now: NOW,
            hashed_bytes: 0,
            hashed: false,
            end: End::default(),
            lost: false,
        }
    }

    fn input(&mut self, input: Input) -> Next {
        self.now += self.random.below(400);
        let step = self.upload.handle(input, at(self.now));
        self.invariants.check(&step);
        for event in &step.events {
            self.end.retries += usize::from(matches!(event, Event::Retry { .. }));
            self.end.tickets += usize::from(*event == Event::Stage(Stage::Ticket));
        }
        step.next
    }

    /// Runs to the end.
    pub(crate) fn run(mut self) -> End {
        let mut next = self.input(Input::Start);
        loop {
            next = match next {
                Next::Perform(effect) => {
                    assert!(!self.lost, "after a request that may have arrived came {effect:?}");
                    self.perform(effect)
                }
                Next::Finish(result) => {
                    self.end.succeeded = result.is_ok();
                    break;
                }
                Next::Cancelled => {
                    self.end.cancelled = true;
                    break;
                }
                Next::Continue => panic!("nothing is under way"),
            }
        }
        assert_eq!(self.upload.is_outcome_unknown(), self.lost, "outcome_unknown is what was lost, and nothing else");
        End { outcome_unknown: self.lost, reports: self.invariants.reports.len(), ..self.end }
    }

    fn perform(&mut self, effect: Effect) -> Next {
        if self.random.below(200) == 0 {
            return self.input(Input::Cancel);
        }
        if self.random.below(80) == 0 {
            let next = self.input(Input::Pause);
            if !matches!(next, Next::Continue) {
                return next;
            }
        }
        if matches!(&effect, Effect::Send(request) if request.starts_hash) {
            (self.hashed, self.hashed_bytes) = (false, 0);
        }
        if !matches!(effect, Effect::Read { .. } | Effect::WaitForResume) {
            let next = self.meanwhile(matches!(&effect, Effect::Send(request) if request.carries_file()));
            if !matches!(next, Next::Continue) {
                return next;
            }
        }
        match effect {
            Effect::Read { offset, len } => {
                let start = usize::try_from(offset).expect("a small file");
                let bytes = self.file[start..start + len].to_vec();
                self.input(Input::Read(bytes))
            }
            Effect::Hash => self.hash(),
            Effect::Sleep { millis, .. } => {
                self.now += self.random.below(millis + 1);
                self.input(Input::TimerFired)
            }
            Effect::WaitForResume => self.input(Input::Resume),
            Effect::ProbeExtended => panic!("a native build has all formats"),
            Effect::Lanes | Effect::HashPart { .. } => panic!("the files are small"),
            Effect::Send(request) => {
                let outcome = self.outcome(&request);
                self.lost = request.idempotency != Idempotency::Idempotent
                    && leaves_outcome_unknown(&outcome, request.idempotency);
                self.input(outcome)
            }
        }
    }

    fn hash(&mut self) -> Next {
        self.hashed = true;
        let checksum = sha256(&self.file);
        self.input(Input::HashComplete(checksum))
    }

    /// Hashing and sending progress in steps of any size; the last step may be missing.
    fn meanwhile(&mut self, carries_file: bool) -> Next {
        let mut sent = 0;
        for _ in 0..self.random.below(12) {
            let next = match self.random.below(3) {
                0 if carries_file => {
                    sent = (sent + self.random.below(LEN / 2)).min(LEN);
                    self.input(Input::UploadProgress(sent))
                }
                1 if !self.hashed && self.hashed_bytes == LEN => self.hash(),
                _ if !self.hashed => {
                    self.hashed_bytes = (self.hashed_bytes + self.random.below(LEN / 3)).min(LEN);
                    self.input(Input::HashProgress(self.hashed_bytes))
                }
                _ => Next::Continue,
            };
            if !matches!(next, Next::Continue) {
                return next;
            }
        }
        Next::Continue
    }

    fn outcome(&mut self, request: &Request) -> Input {
        let outcome = match self.random.below(20) {
            0 => Outcome::Failure(Failure::Network),
            1 => Outcome::Failure(Failure::Stalled),
            2 => status(503, b""),
            3 => status(429, b""),
            4 => Outcome::Failure(Failure::Offline),
            5 if matches!(request.target, Target::Presigned(_)) => status(403, b""),
            6 => Outcome::Failure(Failure::Timeout),
            7 if self.random.below(4) == 0 => status(200, b"<html>"),
            8 => status(502, b""),
            _ => self.documented_outcome(request),
        };
        match outcome {
            Outcome::Response(response) => Input::Response(response),
            Outcome::Failure(failure) => Input::Failed(failure),
        }
    }

    /// The documented outcome, without metadata of the file.
    fn documented_outcome(&mut self, request: &Request) -> Outcome {
        let mut often =
            |one: fn() -> Outcome, other: fn() -> Outcome| if self.random.below(3) > 0 { one() } else { other() };
        match request_line(request).as_str() {
            _ if matches!(request.target, Target::Presigned(_)) => stored(),
            "POST /staging" => often(staged, staged_with_checksum),
            "POST /api/v1/files/upload-url" => ticket(),
            "POST /api/v1/files/file_abc123/complete" => {
                status(200, br#"{"success":true,"data":{"id":"a","url":"https://cdn.modelhunter.ai/a.jpg"}}"#)
            }
            "POST /v1/files" => accepted(),
            "POST /v1/images/uploads" => uploaded(),
            "POST /v1/upload/resources" => often(|| without_metadata("processing"), || without_metadata("active")),
            "GET /v1/status/resources/2" => match self.random.below(8) {
                0 => without_metadata("failed"),
                1..4 => without_metadata("processing"),
                _ => without_metadata("active"),
            },
            "POST /v2/assets/create" => created(),
            "GET /v2/assets/abc123def456" => match self.random.below(8) {
                0 => asset("Failed", None),
                1..4 => asset("Processing", None),
                _ => asset("Active", None),
            },
            _ => often(pending, ready),
        }
    }
}

/// Whether the request may have been carried out despite this outcome.
fn leaves_outcome_unknown(outcome: &Input, idempotency: Idempotency) -> bool {
    match outcome {
        Input::Response(Response { status: 429, .. }) => false,
        Input::Response(Response { status: 200..300, body, .. }) => body == b"<html>",
        Input::Response(response) => !idempotency.is_after(response.status),
        _ => true,
    }
}
