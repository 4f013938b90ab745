//! `mediaferry-gateway check` and `health`.

use std::fs;
use std::process::Output;

use crate::program::{Program, command};

fn run(args: &[&str], variables: &[(&str, &str)]) -> (Option<i32>, String, String) {
    let Output { status, stdout, stderr } =
        command().args(args).envs(variables.iter().copied()).output().expect("a process");
    (status.code(), String::from_utf8(stdout).expect("text"), String::from_utf8(stderr).expect("text"))
}

#[test]
fn check_prints_each_value_with_its_source_and_no_secret() {
    let variables = [
        ("MEDIAFERRY_ONEROUTER_ORIGIN", "https://media.onerouter.pro"),
        ("MEDIAFERRY_ONEROUTER_KEY", "river-live-1"),
        ("MEDIAFERRY_ALLOW_ORIGIN", "https://a.example https://b.example"),
    ];
    let (code, out, err) = run(&["check", "--upstream-seconds", "60"], &variables);
    assert_eq!((code, err.as_str()), (Some(0), ""), "{out}");
    let rows: Vec<Vec<_>> =
        out.lines().map(|line| line.split("  ").map(str::trim).filter(|part| !part.is_empty()).collect()).collect();
    for row in [
        ["bind", "127.0.0.1", "default"],
        ["allow_origin", "https://a.example, https://b.example", "MEDIAFERRY_ALLOW_ORIGIN"],
        ["upstream_seconds", "60", "--upstream-seconds"],
        ["providers.onerouter.key", "…", "MEDIAFERRY_ONEROUTER_KEY"],
    ] {
        assert!(rows.contains(&row.to_vec()), "{row:?} is not in {out}");
    }
    assert!(
        out.contains("warning: OneRouter: files that need staging are rejected") && !out.contains("river"),
        "{out}"
    );
}

#[test]
fn check_exits_with_2_and_prints_every_problem() {
    let variables = [("MEDIAFERRY_S3_BUCKET", "b"), ("MEDIAFERRY_LOG_FORMAT", "xml"), ("MEDIAFERRY_ADMIN_BIND", "lo")];
    let (code, out, _) = run(&["check"], &variables);
    assert_eq!(code, Some(2), "{out}");
    for problem in [
        "problem: s3.endpoint (MEDIAFERRY_S3_ENDPOINT): must be set, because s3.bucket is set",
        "problem: log.format (MEDIAFERRY_LOG_FORMAT): must be text or json, not \"xml\"",
        "problem: admin.bind (MEDIAFERRY_ADMIN_BIND): must be an IP address or off, not \"lo\"",
    ] {
        assert!(out.contains(problem), "{problem} is not in {out}");
    }
}

#[test]
fn a_flag_can_be_before_and_after_the_command() {
    for args in [["--port", "1", "check"], ["check", "--port", "1"]] {
        let (_, out, _) = run(&args, &[]);
        assert!(out.lines().any(|line| line.starts_with("port ") && line.ends_with("--port")), "{args:?}: {out}");
    }
}

#[test]
fn the_example_configuration_is_accepted_with_the_secrets_of_the_systemd_unit() {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../deploy/mediaferry.toml");
    let unit = include_str!("../../../deploy/mediaferry-gateway.service");
    let values =
        |key: &'static str| unit.lines().filter_map(move |line| line.strip_prefix(key)?.split_once(['=', ':']));
    // systemd replaces %d by a folder with the credentials.
    let folder = tempfile::tempdir().expect("a folder");
    for (name, _) in values("LoadCredential=") {
        fs::write(folder.path().join(name), format!("{name}-").repeat(4)).expect("a secret");
    }
    let folder = folder.path().to_str().expect("a path");
    let secrets: Vec<_> = values("Environment=").map(|(name, path)| (name, path.replace("%d", folder))).collect();
    let secrets: Vec<_> = secrets.iter().map(|(name, path)| (*name, path.as_str())).collect();
    let (code, out, err) = run(&["check", "--config", file], &secrets);
    assert_eq!((code, err.as_str()), (Some(0), ""), "{out}");
    assert!(!out.contains("warning:"), "{out}");
}

#[test]
fn health_is_that_of_the_running_instance() {
    for bind in ["127.0.0.1", "off"] {
        let program = Program::start(&[("MEDIAFERRY_ADMIN_BIND", bind)]);
        let url = program.admin.as_deref().unwrap_or(program.url());
        let port = url.rsplit(':').next().expect("a port").to_owned();
        let variables = [("MEDIAFERRY_ADMIN_BIND", bind), ("MEDIAFERRY_ADMIN_PORT", &port), ("MEDIAFERRY_PORT", &port)];
        assert_eq!(run(&["health"], &variables), (Some(0), String::new(), String::new()));
        drop(program);
        let (code, _, err) = run(&["health"], &variables);
        assert_eq!(code, Some(1));
        assert!(err.contains(&format!(":{port}/")) && err.contains("did not respond"), "{err}");
    }
    let secret = [("MEDIAFERRY_S3_SECRET_ACCESS_KEY_FILE", "/root/none"), ("MEDIAFERRY_ADMIN_BIND", "off")];
    let program = Program::start(&secret[1..]);
    let port = program.url().rsplit(':').next().expect("a port").to_owned();
    let variables = [secret[0], secret[1], ("MEDIAFERRY_PORT", &port)];
    assert_eq!(run(&["health"], &variables).0, Some(0), "whoever may not read the secrets may ask");
    assert_eq!(run(&["doctor"], &variables).0, Some(2));
    let (code, _, err) = run(&["health"], &[("MEDIAFERRY_PORT", "x")]);
    assert_eq!(code, Some(1), "2 is reserved for the container runtime: {err}");
}
