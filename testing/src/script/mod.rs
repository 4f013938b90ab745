//! An upload against a list of expected requests, on a virtual clock. A request that is not the next of the list fails
//! the test, and so does an expected request that is never sent.

use std::cell::OnceCell;
use std::collections::VecDeque;

use mediaferry::clock::Now;
use mediaferry::digest::{Checksum, Digest};
use mediaferry::error::Refusal;
use mediaferry::file::Candidate;
use mediaferry::json::Json;
use mediaferry::options::Options;
use mediaferry::providers::Provider;
use mediaferry::tasks::Task;
use mediaferry::upload::{Upload, WakeOn};

mod invariants;
mod outcome;
mod runner;
mod trace;

pub use invariants::ProgressInvariants;
pub use outcome::{Outcome, failure, retry_after, status};
use runner::ScriptRunner;
pub use trace::{UploadTrace, request_line};

/// The moment at this time of the virtual clock, which is also the wall clock.
pub fn at(millis: u64) -> Now {
    Now { awake: millis - NOW, monotonic: millis, wall: millis }
}

/// A response that is no success, as an error reports it.
pub fn refusal(status: u16, provider_code: Option<String>, retry_after_millis: Option<u64>) -> Refusal {
    Refusal { status, provider_code, retry_after_millis }
}

/// When every script begins: 2025-01-15T10:00:00Z, 15 minutes before the ticket on ModelHunter's page expires.
pub const NOW: u64 = 1_736_935_200_000;

/// The expected requests of an upload, with their outcomes, and what else happens.
#[must_use]
pub struct Script {
    provider: Option<Box<dyn Provider>>,
    options: Options,
    source: Source,
    file: Vec<u8>,
    checksum: OnceCell<Checksum>,
    seed: u64,
    renews_token: bool,
    entries: VecDeque<Entry>,
    /// Every request after the last entry.
    forever: Option<(String, Outcome)>,
    retry_timeout: Option<u64>,
    attempt: Option<String>,
    resume: Option<String>,
    accept: Vec<String>,
    /// What is called before the first input.
    set_up: Vec<fn(&mut Upload)>,
    cancel_at: Option<usize>,
    /// Before which effect the user pauses, and for how long.
    pause_at: Option<(usize, u64)>,
    reads: Reads,
    hash_fails: bool,
}

enum Source {
    File(Candidate),
    Url(String),
}

enum Entry {
    /// The same request with the same outcome until this time has passed since the first.
    Outage { request: String, outcome: Outcome, millis: u64, since: Option<u64> },
    /// One request, what happens while it runs, how long it takes, and its outcome.
    Request { request: String, meanwhile: Vec<Meanwhile>, millis: u64, outcome: Outcome },
    /// A sleep that ends early.
    WakeOn { wake: WakeOn, after_millis: u64 },
}

/// What happens while a request runs.
#[derive(Clone, Copy)]
pub enum Meanwhile {
    /// This many milliseconds pass.
    Elapse(u64),
    /// This many bytes have been sent.
    UploadProgress(u64),
    /// This many bytes have been hashed.
    HashProgress(u64),
    /// The hash is complete.
    HashComplete,
    /// The hash is complete, and the file is not the one that was sent.
    OtherHashComplete,
    /// The file cannot be read to its end.
    HashFails,
    /// The user cancels.
    Cancel,
}

/// How ranges of the file are read.
#[derive(Clone, Copy)]
pub enum Reads {
    /// As requested.
    Whole,
    /// A byte is missing.
    Short,
    /// With an error.
    Fail,
}

/// A provider's options as a user writes them.
pub fn options(provider: &dyn Provider, json: &str) -> Options {
    Options::read(provider.profile().settings, Json::read(json.as_bytes()).expect("JSON")).expect("known options")
}

impl Script {
    /// The upload of a file, without options.
    pub fn new(provider: Box<dyn Provider>, candidate: Candidate, file: Vec<u8>) -> Self {
        Self::of(provider, Source::File(candidate), file)
    }

    /// The upload of a URL, without options.
    pub fn from_url(provider: Box<dyn Provider>, url: &str) -> Self {
        Self::of(provider, Source::Url(url.to_owned()), Vec::new())
    }

    fn of(provider: Box<dyn Provider>, source: Source, file: Vec<u8>) -> Self {
        Self {
            provider: Some(provider),
            options: Options::default(),
            source,
            file,
            checksum: OnceCell::new(),
            seed: 42,
            renews_token: false,
            entries: VecDeque::new(),
            forever: None,
            retry_timeout: None,
            attempt: None,
            resume: None,
            accept: Vec::new(),
            set_up: Vec::new(),
            cancel_at: None,
            pause_at: None,
            reads: Reads::Whole,
            hash_fails: false,
        }
    }

    /// Sets the provider's options, as the page writes them.
    pub fn options(mut self, json: &str) -> Self {
        self.options = options(self.provider.as_deref().expect("a provider"), json);
        self
    }

    /// Expects this request next.
    pub fn on(mut self, request: &str, outcome: Outcome) -> Self {
        self.entries.push_back(Entry::Request {
            request: request.to_owned(),
            meanwhile: Vec::new(),
            millis: 100,
            outcome,
        });
        self
    }

