//! The integration tests of the gateway, in one program: linking is most of their build time.

mod common;

mod attempts;
mod clients;
mod delivery;
mod drain;
#[cfg(unix)]
mod egress;
mod faults;
mod guard;
#[cfg(unix)]
mod load;
#[cfg(unix)]
mod program;
mod proxy;
mod responses;
mod unconfigured;
mod unreachable;
