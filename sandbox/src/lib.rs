//! The development server of mediaferry: mock providers, fault injection, embedded object storage, the gateway and the
//! demo page in one process. It is not for production: whoever can reach it can upload, queue faults and make it fetch
//! URLs.

mod attributes;
mod embedded;
pub mod faults;
mod fetch;
mod inspect;
mod intake;
mod options;
mod pages;
mod providers;
mod reach;
mod s3;
mod serve;
mod server;
mod settings;
mod storage;
pub mod store;
mod sweep;
mod unfinished;
mod uploads;

pub use options::Options;
pub use serve::{Addresses, Handle, StartError, serve};
