//! Readers of answers, and what they read in the words of `upload.json`.

use mediaferry::error::Error;
use mediaferry::http::Response;
use mediaferry::providers::library::{Listed, Page};
use mediaferry::providers::{Asset, Claim, Claims, Library, Presign, Provider, Submission, Ticket};
use mediaferry::rules;
use serde_json::{Map, Value, json};

/// What reads an answer.
pub(crate) enum Reader {
    Ticket(&'static dyn Presign),
    Submit(&'static dyn Provider),
    Status(&'static dyn Provider, String),
    List(&'static dyn Library),
    Delete(&'static dyn Library),
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
            Self::Submit(provider) => provider.read_submit(response).map(Read::Submission),
            Self::Status(provider, id) => provider.read_status(id, response).map(Read::Submission),
            Self::List(library) => Page::read(*library, response).map(Read::Page),
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
            Self::Submission(Submission::Ready(asset)) => json!({ "ready": told(asset) }),
            Self::Submission(Submission::Pending { id, claims }) => {
                json!({ "pending": { "id": id, "claims": claimed(claims) } })
            }
            Self::Submission(Submission::Failed { provider_code, claims }) => {
                return json!({ "failed": known(json!({ "provider_code": provider_code, "claims": claimed(claims) })) });
            }
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

    /// The same without the text it stood in.
    pub(crate) fn without_raw(self) -> Self {
        let without = |asset| Asset { raw: String::new(), ..asset };
        match self {
            Self::Submission(Submission::Ready(asset)) => Self::Submission(Submission::Ready(without(asset))),
            Self::Page(mut page) => {
                page.assets.iter_mut().for_each(|listed| listed.asset.raw.clear());
                Self::Page(page)
            }
            other => other,
        }
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
        Error::Refused { status, provider_code } => {
            json!({ "code": code, "status": status, "provider_code": provider_code })
        }
        Error::Unavailable { status, .. } => json!({ "code": code, "status": status }),
        Error::Quota { limit } => json!({ "code": code, "limit": limit }),
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
