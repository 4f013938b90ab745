//! Whether pages of each allowed origin can PUT into the bucket: by the preflight that a browser would send.

use axum::http::{HeaderMap, HeaderValue, Method, header};
use reqwest::Client;
use serde_json::json;

use super::Finding;
use super::bucket::put_url;
use super::http::send;
use crate::config::StagingConfig;
use crate::presign::Presigner;

/// One preflight for each origin.
pub(super) async fn preflights(
    client: &Client,
    bucket: &Presigner,
    staging: &StagingConfig,
    origins: &[HeaderValue],
) -> Vec<Finding> {
    if origins.is_empty() {
        return vec![Finding::note(
            "bucket cors",
            "not tested: allow_origin is empty, so the origin of pages is unknown",
        )];
    }
    let mut findings = Vec::new();
    for origin in origins {
        findings.push(preflight(client, bucket, staging, origin, origins).await);
    }
    findings
}

async fn preflight(
    client: &Client,
    bucket: &Presigner,
    staging: &StagingConfig,
    origin: &HeaderValue,
    origins: &[HeaderValue],
) -> Finding {
    let (url, headers) = put_url(bucket, staging);
    let name = format!("bucket cors {}", text(origin));
    let request = client
        .request(Method::OPTIONS, url)
        .header(header::ORIGIN, origin)
        .header(header::ACCESS_CONTROL_REQUEST_METHOD, "PUT")
        .header(header::ACCESS_CONTROL_REQUEST_HEADERS, headers.join(","));
    let reason = match send(request).await {
        Ok(reply) if !reply.status.is_success() => {
            format!("the preflight of a browser got status {}", reply.status.as_u16())
        }
        Ok(reply) => match missing(&reply.headers, origin, &headers) {
            None => return Finding::ok(name, "pages can PUT with an upload URL"),
            Some(missing) => format!("the response to a browser's preflight does not allow {missing}"),
        },
        Err(reason) => return Finding::failed(name, reason, "check s3.endpoint and the network"),
    };
    Finding::failed(name, reason, format!("set this CORS rule for the bucket: {}", rule(origins, &headers)))
}

/// What a browser would miss in the response to a preflight.
fn missing(reply: &HeaderMap, origin: &HeaderValue, headers: &[String]) -> Option<String> {
    let list = |name| {
        let values = reply.get_all(name).iter().filter_map(|value| value.to_str().ok());
        values.flat_map(|value| value.split(',')).map(|item| item.trim().to_ascii_lowercase()).collect::<Vec<_>>()
    };
    let origins = reply.get(header::ACCESS_CONTROL_ALLOW_ORIGIN);
    if origins.is_none_or(|allowed| allowed != "*" && allowed != origin) {
        return Some("the origin".to_owned());
    }
    let any = |items: &[String]| items.iter().any(|item| item == "*");
    let methods = list(header::ACCESS_CONTROL_ALLOW_METHODS);
    if !any(&methods) && !methods.contains(&"put".to_owned()) {
        return Some("the method PUT".to_owned());
    }
    let allowed = list(header::ACCESS_CONTROL_ALLOW_HEADERS);
    let refused = headers.iter().find(|name| !any(&allowed) && !allowed.contains(name));
    refused.map(|name| format!("the header {name}"))
}

/// The rule, as `aws s3api put-bucket-cors` and other tools accept it. It replaces all rules of the bucket.
fn rule(origins: &[HeaderValue], headers: &[String]) -> String {
    let origins: Vec<_> = origins.iter().map(text).collect();
    json!({ "CORSRules": [{
        "AllowedOrigins": origins,
        "AllowedMethods": ["PUT"],
        "AllowedHeaders": headers,
        "MaxAgeSeconds": 3600,
    }] })
    .to_string()
}

fn text(origin: &HeaderValue) -> &str {
    origin.to_str().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_preflight_must_allow_the_origin_the_method_and_each_header() {
        let origin = HeaderValue::from_static("https://app.example");
        let missing = |allowed: [&'static str; 3]| {
            let names = ["access-control-allow-origin", "access-control-allow-methods", "access-control-allow-headers"];
            let headers = names.into_iter().zip(allowed).filter(|(_, value)| !value.is_empty());
            let headers = headers.map(|(name, value)| (name.parse().expect("a name"), HeaderValue::from_static(value)));
            super::missing(&headers.collect(), &origin, &["content-type".into(), "x-amz-acl".into()])
        };
        for allowed in [
            ["https://app.example", "GET, PUT", "Content-Type, X-Amz-Acl"],
            ["*", "PUT", "*"],
            ["*", "*", "x-amz-acl,content-type,more"],
        ] {
            assert_eq!(missing(allowed), None, "{allowed:?}");
        }
        for (allowed, part) in [
            (["", "", ""], "the origin"),
            (["https://app.example.evil.example", "PUT", "*"], "the origin"),
            (["*", "GET, POST", "*"], "the method PUT"),
            (["*", "PUT", "content-type"], "the header x-amz-acl"),
        ] {
            assert_eq!(missing(allowed).as_deref(), Some(part), "{allowed:?}");
        }
    }

    #[test]
    fn the_rule_is_the_json_of_s3() {
        let origins = [HeaderValue::from_static("https://app.example")];
        assert_eq!(
            rule(&origins, &["content-type".into()]),
            r#"{"CORSRules":[{"AllowedHeaders":["content-type"],"AllowedMethods":["PUT"],"AllowedOrigins":["https://app.example"],"MaxAgeSeconds":3600}]}"#
        );
    }
}
