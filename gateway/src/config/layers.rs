//! Where values come from: defaults, `mediaferry.toml`, the environment, flags, and files with secrets. Later ones win.

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};

use clap::parser::ValueSource;
use clap::{Arg, ArgAction, ArgMatches, Command};

use super::setting::{Kind, Setting, settings};

/// The configuration file that is read if it exists and no other is named.
const FILE: &str = "mediaferry.toml";
/// The flag and the environment variable that name another file.
const FILE_FLAG: &str = "config";
const FILE_VARIABLE: &str = "MEDIAFERRY_CONFIG";
/// The suffix of the key and variable that name a file with a secret.
const SECRET_FILE: &str = "_file";
/// What stands for bytes of a variable that are not UTF-8.
const DAMAGED: char = char::REPLACEMENT_CHARACTER;

/// The values of all settings, by key.
pub(crate) type Values = BTreeMap<String, Value>;

/// A value, and where it was set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Value {
    pub(crate) texts: Vec<String>,
    pub(crate) source: Source,
}

/// Where a value was set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Source {
    Default,
    /// The configuration file.
    File(PathBuf),
    Environment(String),
    Flag(String),
    /// A file that contains only a secret.
    SecretFile(PathBuf),
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Default => f.write_str("default"),
            Self::File(path) | Self::SecretFile(path) => write!(f, "{}", path.display()),
            Self::Environment(variable) => f.write_str(variable),
            Self::Flag(flag) => write!(f, "--{flag}"),
        }
    }
}

/// A mistake in the configuration.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{name}: {message}")]
pub struct Problem {
    /// The key, and where it was set.
    pub name: String,
    /// What is wrong, without the value of a secret.
    pub message: String,
}

impl Problem {
    pub(crate) fn new(name: impl Into<String>, message: impl Into<String>) -> Self {
        Self { name: name.into(), message: message.into() }
    }
}

/// What surrounds the program: its environment and its files.
pub(crate) struct Surroundings<'a> {
    /// All environment variables.
    pub(crate) variables: &'a [(String, String)],
    pub(crate) read: &'a dyn Fn(&Path) -> std::io::Result<String>,
}

/// The flags of all settings.
pub(crate) fn flags() -> impl Iterator<Item = Arg> {
    let file = Arg::new(FILE_FLAG)
        .long(FILE_FLAG)
        .value_name("FILE")
        .help(format!("The configuration file [env: {FILE_VARIABLE}] [default: {FILE}, if it exists]"));
    std::iter::once(file).chain(settings().map(|setting| flag(&setting)))
}

fn flag(setting: &Setting) -> Arg {
    let default = if setting.default.is_empty() { String::new() } else { format!(" [default: {}]", setting.default) };
    let help = format!("{} [env: {}]{default}", setting.help, variable_help(setting));
    let arg = match setting.kind {
        Kind::Secret => {
            let name = format!("{}-file", setting.flag());
            return Arg::new(name.clone()).long(name).value_name("FILE").help(format!(
                "{}, in a file [env: {}]",
                setting.help,
                variable_help(setting)
            ));
        }
        Kind::Switch => Arg::new(setting.flag()).action(ArgAction::SetTrue),
        Kind::List => Arg::new(setting.flag()).action(ArgAction::Append).value_name(setting.value.to_string()),
        Kind::Value => Arg::new(setting.flag()).value_name(setting.value.to_string()),
    };
    arg.long(setting.flag()).help(help)
}

fn variable_help(setting: &Setting) -> String {
    let variable = setting.variable();
    if setting.kind == Kind::Secret { format!("{variable} or {variable}_FILE") } else { variable }
}

/// Adds the flags of all settings to a command.
pub(crate) fn with_flags(command: Command) -> Command {
    command.args_override_self(true).args(flags())
}

/// Reads all layers. Returns the values, and every problem with their names and files.
pub(crate) fn read(matches: &ArgMatches, surroundings: &Surroundings<'_>) -> (Values, Vec<Problem>) {
    let mut layers = Layers { surroundings, values: Values::new(), problems: Vec::new() };
    for setting in settings().filter(|setting| !setting.default.is_empty()) {
        let value = Value { texts: vec![setting.default.to_owned()], source: Source::Default };
        layers.values.insert(setting.key.into_owned(), value);
    }
    layers.read_file(matches);
    layers.read_environment();
    layers.read_flags(matches);
    layers.read_secret_files(matches);
    (layers.values, layers.problems)
}

struct Layers<'a> {
    surroundings: &'a Surroundings<'a>,
    values: Values,
    problems: Vec<Problem>,
}

