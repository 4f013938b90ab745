//! What is constant about a provider: its limits, its options, and the requests that are made of it.

use core::time::Duration;

use crate::http::{Method, Request, Target};
use crate::options::Setting;
use crate::rules::Rules;
use crate::text;

/// A provider's constants, each from its page.
#[derive(Debug)]
pub struct Profile {
    /// The word that names it in code and paths.
    pub id: &'static str,
    /// Its name for people.
    pub name: &'static str,
    /// Its site.
    pub home: &'static str,
    /// Scheme and host of its API.
    pub origin: &'static str,
    /// How it wants its key.
    pub auth: Auth,
    /// Every request this crate makes of it. The gateway lets nothing else through.
    pub endpoints: &'static [Endpoint],
    /// What it takes.
    pub rules: Rules,
    /// Whether it fetches what stands at an address.
    pub takes_addresses: bool,
    /// What its user may choose.
    pub settings: &'static [Setting],
    /// How long it keeps an asset, where the page says so.
    pub lifetime: Option<Duration>,
    /// What its page says beside limits, that a user has to know.
    pub notes: &'static [&'static str],
    /// How many assets an account may have, where the page says so. It tells a refusal about their number from others.
    pub max_assets: Option<u32>,
}

/// How a provider wants its key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Auth {
    /// `Authorization: Bearer …`.
    Bearer,
    /// The bare key in a header of this name.
    Header(&'static str),
}

/// A method and a path; `{…}` in the path stands for one segment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Endpoint {
    /// The method.
    pub method: Method,
    /// The path, from the origin.
    pub path: &'static str,
}

impl Endpoint {
    /// A GET of this path.
    #[must_use]
    pub const fn get(path: &'static str) -> Self {
        Self { method: Method::Get, path }
    }

    /// A POST to this path.
    #[must_use]
    pub const fn post(path: &'static str) -> Self {
        Self { method: Method::Post, path }
    }

    /// A DELETE of this path.
    #[must_use]
    pub const fn delete(path: &'static str) -> Self {
        Self { method: Method::Delete, path }
    }

    /// A request of it, of a path without a `{…}`.
    #[must_use]
    pub fn request(self) -> Request {
        self.request_for("")
    }

    /// A request of it, with this id in the place of the path's `{…}`.
    #[must_use]
    pub fn request_for(self, id: &str) -> Request {
        let (before, rest) = text::cut(self.path, b'{').unwrap_or((self.path, ""));
        let filled =
            text::cut(rest, b'}').map_or_else(|| before.to_owned(), |(_, after)| text::concat(&[before, id, after]));
        Request::new(self.method, Target::Provider(filled))
    }

    /// Whether a request with this method and path (without a query) is this endpoint.
    #[must_use]
    pub fn matches(&self, method: Method, path: &str) -> bool {
        let mut wanted = self.path.split('/');
        let mut given = path.split('/');
        let same = wanted.by_ref().zip(given.by_ref()).all(|(wanted, given)| {
            let parameter = wanted.starts_with('{') && !given.is_empty() && given != "." && given != "..";
            parameter || wanted == given
        });
        self.method == method && same && self.path.split('/').count() == path.split('/').count()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_of_an_endpoint_has_the_id_in_its_place() {
        let complete = Endpoint::post("/files/{id}/complete");
        assert_eq!(
            complete.request_for("a"),
            Request::new(Method::Post, Target::Provider("/files/a/complete".to_owned()))
        );
        for (endpoint, path) in [(Endpoint::get("/files/{id}"), "/files/a"), (Endpoint::delete("/files"), "/files")] {
            let Target::Provider(given) = endpoint.request_for("a").target else { panic!("{path} is the provider's") };
            assert!(given == path && endpoint.matches(endpoint.method, path), "{given}");
        }
        assert_eq!(Endpoint::get("/files").request(), Endpoint::get("/files").request_for(""));
    }

    #[test]
    fn endpoint_matches_whole_segments_only() {
        let endpoint = Endpoint::post("/files/{id}/complete");
        assert!(endpoint.matches(Method::Post, "/files/file_1/complete"));
        for path in [
            "/files/complete",
            "/files//complete",
            "/files/../complete",
            "/files/a/b/complete",
            "/files/a/complete/x",
            "/files/a",
        ] {
            assert!(!endpoint.matches(Method::Post, path), "{path}");
        }
        assert!(!endpoint.matches(Method::Get, "/files/file_1/complete"));
    }
}
