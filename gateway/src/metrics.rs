//! The metrics of requests, for Prometheus. No label contains a user or an id.

use std::time::Instant;

use axum::extract::{MatchedPath, Request};
use axum::http::{self, StatusCode};
use axum::middleware::Next;
use axum::response::Response;
use mediaferry::http::Method;
use mediaferry::providers::PROVIDERS;
use metrics::{counter, describe_counter, describe_gauge, describe_histogram, gauge, histogram};
use metrics_exporter_prometheus::{BuildError, Matcher, PrometheusBuilder, PrometheusHandle};

use crate::proxy::PREFIX;

const REQUEST_SECONDS: &str = "mediaferry_request_duration_seconds";
const UPSTREAM_SECONDS: &str = "mediaferry_upstream_duration_seconds";
const IN_FLIGHT: &str = "mediaferry_in_flight";
const TICKETS: &str = "mediaferry_tickets_issued_total";
const UPLOADS: &str = "mediaferry_multipart_uploads_total";
const STORAGE_SECONDS: &str = "mediaferry_storage_duration_seconds";
const LINES_DROPPED: &str = "mediaferry_log_lines_dropped_total";

/// From a ticket on loopback to an upload of minutes.
const BUCKETS: [f64; 14] = [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0, 30.0, 120.0, 600.0];
/// The label of a request that no route matches.
const OTHER: &str = "other";

/// Collects the metrics of this process from now on. Fails if they are collected already.
pub(crate) fn install() -> Result<PrometheusHandle, BuildError> {
    let builder = PrometheusBuilder::new().set_buckets_for_metric(Matcher::Suffix("_seconds".to_owned()), &BUCKETS)?;
    let handle = builder.install_recorder()?;
    describe_histogram!(REQUEST_SECONDS, "From the head of a request to the head of its response.");
    describe_histogram!(UPSTREAM_SECONDS, "From a request to a provider to the head of the response, or the failure.");
    describe_gauge!(IN_FLIGHT, "Requests without the head of a response.");
    describe_counter!(TICKETS, "Tickets for staging.");
    describe_counter!(UPLOADS, "Uploads in parts that were created, completed or aborted.");
    describe_histogram!(
        STORAGE_SECONDS,
        "From a request of the gateway to the bucket to the end of the response, or the failure."
    );
    describe_counter!(LINES_DROPPED, "Log lines that were dropped because stderr was not read fast enough.");
    gauge!(IN_FLIGHT).set(0.0);
    Ok(handle)
}

/// Counts a ticket for staging.
pub(crate) fn count_ticket(provider: Option<&'static str>) {
    counter!(TICKETS, "provider" => provider.unwrap_or("unknown")).increment(1);
}

/// Counts what happened to an upload in parts: `created`, `completed` or `aborted`.
pub(crate) fn count_upload(provider: Option<&'static str>, event: &'static str) {
    counter!(UPLOADS, "provider" => provider.unwrap_or("unknown"), "event" => event).increment(1);
}

/// Sets the number of dropped log lines.
pub(crate) fn set_lines_dropped(lines: u64) {
    counter!(LINES_DROPPED).absolute(lines);
}

/// Counts and times one request, even if its client disconnects before the response.
pub(crate) async fn requests(request: Request, next: Next) -> Response {
    let endpoint = endpoint(&request);
    gauge!(IN_FLIGHT).increment(1.0);
    let mut running = Running { endpoint, start: Instant::now(), status: None };
    let response = next.run(request).await;
    running.status = Some(response.status());
    response
}

/// A request that is counted when this is dropped.
struct Running {
    endpoint: String,
    start: Instant,
    status: Option<StatusCode>,
}

impl Drop for Running {
    fn drop(&mut self) {
        let endpoint = std::mem::take(&mut self.endpoint);
        let status = self.status.map_or_else(|| "aborted".to_owned(), |status| status.as_u16().to_string());
        histogram!(REQUEST_SECONDS, "endpoint" => endpoint, "status" => status).record(self.start.elapsed());
        gauge!(IN_FLIGHT).decrement(1.0);
    }
}

