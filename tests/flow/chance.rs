//! Uploads of which everything that happens, and when, is left to chance: a player that is as hostile as a network can be.

use mediaferry::flow::{Effect, Event, Failure, Input, Next, Stage, Upload};
use mediaferry::http::{Repeat, Request, Response, Target};
use mediaferry::providers::Provider;

use crate::made::{Signed, Slow, pending, ready};
use crate::pages::{MODEL, asset, created, silent, staged, staged_with_checksum, uploaded};
use crate::played::line;
use crate::script::{Answer, NOW, at, options, sha256, status};
use crate::watch::Watch;
use crate::{provider, samples, stored, taken, ticket};

pub(crate) const LEN: u64 = 1_000;

/// A way to a provider: whose, under which options, and whether it is an address that goes there.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Route(&'static str, &'static str, bool);

/// Every provider's every way, and those of the two made ones.
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
pub(crate) struct Chance {
    upload: Upload,
    file: Vec<u8>,
    random: Random,
    watch: Watch,
    now: u64,
    digested: u64,
    hashed: bool,
    end: End,
    /// Whether a request that must not be sent twice was lost.
    lost: bool,
}

/// How an upload ended, and what happened before.
#[derive(Debug, Default)]
pub(crate) struct End {
    succeeded: bool,
    cancelled: bool,
    unclear: bool,
    retries: usize,
    tickets: usize,
    reports: usize,
}

/// How many uploads ended how.
#[derive(Debug, Default)]
pub(crate) struct Ways {
    pub(crate) successes: usize,
    pub(crate) failures: usize,
    pub(crate) cancelled: usize,
    pub(crate) unclear: usize,
    pub(crate) retried: usize,
    pub(crate) renewed: usize,
    pub(crate) reports: usize,
}

impl Ways {
    pub(crate) fn add(&mut self, end: &End) {
        self.successes += usize::from(end.succeeded);
        self.failures += usize::from(!end.succeeded && !end.cancelled);
        self.cancelled += usize::from(end.cancelled);
        self.unclear += usize::from(end.unclear);
        self.retried += usize::from(end.retries > 0);
        self.renewed += usize::from(end.tickets > 1);
        self.reports += end.reports;
    }

    pub(crate) fn merge(&mut self, other: &Self) {
        self.unclear += other.unclear;
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

impl Chance {
    pub(crate) fn new(Route(id, chosen, is_address): Route, seed: u64) -> Self {
        let provider: &'static dyn Provider = match id {
            "slow" => &Slow,
            "signed" => &Signed,
            id => provider(id),
        };
        let file = samples::jpeg(640, 480, 1_000);
        let options = options(provider, chosen);
        let upload = if is_address {
            Upload::of_address(provider, options, "https://example.com/a.jpg".to_owned(), seed)
        } else {
            Upload::new(provider, options, samples::candidate("a.jpg", "", &file), seed)
        };
        Self {
            upload,
            file,
            random: Random(seed),
            watch: Watch::default(),
            now: NOW,
            digested: 0,
            hashed: false,
            end: End::default(),
            lost: false,
        }
    }

    fn input(&mut self, input: Input) -> Next {
        self.now += self.random.below(400);
        let step = self.upload.handle(input, at(self.now));
        self.watch.step(&step);
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
        assert_eq!(self.upload.is_unclear(), self.lost, "unclear is what was lost, and nothing else");
        End { unclear: self.lost, reports: self.watch.reports.len(), ..self.end }
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
        if matches!(&effect, Effect::Send(request) if request.rehash) {
            (self.hashed, self.digested) = (false, 0);
        }
        if !matches!(effect, Effect::Read { .. } | Effect::Hold) {
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
                self.input(Input::Awake)
            }
            Effect::Hold => self.input(Input::Resume),
            Effect::MoreFormats => panic!("a native build has all formats"),
            Effect::Send(request) => {
                let answer = self.answer(&request);
                self.lost = request.repeat != Repeat::Safe && says_nothing(&answer, request.repeat);
                self.input(answer)
            }
        }
    }

    fn hash(&mut self) -> Next {
        self.hashed = true;
        let checksum = sha256(&self.file);
        self.input(Input::Hashed(checksum))
    }

    /// The digest goes on, bytes leave in steps of any size, the last step sometimes missing.
    fn meanwhile(&mut self, carries_file: bool) -> Next {
        let mut sent = 0;
        for _ in 0..self.random.below(12) {
            let next = match self.random.below(3) {
                0 if carries_file => {
                    sent = (sent + self.random.below(LEN / 2)).min(LEN);
                    self.input(Input::Sent(sent))
                }
                1 if !self.hashed && self.digested == LEN => self.hash(),
                _ if !self.hashed => {
                    self.digested = (self.digested + self.random.below(LEN / 3)).min(LEN);
                    self.input(Input::Digested(self.digested))
                }
                _ => Next::Continue,
            };
            if !matches!(next, Next::Continue) {
                return next;
            }
        }
        Next::Continue
    }

    fn answer(&mut self, request: &Request) -> Input {
        let answer = match self.random.below(20) {
            0 => Answer::Failure(Failure::Network),
            1 => Answer::Failure(Failure::Stalled),
            2 => status(503, b""),
            3 => status(429, b""),
            4 => Answer::Failure(Failure::Offline),
            5 if matches!(request.target, Target::Presigned(_)) => status(403, b""),
            6 => Answer::Failure(Failure::Timeout),
            7 if self.random.below(4) == 0 => status(200, b"<html>"),
            8 => status(502, b""),
            _ => self.good_answer(request),
        };
        match answer {
            Answer::Response(response) => Input::Response(response),
            Answer::Failure(failure) => Input::Failed(failure),
        }
    }

    /// What the page says, about no bytes in particular.
    fn good_answer(&mut self, request: &Request) -> Answer {
        let mut often =
            |one: fn() -> Answer, other: fn() -> Answer| if self.random.below(3) > 0 { one() } else { other() };
        match line(request).as_str() {
            _ if matches!(request.target, Target::Presigned(_)) => stored(),
            "POST /staging" => often(staged, staged_with_checksum),
            "POST /api/v1/files/upload-url" => ticket(),
            "POST /api/v1/files/file_abc123/complete" => {
                status(200, br#"{"success":true,"data":{"id":"a","url":"https://cdn.modelhunter.ai/a.jpg"}}"#)
            }
            "POST /v1/files" => taken(),
            "POST /v1/images/uploads" => uploaded(),
            "POST /v1/upload/resources" => often(|| silent("processing"), || silent("active")),
            "GET /v1/status/resources/2" => match self.random.below(8) {
                0 => silent("failed"),
                1..4 => silent("processing"),
                _ => silent("active"),
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

/// Whether nobody knows after this answer if the request was carried out.
fn says_nothing(answer: &Input, repeat: Repeat) -> bool {
    match answer {
        Input::Response(Response { status: 429, .. }) => false,
        Input::Response(Response { status: 200..300, body, .. }) => body == b"<html>",
        Input::Response(response) => !repeat.is_after(response.status),
        _ => true,
    }
}
