//! What a request that starts an upload has to pass, and what is recorded after it: the limits, the `pre-create` hook,
//! and the turn at the provider's account.

use std::sync::Arc;
use std::time::Duration;

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use jiff::Timestamp;
use mediaferry::media::{Format, Kind};
use serde_json::Value;

use crate::conditions::Source;
use crate::config::Config;
use crate::exchange::Kept;
use crate::follow::{Follower, Following, NewUpload};
use crate::hooks::{Hooks, PreCreate};
use crate::identity::Caller;
use crate::limits::{CreatePermit, Created, Limits, LowerLimits, Upload, UploadPermit};
use crate::progress::Passed;
use crate::providers::Providers;
use crate::serve::StartError;
use crate::valkey::Valkey;

/// The limits and hooks of a gateway.
#[derive(Clone, Debug)]
pub(crate) struct Admission {
    pub(crate) limits: Limits,
    pub(crate) hooks: Hooks,
    pub(crate) follower: Follower,
    /// Whether the head of a form has to be read before it is forwarded.
    pub(crate) reads_forms: bool,
    /// Whether the response to a request that creates an asset has to be read before it is returned.
    pub(crate) reads_responses: bool,
}

/// An upload that is about to begin, as far as its first request shows it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Start {
    /// The id of the provider; unknown for a staged file if the page has not named it.
    pub(crate) provider: Option<&'static str>,
    pub(crate) content_type: Option<String>,
    pub(crate) size: Option<u64>,
    /// In hexadecimal digits.
    pub(crate) sha256: Option<String>,
    pub(crate) file_name: Option<String>,
}

impl Start {
    fn kind(&self) -> Option<Kind> {
        let mime = self.content_type.as_deref()?;
        Format::ALL.iter().find(|format| format.mime() == mime).map(|format| format.kind())
    }
}

impl Admission {
    /// Starts to deliver hooks, and resumes to follow uploads.
    pub(crate) fn new(
        config: &Config,
        providers: &Arc<Providers>,
        valkey: Option<&Valkey>,
    ) -> Result<Self, StartError> {
        let hooks = Hooks::start(config.hooks.clone(), valkey)?;
        Ok(Self {
            limits: Limits::new(config.limits.clone(), valkey),
            follower: Follower::start(&config.hooks, &hooks, valkey, providers)?,
            hooks,
            reads_responses: !config.limits.accounts.is_empty()
                || config.limits.concurrent_uploads.is_some()
                || config.hooks.post_finish.is_some(),
            reads_forms: config.limits.kinds.is_some() || config.hooks.pre_create.is_some(),
        })
    }

    /// Checks the limits of the caller, asks the app, and counts the bytes.
    pub(crate) async fn start(&self, caller: &Caller, start: &Start) -> Result<UploadPermit, Response> {
        let permit = self.begin(caller, start).await?;
        self.approve(caller, start, permit).await
    }

    /// Checks the limits of the caller, except those that depend on the size.
    async fn begin(&self, caller: &Caller, start: &Start) -> Result<UploadPermit, Response> {
        let owner = caller.owner.to_string();
        let upload = Upload {
            subject: &owner,
            provider: start.provider,
            kind: start.kind(),
            bytes: start.size.unwrap_or_default(),
        };
        self.limits.begin(&upload).await.map_err(IntoResponse::into_response)
    }

    /// Asks the app, and counts the bytes.
    async fn approve(
        &self,
        caller: &Caller,
        start: &Start,
        mut permit: UploadPermit,
    ) -> Result<UploadPermit, Response> {
        let lower = self.ask(caller, start).await?;
        permit.charge(&lower).await.map_err(IntoResponse::into_response)?;
        Ok(permit)
    }

    /// Asks the app.
    async fn ask(&self, caller: &Caller, start: &Start) -> Result<LowerLimits, Response> {
        let question = PreCreate {
            subject: caller.hook_subject(),
            provider: start.provider,
            content_type: start.content_type.as_deref(),
            size_bytes: start.size,
            sha256: start.sha256.as_deref(),
            file_name: start.file_name.as_deref(),
        };
        self.hooks.pre_create(&question).await.map_err(IntoResponse::into_response)
    }

    /// Checks what the ticket of a staged file did not show: the provider.
    async fn resume(&self, caller: &Caller, provider: &'static str, announced: bool) -> Result<(), Response> {
        if !announced {
            self.ask(caller, &Start { provider: Some(provider), ..Start::default() }).await?;
        }
        Ok(())
    }

