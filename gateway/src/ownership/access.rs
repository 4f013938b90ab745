//! What each endpoint of a provider does with assets, and where its messages show them.

use mediaferry::http::Method;
use mediaferry::providers::Endpoint;

/// What an endpoint does with assets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Access {
    /// Creates an asset.
    Create,
    /// Returns or changes the asset whose id is in the path.
    One,
    /// Returns several assets: an array at `items`, whose items have their file name in `name`.
    List { items: &'static str, name: &'static str },
    /// Deletes the asset whose id is in the path.
    Delete,
}

/// The rule for one endpoint. Pointers are JSON pointers (RFC 6901) into responses.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Rule {
    pub(crate) access: Access,
    /// The field of a JSON request with the file name.
    pub(crate) file_name: Option<&'static str>,
    /// The id of the created asset.
    pub(crate) id: Option<&'static str>,
    /// Whether the request contains the file, or a URL of it; otherwise the file is sent to storage afterwards.
    pub(crate) sends_file: bool,
    /// When the upload URL in the response expires.
    pub(crate) expires_at: Option<&'static str>,
    /// Whether a success completes an upload to a URL that was issued before.
    pub(crate) completes: bool,
    /// The file name in the response.
    pub(super) name: Option<&'static str>,
    /// The endpoint that returns the asset, which has to be read first because this one's response comes too late.
    pub(super) check_first: Option<Endpoint>,
}

const NOTHING: Rule = Rule {
    access: Access::Create,
    file_name: None,
    id: None,
    sends_file: true,
    expires_at: None,
    completes: false,
    name: None,
    check_first: None,
};

/// The rules by provider, method and path. An endpoint without a rule is not available to verified users.
const RULES: [(&str, Method, &str, Rule); 10] = [
    (
        "modelhunter",
        Method::Post,
        "/api/v1/files/upload-url",
        Rule {
            file_name: Some("filename"),
            id: Some("/data/file_id"),
            sends_file: false,
            expires_at: Some("/data/expires_at"),
            ..NOTHING
        },
    ),
    (
        "modelhunter",
        Method::Post,
        "/api/v1/files/{file_id}/complete",
        Rule { access: Access::One, completes: true, name: Some("/data/filename"), ..NOTHING },
    ),
    (
        "onerouter",
        Method::Post,
        "/v1/upload/resources",
        Rule { id: Some("/data/id"), name: Some("/data/file_name"), ..NOTHING },
    ),
    (
        "onerouter",
        Method::Get,
        "/v1/list/resources",
        Rule { access: Access::List { items: "/data/items", name: "file_name" }, ..NOTHING },
    ),
    (
        "onerouter",
        Method::Get,
        ONEROUTER_STATUS,
        Rule { access: Access::One, name: Some("/data/file_name"), ..NOTHING },
    ),
    (
        "onerouter",
        Method::Delete,
        "/v1/delete/resources/{id}",
        Rule {
            access: Access::Delete,
            name: Some("/data/file_name"),
            check_first: Some(Endpoint::get(ONEROUTER_STATUS)),
            ..NOTHING
        },
    ),
    ("worldrouter", Method::Post, "/v1/images/uploads", NOTHING),
    ("relaydance", Method::Post, "/v1/files", NOTHING),
    ("apiframe", Method::Post, "/v2/assets/create", Rule { id: Some("/assetId"), ..NOTHING }),
    ("apiframe", Method::Get, "/v2/assets/{assetId}", Rule { access: Access::One, ..NOTHING }),
];

const ONEROUTER_STATUS: &str = "/v1/status/resources/{id}";

/// The rule for an endpoint.
pub(crate) fn rule(provider: &str, endpoint: &Endpoint) -> Option<Rule> {
    let found = RULES
        .iter()
        .find(|(id, method, path, _)| *id == provider && *method == endpoint.method && *path == endpoint.path);
    found.map(|(_, _, _, rule)| *rule)
}

/// The segment of a path that is a placeholder in the endpoint's path.
pub(crate) fn id_in<'p>(endpoint: &Endpoint, path: &'p str) -> Option<&'p str> {
    let mut segments = endpoint.path.split('/').zip(path.split('/'));
    segments.find(|(template, _)| template.starts_with('{')).map(|(_, segment)| segment)
}

/// The endpoint's path with this id.
pub(super) fn path_of(endpoint: &Endpoint, id: &str) -> String {
    let segments = endpoint.path.split('/').map(|segment| if segment.starts_with('{') { id } else { segment });
    segments.collect::<Vec<_>>().join("/")
}

#[cfg(test)]
mod tests {
    use mediaferry::providers::PROVIDERS;

    use super::*;

    #[test]
    fn every_endpoint_has_a_rule_and_every_rule_an_endpoint() {
        let profiles: Vec<_> = PROVIDERS.iter().map(|provider| provider.profile()).collect();
        let endpoints: Vec<_> =
            profiles.iter().flat_map(|profile| profile.endpoints.iter().map(|one| (profile.id, one))).collect();
        for (provider, endpoint) in &endpoints {
            let rule = rule(provider, endpoint).unwrap_or_else(|| panic!("{provider} {}", endpoint.path));
            let of_one = matches!(rule.access, Access::One | Access::Delete);
            assert_eq!(of_one, endpoint.path.contains('{'), "{provider} {}", endpoint.path);
        }
        assert_eq!(endpoints.len(), RULES.len());
    }

    #[test]
    fn the_id_is_the_segment_of_the_placeholder() {
        let complete = Endpoint::post("/files/{file_id}/complete");
        assert_eq!(id_in(&complete, "/files/file_1/complete"), Some("file_1"));
        assert_eq!(path_of(&complete, "file_1"), "/files/file_1/complete");
        assert_eq!(id_in(&Endpoint::get("/list"), "/list"), None);
    }
}
