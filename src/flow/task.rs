//! Everything that a page can ask for, an upload and smaller things, in the same terms: so the shell needs one loop.

use core::fmt;

use super::effect::{Delivery, Effect, Input, Next, Stage, Step};
use super::inspect::A_BYTE;
use super::{Retry, Upload, Wait};
use crate::check::{self, Verdict};
use crate::clock::Now;
use crate::digest::Checksum;
use crate::error::Error;
use crate::file::{Candidate, InspectedFile};
use crate::http::{Request, Response};
use crate::json::Json;
use crate::media::{Media, Probe, ProbeError, ProbeStep};
use crate::options::Options;
use crate::providers::library::{Library, Page};
use crate::rules::{self, Value};

/// A state machine that asks for effects until it is over.
pub trait Task {
    /// Takes what has happened.
    fn handle(&mut self, input: Input, now: Now) -> Step<Output>;

    /// The stage that is running, or was when it ended; `None` where there is only one.
    fn stage(&self) -> Option<Stage> {
        None
    }

    /// An upload, which has more to say about its failure.
    fn upload(&self) -> Option<&Upload> {
        None
    }

    /// How it retries; `None` for a task that stays in the browser.
    fn retry(&mut self) -> Option<&mut Retry> {
        None
    }
}

/// What a task ends with.
#[derive(Debug)]
pub enum Output {
    /// An upload's asset.
    Delivery(Box<Delivery>),
    /// What a file is.
    Inspected(Box<InspectedFile>),
    /// What each provider says to a file.
    Verdicts(Vec<Verdict>),
    /// A file's SHA-256.
    Checksum(Checksum),
    /// A page of a provider's list.
    Page(Page),
    /// Nothing more than that it is done.
    Done,
}

impl Task for Upload {
    fn handle(&mut self, input: Input, now: Now) -> Step<Output> {
        let Step { events, next } = self.handle(input, now);
        let next = match next {
            Next::Perform(effect) => Next::Perform(effect),
            Next::Continue => Next::Continue,
            Next::Finish(result) => Next::Finish(Box::new(result.map(|delivery| Output::Delivery(Box::new(delivery))))),
            Next::Cancelled => Next::Cancelled,
        };
        Step { events, next }
    }

    fn stage(&self) -> Option<Stage> {
        Some(self.stage())
    }

    fn upload(&self) -> Option<&Upload> {
        Some(self)
    }

    fn retry(&mut self) -> Option<&mut Retry> {
        Some(&mut self.retry)
    }
}

/// A look at a file, for its facts or for every provider's verdict.
#[derive(Debug)]
pub struct Look {
    candidate: Candidate,
    probe: Probe,
    /// The options under which every provider is asked; without, the facts are wanted.
    verdicts_under: Option<Options>,
}

impl Look {
    /// Finds out what a file is.
    #[must_use]
    pub const fn for_facts(candidate: Candidate) -> Self {
        Self { probe: Probe::new(candidate.size), candidate, verdicts_under: None }
    }

    /// Finds out which providers accept a file under these options.
    #[must_use]
    pub fn for_verdicts(candidate: Candidate, options: Options) -> Self {
        Self { verdicts_under: Some(options), ..Self::for_facts(candidate) }
    }

    fn next(&mut self) -> Next<Output> {
        match self.probe.step() {
            ProbeStep::Need { offset, len } => Next::Perform(Effect::Read { offset, len }),
            ProbeStep::Done(Err(ProbeError::NotBuiltIn)) => Next::Perform(Effect::MoreFormats),
            ProbeStep::Done(found) => self.probed(found),
        }
    }

    fn probed(&self, found: Result<Media, ProbeError>) -> Next<Output> {
        self.finish(match found {
            Ok(media) => Ok(InspectedFile::new(self.candidate.clone(), media)),
            Err(error) => Err(Error::of_probe(error, Value::Nothing)),
        })
    }

    fn finish(&self, found: Result<InspectedFile, Error>) -> Next<Output> {
        finish(match &self.verdicts_under {
            Some(options) => check::check(&found, options).map(Output::Verdicts),
            None => found.map(|file| Output::Inspected(Box::new(file))),
        })
    }
}

#[cfg(test)]
impl Look {
    /// Makes it one in the core of the browser.
    pub(super) fn knows_only_pictures(&mut self) {
        self.probe = Probe::of_pictures(self.candidate.size);
    }
}

impl Task for Look {
    fn handle(&mut self, input: Input, _: Now) -> Step<Output> {
        silent(match input {
            Input::Start if self.candidate.size == 0 => Next::Perform(A_BYTE),
            Input::Start => self.next(),
            Input::Read(_) if self.candidate.size == 0 => self.finish(Err(Error::Rejected(vec![rules::empty_file()]))),
            Input::Read(bytes) => {
                self.probe.supply(&bytes);
                self.next()
            }
            Input::Probed(found) => self.probed(found),
            ref other => anything_else(other),
        })
    }