    /// Checks everything for a request that creates an asset, and waits for its turn at the account.
    ///
    /// The app is asked and the bytes are counted when it is the request's turn: one that does not get it costs nothing.
    pub(crate) async fn create(self, caller: Caller, source: Source, turn: Turn) -> Result<Admitted, Response> {
        let begun = match &source {
            Source::New(start) => Some(self.begin(&caller, start).await?),
            Source::Staged { .. } => {
                self.limits.check_provider(turn.provider).map_err(IntoResponse::into_response)?;
                None
            }
        };
        let mut create = match self.limits.create(turn.provider, &turn.waiter).await {
            Ok(create) => create,
            Err(denied) => {
                give_back(begun).await;
                return Err(denied.into_response());
            }
        };
        let approved = match (&source, begun) {
            (Source::New(start), Some(permit)) => self.approve(&caller, start, permit).await.map(Some),
            (Source::Staged { announced, .. }, _) => {
                self.resume(&caller, turn.provider, *announced).await.map(|()| None)
            }
            (Source::New(_), None) => Ok(None),
        };
        let upload = match approved {
            Ok(upload) => upload,
            Err(response) => {
                create.finish(Created::NotSent).await;
                return Err(response);
            }
        };
        let new =
            NewUpload { subject: caller.hook_subject(), provider: turn.provider, has_file: turn.goes_on.is_none() };
        let ticket = match &source {
            Source::New(_) => None,
            Source::Staged { key, .. } => Some(key.as_str()),
        };
        match self.follower.begin(&new, ticket).await {
            Ok(following) => {
                create.sending();
                Ok(Admitted { create, upload, following, turn })
            }
            Err(refusal) => {
                create.finish(Created::NotSent).await;
                give_back(upload).await;
                Err(refusal.into_response())
            }
        }
    }
}

/// What an upload has cost of which nothing was sent.
async fn give_back(upload: Option<UploadPermit>) {
    if let Some(upload) = upload {
        upload.give_back().await;
    }
}

/// A place in the queue of a provider's account.
#[derive(Clone, Debug)]
pub(crate) struct Turn {
    pub(crate) provider: &'static str,
    /// Who waits: it must stay the same when the page repeats the request.
    pub(crate) waiter: String,
    /// Where the response has the id of the asset, as a JSON pointer.
    pub(crate) id: Option<&'static str>,
    /// Where the response has the time when the upload URL expires, as a JSON pointer.
    pub(crate) expires_at: Option<&'static str>,
    /// How long the upload goes on after this request, if its bytes do not pass through the gateway.
    pub(crate) goes_on: Option<Duration>,
}

/// A request that may be forwarded.
#[derive(Debug)]
pub(crate) struct Admitted {
    create: CreatePermit,
    upload: Option<UploadPermit>,
    following: Option<Following>,
    turn: Turn,
}

impl Admitted {
    /// Records the provider's response.
    pub(crate) async fn finish(self, response: &Kept) {
        let json = serde_json::from_slice(&response.body).unwrap_or(Value::Null);
        let id = self.turn.id.and_then(|pointer| text(json.pointer(pointer)?));
        let created = match (response.status, &id) {
            (status, Some(id)) if status.is_success() => Created::Asset(id),
            (status, _) if status.is_client_error() && status != StatusCode::REQUEST_TIMEOUT => Created::Rejected,
            _ => Created::Unknown,
        };
        self.create.finish(created).await;
        match (self.following, self.turn.goes_on) {
            (Some(following), None) => following.finish(response).await,
            (Some(following), Some(lifetime)) => {
                let expires_at = self.turn.expires_at.and_then(|pointer| json.pointer(pointer)?.as_str()?.parse().ok());
                let expires_at = expires_at.unwrap_or_else(|| Timestamp::now() + lifetime);
                following.issued(id.as_deref().filter(|_| response.status.is_success()), expires_at).await;
            }
            (None, _) => {}
        }
        if let (Some(upload), Some(id), Some(time)) = (self.upload, id, self.turn.goes_on) {
            upload.keep(&id, time).await;
        }
    }

    /// Records that there is no response, and how much of the request may have reached the provider.
    pub(crate) async fn failed(self, reached: Passed) {
        let created = match reached {
            Passed::Nothing => Created::NotSent,
            Passed::Part => Created::Rejected,
            Passed::Whole => Created::Unknown,
        };
        self.create.finish(created).await;
        // An upload of which the provider may have something is dropped, and its outcome is unknown.
        if reached.has_no_effect()
            && let Some(following) = self.following
        {
            following.not_sent().await;
        }
        if reached == Passed::Nothing {
            give_back(self.upload).await;
        }
    }
}

/// The text of an id: a string or a number.
pub(crate) fn text(id: &Value) -> Option<String> {
    id.as_str().map(str::to_owned).or_else(|| Some(id.as_u64()?.to_string()))
}
