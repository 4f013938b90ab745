//! Starts the sandbox: binds both ports, completes the gateway's configuration with the mock providers and the embedded
//! storage, and returns a handle to stop it.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::path::Path;

use axum::extract::DefaultBodyLimit;
use mediaferry::providers::Profile;
use mediaferry_gateway::config::UpstreamConfig;
use mediaferry_gateway::guard::AllowedOrigins;
use mediaferry_gateway::secret::Secret;
use mediaferry_gateway::{Config, staging, upstream};
use reqwest::Url;
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinSet;

use crate::embedded::Embedded;
use crate::faults::Faults;
use crate::fetch::Fetcher;
use crate::options::Options;
use crate::pages::{self, Sources};
use crate::providers::{self, Sandbox};
use crate::reach::Reach;
use crate::server::{self, Signals};
use crate::settings::Settings;
use crate::store::{Store, StoreError};
use crate::sweep::Kept;
use crate::{storage, sweep};

/// The URLs of a running sandbox.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Addresses {
    /// The gateway and the demo, such as `http://127.0.0.1:8787`.
    pub gateway: String,
    /// The embedded storage, such as `http://127.0.0.1:9797`.
    pub storage: String,
    /// The bucket for staging, such as `http://127.0.0.1:9797/mediaferry`.
    pub staging: String,
    /// Each provider, and its origin or `sandbox`.
    providers: Vec<(&'static str, String)>,
}

/// The startup message.
impl fmt::Display for Addresses {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { gateway, storage, staging, providers } = self;
        write!(f, "mediaferry gateway: {gateway}/ (storage {storage}, ")?;
        providers.iter().try_for_each(|(id, upstream)| write!(f, "{id}: {upstream}, "))?;
        write!(f, "staging: {staging})")
    }
}

/// A running sandbox. Dropping it ends it at once; [`Handle::stop`] lets requests finish.
#[derive(Debug)]
pub struct Handle {
    stop: watch::Sender<()>,
    tasks: JoinSet<()>,
    /// Deleted with the handle.
    _folder: Option<TempDir>,
}

