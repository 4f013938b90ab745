//! The integration tests of the gateway, in one program: linking is most of their build time.

mod common;

mod admission;
mod attempts;
mod clients;
mod delivery;
mod drain;
#[cfg(unix)]
mod egress;
mod faults;
mod guard;
mod limits;
mod ownership;
#[cfg(unix)]
mod post_finish;
mod pre_create;
#[cfg(unix)]
mod load;
#[cfg(unix)]
mod program;
mod proxy;
mod receiver;
mod responses;
mod unconfigured;
mod unreachable;
mod valkey;
