//! Creates an upload, sets it up before its first input, and reports its state.

use super::attempt::Attempt;
use super::event::{Known, Stage};
use super::hash::Hashing;
use super::outstanding::Outstanding;
use super::pause::Pause;
use super::progress::Meter;
use super::retry::Retry;
use super::{MULTIPART_THRESHOLD, State, Upload};
use crate::clock::Now;
use crate::file::Candidate;
use crate::media::Probe;
use crate::options::Options;
use crate::providers::Provider;

impl Upload {
    /// Creates an upload of a file. `seed` randomises the waits between retries.
    #[must_use]
    pub fn new(provider: Box<dyn Provider>, options: Options, candidate: Candidate, seed: u64) -> Self {
        let state = State::Inspect(Probe::new(candidate.size));
        Self {
            now: Now::default(),
            state,
            outstanding: Outstanding::Start,
            wait: None,
            request: None,
            checksum: None,
            sent_checksum: None,
            hashing: Hashing::Due,
            has_sent_file: false,
            stage: None,
            retry: Retry::new(seed),
            attempt: Attempt::default(),
            pause: Pause::No,
            renewals: 0,
            meter: Meter::new(candidate.size),
            events: Vec::new(),
            parts: None,
            lanes: Vec::new(),
            multipart_threshold: MULTIPART_THRESHOLD,
            restarts: 0,
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
    pub fn from_url(provider: Box<dyn Provider>, options: Options, url: String, seed: u64) -> Self {
        let nothing = Candidate { name: String::new(), declared_type: String::new(), size: 0 };
        let mut upload = Self::new(provider, options, nothing, seed);
        upload.state = State::RemoteUrl(url);
        upload
    }

    /// Accepts only files of these types, as `<input accept>` lists them. An empty list accepts all.
    pub fn accept(&mut self, list: Vec<String>) {
        self.accept = list;
    }

    /// Sends files of this many bytes and more in parts, if the storage accepts parts.
    pub const fn set_multipart_threshold(&mut self, bytes: u64) {
        self.multipart_threshold = bytes;
    }

    /// Computes a checksum only if the provider needs one. Otherwise nothing is compared with it, and the result has none.
    pub const fn skip_checksum(&mut self) {
        self.hashing = Hashing::Skipped;
    }

    /// Whether the file is hashed even if no request needs its checksum.
    #[must_use]
    pub const fn hashes(&self) -> bool {
        !matches!(self.hashing, Hashing::Skipped)
    }

    /// If the request that [`Self::resume`] continues with has an unknown outcome, sends it again.
    pub const fn force(&mut self) {
        self.forces = true;
    }

    /// Sets the first 24 hexadecimal digits of the ids of requests that may create an asset.
    pub fn identify(&mut self, digits: String) {
        self.attempt.set_base(digits);
    }

    /// The provider.
    #[must_use]
    pub fn provider(&self) -> &dyn Provider {
        &*self.provider
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
}
