//! The connection to a provider: TLS with the system's roots, no redirects.

use std::error::Error;
use std::iter::successors;
use std::sync::Arc;
use std::time::Duration;

use reqwest::dns::Resolve;
use reqwest::redirect::Policy;
use reqwest::{Client, ClientBuilder};
use rustls::{ClientConfig, RootCertStore};

pub(crate) mod connector;
pub(crate) mod meter;

const AGENT: &str = concat!("mediaferry-gateway/", env!("CARGO_PKG_VERSION"));
const CONNECT: Duration = Duration::from_secs(10);

/// Creates a client for remote providers, which uses the system's proxy if there is one.
pub fn remote() -> Result<Client, UpstreamError> {
    Ok(plain().tls_backend_preconfigured(tls()?).build()?)
}

/// Creates a client for servers on this machine, which a proxy could not reach.
pub fn local() -> Result<Client, UpstreamError> {
    Ok(plain().no_proxy().tls_backend_preconfigured(tls()?).build()?)
}

/// The same as [`remote`], with another resolver of names.
pub fn remote_with(resolver: impl Resolve + 'static) -> Result<Client, UpstreamError> {
    Ok(plain().dns_resolver(Arc::new(resolver)).tls_backend_preconfigured(tls()?).build()?)
}

/// The same as [`local`], with another resolver of names.
pub fn local_with(resolver: impl Resolve + 'static) -> Result<Client, UpstreamError> {
    Ok(plain().no_proxy().dns_resolver(Arc::new(resolver)).tls_backend_preconfigured(tls()?).build()?)
}

/// Creates a client for a thread of its own, which uses the system's proxy if there is one.
#[cfg(feature = "otlp")]
pub(crate) fn blocking(timeout: Duration) -> Result<reqwest::blocking::Client, UpstreamError> {
    let builder = reqwest::blocking::Client::builder().user_agent(AGENT).redirect(Policy::none()).timeout(timeout);
    Ok(builder.tls_backend_preconfigured(tls()?).build()?)
}

/// The text of an error and its causes, without the URL: its query must not be logged.
pub(crate) fn causes(error: reqwest::Error) -> String {
    error_text(&error.without_url())
}

/// The text of an error and its causes.
pub(crate) fn error_text(error: &(dyn Error + 'static)) -> String {
    let causes = successors(Some(error), |error| (*error).source());
    causes.map(ToString::to_string).collect::<Vec<_>>().join(": ")
}

/// Why a client could not be created.
#[derive(Debug, thiserror::Error)]
pub enum UpstreamError {
    /// The HTTP client.
    #[error("cannot create the HTTP client: {0}")]
    Client(#[from] reqwest::Error),
    /// TLS.
    #[error("cannot initialize TLS: {0}")]
    Tls(#[from] rustls::Error),
}

/// Redirects are not followed, because they would send the key to another host.
fn plain() -> ClientBuilder {
    Client::builder().user_agent(AGENT).redirect(Policy::none()).referer(false).connect_timeout(CONNECT)
}

/// The system's root certificates, or Mozilla's if there are none, as in a minimal container.
fn tls() -> Result<ClientConfig, rustls::Error> {
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    if roots.is_empty() {
        roots.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned());
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions()?;
    Ok(config.with_root_certificates(roots).with_no_client_auth())
}
