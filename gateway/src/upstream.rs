//! The connection to a provider: TLS with the system's roots, no redirects.

use std::sync::Arc;
use std::time::Duration;

use reqwest::redirect::Policy;
use reqwest::{Client, ClientBuilder};
use rustls::{ClientConfig, RootCertStore};

const CONNECT: Duration = Duration::from_secs(10);

/// A client for providers on the network, through the system's proxy if there is one.
pub(crate) fn remote() -> Result<Client, UpstreamError> {
    Ok(plain().tls_backend_preconfigured(tls()?).build()?)
}

/// A client for the sandbox in this process.
pub(crate) fn local() -> Result<Client, UpstreamError> {
    Ok(plain().no_proxy().tls_backend_preconfigured(tls()?).build()?)
}

/// A client that could not be made.
#[derive(Debug, thiserror::Error)]
pub enum UpstreamError {
    /// The HTTP client.
    #[error("the HTTP client cannot be set up: {0}")]
    Client(#[from] reqwest::Error),
    /// TLS.
    #[error("TLS cannot be set up: {0}")]
    Tls(#[from] rustls::Error),
}

/// A redirect would send the key to whatever host the response names, so none is followed.
fn plain() -> ClientBuilder {
    let agent = concat!("mediaferry-gateway/", env!("CARGO_PKG_VERSION"));
    Client::builder().user_agent(agent).redirect(Policy::none()).referer(false).connect_timeout(CONNECT)
}

/// The system's roots, or Mozilla's where the system has none, as in a bare container.
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