/// Times one request to a provider until this is dropped.
pub(crate) struct UpstreamTimer {
    endpoint: ProviderEndpoint,
    start: Instant,
}

impl UpstreamTimer {
    pub(crate) fn start(endpoint: ProviderEndpoint) -> Self {
        Self { endpoint, start: Instant::now() }
    }
}

impl Drop for UpstreamTimer {
    fn drop(&mut self) {
        let ProviderEndpoint { provider, method, path } = self.endpoint;
        let endpoint = format!("{method} {path}");
        histogram!(UPSTREAM_SECONDS, "provider" => provider, "endpoint" => endpoint).record(self.start.elapsed());
    }
}

/// Times one operation of the gateway in the bucket until this is dropped.
pub(crate) struct StorageTimer {
    operation: &'static str,
    start: Instant,
}

impl StorageTimer {
    pub(crate) fn start(operation: &'static str) -> Self {
        Self { operation, start: Instant::now() }
    }
}

impl Drop for StorageTimer {
    fn drop(&mut self) {
        histogram!(STORAGE_SECONDS, "operation" => self.operation).record(self.start.elapsed());
    }
}

/// An endpoint in the profile of a provider.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct ProviderEndpoint {
    provider: &'static str,
    method: &'static str,
    /// With placeholders instead of ids.
    path: &'static str,
}

impl ProviderEndpoint {
    /// The endpoint of a request to the gateway; `None` if it is in no profile.
    pub(crate) fn of(method: &http::Method, path: &str) -> Option<Self> {
        let rest = path.strip_prefix(PREFIX)?;
        let (id, _) = rest.split_once('/')?;
        let profile = PROVIDERS.iter().map(|provider| provider.profile()).find(|profile| profile.id == id)?;
        let (method, path) = (known(method)?, &rest[id.len()..]);
        let endpoint = profile.endpoints.iter().find(|endpoint| endpoint.matches(method, path))?;
        Some(Self { provider: profile.id, method: method.as_str(), path: endpoint.path })
    }
}

/// What identifies the route of a request, without ids.
pub(crate) fn endpoint(request: &Request) -> String {
    let route = request.extensions().get().map(MatchedPath::as_str);
    label(request.method(), request.uri().path(), route)
}

/// The label of a request: its method and the template of its route, or of the provider's endpoint.
fn label(method: &http::Method, path: &str, route: Option<&str>) -> String {
    match ProviderEndpoint::of(method, path) {
        Some(ProviderEndpoint { provider, method, path }) => format!("{method} {PREFIX}{provider}{path}"),
        None => match known(method).zip(route) {
            Some((method, route)) => format!("{} {route}", method.as_str()),
            None => OTHER.to_owned(),
        },
    }
}

fn known(method: &http::Method) -> Option<Method> {
    Method::ALL.iter().copied().find(|known| known.as_str() == method.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_are_templates_without_ids() {
        let label = |method: &str, path: &str, route| {
            label(&http::Method::from_bytes(method.as_bytes()).expect("a method"), path, route)
        };
        for (method, path, route, expected) in [
            ("POST", "/staging", Some("/staging"), "POST /staging"),
            ("GET", "/attempts/0af7", Some("/attempts/{id}"), "GET /attempts/{id}"),
            ("BREW", "/staging", Some("/staging"), "other"),
            ("GET", "/users/alice", None, "other"),
            (
                "POST",
                "/providers/modelhunter/api/v1/files/file_1/complete",
                Some("/providers/{*path}"),
                "POST /providers/modelhunter/api/v1/files/{file_id}/complete",
            ),
            ("POST", "/providers/modelhunter/alice", Some("/providers/{*path}"), "POST /providers/{*path}"),
            ("POST", "/providers/alice/v1/files", Some("/providers/{*path}"), "POST /providers/{*path}"),
        ] {
            assert_eq!(label(method, path, route), expected);
        }
    }
}
