//! The first stage: what the file is, and whether this provider takes it.

use std::rc::Rc;

use super::cargo::Cargo;
use super::effect::{Effect, Event, Next, Stage};
use super::resume::Resume;
use super::{Leg, PROCESS_DEADLINE_MILLIS, State, Upload};
use crate::error::Error;
use crate::file::InspectedFile;
use crate::http::Repeat;
use crate::media::{Media, ProbeError};
use crate::providers::Route;
use crate::rules::{self, Violation};
use crate::url;

/// Read of a file that seems to be empty: Chromium says so of one that was deleted since it was picked, and only a read
/// tells.
pub(super) const A_BYTE: Effect = Effect::Read { offset: 0, len: 1 };

impl Upload {
    /// Looks at what can be looked at without reading.
    pub(super) fn start(&mut self) -> Next {
        match core::mem::replace(&mut self.state, State::Over) {
            State::Address(address) => {
                self.enter(Stage::Inspect);
                self.accept_address(address)
            }
            state => {
                self.state = state;
                if self.candidate.size == 0 {
                    self.enter(Stage::Inspect);
                    return Next::Perform(A_BYTE);
                }
                self.next()
            }
        }
    }

    /// An address of the web, at a provider that takes addresses, goes on its way. Nobody looks at what stands there.
    fn accept_address(&mut self, address: String) -> Next {
        if !url::is_web_url(&address) {
            return self.reject(rules::web_addresses_only());
        }
        let cargo = Cargo::address(address, &self.options);
        if let Err(violation) = self.provider.submit(cargo.source(None, None), &self.options) {
            return self.reject(violation);
        }
        self.carry(cargo, Leg::Submit(None))
    }

    /// Sends what may be sent on its way: from its beginning, or from where an earlier upload of it has failed.
    fn carry(&mut self, cargo: Cargo, begin: Leg) -> Next {
        let leg = match self.resumes.take() {
            None => begin,
            Some(Resume::Form) => Leg::Form,
            Some(Resume::Submit(ticket)) => Leg::Submit(ticket),
            Some(Resume::Process(asset)) => {
                self.known.asset_id.clone_from(&asset.id);
                Leg::Process { asset, polls: 0, deadline: self.now.awake + PROCESS_DEADLINE_MILLIS }
            }
        };
        self.state = State::Carry(cargo, leg);
        // It may have arrived, so it is not sent again before somebody says that it has not.
        if self.attempt.unanswered().is_some()
            && let Some(request) = self.request()
            && request.repeat != Repeat::Safe
        {
            if self.attempt.can_ask(&request) {
                self.attempt.ask(Error::Network, false, self.now);
            } else {
                return self.nobody_knows(Error::Network);
            }
        }
        self.next()
    }

    fn reject(&mut self, violation: Violation) -> Next {
        self.finish(Err(Error::Rejected(vec![violation])))
    }

    /// Takes the bytes that the probe asked for.
    pub(super) fn read(&mut self, bytes: &[u8]) -> Next {
        if self.candidate.size == 0 {
            return self.reject(rules::empty_file());
        }
        if let State::Inspect(probe) = &mut self.state {
            probe.supply(bytes);
        }
        self.next()
    }

