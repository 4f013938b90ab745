use std::io;
use std::path::Path;

use clap::Command;

use super::layers::{Source, Surroundings};
use super::*;

/// Reads a configuration from the text of a file, variables and flags.
fn read(file: &str, variables: &[(&str, &str)], args: &[&str]) -> (Values, Vec<Problem>) {
    let matches = Config::with_flags(Command::new("gateway")).get_matches_from(["gateway"].iter().chain(args));
    let variables: Vec<_> = variables.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect();
    let read = |path: &Path| match path.to_str() {
        Some("mediaferry.toml") => Ok(file.to_owned()),
        Some("/run/secret") => Ok(" from-the-file\n".to_owned()),
        Some("/run/blank") => Ok("\n".to_owned()),
        _ => Err(io::Error::from(io::ErrorKind::NotFound)),
    };
    layers::read(&matches, &Surroundings { variables: &variables, read: &read })
}

fn config(file: &str, variables: &[(&str, &str)], args: &[&str]) -> Result<Config, Vec<String>> {
    let (values, problems) = read(file, variables, args);
    Config::validate(&values, problems).map_err(|problems| problems.iter().map(ToString::to_string).collect())
}

/// The only problem of a configuration.
fn problem(file: &str, variables: &[(&str, &str)], args: &[&str]) -> String {
    let problems = config(file, variables, args).expect_err("a problem");
    let [problem] = &problems[..] else { panic!("{problems:?}") };
    problem.clone()
}

const S3: [(&str, &str); 5] = [
    ("MEDIAFERRY_S3_ENDPOINT", "https://s3.example/"),
    ("MEDIAFERRY_S3_REGION", "auto"),
    ("MEDIAFERRY_S3_BUCKET", "my.bucket-1"),
    ("MEDIAFERRY_S3_ACCESS_KEY_ID", "AKIA1"),
    ("MEDIAFERRY_S3_SECRET_ACCESS_KEY", "river/live+1"),
];

#[test]
fn defaults_are_valid() {
    let config = config("", &[("MEDIAFERRY_S3_BUCKET", " ")], &[]).expect("a config");
    assert_eq!((config.bind.is_loopback(), config.port), (true, 8787));
    assert_eq!((config.upstream_timeout.as_secs(), config.staging.max_bytes), (120, 1_000_000_000));
    assert!(config.staging.bucket.is_none() && config.providers.iter().all(|provider| provider.upstream.is_none()));
}

#[test]
fn later_layers_override_earlier_ones() {
    let file = "port = 1\nupstream_seconds = 10\n[staging]\nmax_bytes = 100\n[providers.relaydance]\nkey = 'a'";
    let variables =
        [("MEDIAFERRY_PORT", "2"), ("MEDIAFERRY_UPSTREAM_SECONDS", "20"), ("MEDIAFERRY_RELAYDANCE_KEY", "b")];
    let (values, problems) = read(file, &variables, &["--port", "3", "--relaydance-key-file", "/run/secret"]);
    assert_eq!(problems, []);
    let value = |key: &str| (values[key].texts[0].as_str(), &values[key].source);
    assert_eq!(value("port"), ("3", &Source::Flag("port".into())));
    assert_eq!(value("upstream_seconds"), ("20", &Source::Environment("MEDIAFERRY_UPSTREAM_SECONDS".into())));
    assert_eq!(value("staging.max_bytes"), ("100", &Source::File("mediaferry.toml".into())));
    assert_eq!(value("staging.seconds"), ("86400", &Source::Default));
    assert_eq!(value("providers.relaydance.key"), ("from-the-file", &Source::SecretFile("/run/secret".into())));
}

