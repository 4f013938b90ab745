//! The definition of a fault: which requests it applies to, and what happens to them.

use axum::extract::Request;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use mediaferry::providers;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// One fault and the requests that it applies to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Plan {
    /// `storage` or a provider's id.
    pub(super) at: String,
    /// Any method if it is absent.
    pub(super) method: Option<String>,
    /// The start of the path, relative to the place's root.
    pub(super) path: Option<String>,
    /// A parameter of the query, such as `partNumber` with any value or `partNumber=3`.
    pub(super) query: Option<String>,
    /// The number of requests that it applies to.
    #[serde(default = "once")]
    pub(super) times: u32,
    pub(super) fault: Fault,
}

/// What happens to a request: a delay, a slow connection, then a cut or another response; with neither, the provider's
/// response is edited.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Fault {
    pub(super) delay_millis: Option<u64>,
    /// How fast the body is read, to simulate a slow connection; buffers on the way hold some megabytes.
    pub(super) bytes_per_second: Option<u64>,
    /// The connection ends after this many bytes of the body; the bytes before are an incomplete upload.
    pub(super) cut_after_bytes: Option<u64>,
    pub(super) cut: Option<When>,
    /// 200 if there is only a body.
    pub(super) status: Option<u16>,
    pub(super) retry_after: Option<String>,
    pub(super) content_type: Option<String>,
    pub(super) body: Option<String>,
    /// The JSON merge patch for the provider's response (RFC 7386).
    pub(super) merge: Option<Value>,
    /// The number of bytes of the provider's response that are sent, as if it were complete.
    pub(super) truncate: Option<usize>,
}

/// When the connection ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum When {
    /// The request is carried out, but gets no response.
    BeforeAnswer,
}

const fn once() -> u32 {
    1
}

impl Plan {
    pub(super) fn is_for(&self, request: &Request) -> bool {
        let method = self.method.as_deref().is_none_or(|method| method.eq_ignore_ascii_case(request.method().as_str()));
        let path = self.path.as_deref().is_none_or(|path| request.uri().path().starts_with(path));
        let mut pairs = request.uri().query().unwrap_or_default().split('&');
        let query = self.query.as_deref().is_none_or(|wanted| {
            pairs.any(|pair| pair == wanted || pair.split_once('=').is_some_and(|(name, _)| name == wanted))
        });
        method && path && query
    }

    pub(super) fn check(&self) -> Result<(), String> {
        let fault = &self.fault;
        let header = |text: &Option<String>| text.as_deref().is_none_or(|text| HeaderValue::try_from(text).is_ok());
        let good = [
            ("at", self.at == "storage" || providers::by_id(&self.at).is_some()),
            ("times", self.times > 0),
            ("fault", *fault != Fault::default()),
            ("bytes_per_second", fault.bytes_per_second != Some(0)),
            ("status", fault.status.is_none_or(|status| (200..=599).contains(&status))),
            ("retry_after", header(&fault.retry_after)),
            ("content_type", header(&fault.content_type)),
            // After a cut or another response, there is nothing to edit.
            ("merge", fault.merge.is_none() || !fault.replaces()),
            ("truncate", fault.truncate.is_none() || !fault.replaces()),
        ];
        good.iter().find(|(_, good)| !good).map_or(Ok(()), |(field, _)| Err(format!("{field} is invalid here")))
    }
}

impl Fault {
    pub(super) const fn cuts(&self) -> bool {
        self.cut.is_some() || self.cut_after_bytes.is_some()
    }

    pub(super) const fn answers(&self) -> bool {
        self.status.is_some() || self.body.is_some()
    }

    /// Whether the provider's response is replaced.
    const fn replaces(&self) -> bool {
        self.cuts() || self.answers() || self.retry_after.is_some() || self.content_type.is_some()
    }

    pub(super) fn into_answer(self) -> Response {
        let status = self.status.and_then(|status| StatusCode::from_u16(status).ok()).unwrap_or(StatusCode::OK);
        let body = self.body.unwrap_or_default();
        let guessed = if body.starts_with(['{', '[']) { "application/json" } else { "text/html; charset=utf-8" };
        let mut response = (status, body).into_response();
        let mut set = |name: HeaderName, text: Option<&str>| {
            if let Some(value) = text.and_then(|text| HeaderValue::try_from(text).ok()) {
                response.headers_mut().insert(name, value);
            }
        };
        set(header::CONTENT_TYPE, Some(self.content_type.as_deref().unwrap_or(guessed)));
        set(header::RETRY_AFTER, self.retry_after.as_deref());
        response
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plans(json: &str) -> Result<Vec<Plan>, String> {
        let plans: Vec<Plan> = serde_json::from_str(json).map_err(|error| error.to_string())?;
        plans.iter().try_for_each(Plan::check)?;
        Ok(plans)
    }

    #[test]
    fn plans_without_effect_are_rejected() {
        for json in [
            r#"[{"at":"nowhere","fault":{"status":503}}]"#,
            r#"[{"at":"storage","fault":{}}]"#,
            r#"[{"at":"storage","times":0,"fault":{"status":503}}]"#,
            r#"[{"at":"storage","fault":{"status":99}}]"#,
            r#"[{"at":"storage","fault":{"cut":"later"}}]"#,
            r#"[{"at":"storage","fault":{"bytes_per_second":0}}]"#,
            r#"[{"at":"storage","fault":{"statsu":503}}]"#,
            r#"[{"at":"storage","fault":{"status":503,"retry_after":"1\r\nX: y"}}]"#,
            r#"[{"at":"onerouter","fault":{"merge":null}}]"#,
            r#"[{"at":"onerouter","fault":{"merge":{},"status":200}}]"#,
            r#"[{"at":"onerouter","fault":{"truncate":1,"body":"{}"}}]"#,
            r#"[{"at":"onerouter","fault":{"truncate":1,"cut":"before_answer"}}]"#,
        ] {
            assert!(plans(json).is_err(), "{json}");
        }
    }
}
