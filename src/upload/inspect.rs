//! Inspect: detects what the file is and whether the provider accepts it.

use super::effect::{Effect, Next};
use super::event::{Event, Stage};
use super::process::PROCESS_DEADLINE_MILLIS;
use super::resume::Resume;
use super::source::UploadSource;
use super::{Phase, State, Upload};
use crate::error::Error;
use crate::file::{InspectedFile, Shared};
use crate::http::Idempotency;
use crate::media::{Media, ProbeError, ProbeStep};
use crate::providers::Route;
use crate::rules::{self, Violation};
use crate::url;

/// Reads a file that seems to be empty: Chromium reports size 0 for a file that was deleted after it was picked, and
/// only a read shows the difference.
pub(crate) const FIRST_BYTE: Effect = Effect::Read { offset: 0, len: 1 };

impl Upload {
    /// Checks what can be checked without reading.
    pub(super) fn start(&mut self) -> Next {
        match core::mem::replace(&mut self.state, State::Finished) {
            State::RemoteUrl(url) => {
                self.enter(Stage::Inspect);
                self.accept_url(url)
            }
            state => {
                self.state = state;
                if self.candidate.size == 0 {
                    self.enter(Stage::Inspect);
                    return Next::Perform(FIRST_BYTE);
                }
                self.next()
            }
        }
    }

    /// Requests the next range for the probe, or handles its result.
    pub(super) fn next_read(&mut self) -> Next {
        let State::Inspect(probe) = &mut self.state else { return Next::Continue };
        let step = probe.step();
        self.enter(Stage::Inspect);
        match step {
            ProbeStep::Need { offset, len } => Next::Perform(Effect::Read { offset, len }),
            ProbeStep::Done(Err(ProbeError::NotBuiltIn)) => Next::Perform(Effect::ProbeExtended),
            ProbeStep::Done(found) => self.on_probe_complete(found),
        }
    }

    /// Passes the bytes that the probe requested.
    pub(super) fn on_read(&mut self, bytes: &[u8]) -> Next {
        if self.candidate.size == 0 {
            return self.reject(rules::empty_file());
        }
        if let State::Inspect(probe) = &mut self.state {
            probe.supply(bytes);
        }
        self.next()
    }

    /// Checks the file against the provider's limits, and starts its route if it meets them.
    pub(super) fn on_probe_complete(&mut self, found: Result<Media, ProbeError>) -> Next {
        let rules = self.provider.rules(&self.options);
        let media = match found {
            Ok(media) => media,
            Err(error) => return self.finish(Err(Error::of_probe(error, rules.accepted_formats()))),
        };
        let file = Shared::new(InspectedFile::new(self.candidate.clone(), media));
        self.events.push(Event::Inspected(Shared::clone(&file)));
        let format = file.media().format;
        if !self.accept.is_empty() && !self.accept.iter().any(|entry| format.is_accepted_by(entry)) {
            return self.reject(rules::not_accepted(format, &self.accept));
        }
        let warnings = rules.warnings(&file);
        match rules.accept(file) {
            Err(violations) => self.finish(Err(Error::Rejected(violations))),
            Ok(file) => {
                if !warnings.is_empty() {
                    self.events.push(Event::Warnings(warnings));
                }
                let first = match self.provider.route(&file, &self.options) {
                    Route::Form => Phase::MultipartPost,
                    Route::Put(presign) => self.first_put(presign),
                };
                self.activate(UploadSource::File(file), first)
            }
        }
    }

    /// Accepts an http(s) URL if the provider fetches URLs. What the URL refers to is not read.
    fn accept_url(&mut self, url: String) -> Next {
        if !url::is_http_url(&url) {
            return self.reject(rules::unsupported_scheme());
        }
        let source = UploadSource::from_url(url, &self.options);
        if let Err(violation) = self.provider.submit(source.for_submit(None, None), &self.options) {
            return self.reject(violation);
        }
        self.activate(source, Phase::Submit(None))
    }

    /// Starts with the first phase, or where an earlier upload of this source failed.
    fn activate(&mut self, source: UploadSource, first: Phase) -> Next {
        let phase = match self.resumes.take() {
            None => first,
            // The outcome of a form sent to the page's own backend cannot be queried, so the form is not sent again or,
            // if forced, is sent with a new ticket.
            Some(Resume::Form) if self.forces && matches!(first, Phase::Ticket(_)) => first,
            Some(Resume::Parts(saved)) => match first {
                Phase::Create(presign, _) | Phase::Ticket(presign) => match self.resume_parts(presign, saved) {
                    Ok(phase) => phase,
                    Err(error) => return self.finish(Err(error)),
                },
                first => first,
            },
            Some(Resume::Form) => Phase::MultipartPost,
            Some(Resume::Submit(stored)) => Phase::Submit(stored),
            Some(Resume::Process(asset)) => {
                self.known.asset_id.clone_from(&asset.id);
                Phase::Process { asset, polls: 0, deadline: self.now.awake + PROCESS_DEADLINE_MILLIS }
            }
        };
        self.state = State::Active(source, phase);
        // The request may have arrived, so it is not sent again until its outcome is known.
        if self.attempt.pending().is_some() {
            match self.build_request() {
                Ok(request) if request.idempotency == Idempotency::Idempotent => {}
                Ok(request) if self.attempt.is_queryable(&request) => {
                    self.attempt.start_query(Error::Network, false, self.now);
                    self.request = Some(request);
                }
                _ => return self.end_with_unknown_outcome(Error::Network),
            }
        }
        self.next()
    }