#[test]
fn a_secret_file_can_be_named_everywhere() {
    let in_file = "[s3]\nsecret_access_key_file = '/run/secret'";
    let in_variable = [("MEDIAFERRY_S3_SECRET_ACCESS_KEY_FILE", "/run/secret")];
    let flag = ["--s3-secret-access-key-file", "/run/secret"];
    for (values, problems) in [read(in_file, &[], &[]), read("", &in_variable, &[]), read("", &[], &flag)] {
        assert_eq!((values["s3.secret_access_key"].texts[0].as_str(), problems), ("from-the-file", Vec::new()));
    }
    for (path, message) in [("/run/blank", "is empty"), ("/run/none", "cannot be read")] {
        let problem = &read("", &[("MEDIAFERRY_APIFRAME_KEY_FILE", path)], &[]).1[0].to_string();
        assert!(problem.starts_with("providers.apiframe.key_file: ") && problem.contains(message), "{problem}");
    }
}

#[test]
fn lists_have_several_values() {
    let expected = ["https://a.example", "https://b.example"].map(HeaderValue::from_static);
    for config in [
        config("allow_origin = ['https://a.example/', 'https://B.example']", &[], &[]),
        config("", &[("MEDIAFERRY_ALLOW_ORIGIN", "https://a.example, https://b.example")], &[]),
        config("", &[], &["--allow-origin", "https://a.example", "--allow-origin", "https://b.example"]),
    ] {
        assert_eq!(config.expect("a config").allow_origin, expected);
    }
}

#[test]
fn unknown_names_are_problems_with_a_suggestion() {
    for (problem, expected) in [
        (
            problem("s3.bucked = 'b'", &[], &[]),
            "s3.bucked (mediaferry.toml): this setting does not exist; did you mean s3.bucket?",
        ),
        (
            problem("[limit]\nx = 1", &[], &[]),
            "limit.x (mediaferry.toml): this setting does not exist; --help lists all",
        ),
        (
            problem("", &[("MEDIAFERRY_S3_ENPOINT", "x")], &[]),
            "MEDIAFERRY_S3_ENPOINT: this setting does not exist; did you mean MEDIAFERRY_S3_ENDPOINT?",
        ),
    ] {
        assert_eq!(problem, expected);
    }
}

#[test]
fn syntax_errors_name_the_file_and_line() {
    let problem = problem("port = 1\nbind = ", &[], &[]);
    assert!(problem.starts_with("mediaferry.toml line 2: "), "{problem}");
    assert!(problem.lines().count() == 1, "{problem}");
    assert!(
        read("", &[("MEDIAFERRY_CONFIG", "/no/such")], &[]).1[0].to_string().starts_with("/no/such: cannot be read")
    );
}

#[test]
fn every_problem_is_reported_at_once() {
    let problems =
        config("port = 'x'\nallow_origin = '*'", &[("MEDIAFERRY_S3_BUCKET", "a/b")], &[]).expect_err("problems");
    let names: Vec<_> = problems.iter().map(|problem| problem.split(' ').next().expect("a name")).collect();
    for key in ["port", "allow_origin", "s3.bucket", "s3.endpoint", "s3.secret_access_key"] {
        assert!(names.contains(&key), "{key} is missing in {problems:?}");
    }
}

#[test]
fn invalid_values_are_named_with_their_source() {
    for (key, value, expected) in [
        ("bind", "localhost", "bind (MEDIAFERRY_BIND): must be an IP address, not \"localhost\""),
        ("port", "70000", "port (MEDIAFERRY_PORT): must be a whole number from 0 to 65535, not \"70000\""),
        (
            "staging_seconds",
            "59",
            "staging.seconds (MEDIAFERRY_STAGING_SECONDS): must be a whole number from 60 to 604800, not \"59\"",
        ),
        (
            "staging_max_bytes",
            "2199023255553",
            "staging.max_bytes (MEDIAFERRY_STAGING_MAX_BYTES): must be a whole number from 1 to 2199023255552, not \"2199023255553\"",
        ),
        (
            "allow_host",
            "https://a",
            "allow_host (MEDIAFERRY_ALLOW_HOST): must be a host name such as gateway.example, without scheme and port, not \"https://a\"",
        ),
    ] {
        let variable = format!("MEDIAFERRY_{}", key.to_uppercase());
        assert_eq!(problem("", &[(&variable, value)], &[]), expected);
    }
}

