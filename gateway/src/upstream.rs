//! The connection to a provider: TLS with the system's roots, no redirects, and patience that counts from the last sign of life.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use reqwest::redirect::Policy;
use reqwest::{Client, ClientBuilder};
use rustls::{ClientConfig, RootCertStore};
use tokio::time::Instant;

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

/// A redirect would send the key to whatever host the answer names, so none is followed.
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

/// When something last moved. A total time-out would cut slow uploads that are going well.
#[derive(Clone, Debug)]
pub(crate) struct Activity(Arc<Mutex<Instant>>);

impl Activity {
    pub(crate) fn new() -> Self {
        Self(Arc::new(Mutex::new(Instant::now())))
    }

    /// Something moved.
    pub(crate) fn touch(&self) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Instant::now();
    }

    /// Ends once nothing has moved for so long.
    pub(crate) async fn idle_for(&self, patience: Duration) {
        loop {
            let deadline = *self.0.lock().unwrap_or_else(PoisonError::into_inner) + patience;
            if deadline <= Instant::now() {
                return;
            }
            tokio::time::sleep_until(deadline).await;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn patience_counts_from_the_last_sign_of_life() {
        let (activity, start) = (Activity::new(), Instant::now());
        let touching = activity.clone();
        tokio::spawn(async move {
            tokio::time::sleep(Duration::from_millis(60)).await;
            touching.touch();
        });
        activity.idle_for(Duration::from_millis(100)).await;
        assert!(start.elapsed() >= Duration::from_millis(160));
    }
}
