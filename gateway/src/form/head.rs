//! The head of a part of a form: which of its bytes are the name of a file.

use std::ops::Range;

use memchr::memmem;

use super::Invalid;

const NAME: &[u8] = b"filename";

/// Where the name of the file is, without its quotes; `None` in a part that has no file.
///
/// A head is invalid if a provider could find another name in it: in a second parameter, in `filename*` (which RFC 7578
/// does not allow in forms), in another header, or because it reads a backslash differently.
pub(super) fn file_name(head: &[u8]) -> Result<Option<Range<usize>>, Invalid> {
    let (mut disposition, mut start) = (None, 0);
    while let Some(length) = memmem::find(&head[start..], b"\r\n").filter(|length| *length > 0) {
        let line = &head[start..start + length];
        // A line that continues the one before, or a line break that only some readers see.
        if line.starts_with(b" ")
            || line.starts_with(b"\t")
            || line.iter().any(|byte| byte.is_ascii_control() && *byte != b'\t')
        {
            return Err(Invalid);
        }
        let colon = memchr::memchr(b':', line).ok_or(Invalid)?;
        if line[..colon].eq_ignore_ascii_case(b"content-disposition") {
            let value = start + colon + 1..start + length;
            if disposition.replace(value).is_some() {
                return Err(Invalid);
            }
        } else if memmem::find(&line.to_ascii_lowercase(), NAME).is_some() {
            return Err(Invalid);
        }
        start += length + 2;
    }
    // After the last line there is an empty one, and nothing else.
    if start + 2 != head.len() {
        return Err(Invalid);
    }
    let Some(value) = disposition else { return Ok(None) };
    let [escaped, plain] = [true, false].map(|escapes| name_in(&head[value.clone()], escapes));
    match (escaped?, plain?) {
        (None, None) => Ok(None),
        (Some(escaped), Some(plain)) if escaped.start == plain.start => {
            // A quote that ends the line is not escaped: the backslash before it is part of the name.
            let end = if escaped.end == value.len() { plain.end } else { escaped.end };
            Ok(Some(value.start + plain.start..value.start + end))
        }
        _ => Err(Invalid),
    }
}

/// Where the only `filename` of a header's value is. With `escapes`, a backslash in quotes escapes the next character.
fn name_in(value: &[u8], escapes: bool) -> Result<Option<Range<usize>>, Invalid> {
    let (mut found, mut rest) = (None, memchr::memchr(b';', value));
    while let Some(semicolon) = rest {
        let start = semicolon + 1;
        let end =
            value[start..].iter().position(|byte| matches!(byte, b'=' | b';')).map_or(value.len(), |at| start + at);
        let name = value[start..end].trim_ascii().to_ascii_lowercase();
        let mut after = end;
        if value.get(end) == Some(&b'=') {
            let text = parameter(value, end + 1, escapes);
            after = text.end;
            if name == NAME {
                // A name without quotes could end elsewhere for another reader.
                let quoted = value[..text.start].ends_with(b"\"");
                let plain = value[text.clone()]
                    .iter()
                    .all(|byte| byte.is_ascii_alphanumeric() || b"!#$&+-.^_`{}~%'".contains(byte));
                if found.replace(text.clone()).is_some() || !(quoted || plain && !text.is_empty()) {
                    return Err(Invalid);
                }
            } else if name.strip_prefix(NAME).is_some_and(|rest| rest.trim_ascii_start().starts_with(b"*")) {
                return Err(Invalid);
            }
        }
        rest = memchr::memchr(b';', &value[after..]).map(|at| after + at);
    }
    Ok(found)
}