#[test]
fn origins_are_origins() {
    for text in ["*", "https://*.example", "app.example", "https://app.example/path", "null", "file:///x"] {
        assert!(problem("", &[], &["--allow-origin", text]).starts_with("allow_origin (--allow-origin): "), "{text}");
    }
}

#[test]
fn a_provider_needs_a_valid_origin_and_a_key() {
    let names = ["MEDIAFERRY_RELAYDANCE_ORIGIN", "MEDIAFERRY_RELAYDANCE_KEY"];
    let with = |origin: &str, key: &str| config("", &[(names[0], origin), (names[1], key)], &[]);
    for origin in ["https://relaydance.com", "http://127.0.0.1:1/base/"] {
        let config = with(origin, "k").expect(origin);
        assert_eq!(config.providers.iter().filter(|provider| provider.upstream.is_some()).count(), 1);
    }
    for origin in
        ["relaydance.com", "ftp://relaydance.com", "https://u:p@relaydance.com", "https://relaydance.com?x", "https://"]
    {
        let problems = with(origin, "k").expect_err(origin).concat();
        assert!(
            problems.starts_with("providers.relaydance.origin (MEDIAFERRY_RELAYDANCE_ORIGIN): must be a URL"),
            "{problems}"
        );
    }
    assert!(
        problem("", &[(names[0], "https://relaydance.com")], &[])
            .starts_with("providers.relaydance.key (MEDIAFERRY_RELAYDANCE_KEY): must be set")
    );
    assert!(problem("", &[(names[1], "k1")], &[]).contains("because providers.relaydance.key is set"));
    let problems = with("https://relaydance.com", "river live").expect_err("a key").concat();
    assert!(!problems.contains("river"), "{problems}");
}

#[test]
fn a_bucket_needs_all_settings_and_its_secret_is_never_named() {
    let config_with = |changed: &str, value: &str| {
        let variables = S3.map(|(name, good)| (name, if name == changed { value } else { good }));
        config("", &variables, &[])
    };
    let presigner = config_with("", "").expect("a config").staging.bucket.expect("a bucket");
    assert_eq!(presigner.url(), "https://s3.example/my.bucket-1");
    for (variable, values) in [
        ("MEDIAFERRY_S3_ENDPOINT", &["", "s3.example", "ftp://s3.example", "https://s3.example?x"][..]),
        ("MEDIAFERRY_S3_REGION", &["", "eu/north", "eu north", "."]),
        ("MEDIAFERRY_S3_BUCKET", &["", "a/b", "..", ".hidden", "bücket"]),
        ("MEDIAFERRY_S3_ACCESS_KEY_ID", &["", "AKIA 1", "AKIA/1"]),
        ("MEDIAFERRY_S3_SECRET_ACCESS_KEY", &["", "river live", "river\nlive"]),
    ] {
        for value in values {
            let problems = config_with(variable, value).expect_err(value);
            assert!(matches!(&problems[..], [one] if one.contains(variable) && !one.contains("river")), "{problems:?}");
        }
    }
}

#[test]
fn risky_configurations_are_warned_about() {
    let with = |origin: &str| {
        let variables = [("MEDIAFERRY_APIFRAME_ORIGIN", origin), ("MEDIAFERRY_APIFRAME_KEY", "k")];
        config("", &variables, &[]).expect("a config").warnings().concat()
    };
    assert!(config("", &[], &[]).expect("a config").warnings().concat().contains("no provider is configured"));
    assert!(with("http://api.apiframe.ai").contains("Apiframe: the key is sent unencrypted"));
    assert!(with("https://api.apiframe.ai").contains("Apiframe: files that need staging are rejected"));
    assert!(!with("http://127.0.0.1:1").contains("unencrypted"));
}