    fn reject(&mut self, violation: Violation) -> Next {
        self.finish(Err(Error::Rejected(vec![violation])))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::Now;
    use crate::file::Candidate;
    use crate::media::{Format, Probe};
    use crate::options::Options;
    use crate::providers;
    use crate::tasks::{Output, ProbeTask, Task};
    use crate::upload::{Failure, Input};

    /// The start of a video, which the core does not recognise.
    const VIDEO: &[u8] = b"\0\0\0\x14ftypisom\0\0\0\0isom\0\0\0\x08moov";

    fn candidate() -> Candidate {
        Candidate { name: "video.mp4".to_owned(), declared_type: String::new(), size: VIDEO.len() as u64 }
    }

    /// An upload in the browser's core, which recognises only images.
    fn upload() -> Upload {
        let provider = providers::create("relaydance").unwrap();
        let mut upload = Upload::new(provider, Options::default(), candidate(), 1);
        upload.state = State::Inspect(Probe::of_core_formats(VIDEO.len() as u64));
        upload
    }

    fn video() -> Media {
        let mut probe = Probe::new(VIDEO.len() as u64);
        loop {
            match probe.step() {
                ProbeStep::Need { .. } => probe.supply(VIDEO),
                ProbeStep::Done(found) => return found.unwrap(),
            }
        }
    }

    /// Passes the head of the video; the task must then request the extended probe.
    fn requests_extended_probe(task: &mut dyn Task) {
        let next = task.handle(Input::Start, Now::default()).next;
        assert!(matches!(next, Next::Perform(Effect::Read { offset: 0, .. })), "{next:?}");
        let next = task.handle(Input::Read(VIDEO.to_vec()), Now::default()).next;
        assert!(matches!(next, Next::Perform(Effect::ProbeExtended)), "{next:?}");
    }

    #[test]
    fn other_formats_are_probed_and_the_upload_continues() {
        let mut upload = upload();
        requests_extended_probe(&mut upload);
        let step = upload.handle(Input::ProbeComplete(Ok(video())), Now::default());
        assert!(matches!(&step.events[0], Event::Inspected(file) if file.media().format == Format::Mp4), "{step:?}");
        assert!(matches!(&step.next, Next::Perform(Effect::Send(request)) if request.carries_file()), "{step:?}");
    }

    #[test]
    fn unsupported_format_is_rejected_with_its_name() {
        for looks_like in [Some("HEIC"), None] {
            let mut upload = upload();
            requests_extended_probe(&mut upload);
            let Next::Finish(result) =
                upload.handle(Input::ProbeComplete(Err(ProbeError::Unrecognised { looks_like })), Now::default()).next
            else {
                panic!("not finished");
            };
            let Err(Error::UnrecognisedFile(violations)) = *result else { panic!("{result:?}") };
            let actual = looks_like.map_or(rules::Value::Nothing, rules::Value::Text);
            assert_eq!((violations.len(), &violations[0].actual), (1, &actual));
        }
    }

    #[test]
    fn failed_extended_probe_ends_with_a_retryable_error() {
        let mut upload = upload();
        let mut probe = ProbeTask::for_facts(candidate());
        probe.use_core_formats();
        for task in [&mut upload as &mut dyn Task, &mut probe] {
            requests_extended_probe(task);
            let Next::Finish(result) = task.handle(Input::Failed(Failure::Network), Now::default()).next else {
                panic!("not finished")
            };
            assert_eq!(result.as_ref().as_ref().err(), Some(&Error::Network));
            assert!(
                Error::Network.retryable()
                    && task.stage() == Some(Stage::Inspect)
                    && task.upload().is_none_or(|upload| !upload.is_outcome_unknown())
            );
        }
    }

    #[test]
    fn probe_task_requests_the_extended_probe() {
        let mut probe = ProbeTask::for_facts(candidate());
        probe.use_core_formats();
        requests_extended_probe(&mut probe);
        let Next::Finish(result) = probe.handle(Input::ProbeComplete(Ok(video())), Now::default()).next else {
            panic!("not finished")
        };
        assert!(matches!(*result, Ok(Output::Inspected(file)) if file.media() == &video()));
    }

    #[test]
    fn extended_probe_is_requested_again_after_a_pause() {
        let mut upload = upload();
        requests_extended_probe(&mut upload);
        assert!(matches!(upload.handle(Input::Pause, Now::default()).next, Next::Perform(Effect::WaitForResume)));
        assert!(matches!(upload.handle(Input::Resume, Now::default()).next, Next::Perform(Effect::ProbeExtended)));
    }

    #[test]
    fn result_of_the_extended_probe_is_ignored_after_a_cancel() {
        let mut upload = upload();
        requests_extended_probe(&mut upload);
        assert!(matches!(upload.handle(Input::Cancel, Now::default()).next, Next::Cancelled));
        assert!(matches!(upload.handle(Input::ProbeComplete(Ok(video())), Now::default()).next, Next::Continue));
    }
}
