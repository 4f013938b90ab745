//! The first stage: what the file is, and whether this provider takes it.

use super::effect::{Event, Next};
use super::{Leg, State, Upload};
use crate::error::Error;
use crate::file::InspectedFile;
use crate::media::{Media, ProbeError};
use crate::providers::Route;
use crate::rules::Value;

impl Upload {
    /// Takes the bytes that the probe asked for.
    pub(super) fn read(&mut self, bytes: &[u8]) -> Next {
        if let State::Inspect(probe) = &mut self.state {
            probe.supply(bytes);
        }
        self.next()
    }

    /// Takes the probe's answer: a file that keeps the rules goes on its way, any other goes nowhere.
    pub(super) fn inspected(&mut self, found: Result<Media, ProbeError>) -> Next {
        let rules = &self.provider.profile().rules;
        let media = match found {
            Ok(media) => media,
            Err(ProbeError::Unreadable) => return self.finish(Err(Error::UnreadableFile)),
            Err(ProbeError::Unrecognised { looks_like }) => {
                let violation = rules.wrong_format(looks_like.map_or(Value::Nothing, Value::Text));
                return self.finish(Err(Error::UnrecognisedFile(vec![violation])));
            }
        };
        let file = InspectedFile::new(self.candidate.clone(), media);
        self.events.push(Event::Inspected(file.clone()));
        match file.accept(rules) {
            Err(error) => self.finish(Err(error)),
            Ok(file) => {
                let leg = match self.provider.route(&file) {
                    Route::Form => Leg::Submit(None),
                    Route::Put(presign) => Leg::Ticket(presign),
                };
                self.state = State::Carry(Box::new(file), leg);
                self.next()
            }
        }
    }
}
