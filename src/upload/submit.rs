//! Submit: the provider gets the file, its confirmation or its URL, and creates the asset.

use super::Upload;
use super::effect::Next;
use super::process::PROCESS_DEADLINE_MILLIS;
use crate::error::Error;
use crate::http::Response;
use crate::providers::response;

impl Upload {
    /// Reads the asset, which may be pending.
    pub(super) fn on_submit(&mut self, response: &Response) -> Result<Next, Error> {
        let submission = response::submission(&*self.provider, response)?;
        self.attempt.responded();
        Ok(self.on_submission(submission, response, 0, self.now.awake + PROCESS_DEADLINE_MILLIS))
    }
}
