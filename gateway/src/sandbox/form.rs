//! What the providers that take a form share: the file's field goes into the store as it comes, then it is looked at.

use axum::body::Bytes;
use axum::extract::Multipart;
use axum::extract::multipart::{Field, MultipartError, MultipartRejection};
use futures::SinkExt;
use futures::channel::mpsc;
use jiff::Timestamp;
use mediaferry::media::Media;
use s3s::dto::StreamingBlob;

use super::record::{FileId, Record, rfc3339};
use super::{Refusal, Sandbox, inspect};

/// One provider's form.
#[derive(Clone, Copy)]
pub(super) struct Form {
    /// The provider.
    pub(super) id: &'static str,
    /// The name of the file's field.
    pub(super) field: &'static str,
    /// The code of a form that is not as the page says.
    pub(super) invalid: &'static str,
    /// Says no to a file that the provider does not take.
    pub(super) check: fn(Received) -> Result<Record, Refusal>,
}

/// A file that has arrived.
pub(super) struct Received {
    pub(super) filename: String,
    /// What the form declares.
    pub(super) content_type: Option<String>,
    pub(super) size: u64,
    /// What the content says; `None` where it is no known media.
    pub(super) media: Option<Media>,
}

impl Received {
    /// The content's facts, unless the form declares something else.
    pub(super) fn honest_media(&self) -> Option<&Media> {
        let declared = self.content_type.as_deref();
        self.media.as_ref().filter(|media| declared.is_none_or(|declared| media.format.has_mime(declared)))
    }

    /// The record that makes it an asset.
    pub(super) fn record(self, content_type: &str) -> Record {
        Record {
            filename: self.filename,
            content_type: content_type.to_owned(),
            size_bytes: self.size,
            created_at: Some(rfc3339(Timestamp::now())),
        }
    }
}

impl Form {
    /// Takes the form; a file that is refused is not kept, for without a record nobody can see it.
    pub(super) async fn take(
        self,
        sandbox: &Sandbox,
        form: Result<Multipart, MultipartRejection>,
    ) -> Result<(FileId, Record), Refusal> {
        let form = form.map_err(|error| Refusal::bad_request(self.invalid, error.body_text()))?;
        let id = FileId::random();
        match self.store_and_check(sandbox, &id, form).await {
            Ok(record) => Ok((id, record)),
            Err(refusal) => {
                let _ = sandbox.store.delete(&id.object_key(self.id)).await;
                Err(refusal)
            }
        }
    }

    async fn store_and_check(self, sandbox: &Sandbox, id: &FileId, mut form: Multipart) -> Result<Record, Refusal> {
        let mut received = None;
        while let Some(field) = form.next_field().await.map_err(|error| self.broken_off(&error))? {
            match field.name() {
                Some(name) if name == self.field && received.is_none() => {
                    received = Some(self.store(sandbox, id, field).await?);
                }
                Some(name) if name == self.field => {
                    return Err(Refusal::bad_request(self.invalid, "One file at a time."));
                }
                name => {
                    let name = name.unwrap_or("(without a name)");
                    return Err(Refusal::bad_request(self.invalid, format!("The form has an unknown field: {name}.")));
                }
            }
        }
        let Some((filename, content_type)) = received else {
            return Err(Refusal::bad_request(self.invalid, format!("The form has no field {}.", self.field)));
        };
        let key = id.object_key(self.id);
        let size = sandbox.store.head(&key).await?.map_or(0, |head| head.size);
        let media = inspect::inspect(&sandbox.store, &key, size).await?;
        let record = (self.check)(Received { filename, content_type, size, media })?;
        record.save(&sandbox.store, self.id, id).await?;
        Ok(record)
    }

    /// Streams the field into the store, a few chunks in memory at a time; gives the declared name and type.
    async fn store(
        self,
        sandbox: &Sandbox,
        id: &FileId,
        mut field: Field<'_>,
    ) -> Result<(String, Option<String>), Refusal> {
        let filename = field.file_name().unwrap_or("file").chars().take(255).collect();
        let content_type = field.content_type().map(str::to_owned);
        let (mut sender, receiver) = mpsc::channel::<Result<Bytes, std::io::Error>>(4);
        let pump = async move {
            loop {
                match field.chunk().await {
                    Ok(None) => return Ok(()),
                    Ok(Some(bytes)) => {
                        // The store has given up, and says why itself.
                        if sender.send(Ok(bytes)).await.is_err() {
                            return Ok(());
                        }
                    }
                    Err(error) => {
                        // An end without an error would look like the end of the file.
                        let _ = sender.send(Err(std::io::ErrorKind::UnexpectedEof.into())).await;
                        return Err(self.broken_off(&error));
                    }
                }
            }
        };
        let put = sandbox.store.put(id.object_key(self.id), None, StreamingBlob::wrap(receiver));
        let (pumped, stored) = tokio::join!(pump, put);
        pumped?;
        stored?;
        Ok((filename, content_type))
    }

    fn broken_off(self, error: &MultipartError) -> Refusal {
        Refusal::new(error.status(), self.invalid, error.body_text())
    }
}
