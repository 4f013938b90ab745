//! The gateway program: reads its configuration, and serves until a signal, or runs a command.

use std::error::Error;
use std::fmt::Display;
use std::io::{self, Write};
use std::process::ExitCode;

use clap::{Arg, ArgMatches, Command};
use jiff::SignedDuration;
use mediaferry_gateway::config::{Listeners, Problem, Report};
use mediaferry_gateway::doctor::Finding;
use mediaferry_gateway::readiness::Readiness;
use mediaferry_gateway::traces::Traces;
use mediaferry_gateway::{Config, abandoned, admin, check, doctor, files, health, log, serve, signal};

/// The exit code for an invalid configuration.
const INVALID: u8 = 2;

/// The flag of `abort-uploads`.
const OLDER_THAN: &str = "older-than";

/// The text at the end of `--help`.
const HELP: &str = "A provider is configured by its origin and key; requests to others return 404 not_configured.\n\
                    Staging needs all s3 settings: the bucket for providers that accept only URLs, on any S3 with \
                    path-style URLs.\n\n\
                    Once-only requests: a page sends `mediaferry-attempt: <32 hexadecimal digits>` with a request that \
                    must not be repeated.\nThe gateway forwards each id once and returns the first response to \
                    repetitions; GET /attempts/{id} returns it too.\nA reverse proxy must forward the header and the \
                    path, and route a page to the same instance of the gateway.";

fn command() -> Command {
    let command = Command::new("mediaferry-gateway")
        .version(env!("CARGO_PKG_VERSION"))
        .about("Adds the providers' keys to a page's requests, and signs URLs for staging. Serves without a command.")
        .after_help(HELP);
    Config::with_flags(command).mut_args(|flag| flag.global(true)).subcommands([
        Command::new("check")
            .about("Prints the effective configuration and its problems; exits with 2 if there are any"),
        Command::new("doctor")
            .about("Tests the bucket, its CORS rule, the clock and the providers; exits with 1 on failure"),
        Command::new("abort-uploads")
            .about("Aborts uploads in parts that nobody can continue, and deletes their parts; exits with 1 on failure")
            .arg(
                Arg::new(OLDER_THAN)
                    .long(OLDER_THAN)
                    .value_name("TIME")
                    .value_parser(parse_age)
                    .help("Abort all that began longer ago, such as 36h [default: those whose token has expired]"),
            ),
        Command::new("health")
            .about("Tests whether the instance on this machine responds; exits with 1 if it does not"),
    ])
}

/// Prints a line on stderr, which may be closed, or a file on a full disk.
fn complain(message: &dyn Display) {
    let _ = writeln!(io::stderr(), "mediaferry-gateway: {message}");
}

/// Parses an age: a negative one would abort the uploads that are running.
fn parse_age(text: &str) -> Result<SignedDuration, String> {
    let age: SignedDuration = text.parse().map_err(|error: jiff::Error| error.to_string())?;
    if age.is_negative() { Err("must not be negative".to_owned()) } else { Ok(age) }
}

#[tokio::main]
async fn main() -> ExitCode {
    let matches = command().get_matches();
    let report = Report::new(&matches);
    let name = matches.subcommand_name();
    if name == Some("check") {
        // stdout may be closed.
        let valid = check::write(&report, &mut io::stdout().lock()).unwrap_or(report.config.is_ok());
        return if valid { ExitCode::SUCCESS } else { INVALID.into() };
    }
    if name == Some("health") {
        // Container runtimes reserve 2 for themselves.
        return if is_healthy(report.listeners).await { ExitCode::SUCCESS } else { ExitCode::FAILURE };
    }
    let config = match report.config {
        Ok(config) => config,
        Err(problems) => {
            for problem in problems {
                complain(&problem);
            }
            return INVALID.into();
        }
    };
    let done = match name {
        Some("doctor") => diagnose(&config).await,
        Some("abort-uploads") => abort_uploads(&config, matches.subcommand_matches("abort-uploads")).await,
        _ => match Traces::start() {
            Ok(traces) => {
                let done = run(&config).await.map(|()| true);
                traces.stop().await;
                done
            }
            Err(error) => {
                complain(&error);
                return INVALID.into();
            }
        },
    };
    match done {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            complain(&error);
            ExitCode::FAILURE
        }
    }
}

/// Prints why the instance does not respond.
async fn is_healthy(listeners: Result<Listeners, Vec<Problem>>) -> bool {
    match listeners {
        Ok(listeners) => health::check(listeners).await.inspect_err(|error| complain(error)).is_ok(),
        Err(problems) => {
            for problem in problems {
                complain(&problem);
            }
            false
        }
    }
}

/// Prints the findings; returns whether no test failed.
async fn diagnose(config: &Config) -> Result<bool, Box<dyn Error>> {
    let mut well = true;
    let report = |finding: &Finding| {
        well &= !finding.is_failed();
        let _ = writeln!(io::stdout(), "{finding}");
    };
    doctor::run(config, report).await?;
    Ok(well)
}

/// Prints what was aborted; returns whether everything was.
async fn abort_uploads(config: &Config, matches: Option<&ArgMatches>) -> Result<bool, Box<dyn Error>> {
    let older_than = matches.and_then(|matches| matches.get_one(OLDER_THAN).copied());
    let aborted = abandoned::abort(config, older_than).await?;
    let _ = writeln!(io::stdout(), "{aborted}");
    Ok(aborted.failed == 0)
}

async fn run(config: &Config) -> Result<(), Box<dyn Error>> {
    let log = log::init(&config.log, &["gateway", "opentelemetry"]);
    files::raise_limit();
    for warning in config.warnings() {
        complain(&warning);
    }
    // Before the port is bound, so that a signal during startup is not lost.
    let mut stop = signal::stop()?;
    let readiness = Readiness::default();
    doctor::watch(config, readiness.clone())?;
    let admin = match config.admin {
        Some(address) => Some(admin::serve(address, readiness.clone(), log.dropped()).await?),
        None => None,
    };
    let handle = serve(config).await?;
    // stdout may be closed.
    let _ = writeln!(io::stdout(), "mediaferry gateway: http://{}/ ({})", handle.address, config.summary());
    if let Some(admin) = &admin {
        let _ = writeln!(io::stdout(), "mediaferry gateway admin: http://{}/", admin.address);
    }
    tokio::select! {
        _ = stop.recv() => {}
        () = log.report_dropped_lines() => {}
    }
    readiness.drain();
    // A second signal does not wait for running requests.
    tokio::select! {
        () = handle.stop() => {}
        _ = stop.recv() => {}
    }
    Ok(())
}
