//! Progress under any order of events. `common/watch.rs` holds what must be true after each of them.

use mediaferry::flow::{Effect, Event, Failure, Input, Next, Stage, Upload};
use mediaferry::http::{Method, Request, Response, Target};
use mediaferry::options::Options;
use mediaferry::providers::Provider;

use crate::made::{Signed, Slow};
use crate::script::{Answer, Meanwhile, NOW, sha256};
use crate::watch::Watch;
use crate::{COMPLETE, PUT, TICKET, completed, modelhunter, provider, samples, stored, taken, ticket};

const LEN: u64 = 1_000;

/// A small linear congruential generator; its upper bits are good enough to shuffle with.
struct Random(u64);

impl Random {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % bound
    }
}

/// One upload of which everything that happens, and when, is left to chance.
struct Chance {
    upload: Upload,
    file: Vec<u8>,
    random: Random,
    watch: Watch,
    now: u64,
    digested: u64,
    hashed: bool,
    retries: usize,
    stages: Vec<Stage>,
}

impl Chance {
    fn new(provider: &'static dyn Provider, seed: u64) -> Self {
        let file = samples::jpeg(640, 480, 1_000);
        let upload = Upload::new(provider, Options::default(), samples::candidate("a.jpg", "", &file), seed);
        let (watch, random) = (Watch::default(), Random(seed));
        Self { upload, file, random, watch, now: NOW, digested: 0, hashed: false, retries: 0, stages: Vec::new() }
    }

    fn input(&mut self, input: Input) -> Next {
        self.now += self.random.below(400);
        let step = self.upload.handle(input, self.now);
        self.watch.step(&step);
        for event in &step.events {
            match event {
                Event::Retry { .. } => self.retries += 1,
                Event::Stage(stage) => self.stages.push(*stage),
                Event::Inspected(_) | Event::Advice(_) | Event::Progress(_) => {}
            }
        }
        step.next
    }

    /// Runs to the end; whether that is a success.
    fn run(&mut self) -> bool {
        let mut next = self.input(Input::Start);
        loop {
            next = match next {
                Next::Perform(effect) => self.perform(effect),
                Next::Finish(result) => return result.is_ok(),
                other => panic!("{other:?}"),
            }
        }
    }

    fn perform(&mut self, effect: Effect) -> Next {
        if !matches!(effect, Effect::Read { .. }) {
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
            Effect::Sleep { .. } => self.input(Input::Awake),
            Effect::Send(request) => {
                let answer = self.answer(&request);
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
        let status = |status: u16, body: &[u8]| {
            Input::Response(Response { status, retry_after_millis: None, body: body.to_vec() })
        };
        match self.random.below(16) {
            0 => return Input::Failed(Failure::Network),
            1 => return Input::Failed(Failure::Stalled),
            2 => return status(503, b""),
            3 => return status(429, b""),
            4 => return Input::Failed(Failure::Offline),
            5 if request.method == Method::Put => return status(403, b""),
            6 => return Input::Failed(Failure::Timeout),
            _ => {}
        }
        let is_put = matches!(&request.target, Target::Presigned(_));
        let slow = self.upload.provider().profile().id == "made";
        match (&request.target, slow) {
            _ if is_put => body(stored()),
            (Target::Provider(path), false) if path.ends_with("/upload-url") => body(ticket()),
            (Target::Provider(path), false) if path.ends_with("/complete") => {
                status(200, br#"{"success":true,"data":{"id":"a","url":"https://cdn.modelhunter.ai/a.jpg"}}"#)
            }
            (_, false) => body(taken()),
            (_, true) if self.random.below(3) == 0 => body(crate::made::ready()),
            (_, true) => body(crate::made::pending()),
        }
    }
}

fn body(answer: Answer) -> Input {
    match answer {
        Answer::Response(response) => Input::Response(response),
        Answer::Failure(failure) => Input::Failed(failure),
    }
}

#[test]
fn it_never_goes_back_whatever_the_order() {
    let providers: [&'static dyn Provider; 4] = [provider("modelhunter"), provider("relaydance"), &Slow, &Signed];
    let (mut successes, mut failures, mut retried, mut renewed, mut reports) = (0, 0, 0, 0, 0);
    for seed in 0..800 {
        for provider in providers {
            let mut chance = Chance::new(provider, seed);
            let succeeded = chance.run();
            successes += usize::from(succeeded);
            failures += usize::from(!succeeded);
            retried += usize::from(chance.retries > 0);
            renewed += usize::from(chance.stages.iter().filter(|stage| **stage == Stage::Ticket).count() > 1);
            reports += chance.watch.reports.len();
        }
    }
    // All kinds of uploads were among them.
    assert!(
        successes > 1_000 && failures > 300 && retried > 1_000 && renewed > 100,
        "{successes} {failures} {retried} {renewed}"
    );
    assert!(reports > 20_000, "{reports}");
}

#[test]
fn the_rate_and_the_time_left_follow_the_bytes() {
    let step = crate::SIZE / 4;
    let sent: Vec<Meanwhile> = (1..=4).map(|quarter| Meanwhile::Sent(quarter * step)).collect();
    // The script's clock stands still while bytes move, so nothing is measured …
    let played = modelhunter().on(TICKET, ticket()).on(PUT, stored()).meanwhile(&sent).on(COMPLETE, completed()).run();
    assert!(played.progress().iter().all(|progress| progress.bytes_per_second.is_none()));

    // … and here it moves: 100 bytes in 250 ms are 400 in a second, and 900 are left.
    let mut chance = Chance::new(provider("relaydance"), 1);
    let mut next = chance.upload.handle(Input::Start, NOW).next;
    while let Next::Perform(Effect::Read { offset, len }) = next {
        let start = usize::try_from(offset).expect("a small file");
        next = chance.upload.handle(Input::Read(chance.file[start..start + len].to_vec()), NOW).next;
    }
    assert!(chance.upload.handle(Input::Sent(0), NOW).events.iter().any(|event| matches!(event, Event::Progress(_))));
    let step = chance.upload.handle(Input::Sent(100), NOW + 250);
    let [Event::Progress(progress)] = &step.events[..] else { panic!("{step:?}") };
    assert_eq!((progress.sent_bytes, progress.total_bytes), (100, LEN));
    assert_eq!((progress.bytes_per_second, progress.seconds_left), (Some(400.0), Some(2.25)));
    // A second report within 50 ms is not made, but the last byte is always reported.
    assert_eq!(chance.upload.handle(Input::Sent(110), NOW + 299).events, []);
    assert_eq!(chance.upload.handle(Input::Sent(120), NOW + 300).events.len(), 1);
    let last = chance.upload.handle(Input::Sent(LEN), NOW + 301).events;
    assert!(
        last.iter().any(|event| matches!(event, Event::Progress(progress) if progress.sent_bytes == LEN)),
        "{last:?}"
    );
    assert!(last.contains(&Event::Stage(Stage::Submit)), "now the answer is awaited: {last:?}");
}
