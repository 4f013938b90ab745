//! Where a failed upload continues when it is tried again, so that no second asset is made: a JSON text that the page keeps.

use super::{Leg, State, Upload};
use crate::digest::Checksum;
use crate::error::Error;
use crate::http::Repeat;
use crate::json::{self, Json};
use crate::providers::{Asset, Ticket};

/// What an upload continues with, once it is known what the file is.
#[derive(Debug)]
pub(super) enum Resume {
    /// The file's form was sent, and nobody knows what became of it.
    Form,
    /// Storage has the file.
    Submit(Option<Ticket>),
    /// The provider has made an asset.
    Process(Asset),
}

/// A text that [`Upload::note`] has not written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BadResume;

impl Upload {
    /// Continues where another upload of the same source, provider and options has failed.
    pub fn resume(&mut self, note: Json<'_>) -> Result<(), BadResume> {
        let text = |name| note.text(name).ok();
        let resume = match note.text("leg").map_err(|_| BadResume)?.as_str() {
            "form" => Resume::Form,
            "submit" => Resume::Submit(note.field("ticket").ok().map(|ticket| Ticket {
                id: ticket.text("id").unwrap_or_default(),
                fetch_url: ticket.text("fetch").ok(),
                answer: ticket.text("answer").unwrap_or_default(),
                ..Ticket::default()
            })),
            "process" => Resume::Process(Asset {
                id: text("id"),
                handle: text("handle"),
                uri: text("uri"),
                url: text("url"),
                expires_at_millis: note.u64("expires").ok(),
                ..Asset::default()
            }),
            _ => return Err(BadResume),
        };
        self.checksum = text("sha256").and_then(|hex| Checksum::from_hex(&hex));
        if let (Ok(count), Ok(sent_at)) = (note.u64("count"), note.u64("sentAt")) {
            self.attempt.resume(count, sent_at);
        }
        self.meter.resumed();
        self.resumes = Some(resume);
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
        let mut fields = Vec::new();
        let mut set = |name: &'static str, value: Option<&str>| {
            fields.extend(value.map(|value| (name, json::string(value))));
        };
        match leg {
            Leg::Process { asset, .. } => {
                set("leg", Some("process"));
                set("id", asset.id.as_deref());
                set("handle", asset.handle.as_deref());
                set("uri", asset.uri.as_deref());
                set("url", asset.url.as_deref());
                fields.extend(asset.expires_at_millis.map(|millis| ("expires", millis.to_string())));
            }
            Leg::Form if unclear => set("leg", Some("form")),
            Leg::Submit(ticket) if unclear || self.is_safe() => {
                set("leg", Some("submit"));
                if let Some(ticket) = ticket {
                    let mut kept = vec![("id", json::string(&ticket.id)), ("answer", json::string(&ticket.answer))];
                    kept.extend(ticket.fetch_url.as_deref().map(|url| ("fetch", json::string(url))));
                    fields.push(("ticket", json::object(&kept)));
                }
            }
            _ => return None,
        }
        if let Some((count, sent_at)) = self.attempt.unanswered() {
            fields.push(("count", count.to_string()));
            fields.push(("sentAt", sent_at.to_string()));
        }
        fields.extend(self.checksum.map(|checksum| ("sha256", json::string(&checksum.hex()))));
        Some(json::object(&fields))
    }

    fn is_safe(&self) -> bool {
        self.under_way().is_some_and(|request| request.repeat == Repeat::Safe)
    }
}

/// Whether the asset that was made is of no more use.
fn is_the_assets_end(error: &Error) -> bool {
    let is_gone = |status| matches!(status, 404 | 410);
    matches!(error, Error::Integrity { .. } | Error::ProcessingFailed { .. })
        || error.refusal().is_some_and(|refusal| is_gone(refusal.status))
}