    /// Expects this request next, `count` times.
    pub fn times(self, count: usize, request: &str, outcome: &Outcome) -> Self {
        (0..count).fold(self, |script, _| script.on(request, outcome.clone()))
    }

    /// Expects this request from now on, until the upload ends.
    pub fn forever(mut self, request: &str, outcome: &Outcome) -> Self {
        self.forever = Some((request.to_owned(), outcome.clone()));
        self
    }

    /// Expects this request for this long, as often as the upload retries it.
    pub fn outage(mut self, request: &str, outcome: &Outcome, millis: u64) -> Self {
        self.entries.push_back(Entry::Outage {
            request: request.to_owned(),
            outcome: outcome.clone(),
            millis,
            since: None,
        });
        self
    }

    /// Sets the attempt id.
    pub fn with_attempt_id(mut self) -> Self {
        self.attempt = Some("0123456789abcdef01234567".to_owned());
        self
    }

    /// Resumes a failed upload.
    pub fn resuming(mut self, failed: &UploadTrace) -> Self {
        self.resume = Some(failed.continuation.clone().expect("something to continue"));
        self
    }

    /// Resends a request of unknown outcome.
    pub fn forcing(mut self) -> Self {
        self.set_up.push(Upload::force);
        self
    }

    /// Skips the checksum.
    pub fn skipping_checksum(mut self) -> Self {
        self.set_up.push(Upload::skip_checksum);
        self
    }

    /// Accepts only these types.
    pub fn accepting(mut self, list: &[&str]) -> Self {
        self.accept = list.iter().map(|entry| (*entry).to_owned()).collect();
        self
    }

    /// Sets the retry budget.
    pub fn retry_timeout(mut self, millis: u64) -> Self {
        self.retry_timeout = Some(millis);
        self
    }

    /// What happens while the last request runs.
    pub fn meanwhile(mut self, events: &[Meanwhile]) -> Self {
        match self.entries.back_mut() {
            Some(Entry::Request { meanwhile, .. }) => meanwhile.extend(events),
            _ => panic!("no request is expected yet"),
        }
        self
    }

    /// Sets the duration of the last request.
    pub fn lasting(mut self, time: u64) -> Self {
        match self.entries.back_mut() {
            Some(Entry::Request { millis, .. }) => *millis = time,
            _ => panic!("no request is expected yet"),
        }
        self
    }

    /// Ends the next sleep early.
    pub fn wake(mut self, wake: WakeOn, after_millis: u64) -> Self {
        self.entries.push_back(Entry::WakeOn { wake, after_millis });
        self
    }

    /// Lets the page renew a rejected token.
    pub fn renewing_token(mut self) -> Self {
        self.renews_token = true;
        self
    }

    /// Sets the seed of the retry jitter.
    pub fn seed(mut self, seed: u64) -> Self {
        self.seed = seed;
        self
    }

    /// Sets how the file is read.
    pub fn reads(mut self, reads: Reads) -> Self {
        self.reads = reads;
        self
    }

    /// Makes hashing fail.
    pub fn hash_fails(mut self) -> Self {
        self.hash_fails = true;
        self
    }

    /// Cancels instead of performing the effect with this number, counted from 0.
    pub fn cancel_at(mut self, effect: usize) -> Self {
        self.cancel_at = Some(effect);
        self
    }

    /// Pauses for this long before the effect with this number, counted from 0.
    pub fn pause_at(mut self, effect: usize, millis: u64) -> Self {
        self.pause_at = Some((effect, millis));
        self
    }

    fn checksum(&self) -> Checksum {
        *self.checksum.get_or_init(|| sha256(&self.file))
    }

    /// Runs the upload to its end.
    pub fn run(mut self) -> UploadTrace {
        let provider = self.provider.take().expect("a script runs once");
        let (options, seed) = (self.options.clone(), self.seed);
        let mut upload = match &self.source {
            Source::File(candidate) => Upload::new(provider, options, candidate.clone(), seed),
            Source::Url(url) => Upload::from_url(provider, options, url.clone(), seed),
        };
        let retry = Task::retry(&mut upload).expect("an upload retries");
        retry.renew_token(self.renews_token);
        if let Some(millis) = self.retry_timeout {
            retry.set_timeout(millis);
        }
        upload.accept(self.accept.clone());
        upload.identify(self.attempt.clone().unwrap_or_default());
        for set_up in &self.set_up {
            set_up(&mut upload);
        }
        if let Some(resume) = &self.resume {
            upload.resume(Json::read(resume.as_bytes()).expect("JSON")).expect("a continuation");
        }
        ScriptRunner::new(self, upload).run()
    }
}

impl Entry {
    fn request(&self) -> Option<&String> {
        match self {
            Self::Request { request, .. } => Some(request),
            Self::WakeOn { .. } | Self::Outage { .. } => None,
        }
    }
}

/// SHA-256 of bytes in hand.
pub fn sha256(bytes: &[u8]) -> Checksum {
    let mut digest = Digest::new();
    digest.update(bytes);
    digest.finish()
}
