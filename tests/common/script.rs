//! What an upload is going to meet, on a virtual clock: a request that the script does not name next fails the test, and
//! so does one that it names and that never comes.

use std::cell::OnceCell;
use std::collections::VecDeque;

use mediaferry::clock::Now;
use mediaferry::digest::{Checksum, Digest};
use mediaferry::error::Refusal;
use mediaferry::file::Candidate;
use mediaferry::http::Response;
use mediaferry::json::Json;
use mediaferry::options::Options;
use mediaferry::providers::Provider;
use mediaferry::tasks::Task;
use mediaferry::upload::{Failure, Upload, WakeOn};

use crate::played::Played;

#[path = "player.rs"]
mod player;

use player::Player;

/// The moment at this time of the virtual clock, which is the user's as well.
pub(crate) fn at(millis: u64) -> Now {
    Now { awake: millis - NOW, monotonic: millis, wall: millis }
}

/// What a response that is no success is told as.
pub(crate) fn refusal(status: u16, provider_code: Option<String>, retry_after_millis: Option<u64>) -> Refusal {
    Refusal { status, provider_code, retry_after_millis }
}

/// When every script begins: 2025-01-15T10:00:00Z, a quarter of an hour before the ticket on ModelHunter's page ends.
pub(crate) const NOW: u64 = 1_736_935_200_000;

/// What an upload is going to meet.
pub(crate) struct Script {
    provider: &'static dyn Provider,
    options: Options,
    cargo: Subject,
    file: Vec<u8>,
    checksum: OnceCell<Checksum>,
    seed: u64,
    renews_token: bool,
    lines: VecDeque<Line>,
    /// What comes for ever once the lines are over.
    forever: Option<(String, Answer)>,
    patience: Option<u64>,
    attempt: Option<String>,
    resume: Option<String>,
    accept: Vec<String>,
    forces: bool,
    cancel_at: Option<usize>,
    /// Before which effect the user pauses, and for how long.
    pause_at: Option<(usize, u64)>,
    reads: Reads,
    hash_fails: bool,
}

enum Subject {
    File(Candidate),
    Address(String),
}

enum Line {
    /// The same request with the same end until this time has passed since the first.
    Outage { request: String, answer: Answer, millis: u64, since: Option<u64> },
    /// One request, what happens while it is under way, how long it takes, and how it ends.
    RequestTask { request: String, meanwhile: Vec<Meanwhile>, millis: u64, answer: Answer },
    /// A sleep that ends early.
    WakeOn { wake: WakeOn, after_millis: u64 },
}

/// How a request ends.
#[derive(Clone)]
pub(crate) enum Answer {
    Response(Response),
    Failure(Failure),
}

/// What happens while a request is under way.
#[derive(Clone, Copy)]
pub(crate) enum Meanwhile {
    /// So many milliseconds pass.
    After(u64),
    Sent(u64),
    Digested(u64),
    /// The digest ends.
    Hashed,
    /// The digest ends, and the file is another one than before.
    HashedOther,
    /// The digest cannot be brought to its end.
    HashFails,
    Cancel,
}

/// How ranges of the file are read.
#[derive(Clone, Copy)]
pub(crate) enum Reads {
    Whole,
    /// A byte is missing.
    Short,
    Fail,
}

/// A provider's options as a user writes them.
pub(crate) fn options(provider: &dyn Provider, json: &str) -> Options {
    Options::read(provider.profile().settings, Json::read(json.as_bytes()).expect("JSON")).expect("known options")
}

/// A status with a body.
pub(crate) fn status(status: u16, body: impl Into<Vec<u8>>) -> Answer {
    Answer::Response(Response { status, retry_after_millis: None, body: body.into() })
}

impl Answer {
    /// The same without the time at which it says that something ends.
    pub(crate) fn without_expiry(mut self) -> Self {
        if let Self::Response(response) = &mut self {
            let text = String::from_utf8(response.body.clone()).expect("a text");
            response.body = text.replace("expires_at", "expired").into_bytes();
        }
        self
    }
}

/// A status with `Retry-After`.
pub(crate) fn later(status: u16, retry_after_millis: u64) -> Answer {
    Answer::Response(Response { status, retry_after_millis: Some(retry_after_millis), body: Vec::new() })
}

pub(crate) fn failure(failure: Failure) -> Answer {
    Answer::Failure(failure)
}

impl Script {
    /// A file to a provider without options.
    pub(crate) fn new(provider: &'static dyn Provider, candidate: Candidate, file: Vec<u8>) -> Self {
        Self::of(provider, Subject::File(candidate), file)
    }

    /// An address to a provider without options.
    pub(crate) fn address(provider: &'static dyn Provider, address: &str) -> Self {
        Self::of(provider, Subject::Address(address.to_owned()), Vec::new())
    }

    fn of(provider: &'static dyn Provider, cargo: Subject, file: Vec<u8>) -> Self {
        Self {
            provider,
            options: Options::default(),
            cargo,
            file,
            checksum: OnceCell::new(),
            seed: 42,
            renews_token: false,
            lines: VecDeque::new(),
            forever: None,
            patience: None,
            attempt: None,
            resume: None,
            accept: Vec::new(),
            forces: false,
            cancel_at: None,
            pause_at: None,
            reads: Reads::Whole,
            hash_fails: false,
        }
    }

