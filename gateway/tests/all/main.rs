//! The integration tests of the gateway, in one program: linking is most of their build time.

mod common;

#[cfg(unix)]
mod abandoned;
#[cfg(unix)]
mod admin;
mod admission;
mod attempts;
mod clients;
#[cfg(unix)]
mod commands;
mod delivery;
mod dependencies;
#[cfg(unix)]
mod doctor;
mod drain;
#[cfg(unix)]
mod egress;
mod faults;
#[cfg(unix)]
mod follow;
mod guard;
mod limits;
#[cfg(unix)]
mod load;
mod ownership;
#[cfg(unix)]
mod post_finish;
mod pre_create;
#[cfg(unix)]
mod program;
mod proxy;
mod receiver;
mod responses;
mod staged;
mod unconfigured;
mod unreachable;
mod valkey;