#[test]
fn limits_that_allow_nothing_or_have_no_effect_are_named() {
    for (setting, value, start) in [
        ("LIMITS_UPLOADS_PER_MINUTE", "0", "limits.uploads_per_minute"),
        ("LIMITS_BYTES_PER_DAY", "0", "limits.bytes_per_day"),
        ("LIMITS_CONCURRENT_UPLOADS", "0", "limits.concurrent_uploads"),
        ("LIMITS_MAX_FORM_BYTES", "0", "limits.max_form_bytes"),
        ("LIMITS_PROVIDERS", "two", "limits.providers"),
        ("LIMITS_KINDS", "text", "limits.kinds"),
        ("LIMITS_ACCOUNT_WAIT_SECONDS", "26", "limits.account_wait_seconds"),
        ("ACCOUNTS_APIFRAME_CREATES", "0", "accounts.apiframe.creates"),
        ("ACCOUNTS_APIFRAME_ASSETS", "0", "accounts.apiframe.assets"),
        ("ACCOUNTS_RELAYDANCE_CREATES_WINDOW_SECONDS", "25", "accounts.relaydance.creates_window_seconds"),
    ] {
        let problem = problem("", &[(&format!("MEDIAFERRY_{setting}"), value)], &[]);
        assert!(problem.starts_with(&format!("{start} (")), "{problem}");
    }
    assert!(problem("accounts.three.creates = 1", &[], &[]).starts_with("accounts.three.creates ("));
    for key in ["limits.providers", "limits.kinds"] {
        let problem = problem(&format!("{key} = []"), &[], &[]);
        assert!(problem.starts_with(&format!("{key} (mediaferry.toml): must not be empty")), "{problem}");
    }
    assert!(config("allow_origin = []", &[], &[]).is_ok());
}

#[test]
fn a_variable_that_is_not_utf_8_is_named_and_its_value_is_not() {
    for name in ["MEDIAFERRY_IDENTITY_MODE", "MEDIAFERRY_ONEROUTER_KEY"] {
        let problems = config("", &[(name, "river\u{fffd}live")], &[]).expect_err("a problem");
        assert_eq!(problems[0], format!("{name}: is not valid UTF-8"));
        assert!(name.ends_with("MODE") || problems.iter().all(|problem| !problem.contains("river")), "{problems:?}");
    }
    assert!(config("", &[("ANOTHER", "\u{fffd}")], &[]).is_ok());
}

#[test]
fn a_mistake_in_the_file_has_its_line() {
    for (file, line) in [("port = 1\nport = 2", 2), ("\n\n[limits\n", 3), ("port", 1), ("port = 1\n[port]\n", 2)] {
        let problem = problem(file, &[], &[]);
        assert!(problem.starts_with(&format!("mediaferry.toml line {line}: ")), "{problem}");
    }
}

#[test]
fn hooks_need_valid_urls_a_secret_and_a_spool() {
    let text = problem("", &[("MEDIAFERRY_HOOKS_SECRET", "whsec_x")], &[]);
    assert!(text.ends_with("): must be whsec_ and the base64 of 24 to 64 random bytes"), "{text}");
    let variables = [
        ("MEDIAFERRY_HOOKS_PRE_CREATE", "ftp://app.example"),
        ("MEDIAFERRY_HOOKS_POST_FINISH", "https://user@app.example"),
        ("MEDIAFERRY_HOOKS_TIMEOUT_SECONDS", "0"),
        ("MEDIAFERRY_HOOKS_CONCURRENCY", "65"),
    ];
    let problems = config("", &variables, &[]).expect_err("problems");
    let keys: Vec<_> = problems.iter().map(|problem| problem.split(' ').next().expect("a key")).collect();
    let expected = ["pre_create", "post_finish", "timeout_seconds", "concurrency", "secret", "spool"];
    assert_eq!(keys, expected.map(|name| format!("hooks.{name}")), "{problems:?}");
    let valkey = [&variables[..], &[("MEDIAFERRY_VALKEY", "redis://127.0.0.1:1")]].concat();
    assert_eq!(config("", &valkey, &[]).expect_err("problems").len(), 5, "a spool is not needed");
}

#[test]
fn help_is_consistent() {
    let mut command = Config::with_flags(Command::new("gateway"));
    let help = command.render_help().to_string();
    for setting in setting::settings() {
        assert!(help.contains(&setting.variable()), "{}", setting.key);
    }
    command.debug_assert();
}
