//! Readers of responses, and what they read in the words of `upload.json`.

use mediaferry::error::Error;
use mediaferry::http::Response;
use mediaferry::providers::assets_api::{Listed, Page};
use mediaferry::providers::response::submission;
use mediaferry::providers::{Asset, AssetState, AssetsApi, Provider, Reported, ReportedMetadata, Submission};
use mediaferry::rules;
use mediaferry::storage::{Presign, PutTicket, Ticket};
use serde_json::{Map, Value, json};

/// What reads an response.
pub(crate) enum Decoder {
    Ticket(&'static dyn Presign),
    Submit(&'static dyn Provider),
    Status(&'static dyn Provider, String),
    List(&'static AssetsApi),
    Delete(&'static AssetsApi),
}

/// What a decoder makes of an response.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Decoded {
    Ticket(Ticket),
    Submission(Submission),
    Page(Page),
    Deleted,
}

impl Decoder {
    pub(crate) fn read(&self, response: &Response) -> Result<Decoded, Error> {
        match self {
            Self::Ticket(presign) => Ok(Decoded::Ticket(presign.read_ticket(presign.decode_ticket(response)?)?)),
            Self::Submit(provider) => submission(*provider, response).map(Decoded::Submission),
            Self::Status(provider, id) => {
                Ok(Decoded::Submission(provider.read_status(id, provider.decode(response)?)?))
            }
            Self::List(assets_api) => assets_api.read_list(response).map(Decoded::Page),
            Self::Delete(assets_api) => assets_api.read_delete(response).map(|()| Decoded::Deleted),
        }
    }

    pub(crate) fn status(&self, status: u16, body: impl Into<Vec<u8>>) -> Result<Decoded, Error> {
        self.read(&Response { status, retry_after_millis: None, body: body.into() })
    }
}

impl Decoded {
    /// What was read, without what is not known.
    pub(crate) fn to_json(&self) -> Value {
        without_null(match self {
            Self::Ticket(Ticket::Form(_)) => panic!("no page has forms as tickets"),
            Self::Ticket(Ticket::Put(PutTicket { url, headers, expires_at_millis, id, fetch_url, .. })) => {
                json!({ "ticket": {
                "url": url,
                "id": Some(id).filter(|id| !id.is_empty()),
                "headers": headers.iter().cloned().collect::<std::collections::BTreeMap<_, _>>(),
                "expires_at_millis": expires_at_millis,
                "fetch_url": fetch_url,
            } })
            }
            Self::Submission(Submission { state, asset }) => match state {
                AssetState::Ready => json!({ "ready": asset_json(asset) }),
                AssetState::Pending => {
                    json!({ "pending": { "id": asset.id, "reported": metadata_json(&asset.reported) } })
                }
                AssetState::Failed(provider_code) => {
                    let failed = json!({ "provider_code": provider_code, "reported": metadata_json(&asset.reported) });
                    return json!({ "failed": without_null(failed) });
                }
            },
            Self::Page(page) => {
                let listed = |listed: &Listed| {
                    let mut asset = asset_json(&listed.asset);
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

fn asset_json(asset: &Asset) -> Value {
    json!({
        "id": asset.id,
        "uri": asset.uri,
        "url": asset.url,
        "reference": asset.reference(),
        "expires_at_millis": asset.expires_at_millis,
        "reported": metadata_json(&asset.reported),
    })
}

fn metadata_json(reported: &ReportedMetadata) -> Value {
    json!({
        "sha256": reported_json(reported.sha256.as_ref()),
        "size": reported_json(reported.size.as_ref()),
        "content_type": reported_json(reported.content_type.as_ref()),
    })
}

fn reported_json<T: Into<Value> + Clone>(reported: Option<&Reported<T>>) -> Value {
    reported.map_or(Value::Null, |reported| json!([reported.field, reported.value.clone().into()]))
}

/// An error in the words of `upload.json`.
pub(crate) fn error_json(error: &Error) -> Value {
    let code = error.code().as_str();
    without_null(match error {
        Error::Refused(refusal) => {
            json!({ "code": code, "status": refusal.status, "provider_code": refusal.provider_code })
        }
        Error::Unavailable(refusal) => json!({ "code": code, "status": refusal.status }),
        Error::Quota { limit, .. } => json!({ "code": code, "limit": limit }),
        Error::Rejected(violations) => {
            let number =
                |value: &rules::Value| if let rules::Value::Number(number) = value { Some(*number) } else { None };
            let violation_json = |broken: &rules::Violation| {
                json!([broken.rule.as_str(), number(&broken.actual), number(&broken.limit)])
            };
            json!({ "code": code, "violations": violations.iter().map(violation_json).collect::<Value>() })
        }
        _ => json!({ "code": code }),
    })
}

/// Without `null`, and without objects that have nothing else.
fn without_null(value: Value) -> Value {
    let is_set = |value: &Value| !value.is_null() && value.as_object().is_none_or(|fields| !fields.is_empty());
    match value {
        Value::Object(fields) => {
            let fields = fields.into_iter().map(|(name, value)| (name, without_null(value)));
            Value::Object(fields.filter(|(_, value)| is_set(value)).collect::<Map<_, _>>())
        }
        Value::Array(items) => items.into_iter().map(without_null).collect(),
        other => other,
    }
}
