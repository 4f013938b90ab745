//! Fetches a file from a URL into the store, as providers that accept URLs do.
//!
//! The query of a URL is often a credential, so no URL is logged or part of a message.

use std::time::Duration;

use axum::http::header;
use futures::{TryStreamExt, future};
use mediaferry_gateway::guard::is_loopback;
use mediaferry_gateway::upstream::{self, UpstreamError};
use percent_encoding::percent_decode_str;
use reqwest::{Client, Response, StatusCode, Url};

use crate::intake::{NotStored, Stored, take_in};
use crate::reach::Reach;
use crate::store::Store;

/// URLs that work everywhere are shorter, and a record has space for one.
const MAX_URL: usize = 8 << 10;
/// The maximum number of redirects.
const REDIRECTS: usize = 5;
/// Five gibibytes: the maximum of one PUT in S3.
const MAX_BYTES: u64 = 5 << 30;
/// Shorter than the gateway's default timeout for a provider, so that a slow URL results in a failed asset and not in a
/// 504.
const PATIENCE: Duration = Duration::from_secs(100);

/// Fetches URLs within reach.
#[derive(Clone, Debug)]
pub(crate) struct Fetcher {
    /// Uses the system's proxy, if there is one.
    remote: Client,
    /// No proxy: it could not reach this machine's own storage.
    local: Client,
    reach: Reach,
    max_bytes: u64,
    patience: Duration,
}

/// Why a download failed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    #[error("The URL could not be reached.")]
    Unreachable,
    #[error("The URL returned status {}.", .0.as_u16())]
    Status(StatusCode),
    #[error("The URL redirects too often, or to something that is not http or https.")]
    Redirects,
    #[error("The download broke off.")]
    BrokenOff,
    #[error("The download took too long.")]
    TooSlow,
    #[error("The file is too large.")]
    TooLarge,
    #[error("The file is not a supported media file.")]
    NoMedia(Stored),
    #[error("The file could not be stored.")]
    Store,
}

/// Parses a URL that can be fetched: http or https, with a host.
pub(crate) fn parse(text: &str) -> Option<Url> {
    Url::parse(text).ok().filter(|url| is_web(url) && url.as_str().len() <= MAX_URL)
}

/// The last part of a URL's path, decoded, as a file name.
pub(crate) fn file_name(url: &Url) -> String {
    let decoded = percent_decode_str(url.path()).decode_utf8_lossy();
    let name = decoded.rsplit(['/', '\\']).next().filter(|name| !name.is_empty()).unwrap_or("file");
    name.chars().take(255).collect()
}

/// The URL without query and other possible credentials, for display.
pub(crate) fn without_credentials(mut url: Url) -> String {
    url.set_query(None);
    url.set_fragment(None);
    // Neither call fails for a URL with a host.
    let _ = url.set_username("");
    let _ = url.set_password(None);
    url.into()
}

impl Fetcher {
    pub(crate) fn new(reach: Reach) -> Result<Self, UpstreamError> {
        let (remote, local) = (upstream::remote_with(reach)?, upstream::local_with(reach)?);
        Ok(Self { remote, local, reach, max_bytes: MAX_BYTES, patience: PATIENCE })
    }

    /// Stores the content of a URL under this key; if it is not a media file, it is deleted.
    pub(crate) async fn fetch(&self, store: &Store, key: &str, url: Url) -> Result<Stored, Failure> {
        let fetched = tokio::time::timeout(self.patience, self.download(store, key, url)).await;
        let stored = fetched.unwrap_or(Err(Failure::TooSlow))?;
        if stored.media.is_none() {
            let _ = store.delete(key).await;
            return Err(Failure::NoMedia(stored));
        }
        Ok(stored)
    }

    async fn download(&self, store: &Store, key: &str, url: Url) -> Result<Stored, Failure> {
        let response = self.open(url).await?;
        let mut left = self.max_bytes;
        if response.content_length().is_some_and(|length| length > left) {
            return Err(Failure::TooLarge);
        }
        let pieces = response.bytes_stream().map_err(|_| Failure::BrokenOff).and_then(move |bytes| {
            let rest = left.checked_sub(bytes.len() as u64);
            left = rest.unwrap_or_default();
            future::ready(rest.map(|_| bytes).ok_or(Failure::TooLarge))
        });
        take_in(store, key, pieces).await.map_err(|error| match error {
            NotStored::Source(failure) => failure,
            NotStored::Store(error) => {
                tracing::warn!(target: "gateway", %error, "storage failed");
                Failure::Store
            }
        })
    }

