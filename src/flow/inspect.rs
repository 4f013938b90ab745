//! The first stage: what the file is, and whether this provider takes it.

use super::cargo::Cargo;
use super::effect::{Event, Next, Stage};
use super::{Leg, State, Upload};
use crate::error::Error;
use crate::file::InspectedFile;
use crate::json;
use crate::media::{Media, ProbeError};
use crate::providers::Route;
use crate::rules::{self, Violation};

impl Upload {
    /// Looks at what can be looked at without reading.
    pub(super) fn start(&mut self) -> Next {
        match core::mem::replace(&mut self.state, State::Over) {
            State::Address(address) => {
                self.enter(Stage::Inspect);
                self.accept_address(address)
            }
            _ if self.candidate.size == 0 => {
                self.enter(Stage::Inspect);
                self.reject(rules::empty_file())
            }
            state => {
                self.state = state;
                self.next()
            }
        }
    }

    /// An address of the web, at a provider that takes addresses, goes on its way. Nobody looks at what stands there.
    fn accept_address(&mut self, address: String) -> Next {
        if !json::is_web_address(&address) {
            return self.reject(rules::web_addresses_only());
        }
        let cargo = Cargo::address(address, &self.options);
        if let Err(violation) = self.provider.submit(cargo.source(None, None), &self.options) {
            return self.reject(violation);
        }
        self.state = State::Carry(cargo, Leg::Submit(None));
        self.next()
    }

    fn reject(&mut self, violation: Violation) -> Next {
        self.finish(Err(Error::Rejected(vec![violation])))
    }

    /// Takes the bytes that the probe asked for.
    pub(super) fn read(&mut self, bytes: &[u8]) -> Next {
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
        let file = InspectedFile::new(self.candidate.clone(), media);
        self.events.push(Event::Inspected(file.clone()));
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
                self.state = State::Carry(Cargo::File(Box::new(file)), leg);
                self.next()
            }
        }
    }
}
