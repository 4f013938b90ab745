//! Everything that a page can ask for, an upload and smaller things, in the same terms: so the shell needs one loop.

use core::fmt;

use super::effect::{Delivery, Effect, Input, Next, Stage, Step};
use super::{Retry, Upload};
use crate::check::{self, Verdict};
use crate::digest::Checksum;
use crate::error::Error;
use crate::file::{Candidate, InspectedFile};
use crate::http::{Request, Response};
use crate::media::{Media, Probe, ProbeError, ProbeStep};
use crate::providers::library::{Library, Page};
use crate::rules::{self, Value};

/// A state machine that asks for effects until it is over.
pub trait Task {
    /// Takes what has happened; `now` is in milliseconds since 1970.
    fn handle(&mut self, input: Input, now: u64) -> Step<Output>;

    /// The stage that is running, or was when it ended; `None` where there is only one.
    fn stage(&self) -> Option<Stage> {
        None
    }

    /// See [`Upload::is_unclear`].
    fn is_unclear(&self) -> bool {
        false
    }

    /// See [`Upload::renew_token`]; nothing to a task that stays in the browser.
    fn renew_token(&mut self, _renews: bool) {}
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
    fn handle(&mut self, input: Input, now: u64) -> Step<Output> {
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

    fn is_unclear(&self) -> bool {
        self.is_unclear()
    }

    fn renew_token(&mut self, renews: bool) {
        self.renew_token(renews);
    }
}

/// A look at a file, for its facts or for every provider's verdict.
#[derive(Debug)]
pub struct Look {
    candidate: Candidate,
    probe: Probe,
    wants_verdicts: bool,
}

impl Look {
    /// Finds out what a file is.
    #[must_use]
    pub const fn for_facts(candidate: Candidate) -> Self {
        Self { probe: Probe::new(candidate.size), candidate, wants_verdicts: false }
    }

    /// Finds out which providers take a file.
    #[must_use]
    pub fn for_verdicts(candidate: Candidate) -> Self {
        Self { wants_verdicts: true, ..Self::for_facts(candidate) }
    }

    fn next(&mut self) -> Next<Output> {
        if self.candidate.size == 0 {
            return self.finish(Err(Error::Rejected(vec![rules::empty_file()])));
        }
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
        finish(if self.wants_verdicts {
            check::check(&found).map(Output::Verdicts)
        } else {
            found.map(|file| Output::Inspected(Box::new(file)))
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
    fn handle(&mut self, input: Input, _: u64) -> Step<Output> {
        silent(match input {
            Input::Start => self.next(),
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
    fn handle(&mut self, input: Input, _: u64) -> Step<Output> {
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

/// Makes sense of an answer.
type Reader = Box<dyn Fn(&Response) -> Result<Output, Error>>;

/// One request and its answer, repeated where that is safe.
pub struct Exchange {
    request: Request,
    read: Reader,
    retry: Retry,
}

impl Exchange {
    /// A request that has not been sent. `seed` spreads the retries.
    fn new(request: Request, read: Reader, seed: u64) -> Self {
        Self { request, read, retry: Retry::new(seed) }
    }

    /// One page, counted from 1, of a provider's list; without a size, as long as can be.
    pub fn list(library: &'static Library, page: u32, page_size: Option<u32>, seed: u64) -> Result<Self, Error> {
        let most = library.max_page_size;
        let size = page_size.unwrap_or(most);
        if !(1..=most).contains(&size) {
            return Err(Error::Rejected(vec![rules::page_size(size, most)]));
        }
        let read = move |response: &Response| library.read_list(response).map(Output::Page);
        Ok(Self::new(library.list_request(page.max(1), size), Box::new(read), seed))
    }

    /// Removes an asset from a provider's list.
    #[must_use]
    pub fn delete(library: &'static Library, id: &str, seed: u64) -> Self {
        Self::new(
            library.delete_request(id),
            Box::new(move |response| library.read_delete(response).map(|()| Output::Done)),
            seed,
        )
    }

    fn recover(&mut self, error: Error, now: u64) -> Next<Output> {
        match self.retry.wait_after(&error, &self.request, now) {
            Some((millis, wake)) => Next::Perform(Effect::Sleep { millis, wake }),
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
    fn handle(&mut self, input: Input, now: u64) -> Step<Output> {
        silent(match input {
            Input::Start | Input::Awake => Next::Perform(Effect::Send(self.request.clone())),
            Input::Response(response) => {
                self.retry.online();
                match (self.read)(&response) {
                    Ok(output) => finish(Ok(output)),
                    Err(error) => self.recover(error, now),
                }
            }
            Input::Failed(failure) => self.recover(failure.into(), now),
            ref other => anything_else(other),
        })
    }

    fn renew_token(&mut self, renews: bool) {
        self.retry.renew_token(renews);
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
