//! How requests to a provider are sent: pooled HTTP/1.1 connections that can be measured and cut.
//!
//! A general client hides its connections, but the proxy needs to know how much of a request a provider has got.

use std::error::Error;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::Body;
use axum::http::Uri;
use axum::http::uri::Scheme;
use futures::FutureExt;
use futures::future::BoxFuture;
use hyper_rustls::{HttpsConnector, MaybeHttpsStream};
use hyper_util::client::legacy::Client as HyperClient;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::client::legacy::connect::proxy::Tunnel;
use hyper_util::client::proxy::matcher::{Intercept, Matcher};
use hyper_util::rt::{TokioExecutor, TokioTimer};
use rustls::ClientConfig;
use tower_service::Service;

use super::meter::Metered;
use super::{CONNECT, UpstreamError, tls};

/// How long an unused connection is kept, and how many to one host.
const POOL: (Duration, usize) = (Duration::from_secs(30), 256);
/// How long a connection is silent before the system checks it.
const KEEPALIVE: Duration = Duration::from_secs(15);
/// The buffer of a connection; the default of 400 KiB would dominate the memory for an upload.
const BUFFER: usize = 64 << 10;

type BoxError = Box<dyn Error + Send + Sync>;

/// Sends requests to providers. It follows no redirects, because they would send the key to another host.
pub(crate) type Client = HyperClient<Connector, Body>;

/// Creates a client for remote providers, which uses the system's proxy if there is one.
pub(crate) fn remote() -> Result<Client, UpstreamError> {
    Ok(client(Connector::new(Some(Matcher::from_env()))?))
}

/// Creates a client for servers on this machine, which a proxy could not reach.
pub(crate) fn local() -> Result<Client, UpstreamError> {
    Ok(client(Connector::new(None)?))
}

fn client(connector: Connector) -> Client {
    HyperClient::builder(TokioExecutor::new())
        .pool_timer(TokioTimer::new())
        .pool_idle_timeout(POOL.0)
        .pool_max_idle_per_host(POOL.1)
        .http1_max_buf_size(BUFFER)
        .build(connector)
}

/// Opens connections: TCP, if necessary through a proxy, and TLS for `https`.
#[derive(Clone, Debug)]
pub(crate) struct Connector {
    tcp: Tcp,
    tls: Arc<ClientConfig>,
    proxies: Option<Arc<Matcher>>,
}

impl Connector {
    /// Without a `TCP_USER_TIMEOUT`: it also ends connections to providers that read slowly, in small steps. An exchange
    /// has its own time limit.
    fn new(proxies: Option<Matcher>) -> Result<Self, UpstreamError> {
        let mut tcp = HttpConnector::new();
        tcp.enforce_http(false);
        tcp.set_nodelay(true);
        tcp.set_keepalive(Some(KEEPALIVE));
        tcp.set_connect_timeout(Some(CONNECT));
        Ok(Self { tcp: Tcp(tcp), tls: tls()?.into(), proxies: proxies.map(Arc::new) })
    }

    /// Opens a connection through a proxy; a tunnel also for `http`, so that the proxy needs no part of a request.
    fn connect_through(&self, proxy: &Intercept, url: Uri) -> BoxFuture<'static, Result<Stream, BoxError>> {
        if proxy.uri().scheme() != Some(&Scheme::HTTP) {
            return std::future::ready(Err("the system's proxy must have an http:// URL".into())).boxed();
        }
        let tunnel = Tunnel::new(proxy.uri().clone(), self.tcp.clone());
        let tunnel = match proxy.basic_auth() {
            Some(auth) => tunnel.with_auth(auth.clone()),
            None => tunnel,
        };
        match with_port(url) {
            Ok(url) => HttpsConnector::from((tunnel, Arc::clone(&self.tls))).call(url),
            Err(error) => std::future::ready(Err(error.into())).boxed(),
        }
    }
}

/// The URL with its port, because a tunnel takes 443 for any that has none.
fn with_port(url: Uri) -> Result<Uri, axum::http::Error> {
    match url.host() {
        Some(host) if url.scheme() == Some(&Scheme::HTTP) && url.port().is_none() => {
            Uri::builder().scheme("http").authority(format!("{host}:80")).path_and_query("/").build()
        }
        _ => Ok(url),
    }
}

type Stream = MaybeHttpsStream<Metered>;

impl Service<Uri> for Connector {
    type Response = Stream;
    type Error = BoxError;
    type Future = BoxFuture<'static, Result<Stream, BoxError>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, url: Uri) -> Self::Future {
        let connecting = match self.proxies.as_ref().and_then(|proxies| proxies.intercept(&url)) {
            Some(proxy) => self.connect_through(&proxy, url),
            None => HttpsConnector::from((self.tcp.clone(), Arc::clone(&self.tls))).call(url),
        };
        tokio::time::timeout(CONNECT, connecting).map(|connected| connected.map_err(io::Error::from)?).boxed()
    }
}

/// Opens TCP connections.
#[derive(Clone, Debug)]
struct Tcp(HttpConnector);

impl Service<Uri> for Tcp {
    type Response = Metered;
    type Error = BoxError;
    type Future = Pin<Box<dyn Future<Output = Result<Metered, BoxError>> + Send>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        self.0.poll_ready(context).map_err(Into::into)
    }

    fn call(&mut self, url: Uri) -> Self::Future {
        let connecting = self.0.call(url);
        Box::pin(async move { Ok(Metered::new(connecting.await?.into_inner())) })
    }
}
