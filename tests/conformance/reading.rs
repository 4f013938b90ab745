//! Readers of answers, and what they read in the words of `upload.json`.

use mediaferry::error::Error;
use mediaferry::http::Response;
use mediaferry::providers::library::{Listed, Page};
use mediaferry::providers::{
    Asset, AssetState, Claim, Claims, Library, Presign, Provider, Submission, Ticket, submission,
};
use mediaferry::rules;
use serde_json::{Map, Value, json};

/// What reads an answer.
pub(crate) enum Reader {
    Ticket(&'static dyn Presign),
    Submit(&'static dyn Provider),
    Status(&'static dyn Provider, String),
    List(&'static Library),
    Delete(&'static Library),
}

/// What a reader makes of an answer.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Read {
    Ticket(Ticket),
    Submission(Submission),
    Page(Page),
    Deleted,
}

impl Reader {
    pub(crate) fn read(&self, response: &Response) -> Result<Read, Error> {
        match self {
            Self::Ticket(presign) => presign.read_ticket(response).map(Read::Ticket),
            Self::Submit(provider) => submission(*provider, response).map(Read::Submission),
            Self::Status(provider, id) => Ok(Read::Submission(provider.read_status(id, provider.answer(response)?)?)),
            Self::List(library) => library.read_list(response).map(Read::Page),
            Self::Delete(library) => library.read_delete(response).map(|()| Read::Deleted),
        }
    }

    pub(crate) fn status(&self, status: u16, body: impl Into<Vec<u8>>) -> Result<Read, Error> {
        self.read(&Response { status, retry_after_millis: None, body: body.into() })
    }
}

impl Read {
    /// What was read, without what is not known.
    pub(crate) fn told(&self) -> Value {
        known(match self {
            Self::Ticket(ticket) => json!({ "ticket": {
                "url": ticket.url,
                "id": Some(&ticket.id).filter(|id| !id.is_empty()),
                "headers": ticket.headers.iter().cloned().collect::<std::collections::BTreeMap<_, _>>(),
                "expires_at_millis": ticket.expires_at_millis,
                "fetch_url": ticket.fetch_url,
            } }),
            Self::Submission(Submission { state, asset }) => match state {
                AssetState::Ready => json!({ "ready": told(asset) }),
                AssetState::Pending => json!({ "pending": { "id": asset.id, "claims": claimed(&asset.claims) } }),
                AssetState::Failed(provider_code) => {
                    let failed = json!({ "provider_code": provider_code, "claims": claimed(&asset.claims) });
                    return json!({ "failed": known(failed) });
                }
            },
            Self::Page(page) => {
                let listed = |listed: &Listed| {
                    let mut asset = told(&listed.asset);
                    asset["status"] = listed.status.clone().into();
                    asset
                };
                json!({ "list": { "total": page.total, "assets": page.assets.iter().map(listed).collect::<Value>() } })
            }
            Self::Deleted => json!({ "deleted": true }),
        })
    }

    /// The same without the texts that a list's items stood in.
    pub(crate) fn without_raw(mut self) -> Self {
        if let Self::Page(page) = &mut self {
            page.assets.iter_mut().for_each(|listed| listed.raw.clear());
        }
        self
    }
}

fn told(asset: &Asset) -> Value {
    json!({
        "id": asset.id,
        "uri": asset.uri,
        "url": asset.url,
        "reference": asset.reference(),
        "expires_at_millis": asset.expires_at_millis,
        "claims": claimed(&asset.claims),
    })
}

fn claimed(claims: &Claims) -> Value {
    json!({
        "sha256": claim(claims.sha256.as_ref()),
        "size": claim(claims.size.as_ref()),
        "content_type": claim(claims.content_type.as_ref()),
    })
}

fn claim<T: Into<Value> + Clone>(claim: Option<&Claim<T>>) -> Value {
    claim.map_or(Value::Null, |claim| json!([claim.field, claim.value.clone().into()]))
}

/// An error in the words of `upload.json`.
pub(crate) fn told_error(error: &Error) -> Value {
    let code = error.code().as_str();
    known(match error {
        Error::Refused(refusal) => {
            json!({ "code": code, "status": refusal.status, "provider_code": refusal.provider_code })
        }
        Error::Unavailable(refusal) => json!({ "code": code, "status": refusal.status }),
        Error::Quota { limit, .. } => json!({ "code": code, "limit": limit }),
        Error::Rejected(violations) => {
            let number =
                |value: &rules::Value| if let rules::Value::Number(number) = value { Some(*number) } else { None };
            let told = |broken: &rules::Violation| {
                json!([broken.rule.as_str(), number(&broken.actual), number(&broken.limit)])
            };
            json!({ "code": code, "violations": violations.iter().map(told).collect::<Value>() })
        }
        _ => json!({ "code": code }),
    })
}

/// Without `null`, and without objects that have nothing else.
fn known(value: Value) -> Value {
    let says = |value: &Value| !value.is_null() && value.as_object().is_none_or(|fields| !fields.is_empty());
    match value {
        Value::Object(fields) => {
            let fields = fields.into_iter().map(|(name, value)| (name, known(value)));
            Value::Object(fields.filter(|(_, value)| says(value)).collect::<Map<_, _>>())
        }
        Value::Array(items) => items.into_iter().map(known).collect(),
        other => other,
    }
}
