//! The gateway program: reads its configuration, serves, and stops on a signal.

use std::io::{self, Write};
use std::process::ExitCode;

use mediaferry_gateway::{Config, Flags, log, serve};

#[tokio::main]
async fn main() -> ExitCode {
    let flags = Flags::from_command_line();
    log::init();
    match run(flags).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("mediaferry-gateway: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn run(flags: Flags) -> Result<(), Box<dyn std::error::Error>> {
    let config = Config::from_env(flags)?;
    for warning in config.warnings() {
        eprintln!("mediaferry-gateway: {warning}");
    }
    // Before the ports are bound, so that a signal during startup is not lost.
    let mut signal = signals()?;
    let (addresses, handle) = serve(config.clone()).await?;
    // stdout may be closed.
    let _ = writeln!(io::stdout(), "{}", addresses.banner(&config));
    signal.recv().await;
    handle.stop().await;
    Ok(())
}

/// SIGINT, SIGTERM.
#[cfg(unix)]
fn signals() -> std::io::Result<tokio::sync::mpsc::Receiver<()>> {
    use tokio::signal::unix::{SignalKind, signal};
    let (mut interrupt, mut terminate) = (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
    let (sender, receiver) = tokio::sync::mpsc::channel(1);
    tokio::spawn(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
        let _ = sender.send(()).await;
    });
    Ok(receiver)
}

/// Ctrl-C.
#[cfg(not(unix))]
fn signals() -> std::io::Result<tokio::sync::mpsc::Receiver<()>> {
    let (sender, receiver) = tokio::sync::mpsc::channel(1);
    tokio::spawn(async move {
        let _ = tokio::signal::ctrl_c().await;
        let _ = sender.send(()).await;
    });
    Ok(receiver)
}
