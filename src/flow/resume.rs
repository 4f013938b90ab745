//! Where a failed upload continues when it is tried again, so that no second asset is made: a text that the page keeps.

use super::{Leg, State, Upload};
use crate::error::Error;
use crate::http::Repeat;
use crate::json::{self, Json};
use crate::providers::{Asset, Ticket};

/// What an upload continues with, once it is known what the file is.
#[derive(Debug)]
pub(super) enum Resume {
    /// The file's form was sent, and nobody knows what became of it.
    Form,
    /// Storage has the file, or there is none.
    Submit(Option<Ticket>),
    /// The provider has made an asset.
    Process(Asset),
}

/// A text that [`Upload::continuation`] has not given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BadResume;

impl Upload {
    /// Continues where another upload of the same source, provider and options has failed.
    pub fn resume(&mut self, note: Json<'_>) -> Result<(), BadResume> {
        let text = |name| note.text(name).ok();
        self.resumes = Some(match note.text("leg").map_err(|_| BadResume)?.as_str() {
            "form" => Resume::Form,
            "address" => Resume::Submit(None),
            "submit" => {
                let (id, answer) = (text("id").unwrap_or_default(), text("answer").unwrap_or_default());
                Resume::Submit(Some(Ticket { id, answer, fetch_url: text("url"), ..Ticket::default() }))
            }
            "process" => Resume::Process(Asset { id: text("id"), ..Asset::default() }),
            _ => return Err(BadResume),
        });
        if let (Ok(count), Ok(sent_at)) = (note.u64("count"), note.u64("sentAt")) {
            self.attempt.resume(count, sent_at);
        }
        self.meter.resumed();
        Ok(())
    }

    /// Where to continue after this error; `None` where all of it is to be done again.
    pub(super) fn note_after(&self, error: &Error) -> Option<String> {
        let is_over = matches!(self.state, State::Carry(_, Leg::Process { .. })) && is_the_assets_end(error);
        if is_over { None } else { self.note(self.unclear) }
    }

    /// Where to continue from here. `unclear` says that a request may have created an asset, or may just be doing so.
    pub(super) fn note(&self, unclear: bool) -> Option<String> {
        let State::Carry(_, leg) = &self.state else { return None };
        let is_safe = || self.under_way().is_some_and(|request| request.repeat == Repeat::Safe);
        let (name, id, url, answer) = match leg {
            Leg::Process { asset, .. } => ("process", asset.id.as_deref(), None, None),
            Leg::Form if unclear => ("form", None, None, None),
            Leg::Submit(None) if unclear || is_safe() => ("address", None, None, None),
            Leg::Submit(Some(ticket)) if unclear || is_safe() => {
                ("submit", Some(&*ticket.id), ticket.fetch_url.as_deref(), Some(&*ticket.answer))
            }
            _ => return None,
        };
        let mut fields = vec![("leg", json::string(name))];
        for (name, value) in [("id", id), ("url", url), ("answer", answer)] {
            fields.extend(value.map(|value| (name, json::string(value))));
        }
        if let Some((count, sent_at)) = self.attempt.unanswered() {
            fields.extend([("count", count.to_string()), ("sentAt", sent_at.to_string())]);
        }
        Some(json::object(&fields))
    }
}

/// Whether the asset that was made is of no more use.
fn is_the_assets_end(error: &Error) -> bool {
    let is_gone = |status| matches!(status, 404 | 410);
    matches!(error, Error::Integrity { .. } | Error::ProcessingFailed { .. })
        || error.refusal().is_some_and(|refusal| is_gone(refusal.status))
}
