//! The integration tests of the sandbox, in one program: linking is most of their build time.

mod common;

mod apiframe;
mod faults;
mod modelhunter;
mod onerouter;
mod pages;
#[cfg(unix)]
mod program;
mod relaydance;
mod sandbox;
mod staging;
mod worldrouter;
