//! Sends spans by OTLP, as protobuf over HTTP. A thread of the SDK sends them in batches from a bounded queue, so a request
//! never waits for the collector.

use std::collections::HashMap;
use std::env;
use std::sync::OnceLock;
use std::thread;
use std::time::Duration;

use axum::extract::Request;
use axum::http::{Extensions, HeaderValue};
use opentelemetry::propagation::TextMapPropagator;
use opentelemetry::trace::{SpanKind, Status, TraceContextExt, Tracer, TracerProvider};
use opentelemetry::{Context, KeyValue};
use opentelemetry_otlp::{SpanExporter, WithHttpConfig};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::propagation::TraceContextPropagator;
use opentelemetry_sdk::trace::{SdkTracer, SdkTracerProvider};
use reqwest::blocking::Client;

use super::{HEADER, TracesError};
use crate::log::{Fault, Line};
use crate::metrics;
use crate::request_id::trace_parent;
use crate::upstream;

/// The variables of which one must be set.
/// <https://opentelemetry.io/docs/specs/otel/protocol/exporter/>
const ENDPOINTS: [&str; 2] = ["OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"];
const SERVICE_NAME: &str = "OTEL_SERVICE_NAME";
const NAME: &str = "mediaferry-gateway";
/// How long one request to the collector may take.
const TIMEOUT: Duration = Duration::from_secs(10);
/// How long the last spans may take when the gateway stops.
const FLUSH: Duration = Duration::from_secs(5);

static TRACER: OnceLock<SdkTracer> = OnceLock::new();

/// The traces of the process.
#[derive(Debug)]
pub struct Traces(Option<SdkTracerProvider>);

/// An extension of a request: the trace context of its span.
#[derive(Clone, Debug)]
struct TraceContext(HeaderValue);

/// The span of a request.
pub(crate) struct Span(Option<Context>);

impl Traces {
    /// Starts to send spans to the collector that OpenTelemetry's own variables name, if they do.
    pub fn start() -> Result<Self, TracesError> {
        if !ENDPOINTS.iter().any(|name| env::var_os(name).is_some_and(|value| !value.is_empty())) {
            return Ok(Self(None));
        }
        // A blocking client cannot be created on a runtime.
        let client = thread::spawn(client).join().map_err(|_| TracesError("the client panicked".to_owned()))??;
        let exporter = SpanExporter::builder().with_http().with_http_client(client).build();
        let exporter = exporter.map_err(|error| TracesError(error.to_string()))?;
        let resource = Resource::builder();
        let resource = if env::var_os(SERVICE_NAME).is_some() { resource } else { resource.with_service_name(NAME) };
        let provider =
            SdkTracerProvider::builder().with_batch_exporter(exporter).with_resource(resource.build()).build();
        let _ = TRACER.set(provider.tracer(NAME));
        Ok(Self(Some(provider)))
    }

    /// Sends the spans that wait, and stops.
    pub async fn stop(self) {
        if let Some(provider) = self.0 {
            let _ = tokio::task::spawn_blocking(move || provider.shutdown_with_timeout(FLUSH)).await;
        }
    }
}

fn client() -> Result<Client, TracesError> {
    upstream::blocking(TIMEOUT).map_err(|error| TracesError(error.to_string()))
}

/// Starts the span of a request, as a child of the client's. The request gets the trace context of the span.
pub(crate) fn start(request: &mut Request) -> Span {
    let Some(tracer) = TRACER.get() else { return Span(None) };
    let propagator = TraceContextPropagator::new();
    let client = trace_parent(request.headers()).map(|value| (HEADER.to_string(), value.to_owned()));
    let parent = propagator.extract_with_context(&Context::new(), &client.into_iter().collect::<HashMap<_, _>>());
    let builder = tracer.span_builder(metrics::endpoint(request)).with_kind(SpanKind::Server);
    let context = parent.with_span(builder.start_with_context(tracer, &parent));
    let mut headers = HashMap::new();
    propagator.inject_context(&context, &mut headers);
    if let Some(value) = headers.remove(HEADER.as_str()).and_then(|value| HeaderValue::try_from(value).ok()) {
        request.extensions_mut().insert(TraceContext(value));
    }
    Span(Some(context))
}

/// The trace context of a request's span, for the log and for the provider.
pub(crate) fn context(extensions: &Extensions) -> Option<&HeaderValue> {
    extensions.get().map(|TraceContext(value)| value)
}

impl Span {
    /// Ends the span with what is logged about the request.
    pub(crate) fn end(self, line: &Line) {
        let Some(context) = self.0 else { return };
        let span = context.span();
        let number = |value: u64| i64::try_from(value).unwrap_or(i64::MAX);
        span.set_attribute(KeyValue::new("http.request.method", line.method.to_string()));
        span.set_attribute(KeyValue::new("url.path", line.path.clone()));
        span.set_attribute(KeyValue::new("http.request.body.size", number(line.bytes_in)));
        span.set_attribute(KeyValue::new("http.response.body.size", number(line.bytes_out)));
        match line.status.parse::<i64>() {
            Ok(status) => span.set_attribute(KeyValue::new("http.response.status_code", status)),
            Err(_) => span.set_attribute(KeyValue::new("error.type", line.status.clone())),
        }
        if let Some(millis) = line.upstream_millis {
            span.set_attribute(KeyValue::new("mediaferry.upstream_millis", number(millis)));
        }
        let texts = [
            ("mediaferry.request_id", line.request_id.as_deref()),
            ("mediaferry.provider", line.provider),
            ("mediaferry.provider_request_id", line.provider_request_id.as_deref()),
            ("mediaferry.owner", line.owner.as_deref()),
            ("mediaferry.fault", line.fault.map(Fault::as_str)),
        ];
        for (name, value) in texts {
            if let Some(value) = value {
                span.set_attribute(KeyValue::new(name, value.to_owned()));
            }
        }
        if matches!(line.fault, Some(Fault::Gateway | Fault::Provider)) {
            span.set_status(Status::error(""));
        }
        span.end();
    }
}
