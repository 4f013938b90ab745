//! The connection to Valkey or Redis, which instances share.

use std::fmt;
use std::time::Duration;

use redis::aio::{ConnectionManager, ConnectionManagerConfig};
use redis::{Client, Cmd, FromRedisValue, RedisResult, ScriptInvocation};

/// How long one command may take: a request waits for it.
const RESPONSE: Duration = Duration::from_millis(500);
const CONNECT: Duration = Duration::from_secs(1);

/// A connection that is established on first use and re-established after an error. Clones share it.
#[derive(Clone)]
pub struct Valkey(ConnectionManager);

/// The URL of a server, which may contain a password: `redis://[user:password@]host[:port][/database]`.
#[derive(Clone, PartialEq, Eq)]
pub struct ValkeyUrl(String);

impl ValkeyUrl {
    /// Checks a URL.
    pub fn parse(url: &str) -> Result<Self, UrlError> {
        let valid = url.starts_with("redis://") && Client::open(url).is_ok();
        if valid { Ok(Self(url.to_owned())) } else { Err(UrlError) }
    }
}

impl fmt::Debug for ValkeyUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ValkeyUrl(…)")
    }
}

/// A URL that is not `redis://[user:password@]host[:port][/database]`.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("must be a URL such as redis://valkey.example:6379/0")]
pub struct UrlError;

/// The server cannot be reached, or did not respond in time. The reason is logged.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("Valkey cannot be reached")]
pub struct UnavailableError;

impl Valkey {
    /// Prepares the connection; needs a Tokio runtime. Does not connect yet.
    pub fn new(ValkeyUrl(url): &ValkeyUrl) -> Result<Self, UrlError> {
        let config = ConnectionManagerConfig::new()
            .set_number_of_retries(1)
            .set_response_timeout(Some(RESPONSE))
            .set_connection_timeout(Some(CONNECT));
        let client = Client::open(url.as_str()).map_err(|_| UrlError)?;
        ConnectionManager::new_lazy_with_config(client, config).map(Self).map_err(|_| UrlError)
    }

    /// Checks that the server responds.
    pub async fn ping(&self) -> Result<(), UnavailableError> {
        self.query(&redis::cmd("PING")).await
    }

    pub(crate) async fn query<T: FromRedisValue>(&self, command: &Cmd) -> Result<T, UnavailableError> {
        checked(command.query_async(&mut self.0.clone()).await)
    }

    pub(crate) async fn run<T: FromRedisValue>(&self, script: &ScriptInvocation<'_>) -> Result<T, UnavailableError> {
        checked(script.invoke_async(&mut self.0.clone()).await)
    }
}

/// Shows no URL, because it can contain a password.
impl fmt::Debug for Valkey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Valkey(…)")
    }
}

fn checked<T>(result: RedisResult<T>) -> Result<T, UnavailableError> {
    result.map_err(|error| {
        // The error's detail could quote a command with a user's data.
        tracing::warn!(target: "gateway", kind = ?error.kind(), code = error.code(), "Valkey cannot be used");
        UnavailableError
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn url_is_checked_and_never_shown() {
        let valkey = Valkey::new(&ValkeyUrl::parse("redis://user:swordfish@127.0.0.1:1/0").expect("a URL"))
            .expect("a connection");
        assert_eq!(format!("{valkey:?}"), "Valkey(…)");
        assert_eq!(valkey.ping().await, Err(UnavailableError));
        for url in [
            "",
            "valkey.example",
            "http://valkey.example",
            "rediss://valkey.example",
            "redis://host/name",
            "unix:///tmp/x",
        ] {
            assert_eq!(ValkeyUrl::parse(url).map(|_| ()), Err(UrlError), "{url}");
        }
    }
}
