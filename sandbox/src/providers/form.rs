//! What the providers with a form POST have in common: the file's field is streamed into the store, then inspected.

use axum::extract::Multipart;
use axum::extract::multipart::{Field, MultipartError, MultipartRejection};
use jiff::Timestamp;
use mediaferry::media::Media;

use super::record::{FileId, Record, rfc3339};
use super::{Refusal, Sandbox};
use crate::intake::{NotStored, Stored, take_in};

/// The maximum length of a text field.
const MAX_TEXT: usize = 1 << 10;

/// The form of one provider.
#[derive(Clone, Copy)]
pub(super) struct Form {
    /// The provider.
    pub(super) id: &'static str,
    /// The name of the file's field.
    pub(super) field: &'static str,
    /// The required text fields.
    pub(super) texts: &'static [&'static str],
    /// The error code for an invalid form.
    pub(super) invalid: &'static str,
    /// Rejects a file that the provider does not accept.
    pub(super) check: fn(Received) -> Result<Record, Refusal>,
}

/// A received file.
pub(super) struct Received {
    pub(super) filename: String,
    /// The content type in the form.
    pub(super) content_type: Option<String>,
    pub(super) stored: Stored,
}

impl Received {
    /// The facts of the content, unless the declared type contradicts it.
    pub(super) fn honest_media(&self) -> Option<&Media> {
        let declared = self.content_type.as_deref();
        self.stored.media.as_ref().filter(|media| declared.is_none_or(|declared| media.format.has_mime(declared)))
    }

    /// The record of the asset.
    pub(super) fn record(self, content_type: &str) -> Record {
        Record {
            filename: self.filename,
            content_type: content_type.to_owned(),
            size_bytes: self.stored.size,
            sha256: Some(self.stored.sha256),
            created_at: Some(rfc3339(Timestamp::now())),
        }
    }
}

impl Form {
    /// Reads the form and creates an asset from its file.
    pub(super) async fn take(
        self,
        sandbox: &Sandbox,
        form: Result<Multipart, MultipartRejection>,
    ) -> Result<(FileId, Record), Refusal> {
        let id = FileId::random();
        let record = self.receive(sandbox, &id, form).await?;
        record.save(&sandbox.store, self.id, &id).await?;
        Ok((id, record))
    }

    /// Stores the form's file; a rejected file is deleted.
    pub(super) async fn receive(
        self,
        sandbox: &Sandbox,
        id: &FileId,
        form: Result<Multipart, MultipartRejection>,
    ) -> Result<Record, Refusal> {
        let form = form.map_err(|error| Refusal::bad_request(self.invalid, error.body_text()))?;
        let record = match self.store_all(sandbox, id, form).await {
            Ok(received) => (self.check)(received),
            Err(refusal) => Err(refusal),
        };
        if record.is_err() {
            let _ = sandbox.store.delete(&id.object_key(self.id)).await;
        }
        record
    }

    async fn store_all(self, sandbox: &Sandbox, id: &FileId, mut form: Multipart) -> Result<Received, Refusal> {
        let mut received = None;
        let mut missing = self.texts.to_vec();
        while let Some(field) = form.next_field().await.map_err(|error| self.broken_off(&error))? {
            let name = field.name().unwrap_or("(without a name)").to_owned();
            if name == self.field && received.is_none() {
                received = Some(self.store(sandbox, id, field).await?);
            } else if name == self.field {
                return Err(self.reject("The form must contain exactly one file."));
            } else if let Some(at) = missing.iter().position(|text| *text == name) {
                self.check_text(field, missing.swap_remove(at)).await?;
            } else {
                return Err(self.reject(format!("The form has an unknown or repeated field: {name}.")));
            }
        }
        let received = received.ok_or(self.field);
        let absent = missing.first().map_or(Ok(()), |name| Err(*name));
        absent.and(received).map_err(|name| self.reject(format!("The form has no field {name}.")))
    }

    /// Rejects a text field that is empty or too long.
    async fn check_text(self, mut field: Field<'_>, name: &str) -> Result<(), Refusal> {
        let mut size = 0;
        while let Some(bytes) = field.chunk().await.map_err(|error| self.broken_off(&error))? {
            size += bytes.len();
            if size > MAX_TEXT {
                return Err(self.reject(format!("The field {name} is too long.")));
            }
        }
        if size == 0 { Err(self.reject(format!("The field {name} is empty."))) } else { Ok(()) }
    }

    async fn store(self, sandbox: &Sandbox, id: &FileId, field: Field<'_>) -> Result<Received, Refusal> {
        let filename = field.file_name().unwrap_or("file").chars().take(255).collect();
        let content_type = field.content_type().map(str::to_owned);
        let stored = take_in(&sandbox.store, &id.object_key(self.id), field).await.map_err(|error| match error {
            NotStored::Source(error) => self.broken_off(&error),
            NotStored::Store(error) => error.into(),
        })?;
        Ok(Received { filename, content_type, stored })
    }

    fn reject(self, message: impl Into<String>) -> Refusal {
        Refusal::bad_request(self.invalid, message)
    }

    fn broken_off(self, error: &MultipartError) -> Refusal {
        Refusal::new(error.status(), self.invalid, error.body_text())
    }
}
