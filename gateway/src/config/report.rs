//! The effective configuration, for `check`: each setting, its value and where it was set.

use std::ffi::OsString;
use std::fs;
use std::path::Path;

use clap::ArgMatches;

use super::layers::{self, Surroundings};
use super::operations::Listeners;
use super::setting::{Kind, Setting, settings};
use super::{Config, Problem};

/// The effective configuration and its problems.
#[derive(Debug)]
pub struct Report {
    /// Each setting that has a value, in the order of `--help`.
    pub rows: Vec<Row>,
    /// The validated configuration, or every problem.
    pub config: Result<Config, Vec<Problem>>,
    /// Where the gateway listens, or the problems of these settings.
    pub listeners: Result<Listeners, Vec<Problem>>,
}

/// A setting that has a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// The key, such as `s3.bucket`.
    pub key: String,
    /// The value; `…` for a secret.
    pub value: String,
    /// Where it was set.
    pub source: String,
}

impl Report {
    /// Reads the parsed flags, the environment of this process and its files.
    #[must_use]
    pub fn new(matches: &ArgMatches) -> Self {
        // Of bytes that are not UTF-8, a replacement character stays, which is a problem.
        let text = |text: OsString| text.to_string_lossy().into_owned();
        let variables = std::env::vars_os().map(|(name, value)| (text(name), text(value)));
        Self::with_variables(matches, &variables.collect::<Vec<_>>())
    }

    /// The same with these environment variables.
    pub(super) fn with_variables(matches: &ArgMatches, variables: &[(String, String)]) -> Self {
        let read = |path: &Path| fs::read_to_string(path);
        let (values, problems) = layers::read(matches, &Surroundings { variables, read: &read });
        let row = |setting: Setting| {
            let value = values.get(setting.key.as_ref())?;
            let text = if setting.kind == Kind::Secret { "…".to_owned() } else { value.texts.join(", ") };
            Some(Row { key: setting.key.into_owned(), value: text, source: value.source.to_string() })
        };
        Self {
            rows: settings().filter_map(row).collect(),
            config: Config::validate(&values, problems),
            listeners: Listeners::read(&values),
        }
    }
}
