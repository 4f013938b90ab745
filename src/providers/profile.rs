//! The constants of a provider: its limits, its options and its endpoints.

use core::time::Duration;

use crate::http::{Method, Request, Target};
use crate::options::OptionSpec;
use crate::rules::Rules;
use crate::text;

/// A provider's constants, each from its page.
#[derive(Debug)]
pub struct Profile {
    /// The id in code and paths.
    pub id: &'static str,
    /// The display name.
    pub name: &'static str,
    /// The provider's website.
    pub home: &'static str,
    /// The origin of its API.
    pub origin: &'static str,
    /// How the key is sent.
    pub auth: Auth,
    /// Every request that this crate sends to it. The gateway rejects all others.
    pub endpoints: &'static [Endpoint],
    /// The limits.
    pub rules: Rules<'static>,
    /// Whether it fetches URLs.
    pub accepts_urls: bool,
    /// The options.
    pub settings: &'static [OptionSpec],
    /// How long it keeps an asset, if documented.
    pub lifetime: Option<Duration>,
    /// Other facts from its page that a user needs.
    pub notes: &'static [&'static str],
    /// The maximum number of assets per account, if documented. It is needed to recognise the error for a full account.
    pub max_assets: Option<u32>,
}

/// How a key is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Auth {
    /// `Authorization: Bearer …`.
    Bearer,
    /// The bare key in this header.
    Header(&'static str),
}

/// A method and a path; `{…}` in the path is a placeholder for one segment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Endpoint {
    /// The method.
    pub method: Method,
    /// The path, without the origin.
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

    /// A request to this endpoint, whose path has no placeholder.
    #[must_use]
    pub fn request(self) -> Request {
        self.request_for("")
    }

    /// A request to this endpoint, with the id in place of the placeholder.
    #[must_use]
    pub fn request_for(self, id: &str) -> Request {
        let (before, rest) = text::split_once(self.path, b'{').unwrap_or((self.path, ""));
        let filled = text::split_once(rest, b'}')
            .map_or_else(|| before.to_owned(), |(_, after)| text::concat(&[before, id, after]));
        Request::new(self.method, Target::Provider(filled))
    }

    /// Whether a request with this method and path (without a query) matches this endpoint.
    #[must_use]
    pub fn matches(&self, method: Method, path: &str) -> bool {
        let mut expected = self.path.split('/');
        let mut actual = path.split('/');
        let same = expected.by_ref().zip(actual.by_ref()).all(|(expected, actual)| {
            let parameter = expected.starts_with('{') && !actual.is_empty() && actual != "." && actual != "..";
            parameter || expected == actual
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
            let Target::Provider(filled) = endpoint.request_for("a").target else { panic!("{path} is the provider's") };
            assert!(filled == path && endpoint.matches(endpoint.method, path), "{filled}");
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
