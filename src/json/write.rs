//! Writes JSON for requests, from values that are already JSON.

use crate::text;

/// An object of fields whose values are already JSON.
#[must_use]
pub fn object(fields: &[(&str, String)]) -> String {
    let fields: Vec<String> = fields.iter().map(|(name, value)| text::concat(&[&string(name), ":", value])).collect();
    text::concat(&["{", &text::join(&fields, ","), "}"])
}

/// A list of values that are already JSON.
#[must_use]
pub fn list(values: &[String]) -> String {
    text::concat(&["[", &text::join(values, ","), "]"])
}

/// A string with quotes and escapes.
#[must_use]
pub fn string(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for c in text.chars() {
        match c {
            '"' | '\\' => {
                out.push('\\');
                out.push(c);
            }
            '\0'..='\x1f' => {
                let digit = |nibble: u32| char::from_digit(nibble, 16).unwrap_or('0');
                out.push_str("\\u00");
                out.push(digit(u32::from(c) >> 4));
                out.push(digit(u32::from(c) & 15));
            }
            _ => out.push(c),
        }
    }
    out.push('"');
    out
}
