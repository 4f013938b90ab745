//! What a once-only request is known by, and since when it may be.

use std::time::Duration;

use axum::http::Method;
use mediaferry::digest::Digest;
use tokio::time::Instant;

/// How much older a request may be than it says: the page counts its age before the browser sends it.
const SLACK: Duration = Duration::from_secs(5);

/// A request's name: its id, then provider, method and path as a digest, since a path can be long.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Key(String);

/// The earliest time at which a request can have come first; `None` if that is before all times.
#[derive(Clone, Copy, Debug)]
pub(super) struct FirstTry(Option<Instant>);

impl Key {
    pub(crate) fn new(provider: &str, method: &Method, path: &str, id: &str) -> Self {
        let mut digest = Digest::new();
        // None of them has a space.
        digest.update(format!("{provider} {method} {path}").as_bytes());
        Self(format!("{id} {}", digest.finish().hex()))
    }

    /// Smaller than all keys with this id, and larger than those with a smaller one.
    pub(super) fn first_of(id: &str) -> Self {
        Self(id.to_owned())
    }

    pub(super) fn has_id(&self, id: &str) -> bool {
        self.0.strip_prefix(id).is_some_and(|rest| rest.starts_with(' '))
    }
}

impl FirstTry {
    /// Of a request that is so old.
    pub(super) fn before(age: Duration) -> Self {
        Self(age.checked_add(SLACK).and_then(|age| Instant::now().checked_sub(age)))
    }

    /// Whether it can have been at this time already.
    pub(super) fn can_be_at(self, time: Instant) -> bool {
        self.0.is_none_or(|first_try| first_try <= time)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn provider_method_and_path_are_part_of_the_name() {
        let key = |provider, method, path, id| Key::new(provider, &method, path, id);
        let one = key("relaydance", Method::POST, "/v1/files", "a");
        assert_eq!(one, key("relaydance", Method::POST, "/v1/files", "a"));
        for other in [
            key("worldrouter", Method::POST, "/v1/files", "a"),
            key("relaydance", Method::PUT, "/v1/files", "a"),
            key("relaydance", Method::POST, "/v1", "a"),
            key("relaydance", Method::POST, "/v1/files", "b"),
        ] {
            assert_ne!(one, other);
        }
        assert!(Key::first_of("a") < one && one < Key::first_of("b"));
        assert!(one.has_id("a") && !one.has_id("b") && !one.has_id(""));
    }
}