impl Layers<'_> {
    /// Sets a value; blank texts count as absent.
    fn set(&mut self, key: &str, texts: Vec<String>, source: Source) {
        let texts: Vec<_> =
            texts.into_iter().map(|text| text.trim().to_owned()).filter(|text| !text.is_empty()).collect();
        if !texts.is_empty() {
            self.values.insert(key.to_owned(), Value { texts, source });
        }
    }

    fn problem(&mut self, name: impl Into<String>, message: impl Into<String>) {
        self.problems.push(Problem::new(name, message));
    }

    fn variable(&self, name: &str) -> Option<String> {
        let found = self.surroundings.variables.iter().find(|(known, _)| known == name);
        found.map(|(_, value)| value.trim().to_owned()).filter(|value| !value.is_empty())
    }

    fn read_file(&mut self, matches: &ArgMatches) {
        let named = matches.get_one::<String>(FILE_FLAG).cloned().or_else(|| self.variable(FILE_VARIABLE));
        let path = PathBuf::from(named.as_deref().unwrap_or(FILE));
        let text = match (self.surroundings.read)(&path) {
            Ok(text) => text,
            Err(error) if named.is_none() && error.kind() == std::io::ErrorKind::NotFound => return,
            Err(error) => return self.problem(path.display().to_string(), format!("cannot be read: {error}")),
        };
        match text.parse::<toml::Table>() {
            Ok(table) => self.read_table(&path, "", table),
            Err(error) => {
                let before = error.span().map_or(0, |span| span.start.min(text.len()));
                let line = 1 + text.bytes().take(before).filter(|byte| *byte == b'\n').count();
                // The parser's message may quote a secret, its first line does not.
                self.problem(format!("{} line {line}", path.display()), error.message().to_owned());
            }
        }
    }

    fn read_table(&mut self, path: &Path, prefix: &str, table: toml::Table) {
        for (name, value) in table {
            let key = if prefix.is_empty() { name } else { format!("{prefix}.{name}") };
            let setting = settings().find(|setting| setting.key == key);
            let secret_file = settings().any(|setting| {
                setting.kind == Kind::Secret && key.strip_suffix(SECRET_FILE) == Some(setting.key.as_ref())
            });
            match value {
                toml::Value::Table(table) if setting.is_none() => self.read_table(path, &key, table),
                _ if setting.is_none() && !secret_file => {
                    self.problem(
                        format!("{key} ({})", path.display()),
                        unknown(&key, |setting| setting.key.to_string()),
                    );
                }
                value => match texts(&value, setting.is_some_and(|setting| setting.kind == Kind::List)) {
                    Some(texts) if texts.is_empty() => {
                        self.values.insert(key, Value { texts, source: Source::File(path.to_owned()) });
                    }
                    Some(texts) => self.set(&key, texts, Source::File(path.to_owned())),
                    None => self.problem(
                        format!("{key} ({})", path.display()),
                        "must be a string, a number or a boolean; only lists can be arrays of strings",
                    ),
                },
            }
        }
    }

    fn read_environment(&mut self) {
        for setting in settings() {
            let variable = setting.variable();
            if let Some(text) = self.variable(&variable) {
                let texts = if setting.kind == Kind::List { split(&text) } else { vec![text] };
                self.set(&setting.key, texts, Source::Environment(variable));
            }
        }
        let known = |name: &str| {
            name == FILE_VARIABLE
                || settings().any(|setting| {
                    let secret_file =
                        setting.kind == Kind::Secret && name.strip_suffix("_FILE") == Some(&setting.variable());
                    secret_file || setting.variable() == name
                })
        };
        let own = |name: &str| name.starts_with("MEDIAFERRY_");
        let damaged = self.surroundings.variables.iter().filter(|(name, value)| own(name) && value.contains(DAMAGED));
        for (name, _) in damaged {
            self.problem(name, "is not valid UTF-8");
        }
        let strangers = self.surroundings.variables.iter().map(|(name, _)| name);
        let strangers: Vec<_> = strangers.filter(|name| own(name) && !known(name)).collect();
        for name in strangers {
            self.problem(name, unknown(name, Setting::variable));
        }
    }

    fn read_flags(&mut self, matches: &ArgMatches) {
        for setting in settings().filter(|setting| setting.kind != Kind::Secret) {
            let flag = setting.flag();
            if matches.value_source(&flag) != Some(ValueSource::CommandLine) {
                continue;
            }
            let texts = match setting.kind {
                Kind::Switch => vec!["true".to_owned()],
                _ => matches.get_many::<String>(&flag).into_iter().flatten().cloned().collect(),
            };
            self.set(&setting.key, texts, Source::Flag(flag));
        }
    }

    /// Reads secrets from the files that a flag, a variable or the configuration file names.
    fn read_secret_files(&mut self, matches: &ArgMatches) {
        for setting in settings().filter(|setting| setting.kind == Kind::Secret) {
            let key = format!("{}{SECRET_FILE}", setting.key);
            let in_file = self.values.remove(&key).and_then(|value| value.texts.into_iter().next());
            let named = matches.get_one::<String>(&format!("{}-file", setting.flag())).cloned();
            let variable = format!("{}_FILE", setting.variable());
            let Some(path) = named.or_else(|| self.variable(&variable)).or(in_file) else { continue };
            match (self.surroundings.read)(Path::new(&path)) {
                Ok(text) if text.trim().is_empty() => self.problem(key, format!("the file {path} is empty")),
                Ok(text) => self.set(&setting.key, vec![text], Source::SecretFile(path.into())),
                Err(error) => self.problem(key, format!("the file {path} cannot be read: {error}")),
            }
        }
    }
}

/// The message for an unknown name, with the most similar known one.
fn unknown(name: &str, known: impl Fn(&Setting) -> String) -> String {
    let names = settings().map(|setting| known(&setting));
    let nearest = names.map(|known| (strsim::jaro_winkler(name, &known), known)).max_by(|a, b| a.0.total_cmp(&b.0));
    match nearest {
        Some((similarity, nearest)) if similarity > 0.9 => {
            format!("this setting does not exist; did you mean {nearest}?")
        }
        _ => "this setting does not exist; --help lists all".to_owned(),
    }
}

/// The texts of a TOML value.
fn texts(value: &toml::Value, list: bool) -> Option<Vec<String>> {
    let scalar = |value: &toml::Value| match value {
        toml::Value::String(text) => Some(text.clone()),
        toml::Value::Integer(number) => Some(number.to_string()),
        toml::Value::Boolean(flag) => Some(flag.to_string()),
        _ => None,
    };
    match value {
        toml::Value::Array(values) if list => values.iter().map(scalar).collect(),
        value => Some(vec![scalar(value)?]),
    }
}

/// Splits the value of a variable at commas and spaces.
fn split(text: &str) -> Vec<String> {
    text.split([',', ' ']).map(str::to_owned).collect()
}
