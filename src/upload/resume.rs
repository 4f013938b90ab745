//! Where a failed upload continues on retry without a second asset: the continuation, a text that the page stores.

use super::parts::SavedParts;
use super::{Phase, State, Upload};
use crate::error::Error;
use crate::http::{Idempotency, Request};
use crate::json::{self, Json};
use crate::providers::Asset;
use crate::storage::multipart::is_gone;
use crate::storage::{StoredFile, Ticket};

/// Where an upload continues once the file is inspected.
#[derive(Debug)]
pub(super) enum Resume {
    /// Parts of the file may be stored.
    Parts(SavedParts),
    /// The form with the file was sent; its outcome is unknown.
    Form,
    /// Storage has the file, or the source is a URL.
    Submit(Option<StoredFile>),
    /// The provider has created an asset.
    Process(Asset),
}

/// The text was not returned by [`Upload::continuation`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InvalidContinuation;

impl Upload {
    /// Continues where another upload with the same source, provider and options failed.
    pub fn resume(&mut self, note: Json<'_>) -> Result<(), InvalidContinuation> {
        let text = |name| note.text(name).ok();
        let mut sent = self.candidate.size;
        self.resumes = Some(match note.text("phase").map_err(|_| InvalidContinuation)?.as_str() {
            "parts" => {
                let saved = SavedParts::read(note).map_err(|_| InvalidContinuation)?;
                sent = saved.stored();
                Resume::Parts(saved)
            }
            "form" => Resume::Form,
            "url" => Resume::Submit(None),
            "submit" => {
                let (id, response) = (text("id").unwrap_or_default(), text("response").unwrap_or_default());
                Resume::Submit(Some(StoredFile { id, fetch_url: text("url"), response }))
            }
            "process" => Resume::Process(Asset { id: text("id"), ..Asset::default() }),
            _ => return Err(InvalidContinuation),
        });
        if let (Ok(count), Ok(sent_at)) = (note.u64("count"), note.u64("sentAt")) {
            self.attempt.resume(count, sent_at);
        }
        self.meter.resumed(sent);
        Ok(())
    }

    /// The continuation after this error; `None` if the upload must start again.
    pub(super) fn continuation_after(&self, error: &Error) -> Option<String> {
        let is_over = match &self.state {
            State::Active(_, Phase::Process { .. }) => is_asset_unusable(error),
            State::Active(_, phase) => phase.is_in_parts() && is_gone(error),
            _ => false,
        };
        if is_over { None } else { self.continuation_from_here(self.outcome_unknown) }
    }

    /// The continuation from the current state. `outcome_unknown` means that a request may have created an asset, or
    /// may be creating one now.
    pub(super) fn continuation_from_here(&self, outcome_unknown: bool) -> Option<String> {
        let State::Active(_, phase) = &self.state else { return None };
        let is_idempotent = |request: &Request| request.idempotency == Idempotency::Idempotent;
        let is_safe = || self.attempt.is_querying() || self.under_way().is_some_and(is_idempotent);
        let (name, id, url, response) = match phase {
            Phase::List | Phase::Parts | Phase::Complete => return Some(self.parts.as_ref()?.continuation()),
            Phase::Process { asset, .. } => ("process", asset.id.as_deref(), None, None),
            Phase::MultipartPost | Phase::Transfer(_, Ticket::Form(_), _) if outcome_unknown => {
                ("form", None, None, None)
            }
            Phase::Submit(None) if outcome_unknown || is_safe() => ("url", None, None, None),
            Phase::Submit(Some(stored)) if outcome_unknown || is_safe() => {
                ("submit", Some(&*stored.id), stored.fetch_url.as_deref(), Some(&*stored.response))
            }
            _ => return None,
        };
        let mut fields = vec![("phase", json::string(name))];
        for (name, value) in [("id", id), ("url", url), ("response", response)] {
            fields.extend(value.map(|value| (name, json::string(value))));
        }
        if let Some((count, sent_at)) = self.attempt.pending() {
            fields.extend([("count", count.to_string()), ("sentAt", sent_at.to_string())]);
        }
        Some(json::object(&fields))
    }
}

/// Whether the error means that the created asset is unusable.
fn is_asset_unusable(error: &Error) -> bool {
    let is_gone = |status| matches!(status, 404 | 410);
    matches!(error, Error::Integrity { .. } | Error::ProcessingFailed { .. })
        || error.refusal().is_some_and(|refusal| is_gone(refusal.status))
}
