//! Probes a file: for its facts, or for every provider's verdict.

use super::check::check;
use super::{Output, Task, finish, other_input, silent};
use crate::clock::Now;
use crate::error::Error;
use crate::file::{Candidate, InspectedFile};
use crate::media::{Media, Probe, ProbeError, ProbeStep};
use crate::options::Options;
use crate::rules::{self, Value};
use crate::upload::{Effect, FIRST_BYTE, Input, Next, Stage, Step};

/// Probes a file, for its facts or for every provider's verdict.
#[derive(Debug)]
pub struct ProbeTask {
    candidate: Candidate,
    probe: Probe,
    /// The options for the verdicts; `None` for the facts.
    verdicts_under: Option<Options>,
}

impl ProbeTask {
    /// A task that returns the facts of a file.
    #[must_use]
    pub const fn for_facts(candidate: Candidate) -> Self {
        Self { probe: Probe::new(candidate.size), candidate, verdicts_under: None }
    }

    /// A task that returns every provider's verdict on a file under these options.
    #[must_use]
    pub fn for_verdicts(candidate: Candidate, options: Options) -> Self {
        Self { verdicts_under: Some(options), ..Self::for_facts(candidate) }
    }

    fn next(&mut self) -> Next<Output> {
        match self.probe.step() {
            ProbeStep::Need { offset, len } => Next::Perform(Effect::Read { offset, len }),
            ProbeStep::Done(Err(ProbeError::NotBuiltIn)) => Next::Perform(Effect::ProbeExtended),
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
            Some(options) => check(&found, options).map(Output::Verdicts),
            None => found.map(|file| Output::Inspected(Box::new(file))),
        })
    }
}

#[cfg(test)]
impl ProbeTask {
    /// Limits the probe to the formats of the browser's core.
    pub(crate) fn use_core_formats(&mut self) {
        self.probe = Probe::of_core_formats(self.candidate.size);
    }
}

impl Task for ProbeTask {
    fn handle(&mut self, input: Input, _: Now) -> Step<Output> {
        silent(match input {
            Input::Start if self.candidate.size == 0 => Next::Perform(FIRST_BYTE),
            Input::Start => self.next(),
            Input::Read(_) if self.candidate.size == 0 => self.finish(Err(Error::Rejected(vec![rules::empty_file()]))),
            Input::Read(bytes) => {
                self.probe.supply(&bytes);
                self.next()
            }
            Input::ProbeComplete(found) => self.probed(found),
            ref other => other_input(other),
        })
    }

    fn stage(&self) -> Option<Stage> {
        Some(Stage::Inspect)
    }
}
