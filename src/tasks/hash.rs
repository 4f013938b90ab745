//! Hashing a file.

use super::{Output, Task, finish, other_input, silent};
use crate::clock::Now;
use crate::upload::{Effect, Input, Next, Stage, Step};

/// The SHA-256 of a file.
#[derive(Debug)]
pub struct HashTask;

impl Task for HashTask {
    fn handle(&mut self, input: Input, _: Now) -> Step<Output> {
        silent(match input {
            Input::Start => Next::Perform(Effect::Hash),
            Input::HashComplete(checksum) => finish(Ok(Output::Checksum(checksum))),
            ref other => other_input(other),
        })
    }

    fn stage(&self) -> Option<Stage> {
        Some(Stage::Hash)
    }
}
