//! Ownership: each user reaches only what the same user created.
//!
//! A file's name gets the user's owner tag as a prefix on its way to the provider. Where a provider's responses contain
//! the name, the tag shows the owner, whichever instance of the gateway asks. Where they do not, the gateway remembers
//! the owner of each id that it has seen created; with Valkey, all instances do.

mod access;
mod name;
mod owners;

use std::sync::Arc;

use axum::body::{Body, Bytes};
use axum::http::request::Parts;
use axum::http::{HeaderValue, StatusCode, header};
use mediaferry::providers::{Endpoint, Profile};
use serde_json::Value;

pub(crate) use access::{Access, Rule, id_in, rule};
pub(crate) use owners::Owners;

use crate::admission::text;
use crate::exchange::Kept;
use crate::form;
use crate::identity::{Caller, OwnerTag};
use crate::refusal::Refusal;

/// The longest JSON body of a request that creates an asset.
pub(crate) const MAX_JSON: usize = 64 << 10;

/// The response for an asset of another user: the same as if it did not exist.
pub(crate) const NOT_YOURS: Refusal = Refusal::not_found("The asset does not exist.");
const DISABLED: Refusal = Refusal::new(
    StatusCode::FORBIDDEN,
    "not_available",
    "This request is not available, because the owner of an asset cannot be determined.",
);
pub(crate) const NO_JSON: Refusal =
    Refusal::new(StatusCode::BAD_REQUEST, "invalid_request", "The body must be a JSON object of at most 64 KiB.");
const UNKNOWN_OWNER: Refusal = Refusal::new(
    StatusCode::SERVICE_UNAVAILABLE,
    "owner_unavailable",
    "The gateway cannot find out who owns the asset.",
);
const NO_FORM: Refusal =
    Refusal::new(StatusCode::BAD_REQUEST, "invalid_request", "The body must be JSON or a multipart form.");

/// What one request of one user may reach.
#[derive(Clone)]
pub(crate) struct Claim {
    provider: &'static str,
    rule: Rule,
    caller: Caller,
    owners: Arc<Owners>,
    /// The id in the request's path.
    id: Option<String>,
    /// Whether the gateway remembers that the caller owns the id.
    known: bool,
}

impl Claim {
    /// Checks the request as far as the gateway's memory goes. Returns `None` for a caller without restrictions, in
    /// anonymous mode.
    pub(crate) async fn new(
        profile: &'static Profile,
        endpoint: &Endpoint,
        path: &str,
        caller: &Caller,
        owners: &Arc<Owners>,
    ) -> Result<Option<Self>, Refusal> {
        if caller.subject.is_none() {
            return Ok(None);
        }
        let rule = rule(profile.id, endpoint).ok_or(DISABLED)?;
        let id = access::id_in(endpoint, path).map(str::to_owned);
        let remembered = match &id {
            Some(id) => owners.get(profile.id, id).await,
            None => Ok(None),
        };
        // A name in the response shows the owner, too.
        let remembered = remembered.or_else(|_| rule.name.map(|_| None).ok_or(UNKNOWN_OWNER))?;
        let known = match remembered {
            Some(owner) if caller.owns(owner) => true,
            Some(_) => return Err(NOT_YOURS),
            // Nothing else could show the owner.
            None if id.is_some() && rule.name.is_none() => return Err(NOT_YOURS),
            None => false,
        };
        Ok(Some(Self { provider: profile.id, rule, caller: caller.clone(), owners: Arc::clone(owners), id, known }))
    }

    /// The path that returns the asset, if it has to be read before this request may be sent.
    pub(crate) fn check_first(&self) -> Option<String> {
        let endpoint = self.rule.check_first.filter(|_| !self.known)?;
        Some(access::path_of(&endpoint, self.id.as_deref()?))
    }

    /// Whether a response of [`Self::check_first`] shows that the caller owns the asset.
    pub(crate) fn is_shown_by(&self, response: &Kept) -> bool {
        let json = serde_json::from_slice(&response.body).unwrap_or(Value::Null);
        response.status.is_success() && self.rule.name.is_some_and(|pointer| self.owns(json.pointer(pointer)))
    }