    /// The user's options, as they write them.
    pub(crate) fn options(mut self, json: &str) -> Self {
        self.options = options(self.provider, json);
        self
    }

    /// The next request, and its answer.
    pub(crate) fn on(mut self, request: &str, answer: Answer) -> Self {
        self.lines.push_back(Line::RequestTask {
            request: request.to_owned(),
            meanwhile: Vec::new(),
            millis: 100,
            answer,
        });
        self
    }

    /// The same request so many times.
    pub(crate) fn times(self, count: usize, request: &str, answer: &Answer) -> Self {
        (0..count).fold(self, |script, _| script.on(request, answer.clone()))
    }

    /// The same request from now on, until the upload gives up.
    pub(crate) fn forever(mut self, request: &str, answer: &Answer) -> Self {
        self.forever = Some((request.to_owned(), answer.clone()));
        self
    }

    /// The same request and its end for so long, as often as the upload tries.
    pub(crate) fn outage(mut self, request: &str, answer: &Answer, millis: u64) -> Self {
        self.lines.push_back(Line::Outage { request: request.to_owned(), answer: answer.clone(), millis, since: None });
        self
    }

    /// The page draws these digits for requests that are sent once.
    pub(crate) fn identified(mut self) -> Self {
        self.attempt = Some("0123456789abcdef01234567".to_owned());
        self
    }

    /// It continues where another upload has failed.
    pub(crate) fn resuming(mut self, failed: &Played) -> Self {
        self.resume = Some(failed.continuation.clone().expect("something to continue"));
        self
    }

    /// The user wants it sent, even if it may have arrived.
    pub(crate) fn forcing(mut self) -> Self {
        self.forces = true;
        self
    }

    /// The page accepts only these types.
    pub(crate) fn accepting(mut self, list: &[&str]) -> Self {
        self.accept = list.iter().map(|entry| (*entry).to_owned()).collect();
        self
    }

    /// How long the upload keeps trying while nothing moves.
    pub(crate) fn patience(mut self, millis: u64) -> Self {
        self.patience = Some(millis);
        self
    }

    /// What happens while the last request is under way.
    pub(crate) fn meanwhile(mut self, events: &[Meanwhile]) -> Self {
        match self.lines.back_mut() {
            Some(Line::RequestTask { meanwhile, .. }) => meanwhile.extend(events),
            _ => panic!("nothing is under way"),
        }
        self
    }

    /// How long the last request takes.
    pub(crate) fn takes(mut self, time: u64) -> Self {
        match self.lines.back_mut() {
            Some(Line::RequestTask { millis, .. }) => *millis = time,
            _ => panic!("nothing is under way"),
        }
        self
    }

    /// The next sleep, before the next request, ends early.
    pub(crate) fn wake(mut self, wake: WakeOn, after_millis: u64) -> Self {
        self.lines.push_back(Line::WakeOn { wake, after_millis });
        self
    }

    /// The page can give another token in place of one that was refused.
    pub(crate) fn renewing_token(mut self) -> Self {
        self.renews_token = true;
        self
    }

    pub(crate) fn seed(mut self, seed: u64) -> Self {
        self.seed = seed;
        self
    }

    pub(crate) fn reads(mut self, reads: Reads) -> Self {
        self.reads = reads;
        self
    }

    pub(crate) fn hash_fails(mut self) -> Self {
        self.hash_fails = true;
        self
    }

    /// Cancels instead of performing the effect with this number, counted from 0.
    pub(crate) fn cancel_at(mut self, effect: usize) -> Self {
        self.cancel_at = Some(effect);
        self
    }

    /// Pauses for so long just as the effect with this number, counted from 0, is asked for.
    pub(crate) fn pause_at(mut self, effect: usize, millis: u64) -> Self {
        self.pause_at = Some((effect, millis));
        self
    }

    fn checksum(&self) -> Checksum {
        *self.checksum.get_or_init(|| sha256(&self.file))
    }

    /// Plays the upload to its end.
    pub(crate) fn run(self) -> Played {
        let (provider, options, seed) = (self.provider, self.options.clone(), self.seed);
        let mut upload = match &self.cargo {
            Subject::File(candidate) => Upload::new(provider, options, candidate.clone(), seed),
            Subject::Address(address) => Upload::from_url(provider, options, address.clone(), seed),
        };
        let retry = Task::retry(&mut upload).expect("an upload retries");
        retry.renew_token(self.renews_token);
        if let Some(millis) = self.patience {
            retry.set_patience(millis);
        }
        upload.accept(self.accept.clone());
        upload.identify(self.attempt.clone().unwrap_or_default());
        if self.forces {
            upload.force();
        }
        if let Some(resume) = &self.resume {
            upload.resume(Json::read(resume.as_bytes()).expect("JSON")).expect("a continuation");
        }
        Player::new(self, upload).play()
    }
}

impl Line {
    fn request(&self) -> Option<&String> {
        match self {
            Self::RequestTask { request, .. } => Some(request),
            Self::WakeOn { .. } | Self::Outage { .. } => None,
        }
    }
}

/// SHA-256 of bytes in hand.
pub(crate) fn sha256(bytes: &[u8]) -> Checksum {
    let mut digest = Digest::new();
    digest.update(bytes);
    digest.finish()
}
