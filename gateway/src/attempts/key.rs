//! The key of a once-only request, and the earliest time at which it can have arrived.

use std::time::Duration;

use axum::http::Method;
use mediaferry::digest::Digest;
use tokio::time::Instant;

/// How much older a request may be than its age header: the page computes the age before the browser sends the request.
const SLACK: Duration = Duration::from_secs(5);

/// A request's key: its id, then a digest of provider, method and path, because a path can be long.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Key(String);

/// The earliest time at which a request can have arrived first; `None` if it is out of range.
#[derive(Clone, Copy, Debug)]
pub(super) struct FirstTry(Option<Instant>);

impl Key {
    pub(crate) fn new(provider: &str, method: &Method, path: &str, id: &str) -> Self {
        let mut digest = Digest::new();
        // None of them contains a space.
        digest.update(format!("{provider} {method} {path}").as_bytes());
        Self(format!("{id} {}", digest.finish().hex()))
    }

    /// Smaller than all keys with this id, and larger than all keys with a smaller id.
    pub(super) fn first_of(id: &str) -> Self {
        Self(id.to_owned())
    }

    pub(super) fn has_id(&self, id: &str) -> bool {
        self.0.strip_prefix(id).is_some_and(|rest| rest.starts_with(' '))
    }
}

impl FirstTry {
    /// The first attempt of a request of this age.
    pub(super) fn before(age: Duration) -> Self {
        Self(age.checked_add(SLACK).and_then(|age| Instant::now().checked_sub(age)))
    }

    /// Whether the first attempt can have been at or before this time.
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