/// Why the sandbox did not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// A port that cannot be bound.
    #[error("cannot listen on {address}: {error}. Choose another port with {flag}; 0 selects a free one")]
    Port {
        /// The requested IP address and port.
        address: SocketAddr,
        /// The flag that sets it.
        flag: &'static str,
        /// The error of the operating system.
        error: std::io::Error,
    },
    /// A folder that cannot be used.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The temporary folder could not be created.
    #[error("cannot create a temporary folder: {0}. Choose a folder with --data")]
    Temporary(std::io::Error),
    /// The gateway did not start.
    #[error(transparent)]
    Gateway(#[from] mediaferry_gateway::StartError),
    /// The HTTP client could not be created.
    #[error(transparent)]
    Client(#[from] upstream::UpstreamError),
    /// An invalid URL; no known configuration causes this.
    #[error("internal error: invalid {0}")]
    Internal(&'static str),
}

/// Starts the sandbox on the current runtime. It runs until the handle is dropped.
pub async fn serve(mut config: Config, options: &Options) -> Result<(Addresses, Handle), StartError> {
    let temporary = options.data.is_none().then(TempDir::new).transpose().map_err(StartError::Temporary)?;
    let data = options.data.as_deref().or(temporary.as_ref().map(TempDir::path)).unwrap_or(Path::new("."));
    let store = Store::open(data, options.part_bytes)?;
    let kept = kept(&config);
    let unfinished = config.staging.upload_lifetime.saturating_add(config.staging.put_lifetime);
    sweep::sweep(data, &kept, unfinished);
    let gateway = bind(config.bind, config.port, "--port").await?;
    let storage = bind(config.bind, options.storage_port, "--storage-port").await?;
    let (gateway_url, storage_url) = (public_url(&gateway)?, public_url(&storage)?);

    let embedded = Url::parse(&storage_url).ok().and_then(|url| Embedded::new(url, options.storage_key.clone()).ok());
    let embedded = embedded.ok_or(StartError::Internal("storage URL"))?;
    let imitated = imitate(&mut config, &gateway_url)?;
    config.staging.min_part_bytes = options.part_bytes;
    // The embedded storage honours it.
    config.staging.if_none_match |= config.staging.bucket.is_none();
    let bucket = config.staging.bucket.get_or_insert_with(|| embedded.presigner.clone()).clone();
    let addresses = addresses(bucket.url().to_owned(), &config, &imitated, &gateway_url, &storage_url);
    let mut origins = vec![gateway_url.clone(), storage_url, bucket.origin()];
    origins.dedup();
    let any_https = imitated.len() < config.providers.len();
    let pages = pages::app(options, &Sources { origins, any_https });

    let faults = Faults::default();
    let renew = faults.renewals();
    let storage_app = storage::app(store.clone(), &embedded, &faults);
    let sandbox = Sandbox {
        store,
        presigner: embedded.presigner.into(),
        faults,
        settings: Settings::new(options.processing_millis),
        fetcher: Fetcher::new(Reach { loopback: config.bind.is_loopback() })?,
        public_url: gateway_url,
        ticket_life: config.staging.put_lifetime,
    };
    let mocks = providers::app(&sandbox, &imitated, &AllowedOrigins::new(&config.allow_origin));
    let app = mediaferry_gateway::app(&config)?.nest("/sandbox", mocks.layer(DefaultBodyLimit::disable())).merge(pages);
    let app = mediaferry_gateway::with_guards(app, &config);

    let (stop, stopped) = watch::channel(());
    let never = watch::channel(()).1;
    let mut tasks = JoinSet::new();
    tasks.spawn(server::run(gateway, app, Signals { stop: stopped.clone(), renew: never }));
    tasks.spawn(server::run(storage, storage_app, Signals { stop: stopped.clone(), renew }));
    tasks.spawn(sweep::regularly(data.to_owned(), kept, unfinished, stopped));
    Ok((addresses, Handle { stop, tasks, _folder: temporary }))
}

impl Handle {
    /// Accepts no new connections, waits up to five seconds for running requests, and ends.
    pub async fn stop(self) {
        let _ = self.stop.send(());
        self.tasks.join_all().await;
    }
}

/// Directs the requests to every provider without an upstream to its mock. Returns the ids of these providers.
fn imitate(config: &mut Config, gateway: &str) -> Result<Vec<&'static str>, StartError> {
    let mut imitated = Vec::new();
    for provider in config.providers.iter_mut().filter(|provider| provider.upstream.is_none()) {
        let id = provider.profile.id;
        let origin = Url::parse(&format!("{gateway}/sandbox/{id}")).map_err(|_| StartError::Internal("sandbox URL"))?;
        let key = Secret::new(providers::KEY).ok_or(StartError::Internal("sandbox key"))?;
        provider.upstream = Some(UpstreamConfig { origin, key });
        imitated.push(id);
    }
    Ok(imitated)
}

/// What is kept for a limited time: the assets of the mock providers, and staged files at least as long as any URL of
/// them is valid.
fn kept(config: &Config) -> Vec<Kept> {
    let providers = config.providers.iter().map(|provider| providers::kept(provider.profile.id));
    let lifetime = config.staging.put_lifetime.saturating_add(config.staging.get_lifetime);
    let staged = Kept { place: staging::FOLDER, named: staging::is_name, life: lifetime };
    providers.chain([staged]).collect()
}

fn addresses(staging: String, config: &Config, imitated: &[&str], gateway: &str, storage: &str) -> Addresses {
    let upstream = |profile: &Profile| {
        let provider = config.providers.iter().find(|provider| provider.profile.id == profile.id);
        let real = provider.filter(|_| !imitated.contains(&profile.id)).and_then(|provider| provider.upstream.as_ref());
        real.map_or_else(|| "sandbox".to_owned(), |upstream| upstream.origin.to_string())
    };
    let providers = config.providers.iter().map(|provider| (provider.profile.id, upstream(provider.profile)));
    Addresses { gateway: gateway.to_owned(), storage: storage.to_owned(), staging, providers: providers.collect() }
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
