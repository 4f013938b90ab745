//! The integration tests of the gateway, in one program: linking is most of their build time.

mod common;

mod attempts;
mod guard;
mod ownership;
#[cfg(unix)]
mod program;
mod proxy;
mod unconfigured;
mod unreachable;
