//! The sandbox program: parses its flags and the gateway's, serves, and stops on a signal.

use std::io::{self, Write};
use std::process::ExitCode;

use clap::{Args, Command, FromArgMatches};
use mediaferry_gateway::{Config, log, signal};
use mediaferry_sandbox::{Options, serve};

#[tokio::main]
async fn main() -> ExitCode {
    let command = Command::new("mediaferry-sandbox")
        .version(env!("CARGO_PKG_VERSION"))
        .about("For development: the gateway, mock providers, object storage and the demo page in one process.")
        .after_help("Every provider without an origin and a key is imitated.");
    let matches = Options::augment_args(Config::with_flags(command)).get_matches();
    let options = Options::from_arg_matches(&matches).unwrap_or_else(|error| error.exit());
    match Config::load(&matches) {
        Ok(config) => run(config, options).await,
        Err(problems) => {
            for problem in problems {
                eprintln!("mediaferry-sandbox: {problem}");
            }
            2.into()
        }
    }
}

async fn run(config: Config, options: Options) -> ExitCode {
    let _log = log::init(&config.log, &["gateway", "storage"]);
    for warning in options.warnings() {
        eprintln!("mediaferry-sandbox: {warning}");
    }
    if !config.bind.is_loopback() {
        eprintln!(
            "mediaferry-sandbox: everyone who can reach {} can upload to the sandbox and make it fetch public URLs",
            config.bind
        );
    }
    // Before the ports are bound, so that a signal during startup is not lost.
    let started = async { Ok::<_, Box<dyn std::error::Error>>((signal::stop()?, serve(config, &options).await?)) };
    match started.await {
        Ok((mut stop, (addresses, handle))) => {
            // stdout may be closed.
            let _ = writeln!(io::stdout(), "{addresses}");
            stop.recv().await;
            handle.stop().await;
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("mediaferry-sandbox: {error}");
            ExitCode::FAILURE
        }
    }
}