    /// Marks the file's name in a request that creates an asset.
    pub(crate) async fn mark(&self, parts: &mut Parts, body: Body) -> Result<Body, Refusal> {
        if self.rule.access != Access::Create {
            return Ok(body);
        }
        let content_type = parts.headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
        let content_type = content_type.unwrap_or_default().to_owned();
        if let Some(boundary) = form::boundary(&content_type) {
            let longer =
                parts.headers.get(header::CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse().ok());
            if let Some(length) = longer.map(|length: u64| length.saturating_add(name::PREFIX as u64)) {
                parts.headers.insert(header::CONTENT_LENGTH, HeaderValue::from(length));
            }
            return Ok(form::marked(body, &boundary, self.caller.owner));
        }
        if !content_type.trim_start().starts_with("application/json") {
            return Err(NO_FORM);
        }
        let bytes = axum::body::to_bytes(body, MAX_JSON).await.map_err(|_| NO_JSON)?;
        let mut json: Value = serde_json::from_slice(&bytes).ok().filter(Value::is_object).ok_or(NO_JSON)?;
        if let Some(name) = self.rule.file_name.and_then(|field| json.get_mut(field)) {
            name::mark(name, self.caller.owner);
        }
        let bytes = json.to_string();
        parts.headers.insert(header::CONTENT_LENGTH, HeaderValue::from(bytes.len()));
        Ok(bytes.into())
    }

    /// Applies the rule to the provider's response: remembers new assets, hides those of other users, and removes the
    /// owner tags.
    pub(crate) async fn apply(&self, response: Kept) -> Kept {
        if !response.status.is_success() {
            return response;
        }
        let Ok(mut json) = serde_json::from_slice::<Value>(&response.body) else {
            // Without JSON there is nothing to check, so nothing that another user owns may be in it.
            return if self.known || self.rule.access == Access::Create { response } else { NOT_YOURS.kept() };
        };
        match self.rule.access {
            Access::Create => self.remember(&json).await,
            Access::One => {
                if !self.known && !self.rule.name.is_some_and(|pointer| self.owns(json.pointer(pointer))) {
                    return NOT_YOURS.kept();
                }
            }
            Access::List { items, name } => {
                if let Some(Value::Array(items)) = json.pointer_mut(items) {
                    let mut own = Vec::new();
                    for mut item in items.drain(..) {
                        if self.owns(item.get(name)) || self.remembers(&item).await {
                            item.get_mut(name).into_iter().for_each(name::unmark);
                            own.push(item);
                        }
                    }
                    *items = own;
                }
            }
            Access::Delete => {
                if let Some(id) = &self.id {
                    self.owners.forget(self.provider, id).await;
                }
            }
        }
        if let Some(name) = self.rule.name.and_then(|pointer| json.pointer_mut(pointer)) {
            name::unmark(name);
        }
        Kept { body: Bytes::from(json.to_string()), ..response }
    }

    async fn remember(&self, json: &Value) {
        if let Some(id) = self.rule.id.and_then(|pointer| text(json.pointer(pointer)?)) {
            self.owners.remember(self.provider, &id, self.caller.owner).await;
        }
    }

    /// Whether the gateway remembers that the caller created an item of a list.
    async fn remembers(&self, item: &Value) -> bool {
        let Some(id) = item.get("id").and_then(text) else { return false };
        let owner = self.owners.get(self.provider, &id).await;
        owner.is_ok_and(|owner| owner.is_some_and(|owner| self.caller.owns(owner)))
    }

    /// Whether a name has a tag of the caller.
    fn owns(&self, name: Option<&Value>) -> bool {
        let tag = name.and_then(Value::as_str).and_then(OwnerTag::split);
        tag.is_some_and(|(tag, _)| self.caller.owns(tag))
    }
}

#[cfg(test)]
mod tests;
