//! The bucket for staging, from the environment: all five variables, or none for the embedded storage.

use rusty_s3::Credentials;

use super::ConfigError;
use super::provider::parse_upstream;
use crate::presign::Presigner;

const ENDPOINT: &str = "MEDIAFERRY_S3_ENDPOINT";
const REGION: &str = "MEDIAFERRY_S3_REGION";
const BUCKET: &str = "MEDIAFERRY_S3_BUCKET";
const ACCESS_KEY_ID: &str = "MEDIAFERRY_S3_ACCESS_KEY_ID";
const SECRET_ACCESS_KEY: &str = "MEDIAFERRY_S3_SECRET_ACCESS_KEY";

/// The variables, each with an example.
const VARIABLES: [(&str, &str); 5] = [
    (ENDPOINT, "https://s3.eu-north-1.amazonaws.com"),
    (REGION, "eu-north-1"),
    (BUCKET, "my-staging"),
    (ACCESS_KEY_ID, "…"),
    (SECRET_ACCESS_KEY, "…"),
];

/// Creates a signer for the bucket in the variables; `None` if none of them is set.
pub(super) fn read(variable: impl Fn(&str) -> Option<String>) -> Result<Option<Presigner>, ConfigError> {
    let values = VARIABLES.map(|(name, _)| variable(name).map(|value| value.trim().to_owned()));
    if values.iter().all(Option::is_none) {
        return Ok(None);
    }
    let [Some(endpoint), Some(region), Some(bucket), Some(access_key_id), Some(secret_access_key)] = values else {
        let missing = VARIABLES.iter().zip(values).filter(|(_, value)| value.is_none());
        return Err(ConfigError::MissingS3(missing.map(|((name, _), _)| *name).collect()));
    };
    let checked = [
        (REGION, is_segment(&region), "the name of a region, such as eu-north-1 or auto"),
        (BUCKET, is_segment(&bucket), "the name of a bucket: letters, digits, dots, hyphens and underscores"),
        (
            ACCESS_KEY_ID,
            is_key(&access_key_id) && !access_key_id.contains('/'),
            "an access key id without spaces and slashes",
        ),
        (SECRET_ACCESS_KEY, is_key(&secret_access_key), "a secret access key without spaces"),
    ];
    for (variable, fit, wanted) in checked {
        if !fit {
            return Err(ConfigError::BadS3 { variable, wanted });
        }
    }
    let bad_endpoint = ConfigError::BadS3 {
        variable: ENDPOINT,
        wanted: "a URL such as https://s3.example.com, without bucket, user name, query or fragment",
    };
    let Some(endpoint) = parse_upstream(&endpoint) else { return Err(bad_endpoint) };
    let credentials = Credentials::new(access_key_id, secret_access_key);
    Presigner::new(endpoint, region, bucket, credentials).map(Some).map_err(|_| bad_endpoint)
}

/// The text of `--help` about the variables.
pub(super) fn help() -> String {
    let head = "Staging (environment): the bucket for providers that accept only URLs, on any S3 with path-style URLs. Set \
                all\nfive variables, or none for the embedded storage, which only this machine can reach. For example:";
    let lines = VARIABLES.map(|(name, example)| format!("\n  {name}={example}"));
    format!("{head}{}", lines.concat())
}

/// Whether this can be a segment of a URL's path and of a signature's scope.
fn is_segment(name: &str) -> bool {
    let fit = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
    name.bytes().all(fit) && name.starts_with(|first: char| first.is_ascii_alphanumeric())
}

fn is_key(key: &str) -> bool {
    key.bytes().all(|byte| byte.is_ascii_graphic())
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &str = "river/live+1";
    const GOOD: [(&str, &str); 5] = [
        (ENDPOINT, "https://s3.example/"),
        (REGION, "auto"),
        (BUCKET, "my.bucket-1"),
        (ACCESS_KEY_ID, "AKIA1"),
        (SECRET_ACCESS_KEY, SECRET),
    ];

    /// Reads the valid variables with one value changed.
    fn with(changed: &str, value: &str) -> Result<Option<Presigner>, ConfigError> {
        let good = |name: &str| GOOD.iter().find(|(known, _)| *known == name).map(|(_, good)| (*good).to_owned());
        read(|name| if name == changed { Some(value.to_owned()) } else { good(name) })
    }

    #[test]
    fn all_or_none() {
        assert!(read(|_| None).expect("nothing").is_none());
        let presigner = with("", "").expect("a config").expect("a bucket");
        assert_eq!(presigner.address(), "https://s3.example/my.bucket-1");
        assert_eq!((presigner.credentials().key(), presigner.credentials().secret()), ("AKIA1", SECRET));
        for (at, (left_out, _)) in GOOD.iter().enumerate() {
            let only = |name: &str| GOOD.iter().find(|(known, _)| *known == name && known != left_out);
            let error = read(|name| only(name).map(|(_, value)| (*value).to_owned())).expect_err(left_out);
            assert_eq!(error, ConfigError::MissingS3(vec![left_out]), "{at}");
            let alone = read(|name| (name == *left_out).then(|| SECRET.to_owned())).expect_err(left_out).to_string();
            for (name, _) in GOOD {
                assert_eq!(alone.contains(name), name != *left_out, "{alone}");
            }
            assert!(!alone.contains(SECRET), "{alone}");
        }
    }

    #[test]
    fn invalid_variable_is_named_without_its_value() {
        for (variable, values) in [
            (
                ENDPOINT,
                &["s3.example", "ftp://s3.example", "https://", "https://u:p@s3.example", "https://s3.example?x"][..],
            ),
            (REGION, &["eu/north", "eu north", "."]),
            (BUCKET, &["a/b", "..", ".hidden", "bücket", "a?b"]),
            (ACCESS_KEY_ID, &["AKIA 1", "AKIA/1", "ключ"]),
            (SECRET_ACCESS_KEY, &["river live", "river\nlive", "ключ"]),
        ] {
            let errors = values.iter().map(|value| with(variable, value).expect_err(value).to_string());
            let mut errors: Vec<_> = errors.collect();
            errors.dedup();
            assert!(matches!(&errors[..], [error] if error.starts_with(variable)), "{errors:?}");
        }
    }

    #[test]
    fn help_names_every_variable() {
        for (name, _) in VARIABLES {
            assert!(help().contains(name));
        }
    }
}
