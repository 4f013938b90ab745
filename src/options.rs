//! The options of a provider, such as OneRouter's `model`: declared in its profile, read from one JSON object.

use crate::json::Json;

/// One option.
#[derive(Debug, PartialEq, Eq)]
pub struct OptionSpec {
    /// The name of the option.
    pub name: &'static str,
    /// Whether an upload requires it.
    pub required: bool,
    /// The allowed values; empty if any string is allowed.
    pub values: &'static [&'static str],
}

impl OptionSpec {
    /// Reads its value from an object; `None` if it is absent.
    fn read(&'static self, json: Json<'_>) -> Result<Option<String>, InvalidOption> {
        let field = json.field(self.name).ok().filter(|value| !value.is("null") && !value.is("\"\""));
        let Some(value) = field else { return Ok(None) };
        let value = value.string().filter(|value| self.values.is_empty() || self.values.contains(&value.as_str()));
        value.map(Some).ok_or(InvalidOption::Value(self))
    }
}

/// Why options are invalid.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum InvalidOption {
    /// The option is missing, or has none of the allowed values.
    Value(&'static OptionSpec),
    /// There is no option with this name.
    Unknown(String),
}

/// The options of one upload that its provider has.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Options(Vec<(&'static str, String)>);

impl Options {
    /// Reads these options. Other fields of the object are ignored. `null` counts as absent.
    pub fn read(specs: &'static [OptionSpec], json: Json<'_>) -> Result<Self, InvalidOption> {
        let mut options = Self::default();
        for spec in specs {
            match spec.read(json)? {
                None if spec.required => return Err(InvalidOption::Value(spec)),
                value => options.0.extend(value.map(|value| (spec.name, value))),
            }
        }
        Ok(options)
    }

    /// Reads those of these options that are set and valid.
    #[must_use]
    pub fn read_known(specs: &'static [OptionSpec], json: Json<'_>) -> Self {
        let mut options = Self::default();
        for spec in specs {
            let _invalid = options.read_optional(spec, json);
        }
        options
    }

    /// Also reads this option, which is not required.
    pub fn read_optional(&mut self, spec: &'static OptionSpec, json: Json<'_>) -> Result<(), InvalidOption> {
        self.0.extend(spec.read(json)?.map(|value| (spec.name, value)));
        Ok(())
    }

    /// The value of an option, `""` if it is not set.
    #[must_use]
    pub fn get(&self, name: &str) -> &str {
        self.0.iter().find(|(known, _)| *known == name).map_or("", |(_, value)| value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    static SETTINGS: [OptionSpec; 2] = [
        OptionSpec { name: "model", required: true, values: &[] },
        OptionSpec { name: "route", required: false, values: &["form", "url"] },
    ];

    fn read(json: &str) -> Result<Options, InvalidOption> {
        Options::read(&SETTINGS, Json::read(json.as_bytes()).unwrap())
    }

    #[test]
    fn known_options_are_read_and_others_ignored() {
        let options = read(r#"{"model":"a/b","route":"url","limit":"dashboard"}"#).unwrap();
        assert_eq!((options.get("model"), options.get("route"), options.get("limit")), ("a/b", "url", ""));
        assert_eq!(read(r#"{"model":"a","route":null}"#).unwrap().get("route"), "");
    }

    #[test]
    fn missing_and_invalid_options_are_named() {
        for json in ["{}", r#"{"model":null}"#, r#"{"model":""}"#, r#"{"model":7}"#] {
            assert_eq!(read(json), Err(InvalidOption::Value(&SETTINGS[0])), "{json}");
        }
        for json in [r#"{"model":"a","route":"pigeon"}"#, r#"{"model":"a","route":1}"#] {
            assert_eq!(read(json), Err(InvalidOption::Value(&SETTINGS[1])), "{json}");
        }
    }
}