    /// Follows redirects itself, because each URL may need the other client.
    async fn open(&self, mut url: Url) -> Result<Response, Failure> {
        for _ in 0..=REDIRECTS {
            if !self.reach.contains_host(&url) {
                return Err(Failure::Unreachable);
            }
            let here = url.host_str().is_some_and(is_loopback);
            let client = if here { &self.local } else { &self.remote };
            let response = client.get(url.clone()).send().await.map_err(|_| Failure::Unreachable)?;
            let status = response.status();
            let location = response.headers().get(header::LOCATION).filter(|_| status.is_redirection());
            url = match location {
                Some(location) => location.to_str().ok().and_then(|next| url.join(next).ok()).filter(is_web),
                None if status.is_success() => return Ok(response),
                None => return Err(Failure::Status(status)),
            }
            .ok_or(Failure::Redirects)?;
        }
        Err(Failure::Redirects)
    }
}

fn is_web(url: &Url) -> bool {
    matches!(url.scheme(), "http" | "https") && url.has_host()
}

#[cfg(test)]
mod tests {
    use axum::Router;
    use axum::body::Body;
    use axum::routing::get;
    use futures::stream;
    use tempfile::TempDir;
    use tokio::net::TcpListener;

    use super::*;
    use crate::uploads::MIN_PART;

    const GIF: &[u8] = b"GIF89a\x01\0\x01\0\0\0\0;";

    async fn serve(app: Router) -> Url {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let origin = format!("http://{}/", listener.local_addr().expect("an address"));
        tokio::spawn(async move { axum::serve(listener, app).await });
        origin.parse().expect("a URL")
    }

    fn store() -> (TempDir, Store) {
        let folder = TempDir::new().expect("a folder");
        let store = Store::open(folder.path(), MIN_PART).expect("a store");
        (folder, store)
    }

    #[tokio::test]
    async fn a_file_may_be_as_large_as_the_limit_and_no_larger() {
        let chunked = || async { Body::from_stream(stream::iter([Ok::<_, std::io::Error>(GIF)])) };
        let url = serve(Router::new().route("/told", get(|| async { GIF })).route("/chunked", get(chunked))).await;
        let (_folder, store) = store();
        let size = GIF.len() as u64;
        for path in ["told", "chunked"] {
            let url = url.join(path).expect("a URL");
            let limited = |max_bytes| Fetcher { max_bytes, ..Fetcher::new(Reach { loopback: true }).expect("clients") };
            let stored = limited(size).fetch(&store, path, url.clone()).await.expect("a file");
            assert_eq!(stored.size, size, "{path}");
            store.delete(path).await.expect("a store");
            let failure = limited(size - 1).fetch(&store, path, url).await.expect_err("too large");
            assert!(matches!(failure, Failure::TooLarge), "{path}: {failure}");
            assert_eq!(store.head(path).await.expect("a store"), None, "{path}");
        }
    }

    #[tokio::test]
    async fn patience_ends() {
        let url = serve(Router::new().route("/", get(std::future::pending::<()>))).await;
        let (_folder, store) = store();
        let fetcher = Fetcher {
            patience: Duration::from_millis(100),
            ..Fetcher::new(Reach { loopback: true }).expect("clients")
        };
        let failure = fetcher.fetch(&store, "slow", url).await.expect_err("too slow");
        assert!(matches!(failure, Failure::TooSlow), "{failure}");
    }

    #[test]
    fn names_come_from_the_path_alone() {
        let name = |url: &str| file_name(&parse(url).expect("a URL"));
        assert_eq!(name("https://a.example/image%2F15%2Fcat%20one.jpg?X-Amz-Signature=1"), "cat one.jpg");
        assert_eq!(name("https://a.example/b/c.mp4#t=1"), "c.mp4");
        assert_eq!(name("https://a.example/100%.png"), "100%.png");
        assert_eq!(name("https://a.example"), "file");
        assert_eq!(name(&format!("https://a.example/{}", "x".repeat(300))).len(), 255);
    }

    #[test]
    fn possible_credentials_are_not_shown() {
        let url = parse("https://user:river@a.example/b.png?X-Amz-Signature=river#river").expect("a URL");
        assert_eq!(without_credentials(url), "https://a.example/b.png");
    }

    #[test]
    fn only_http_urls_are_fetched() {
        for text in
            ["ftp://a.example/b", "file:///etc/passwd", "data:image/gif;base64,R0", "a.example/b.png", "http://"]
        {
            assert_eq!(parse(text), None, "{text}");
        }
        let long = |length: usize| format!("http://a.example/{}", "x".repeat(length - "http://a.example/".len()));
        assert!(parse(&long(MAX_URL)).is_some() && parse(&long(MAX_URL + 1)).is_none());
    }
}
