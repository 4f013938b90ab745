//! Traces: one span per request, sent to an OpenTelemetry collector. Without the cargo feature `otlp`, nothing is sent.

use axum::http::HeaderName;

#[cfg(not(feature = "otlp"))]
mod off;
#[cfg(feature = "otlp")]
mod otlp;

#[cfg(not(feature = "otlp"))]
pub use off::Traces;
#[cfg(not(feature = "otlp"))]
pub(crate) use off::{context, start};
#[cfg(feature = "otlp")]
pub use otlp::Traces;
#[cfg(feature = "otlp")]
pub(crate) use otlp::{context, start};

/// The header with the W3C trace context.
pub(crate) const HEADER: HeaderName = HeaderName::from_static("traceparent");

/// Why traces could not be started.
#[derive(Debug, thiserror::Error)]
#[error("OTEL_EXPORTER_OTLP_ENDPOINT or another OTEL_EXPORTER_OTLP variable: {0}")]
pub struct TracesError(String);