    /// Takes the probe's answer: a file that keeps the rules goes on its way, any other goes nowhere.
    pub(super) fn inspected(&mut self, found: Result<Media, ProbeError>) -> Next {
        let rules = self.provider.rules(&self.options);
        let media = match found {
            Ok(media) => media,
            Err(error) => return self.finish(Err(Error::of_probe(error, rules.taken()))),
        };
        let file = Rc::new(InspectedFile::new(self.candidate.clone(), media));
        self.events.push(Event::Inspected(Rc::clone(&file)));
        let format = file.media().format;
        if !self.accept.is_empty() && !self.accept.iter().any(|entry| format.is_accepted_by(entry)) {
            return self.reject(rules::not_accepted(format, &self.accept));
        }
        let advice = rules.advice(&file);
        match file.accept(rules) {
            Err(error) => self.finish(Err(error)),
            Ok(file) => {
                if !advice.is_empty() {
                    self.events.push(Event::Advice(advice));
                }
                let leg = match self.provider.route(&file, &self.options) {
                    Route::Form => Leg::Form,
                    Route::Put(presign) => Leg::Ticket(presign),
                };
                self.carry(Cargo::File(file), leg)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::Now;
    use crate::file::Candidate;
    use crate::flow::{Failure, Input, Look, Output, Task};
    use crate::media::{Format, Probe, ProbeStep};
    use crate::options::Options;
    use crate::providers::by_id;

    /// The start of a film, and of nothing that the core knows.
    const FILM: &[u8] = b"\0\0\0\x14ftypisom\0\0\0\0isom\0\0\0\x08moov";

    fn candidate() -> Candidate {
        Candidate { name: "film.mp4".to_owned(), declared_type: String::new(), size: FILM.len() as u64 }
    }

    /// An upload in the core of the browser, which knows only pictures.
    fn upload() -> Upload {
        let provider = by_id("relaydance").unwrap();
        let mut upload = Upload::new(provider, Options::default(), candidate(), 1);
        upload.state = State::Inspect(Probe::of_pictures(FILM.len() as u64));
        upload
    }

    fn film() -> Media {
        let mut probe = Probe::new(FILM.len() as u64);
        loop {
            match probe.step() {
                ProbeStep::Need { .. } => probe.supply(FILM),
                ProbeStep::Done(found) => return found.unwrap(),
            }
        }
    }

    /// Hands it the head of the film, upon which it must ask for the formats that it does not know.
    fn asked(task: &mut dyn Task) {
        let next = task.handle(Input::Start, Now::default()).next;
        assert!(matches!(next, Next::Perform(Effect::Read { offset: 0, .. })), "{next:?}");
        let next = task.handle(Input::Read(FILM.to_vec()), Now::default()).next;
        assert!(matches!(next, Next::Perform(Effect::MoreFormats)), "{next:?}");
    }

    #[test]
    fn a_file_of_another_format_is_handed_over_and_goes_on_its_way() {
        let mut upload = upload();
        asked(&mut upload);
        let step = upload.handle(Input::Probed(Ok(film())), Now::default());
        assert!(matches!(&step.events[0], Event::Inspected(file) if file.media().format == Format::Mp4), "{step:?}");
        assert!(matches!(&step.next, Next::Perform(Effect::Send(request)) if request.carries_file()), "{step:?}");
    }

    #[test]
    fn what_nobody_knows_is_refused_by_its_name() {
        for looks_like in [Some("HEIC"), None] {
            let mut upload = upload();
            asked(&mut upload);
            let Next::Finish(result) =
                upload.handle(Input::Probed(Err(ProbeError::Unrecognised { looks_like })), Now::default()).next
            else {
                panic!("it goes on");
            };
            let Err(Error::UnrecognisedFile(violations)) = *result else { panic!("{result:?}") };
            let actual = looks_like.map_or(rules::Value::Nothing, rules::Value::Text);
            assert_eq!((violations.len(), &violations[0].actual), (1, &actual));
        }
    }

    #[test]
    fn without_the_other_formats_it_ends_and_may_be_tried_again() {
        let mut upload = upload();
        let mut look = Look::for_facts(candidate());
        look.knows_only_pictures();
        for task in [&mut upload as &mut dyn Task, &mut look] {
            asked(task);
            let Next::Finish(result) = task.handle(Input::Failed(Failure::Network), Now::default()).next else {
                panic!("it goes on")
            };
            assert_eq!(result.as_ref().as_ref().err(), Some(&Error::Network));
            assert!(
                Error::Network.retryable()
                    && task.stage() == Some(Stage::Inspect)
                    && task.upload().is_none_or(|upload| !upload.is_unclear())
            );
        }
    }

    #[test]
    fn a_look_hands_over_as_well() {
        let mut look = Look::for_facts(candidate());
        look.knows_only_pictures();
        asked(&mut look);
        let Next::Finish(result) = look.handle(Input::Probed(Ok(film())), Now::default()).next else {
            panic!("it goes on")
        };
        assert!(matches!(*result, Ok(Output::Inspected(file)) if file.media() == &film()));
    }

    #[test]
    fn after_a_pause_it_is_handed_over_again() {
        let mut upload = upload();
        asked(&mut upload);
        assert!(matches!(upload.handle(Input::Pause, Now::default()).next, Next::Perform(Effect::Hold)));
        assert!(matches!(upload.handle(Input::Resume, Now::default()).next, Next::Perform(Effect::MoreFormats)));
    }

    #[test]
    fn nothing_is_handed_over_after_a_cancel() {
        let mut upload = upload();
        asked(&mut upload);
        assert!(matches!(upload.handle(Input::Cancel, Now::default()).next, Next::Cancelled));
        assert!(matches!(upload.handle(Input::Probed(Ok(film())), Now::default()).next, Next::Continue));
    }
}
