//! Starts the gateway: binds both ports, builds the apps, and returns a handle to stop it.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;

use reqwest::Url;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinSet;

use crate::app::{self, Parts};
use crate::attempts::{LIMITS, Table};
use crate::config::{Config, ProviderConfig};
use crate::pages::Sources;
use crate::presign::Presigner;
use crate::proxy::{Proxy, Upstream};
use crate::sandbox::{self, Sandbox, faults::Faults, fetch::Fetcher, settings::Settings};
use crate::secret::Secret;
use crate::server::Signals;
use crate::staging::{self, Staging};
use crate::store::{Store, StoreError};
use crate::upstream::{self, UpstreamError};
use crate::{server, storage, sweep};

/// The URLs of a running gateway.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Addresses {
    /// The gateway, such as `http://127.0.0.1:8787`.
    pub gateway: String,
    /// The storage, such as `http://127.0.0.1:9797`.
    pub storage: String,
    /// The bucket for staging, such as `http://127.0.0.1:9797/mediaferry`.
    pub staging: String,
}

/// A running gateway. Dropping it ends it at once; [`Handle::stop`] lets requests finish.
#[derive(Debug)]
pub struct Handle {
    stop: watch::Sender<()>,
    tasks: JoinSet<()>,
}

/// Why the gateway did not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// A port that cannot be bound.
    #[error("cannot listen on {address}: {error}. Choose another port with {flag}; 0 selects a free one")]
    Port {
        /// The requested address.
        address: SocketAddr,
        /// The flag that sets it.
        flag: &'static str,
        /// The error of the operating system.
        error: std::io::Error,
    },
    /// A folder that cannot be used.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The HTTP client could not be created.
    #[error(transparent)]
    Upstream(#[from] UpstreamError),
    /// An invalid URL or header; no known configuration causes this.
    #[error("internal error: invalid {0}")]
    Internal(&'static str),
}

/// Starts the gateway on the current runtime. It runs until the handle is dropped.
pub async fn serve(config: Config) -> Result<(Addresses, Handle), StartError> {
    let store = Store::open(&config.data)?;
    let kept = config.providers.iter().map(|provider| sandbox::kept(provider.profile.id));
    let kept: Vec<_> = kept.chain([staging::kept(config.ticket_life(), config.staging_life())]).collect();
    sweep::sweep(&config.data, &kept);
    let gateway = bind(config.flags.bind, config.flags.port, "--port").await?;
    let storage = bind(config.flags.bind, config.flags.storage_port, "--storage-port").await?;
    let storage_url = Url::parse(&public_url(&storage)?).map_err(|_| StartError::Internal("storage URL"))?;
    let presigner = Presigner::embedded(storage_url).map_err(|_| StartError::Internal("bucket URL"))?;
    let presigner = Arc::new(presigner);
    let staging = Staging {
        presigner: config.s3.clone().map_or_else(|| Arc::clone(&presigner), Arc::new),
        put_life: config.ticket_life(),
        get_life: config.staging_life(),
        max_bytes: config.flags.staging_max_bytes,
    };
    let addresses = Addresses {
        gateway: public_url(&gateway)?,
        storage: public_url(&storage)?,
        staging: staging.presigner.address().to_owned(),
    };

    let faults = config.played().next().map(|_| Faults::default());
    let storage_app = storage::app(store.clone(), &presigner, faults.as_ref());
    let renew = faults.as_ref().map_or_else(|| watch::channel(()).1, Faults::renewals);
    let sandbox = faults.map(|faults| {
        Ok::<_, StartError>(Sandbox {
            store,
            presigner,
            faults,
            settings: Settings::new(config.flags.processing_millis),
            fetcher: Fetcher::new()?,
            public_url: addresses.gateway.clone(),
            ticket_life: config.ticket_life(),
        })
    });
    let sandbox = sandbox.transpose()?;
    let mut origins = vec![addresses.gateway.clone(), addresses.storage.clone()];
    origins.extend(config.s3.as_ref().map(Presigner::origin));
    let sources = Sources { origins, any_https: config.providers.iter().any(|provider| provider.origin.is_some()) };
    let parts = Parts { proxy: proxy(&config, &addresses)?, staging, sandbox, sources };
    let gateway_app = app::app(&config, parts);

    let (stop, stopped) = watch::channel(());
    let mut tasks = JoinSet::new();
    let never = watch::channel(()).1;
    tasks.spawn(server::run(gateway, gateway_app, Signals { stop: stopped.clone(), renew: never }));
    tasks.spawn(server::run(storage, storage_app, Signals { stop: stopped.clone(), renew }));
    tasks.spawn(sweep::regularly(config.data, kept, stopped));
    Ok((addresses, Handle { stop, tasks }))
}

impl Handle {
    /// Accepts no new connections, waits up to five seconds for running requests, and ends.
    pub async fn stop(self) {
        let _ = self.stop.send(());
        self.tasks.join_all().await;
    }
}

impl Addresses {
    /// The startup message with all URLs.
    #[must_use]
    pub fn banner(&self, config: &Config) -> String {
        let provider = |provider: &ProviderConfig| match &provider.origin {
            Some(origin) => format!("{}: {origin}", provider.profile.id),
            None if config.flags.sandbox => format!("{}: sandbox", provider.profile.id),
            None => format!("{}: not configured", provider.profile.id),
        };
        let providers: Vec<_> = config.providers.iter().map(provider).collect();
        let Self { gateway, storage, staging } = self;
        format!("mediaferry gateway: {gateway}/ (storage {storage}, {}, staging: {staging})", providers.join(", "))
    }
}

async fn bind(ip: IpAddr, port: u16, flag: &'static str) -> Result<TcpListener, StartError> {
    let address = SocketAddr::new(ip, port);
    TcpListener::bind(address).await.map_err(|error| StartError::Port { address, flag, error })
}

/// The URL of a listener on this machine; an unspecified IP address becomes loopback.
fn public_url(listener: &TcpListener) -> Result<String, StartError> {
    let address = listener.local_addr().map_err(|_| StartError::Internal("listener address"))?;
    let ip = match address.ip() {
        IpAddr::V4(Ipv4Addr::UNSPECIFIED) => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(Ipv6Addr::UNSPECIFIED) => Ipv6Addr::LOCALHOST.into(),
        ip => ip,
    };
    Ok(format!("http://{}", SocketAddr::new(ip, address.port())))
}

fn proxy(config: &Config, addresses: &Addresses) -> Result<Proxy, StartError> {
    let (remote, local) = (upstream::remote()?, upstream::local()?);
    let upstream = |provider: &ProviderConfig| {
        let profile = provider.profile;
        let (origin, client) = match &provider.origin {
            Some(origin) => (Ok(origin.clone()), &remote),
            None if config.flags.sandbox => {
                (Url::parse(&format!("{}/sandbox/{}", addresses.gateway, profile.id)), &local)
            }
            None => return Ok((profile, None)),
        };
        let origin = origin.map_err(|_| StartError::Internal("sandbox URL"))?;
        let key = provider.key.clone().or_else(|| Secret::new(sandbox::KEY));
        let key = key.and_then(|key| key.header(profile.auth)).ok_or(StartError::Internal("key header"))?;
        Ok((profile, Some(Upstream { origin, key, client: client.clone() })))
    };
    let providers = config.providers.iter().map(upstream).collect::<Result<_, StartError>>()?;
    Ok(Proxy { providers, attempts: Table::new(LIMITS), patience: config.upstream_patience() })
}
