//! Performs the effects of an upload as its script says, and checks every step.

use mediaferry::http::Response;
use mediaferry::upload::{Effect, Failure, Input, Next, Upload};

use super::invariants::ProgressInvariants;
use super::trace::{UploadTrace, request_line};
use super::{Entry, Meanwhile, NOW, Outcome, Reads, Script, at, sha256};

/// A running upload, and the rest of its script.
pub(super) struct ScriptRunner {
    upload: Upload,
    script: Script,
    hashed: bool,
    invariants: ProgressInvariants,
    trace: UploadTrace,
}

impl ScriptRunner {
    pub(super) fn new(script: Script, upload: Upload) -> Self {
        Self { upload, script, hashed: false, invariants: ProgressInvariants::default(), trace: UploadTrace::new(NOW) }
    }

    /// Runs the upload to its end.
    pub(super) fn run(mut self) -> UploadTrace {
        let mut next = self.input(Input::Start);
        let end = loop {
            next = match next {
                Next::Perform(effect) => self.perform(effect),
                Next::Continue => panic!("no effect is outstanding"),
                Next::Finish(result) => break Some(*result),
                Next::Cancelled => break None,
            }
        };
        let left: Vec<&String> = self.script.entries.iter().filter_map(Entry::request).collect();
        assert!(end.is_none() || self.script.entries.is_empty(), "never sent: {left:?}");
        self.assert_finished();
        UploadTrace {
            end,
            stage: self.upload.stage(),
            is_outcome_unknown: self.upload.is_outcome_unknown(),
            continuation: self.upload.continuation().map(str::to_owned),
            asset_id: self.upload.asset_id().map(str::to_owned),
            ..self.trace
        }
    }

    fn input(&mut self, input: Input) -> Next {
        let step = self.upload.handle(input, at(self.trace.now));
        self.invariants.check(&step);
        self.trace.events.extend(step.events);
        step.next
    }

    fn perform(&mut self, effect: Effect) -> Next {
        self.trace.effects.push((self.trace.now, effect.clone()));
        if self.script.cancel_at == Some(self.trace.effects.len() - 1) {
            return self.input(Input::Cancel);
        }
        if let Some((at, _)) = self.script.pause_at
            && at == self.trace.effects.len() - 1
        {
            return match self.input(Input::Pause) {
                // A request that must not be interrupted.
                Next::Continue => self.carry_out(effect),
                next => {
                    if matches!(self.script.entries.front(), Some(Entry::WakeOn { .. })) {
                        self.script.entries.pop_front();
                    }
                    next
                }
            };
        }
        self.carry_out(effect)
    }

    fn carry_out(&mut self, effect: Effect) -> Next {
        match effect {
            Effect::Read { offset, len } => self.read(offset, len),
            Effect::ProbeExtended => panic!("a native build has all formats"),
            Effect::Lanes | Effect::HashPart { .. } => panic!("a script has one request at a time"),
            Effect::Hash => {
                assert!(!self.hashed, "the file is hashed once");
                self.meanwhile(if self.script.hash_fails { Meanwhile::HashFails } else { Meanwhile::HashComplete })
            }
            Effect::Send(request) => {
                self.hashed &= !request.starts_hash;
                self.send(&request_line(&request))
            }
            Effect::Sleep { millis, wake } => {
                let slept = match self.script.entries.front() {
                    Some(Entry::WakeOn { wake: wanted, after_millis }) => {
                        assert_eq!(wake, *wanted);
                        assert!(*after_millis < millis, "a wake after {after_millis} of {millis} ms is not early");
                        *after_millis
                    }
                    _ => millis,
                };
                if matches!(self.script.entries.front(), Some(Entry::WakeOn { .. })) {
                    self.script.entries.pop_front();
                }
                self.trace.now += slept;
                self.input(Input::TimerFired)
            }
            Effect::WaitForResume => {
                let (_, millis) = self.script.pause_at.take().expect("a pause");
                self.trace.now += millis;
                self.input(Input::Resume)
            }
        }
    }

