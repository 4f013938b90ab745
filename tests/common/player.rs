//! Plays a script: does what the upload asks for as the script says, and checks every step.

use mediaferry::flow::{Effect, Failure, Input, Next, Upload};
use mediaferry::http::Response;

use super::{Answer, Line, Meanwhile, NOW, Reads, Script, at, sha256};
use crate::played::{Played, line};
use crate::watch::Watch;

/// An upload under way, and what is left of its script.
pub(super) struct Player {
    upload: Upload,
    script: Script,
    hashed: bool,
    watch: Watch,
    played: Played,
}

impl Player {
    pub(super) fn new(script: Script, upload: Upload) -> Self {
        Self { upload, script, hashed: false, watch: Watch::default(), played: Played::begun(NOW) }
    }

    /// Plays the upload to its end.
    pub(super) fn play(mut self) -> Played {
        let mut next = self.input(Input::Start);
        let end = loop {
            next = match next {
                Next::Perform(effect) => self.perform(effect),
                Next::Continue => panic!("nothing is under way that could go on"),
                Next::Finish(result) => break Some(*result),
                Next::Cancelled => break None,
            }
        };
        let left: Vec<&String> = self.script.lines.iter().filter_map(Line::request).collect();
        assert!(end.is_none() || self.script.lines.is_empty(), "these never came: {left:?}");
        self.is_over();
        Played {
            end,
            stage: self.upload.stage(),
            is_unclear: self.upload.is_unclear(),
            continuation: self.upload.continuation().map(str::to_owned),
            asset_id: self.upload.asset_id().map(str::to_owned),
            ..self.played
        }
    }

    fn input(&mut self, input: Input) -> Next {
        let step = self.upload.handle(input, at(self.played.now));
        self.watch.step(&step);
        self.played.events.extend(step.events);
        step.next
    }

    fn perform(&mut self, effect: Effect) -> Next {
        self.played.effects.push((self.played.now, effect.clone()));
        if self.script.cancel_at == Some(self.played.effects.len() - 1) {
            return self.input(Input::Cancel);
        }
        if let Some((at, _)) = self.script.pause_at
            && at == self.played.effects.len() - 1
        {
            return match self.input(Input::Pause) {
                // What is under way must not be cut.
                Next::Continue => self.carry_out(effect),
                next => {
                    if matches!(self.script.lines.front(), Some(Line::Wake { .. })) {
                        self.script.lines.pop_front();
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
            Effect::MoreFormats => panic!("a native build has all formats"),
            Effect::Hash => {
                assert!(!self.hashed, "the file is read for its digest once");
                self.meanwhile(if self.script.hash_fails { Meanwhile::HashFails } else { Meanwhile::Hashed })
            }
            Effect::Send(request) => {
                self.hashed &= !request.rehash;
                self.send(&line(&request))
            }
            Effect::Sleep { millis, wake } => {
                let slept = match self.script.lines.front() {
                    Some(Line::Wake { wake: wanted, after_millis }) => {
                        assert_eq!(wake, *wanted);
                        assert!(*after_millis < millis, "awake after {after_millis} of {millis} is not early");
                        *after_millis
                    }
                    _ => millis,
                };
                if matches!(self.script.lines.front(), Some(Line::Wake { .. })) {
                    self.script.lines.pop_front();
                }
                self.played.now += slept;
                self.input(Input::Awake)
            }
            Effect::Hold => {
                let (_, millis) = self.script.pause_at.take().expect("nobody paused");
                self.played.now += millis;
                self.input(Input::Resume)
            }
        }
    }

    fn read(&mut self, offset: u64, len: usize) -> Next {
        let start = usize::try_from(offset).expect("a small file");
        // Of an empty file a byte is asked for that is not there.
        let end = if self.script.file.is_empty() { 0 } else { start + len };
        let bytes = self.script.file.get(start..end).expect("a range inside the file");
        match (self.script.reads, bytes) {
            (Reads::Whole, bytes) => self.input(Input::Read(bytes.to_vec())),
            (Reads::Short, [short @ .., _]) => self.input(Input::Read(short.to_vec())),
            (Reads::Short, []) => self.input(Input::Read(Vec::new())),
            (Reads::Fail, _) => self.input(Input::Failed(Failure::Unreadable)),
        }
    }

    fn send(&mut self, asked: &str) -> Next {
        if let Some(Line::Outage { request, answer, millis, since }) = self.script.lines.front_mut() {
            if self.played.now - *since.get_or_insert(self.played.now) < *millis {
                assert_eq!(asked, request, "another request than the script's next");
                let answer = answer.clone();
                self.played.now += 1;
                return self.answer(answer);
            }
            self.script.lines.pop_front();
        }
        let forever = || self.script.forever.clone();
        let next = self.script.lines.pop_front().or_else(|| {
            let (request, answer) = forever()?;
            Some(Line::Exchange { request, meanwhile: Vec::new(), millis: 100, answer })
        });
        let Some(Line::Exchange { request, meanwhile, millis, answer }) = next else {
            panic!("unscripted: {asked}");
        };
        assert_eq!(asked, request, "another request than the script's next");
        for event in meanwhile {
            match self.meanwhile(event) {
                Next::Continue => {}
                next => return next,
            }
        }
        self.played.now += millis;
        self.answer(answer)
    }

    fn answer(&mut self, answer: Answer) -> Next {
        self.input(match answer {
            Answer::Response(response) => Input::Response(response),
            Answer::Failure(failure) => Input::Failed(failure),
        })
    }

    fn meanwhile(&mut self, event: Meanwhile) -> Next {
        self.hashed |= matches!(event, Meanwhile::Hashed | Meanwhile::HashedOther | Meanwhile::HashFails);
        let checksum = self.script.checksum();
        self.input(match event {
            Meanwhile::After(millis) => {
                self.played.now += millis;
                return Next::Continue;
            }
            Meanwhile::Sent(bytes) => Input::Sent(bytes),
            Meanwhile::Digested(bytes) => Input::Digested(bytes),
            Meanwhile::Hashed => Input::Hashed(checksum),
            Meanwhile::HashedOther => Input::Hashed(sha256(b"another file")),
            Meanwhile::HashFails => Input::Failed(Failure::Unreadable),
            Meanwhile::Cancel => Input::Cancel,
        })
    }

    /// Whatever still comes in after the end, nothing is asked for and nothing is told.
    fn is_over(&mut self) {
        let answer = Response { status: 200, retry_after_millis: None, body: b"{}".to_vec() };
        let checksum = sha256(b"late");
        let late = [
            Input::Response(answer),
            Input::Failed(Failure::Network),
            Input::Failed(Failure::Unreadable),
            Input::Awake,
            Input::Sent(1),
            Input::Digested(1),
            Input::Hashed(checksum),
            Input::Read(vec![0; 16]),
            Input::Start,
            Input::Cancel,
        ];
        for input in late {
            let told = format!("{input:?}");
            let step = self.upload.handle(input, at(self.played.now + 1_000_000));
            assert!(matches!(step.next, Next::Continue), "{told} after the end led to {:?}", step.next);
            assert_eq!(step.events, [], "{told} after the end");
        }
    }
}
