//! Checking the references of one generation request together.

use super::{Output, Task, finish, silent};
use crate::clock::Now;
use crate::rules::Violation;
use crate::upload::{Input, Next, Step};

/// A task that finishes when it starts.
#[derive(Debug)]
pub struct CheckRequestTask(pub Vec<Violation>);

impl Task for CheckRequestTask {
    fn handle(&mut self, input: Input, _: Now) -> Step<Output> {
        silent(match input {
            Input::Cancel => Next::Cancelled,
            _ => finish(Ok(Output::Violations(core::mem::take(&mut self.0)))),
        })
    }
}
