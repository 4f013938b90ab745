//! The gateway program: reads its configuration, serves, and stops on a signal.

use std::io::{self, Write};
use std::process::ExitCode;

use clap::Command;
use mediaferry_gateway::{Config, files, log, serve, signal};

/// The exit code for an invalid configuration.
const INVALID: u8 = 2;

/// The text at the end of `--help`.
const HELP: &str = "A provider is configured by its origin and key; requests to others return 404 not_configured.\n\
                    Staging needs all s3 settings: the bucket for providers that accept only URLs, on any S3 with \
                    path-style URLs.\n\n\
                    Once-only requests: a page sends `mediaferry-attempt: <32 hexadecimal digits>` with a request that \
                    must not be repeated.\nThe gateway forwards each id once and returns the first response to \
                    repetitions; GET /attempts/{id} returns it too.\nA reverse proxy must forward the header and the \
                    path, and route a page to the same instance of the gateway.";

#[tokio::main]
async fn main() -> ExitCode {
    let command = Command::new("mediaferry-gateway")
        .version(env!("CARGO_PKG_VERSION"))
        .about("Adds the providers' keys to a page's requests, and signs URLs for staging.")
        .after_help(HELP);
    match Config::load(&Config::with_flags(command).get_matches()) {
        Ok(config) => run(&config).await,
        Err(problems) => {
            for problem in problems {
                eprintln!("mediaferry-gateway: {problem}");
            }
            INVALID.into()
        }
    }
}

async fn run(config: &Config) -> ExitCode {
    let log = log::init(&["gateway"]);
    files::raise_limit();
    for warning in config.warnings() {
        eprintln!("mediaferry-gateway: {warning}");
    }
    // Before the port is bound, so that a signal during startup is not lost.
    let started = async { Ok::<_, Box<dyn std::error::Error>>((signal::stop()?, serve(config).await?)) };
    match started.await {
        Ok((mut stop, handle)) => {
            // stdout may be closed.
            let _ = writeln!(io::stdout(), "mediaferry gateway: http://{}/ ({})", handle.address, config.summary());
            tokio::select! {
                _ = stop.recv() => {}
                () = log.report_dropped_lines() => {}
            }
            // A second signal does not wait for running requests.
            tokio::select! {
                () = handle.stop() => {}
                _ = stop.recv() => {}
            }
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("mediaferry-gateway: {error}");
            ExitCode::FAILURE
        }
    }
}
