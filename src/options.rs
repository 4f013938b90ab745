//! What a provider lets its user choose, such as OneRouter's `model`: declared in its profile, read from one JSON object.

use crate::json::Json;
use crate::providers::PROVIDERS;

/// One choice.
#[derive(Debug, PartialEq, Eq)]
pub struct Setting {
    /// Its name in the options.
    pub name: &'static str,
    /// Whether there is no upload without it.
    pub required: bool,
    /// The values that may be chosen; empty where any text may be given.
    pub values: &'static [&'static str],
}

impl Setting {
    /// Its value in an object; `None` where there is none.
    fn read(&'static self, json: Json<'_>) -> Result<Option<String>, BadOption> {
        let given = json.field(self.name).ok().filter(|value| !value.is("null") && !value.is("\"\""));
        let Some(value) = given else { return Ok(None) };
        let value = value.string().filter(|value| self.values.is_empty() || self.values.contains(&value.as_str()));
        value.map(Some).ok_or(BadOption::Value(self))
    }
}

/// Why options cannot be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BadOption {
    /// One is missing, or has none of its values.
    Value(&'static Setting),
    /// No provider has one of this name.
    Unknown(String),
}

/// The options of one upload, as far as its provider knows them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Options(Vec<(&'static str, String)>);

impl Options {
    /// Reads the options that this provider knows, and ignores those that only others know: a page may offer several
    /// providers. `null` is as good as nothing.
    pub fn read(settings: &'static [Setting], json: Json<'_>) -> Result<Self, BadOption> {
        let mut chosen = Vec::new();
        for name in json.names() {
            let knows = |settings: &[Setting]| settings.iter().any(|setting| setting.name == name);
            if !knows(settings) && !PROVIDERS.iter().any(|provider| knows(provider.profile().settings)) {
                return Err(BadOption::Unknown(name));
            }
        }
        for setting in settings {
            match setting.read(json)? {
                None if setting.required => return Err(BadOption::Value(setting)),
                value => chosen.extend(value.map(|value| (setting.name, value))),
            }
        }
        Ok(Self(chosen))
    }

    /// Reads the options of all providers at once; none of them is required.
    pub fn of_all(json: Json<'_>) -> Result<Self, BadOption> {
        let mut all = Self::default();
        Self::read(&[], json)?;
        for setting in PROVIDERS.iter().flat_map(|provider| provider.profile().settings) {
            all.0.extend(setting.read(json)?.map(|value| (setting.name, value)));
        }
        Ok(all)
    }

    /// The value that was chosen, `""` where none was.
    #[must_use]
    pub fn get(&self, name: &str) -> &str {
        self.0.iter().find(|(known, _)| *known == name).map_or("", |(_, value)| value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    static SETTINGS: [Setting; 2] = [
        Setting { name: "model", required: true, values: &[] },
        Setting { name: "route", required: false, values: &["form", "url"] },
    ];

    fn read(json: &str) -> Result<Options, BadOption> {
        Options::read(&SETTINGS, Json::read(json.as_bytes()).unwrap())
    }

    #[test]
    fn known_options_are_read_and_others_left() {
        let options = read(r#"{"model":"a/b","route":"url","limit":"dashboard"}"#).unwrap();
        assert_eq!((options.get("model"), options.get("route"), options.get("limit")), ("a/b", "url", ""));
        assert_eq!(read(r#"{"model":"a","route":null}"#).unwrap().get("route"), "");
    }

    #[test]
    fn misspelt_ones_are_named() {
        assert_eq!(read(r#"{"model":"a","modle":"b"}"#), Err(BadOption::Unknown("modle".to_owned())));
    }

    #[test]
    fn missing_and_impossible_ones_are_named() {
        for json in ["{}", r#"{"model":null}"#, r#"{"model":""}"#, r#"{"model":7}"#] {
            assert_eq!(read(json), Err(BadOption::Value(&SETTINGS[0])), "{json}");
        }
        for json in [r#"{"model":"a","route":"pigeon"}"#, r#"{"model":"a","route":1}"#] {
            assert_eq!(read(json), Err(BadOption::Value(&SETTINGS[1])), "{json}");
        }
    }
}