    fn stage(&self) -> Option<Stage> {
        Some(Stage::Inspect)
    }
}

/// The SHA-256 of a file.
#[derive(Debug)]
pub struct Hashing;

impl Task for Hashing {
    fn handle(&mut self, input: Input, _: Now) -> Step<Output> {
        silent(match input {
            Input::Start => Next::Perform(Effect::Hash),
            Input::Hashed(checksum) => finish(Ok(Output::Checksum(checksum))),
            ref other => anything_else(other),
        })
    }

    fn stage(&self) -> Option<Stage> {
        Some(Stage::Hash)
    }
}

/// Makes sense of a response; of one to a repeated request as well, which may have done its work the first time.
type Reader = Box<dyn Fn(&Response, bool) -> Result<Output, Error>>;

/// One request and its response, repeated where that is safe.
pub struct Exchange {
    request: Request,
    read: Reader,
    retry: Retry,
    /// How often it was sent.
    tries: u32,
    is_sending: bool,
}

impl Exchange {
    /// A request that has not been sent. `seed` spreads the retries.
    fn new(request: Request, read: Reader, seed: u64) -> Self {
        Self { request, read, retry: Retry::new(seed), tries: 0, is_sending: false }
    }

    /// One page, counted from 1, of a provider's list; without a size, as long as can be. The size is a JSON text.
    pub fn list(library: &'static Library, page: u32, page_size: Option<Json<'_>>, seed: u64) -> Result<Self, Error> {
        let most = library.max_page_size;
        let size = page_size.map_or(Some(most), |size| size.whole().and_then(|size| u32::try_from(size).ok()));
        let Some(size) = size.filter(|size| (1..=most).contains(size)) else {
            let asked = page_size.map(Json::to_text).unwrap_or_default();
            return Err(Error::Rejected(vec![rules::page_size(asked, most)]));
        };
        let read = move |response: &Response, _| library.read_list(response).map(Output::Page);
        Ok(Self::new(library.list_request(page.max(1), size), Box::new(read), seed))
    }

    /// Removes an asset from a provider's list.
    #[must_use]
    pub fn delete(library: &'static Library, id: &str, seed: u64) -> Self {
        let read = move |response: &Response, is_repeated| match library.read_delete(response) {
            // The response to the first was lost, and it has removed it.
            Err(error) if is_repeated && error.refusal().is_some_and(|refusal| refusal.status == 404) => {
                Ok(Output::Done)
            }
            read => read.map(|()| Output::Done),
        };
        Self::new(library.delete_request(id), Box::new(read), seed)
    }

    fn send(&mut self) -> Next<Output> {
        self.is_sending = true;
        self.tries += 1;
        let fresh_token = self.retry.wants_token();
        if fresh_token {
            self.retry.token_renewed();
        }
        Next::Perform(Effect::Send(Request { fresh_token, ..self.request.clone() }))
    }

    fn read(&mut self, response: &Response, now: Now) -> Next<Output> {
        self.retry.responded();
        let read = (self.read)(response, self.tries > 1);
        if !matches!(read, Err(Error::Unauthenticated(_))) {
            self.retry.authenticated();
        }
        read.map_or_else(|error| self.recover(error.with_status(response.status), now), |output| finish(Ok(output)))
    }

    fn recover(&mut self, error: Error, now: Now) -> Next<Output> {
        self.is_sending = false;
        match self.retry.wait_after(&error, &self.request, false, now) {
            Some(Wait { millis, wake, .. }) => Next::Perform(Effect::Sleep { millis, wake }),
            None => finish(Err(error)),
        }
    }
}

impl fmt::Debug for Exchange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Exchange").field("request", &self.request).finish_non_exhaustive()
    }
}

impl Task for Exchange {
    fn handle(&mut self, input: Input, now: Now) -> Step<Output> {
        silent(match input {
            Input::Start if self.tries == 0 => self.send(),
            Input::Awake if self.tries > 0 && !self.is_sending => self.send(),
            Input::Response(response) if self.is_sending => self.read(&response, now),
            Input::Failed(failure) if self.is_sending => self.recover(failure.into(), now),
            Input::Cancel => Next::Cancelled,
            _ => Next::Continue,
        })
    }

    fn retry(&mut self) -> Option<&mut Retry> {
        Some(&mut self.retry)
    }
}

fn anything_else(input: &Input) -> Next<Output> {
    match input {
        Input::Cancel => Next::Cancelled,
        Input::Failed(failure) => finish(Err((*failure).into())),
        _ => Next::Continue,
    }
}

fn finish(result: Result<Output, Error>) -> Next<Output> {
    Next::Finish(Box::new(result))
}

const fn silent(next: Next<Output>) -> Step<Output> {
    Step { events: Vec::new(), next }
}
