//! The integration tests of the gateway, in one program: linking is most of their build time.

mod common;

#[cfg(unix)]
mod admin;
mod attempts;
#[cfg(unix)]
mod commands;
mod dependencies;
#[cfg(unix)]
mod doctor;
mod guard;
#[cfg(unix)]
mod program;
mod proxy;
mod unconfigured;
mod unreachable;
