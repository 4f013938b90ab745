//! The integration tests of the gateway, in one program: linking is most of their build time.

mod common;

mod attempts;
#[cfg(unix)]
mod follow;
mod guard;
mod limits;
mod ownership;
#[cfg(unix)]
mod post_finish;
mod pre_create;
#[cfg(unix)]
mod program;
mod proxy;
mod receiver;
mod unconfigured;
mod unreachable;
mod valkey;
