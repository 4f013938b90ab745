//! Typed reading of values. Mistakes are collected, so that an operator sees all of them at once.

use std::cell::RefCell;
use std::fmt::Display;
use std::ops::RangeInclusive;
use std::str::FromStr;
use std::time::Duration;

use super::layers::{Problem, Source, Values};
use super::setting::{Kind, settings, variable};

/// Reads values and collects problems.
pub(crate) struct Reader<'a> {
    values: &'a Values,
    problems: RefCell<Vec<Problem>>,
}

impl<'a> Reader<'a> {
    pub(crate) fn new(values: &'a Values, problems: Vec<Problem>) -> Self {
        Self { values, problems: RefCell::new(problems) }
    }

    pub(crate) fn into_problems(self) -> Vec<Problem> {
        self.problems.into_inner()
    }

    pub(crate) fn is_set(&self, key: &str) -> bool {
        self.values.contains_key(key)
    }

    /// Whether a list is set, without values.
    pub(crate) fn is_empty(&self, key: &str) -> bool {
        self.values.get(key).is_some_and(|value| value.texts.is_empty())
    }

    /// Parses a value. `None` if it is not set or invalid; the latter is a problem.
    pub(crate) fn parse<T>(&self, key: &str, parse: impl Fn(&str) -> Result<T, String>) -> Option<T> {
        self.list(key, parse).into_iter().next()
    }

    /// Parses each value of a list, without the invalid ones.
    pub(crate) fn list<T>(&self, key: &str, parse: impl Fn(&str) -> Result<T, String>) -> Vec<T> {
        let texts = self.values.get(key).into_iter().flat_map(|value| &value.texts);
        let parsed = texts.filter_map(|text| match parse(text) {
            Ok(value) => Some(value),
            Err(expected) => {
                let value = if is_secret(key) { String::new() } else { format!(", not {text:?}") };
                self.problem(key, format!("must be {expected}{value}"));
                None
            }
        });
        parsed.collect()
    }

    /// Parses a whole number within a range.
    pub(crate) fn number<T>(&self, key: &str, range: RangeInclusive<T>) -> Option<T>
    where
        T: FromStr + PartialOrd + Display,
    {
        self.parse(key, |text| {
            let number = text.replace('_', "").parse().ok().filter(|number| range.contains(number));
            number.ok_or_else(|| format!("a whole number from {} to {}", range.start(), range.end()))
        })
    }

    /// Parses a number of seconds.
    pub(crate) fn seconds(&self, key: &str, range: RangeInclusive<u64>) -> Option<Duration> {
        self.number(key, range).map(Duration::from_secs)
    }

    /// Parses `true` or `false`; a setting that is not set is `false`.
    pub(crate) fn switch(&self, key: &str) -> bool {
        self.parse(key, |text| text.parse().map_err(|_| "true or false".to_owned())).unwrap_or_default()
    }

    /// Records a problem with a setting, naming its key and where it was set.
    pub(crate) fn problem(&self, key: &str, message: impl Into<String>) {
        let source = match self.values.get(key).map(|value| &value.source) {
            // The setting is missing, so the name of its variable helps.
            None | Some(Source::Default) => variable(key),
            Some(source) => source.to_string(),
        };
        self.problems.borrow_mut().push(Problem::new(format!("{key} ({source})"), message));
    }

    /// Requires all of these settings or none of them. Returns whether all are set.
    pub(crate) fn all_or_none(&self, keys: &[&str]) -> bool {
        let (set, missing): (Vec<_>, Vec<_>) = keys.iter().copied().partition(|key| self.is_set(key));
        if let Some(first) = set.first() {
            for key in &missing {
                self.problem(key, format!("must be set, because {first} is set"));
            }
        }
        missing.is_empty()
    }
}

fn is_secret(key: &str) -> bool {
    settings().any(|setting| setting.key == key && setting.kind == Kind::Secret)
}