/// Where the value of a parameter is that begins here, without its quotes.
fn parameter(value: &[u8], start: usize, escapes: bool) -> Range<usize> {
    let start = start + value[start..].len() - value[start..].trim_ascii_start().len();
    if value.get(start) != Some(&b'"') {
        let end = memchr::memchr(b';', &value[start..]).map_or(value.len(), |at| start + at);
        return start..start + value[start..end].trim_ascii_end().len();
    }
    let start = start + 1;
    let mut end = start;
    while let Some(byte) = value.get(end).filter(|byte| **byte != b'"') {
        end += if escapes && *byte == b'\\' { 2 } else { 1 };
    }
    start..end.min(value.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(disposition: &str) -> Result<Option<String>, Invalid> {
        let head = format!("Content-Type: image/png\r\nContent-Disposition: form-data{disposition}\r\n\r\n");
        file_name(head.as_bytes()).map(|name| name.map(|name| head[name].to_owned()))
    }

    #[test]
    fn a_name_may_have_any_words() {
        for name in [
            "",
            "My Filename.jpg",
            "filename",
            "filename=.png",
            "filename*=UTF-8''x",
            "a; filename=b.jpg",
            "a;filename*=b.jpg",
            "a%22; filename=%22b.jpg",
            "a\\b.jpg",
            "C:\\filename\\b.jpg",
            "a\\",
            "a\\\"b.jpg",
            "ä filename ☀.png",
        ] {
            let read = read(&format!("; name=\"file\"; filename=\"{name}\""));
            assert!(matches!(&read, Ok(Some(found)) if found.starts_with(name)), "{name}: {read:?}");
        }
        assert_eq!(read("; filename=\"a.png\"; name=\"filename\""), Ok(Some("a.png".to_owned())));
        assert_eq!(read(";FileName = \"a.png\" ;name=x"), Ok(Some("a.png".to_owned())));
        assert_eq!(read("; name=\"file\"; filename=a.png"), Ok(Some("a.png".to_owned())));
    }

    #[test]
    fn a_field_has_no_file() {
        for field in ["", "; name=\"filename\"", "; name=\"filename=\"", "; name=\"; filename=x\"", "; filename", ";"] {
            assert_eq!(read(field), Ok(None), "{field}");
        }
    }

    #[test]
    fn a_name_that_could_be_read_in_two_ways_is_invalid() {
        for names in [
            "; filename=\"a\"; filename=\"b\"",
            "; filename=\"a\"; FileName=b",
            "; filename=\"a\"; filename*=UTF-8''b",
            "; filename*=UTF-8''b",
            "; filename*0=\"a\"; filename*1=\"b\"",
            "; filename *=b",
            "; name=\"a\\\"; filename=\"b\"; x=\"\"",
            "; filename=\"a\\\"; filename=\"b\"",
            "; filename=\"a\\\\\"; filename=\"b\"",
            "; filename=a b",
            "; filename=a\"; filename=b",
            "; filename=",
            "; filename=\"a\nContent-Disposition: form-data; filename=b\"",
            "; filename=\"a\rb\"",
            "; filename=\"a\0b\"",
            ";\r\n filename=\"a\"",
            ";\r\n\tfilename=\"a\"",
            "\r\nContent-Disposition: form-data; filename=\"b\"",
            "\r\nX: filename=\"b\"",
            "\r\nfilename",
            "\r\n\r\nContent-Disposition: form-data; filename=\"b\"",
        ] {
            assert_eq!(read(names), Err(Invalid), "{names}");
        }
        assert_eq!(file_name(b"\r\ncontent\r\n\r\n"), Err(Invalid), "no head");
    }
    #[test]
    fn no_head_panics_and_a_name_is_within_the_head() {
        const PIECES: [&str; 14] = [
            "Content-Disposition:",
            "X:",
            "form-data",
            "filename",
            "name",
            "*",
            "=",
            "\"",
            ";",
            "\\",
            " ",
            "\r\n",
            "a",
            "\r\n\r\n",
        ];
        let mut random = fastrand::Rng::with_seed(7);
        for _ in 0..50_000 {
            let pieces: String = (0..random.usize(..20)).map(|_| random.choice(PIECES).unwrap_or_default()).collect();
            let start = if random.bool() { "Content-Disposition: form-data" } else { "" };
            let head = [start, pieces.as_str(), "\r\n\r\n"].concat();
            if let Ok(Some(name)) = file_name(head.as_bytes()) {
                assert!(name.start <= name.end && name.end < head.len(), "{head:?}");
                assert!(head[..name.start].to_ascii_lowercase().contains("filename"), "{head:?}");
            }
        }
    }
}