    fn read(&mut self, offset: u64, len: usize) -> Next {
        let start = usize::try_from(offset).expect("a small file");
        // The probe requests one byte of an empty file.
        let end = if self.script.file.is_empty() { 0 } else { start + len };
        let bytes = self.script.file.get(start..end).expect("a range inside the file");
        match (self.script.reads, bytes) {
            (Reads::Whole, bytes) => self.input(Input::Read(bytes.to_vec())),
            (Reads::Short, [short @ .., _]) => self.input(Input::Read(short.to_vec())),
            (Reads::Short, []) => self.input(Input::Read(Vec::new())),
            (Reads::Fail, _) => self.input(Input::Failed(Failure::Unreadable)),
        }
    }

    fn send(&mut self, actual: &str) -> Next {
        if let Some(Entry::Outage { request, outcome, millis, since }) = self.script.entries.front_mut() {
            if self.trace.now - *since.get_or_insert(self.trace.now) < *millis {
                assert_eq!(actual, request, "not the next request of the script");
                let outcome = outcome.clone();
                self.trace.now += 1;
                return self.end(outcome);
            }
            self.script.entries.pop_front();
        }
        let forever = || self.script.forever.clone();
        let next = self.script.entries.pop_front().or_else(|| {
            let (request, outcome) = forever()?;
            Some(Entry::Request { request, meanwhile: Vec::new(), millis: 100, outcome })
        });
        let Some(Entry::Request { request, meanwhile, millis, outcome }) = next else {
            panic!("unscripted: {actual}");
        };
        assert_eq!(actual, request, "not the next request of the script");
        for event in meanwhile {
            match self.meanwhile(event) {
                Next::Continue => {}
                next => return next,
            }
        }
        self.trace.now += millis;
        self.end(outcome)
    }

    fn end(&mut self, outcome: Outcome) -> Next {
        self.input(match outcome {
            Outcome::Response(response) => Input::Response(response),
            Outcome::Failure(failure) => Input::Failed(failure),
        })
    }

    fn meanwhile(&mut self, event: Meanwhile) -> Next {
        self.hashed |= matches!(event, Meanwhile::HashComplete | Meanwhile::OtherHashComplete | Meanwhile::HashFails);
        let checksum = self.script.checksum();
        self.input(match event {
            Meanwhile::Elapse(millis) => {
                self.trace.now += millis;
                return Next::Continue;
            }
            Meanwhile::UploadProgress(bytes) => Input::UploadProgress(bytes),
            Meanwhile::HashProgress(bytes) => Input::HashProgress(bytes),
            Meanwhile::HashComplete => Input::HashComplete(checksum),
            Meanwhile::OtherHashComplete => Input::HashComplete(sha256(b"another file")),
            Meanwhile::HashFails => Input::Failed(Failure::Unreadable),
            Meanwhile::Cancel => Input::Cancel,
        })
    }

    /// Inputs after the end have no effect and cause no event.
    fn assert_finished(&mut self) {
        let outcome = Response { status: 200, retry_after_millis: None, body: b"{}".to_vec() };
        let checksum = sha256(b"late");
        let late = [
            Input::Response(outcome),
            Input::Failed(Failure::Network),
            Input::Failed(Failure::Unreadable),
            Input::TimerFired,
            Input::UploadProgress(1),
            Input::HashProgress(1),
            Input::HashComplete(checksum),
            Input::Read(vec![0; 16]),
            Input::Start,
            Input::Cancel,
        ];
        for input in late {
            let input_text = format!("{input:?}");
            let step = self.upload.handle(input, at(self.trace.now + 1_000_000));
            assert!(matches!(step.next, Next::Continue), "{input_text} after the end led to {:?}", step.next);
            assert_eq!(step.events, [], "{input_text} after the end");
        }
    }
}
