//! The file of a multipart form, while the form is streamed: reads its name and type, and marks its name with an owner
//! tag. A form must have exactly one file: names in other parts could carry the tag of another user.

use std::io;

use axum::body::{Body, Bytes};
use futures::{StreamExt, stream};
use memchr::memmem;

mod head;

use crate::identity::OwnerTag;

/// The longest head of a part.
const MAX_HEAD: usize = 8 << 10;

/// The boundary of a multipart form, as browsers write it: no parameter besides it, so that the provider cannot read
/// another one. `None` for another type.
pub(crate) fn boundary(content_type: &str) -> Option<String> {
    let (kind, parameter) = content_type.split_once(';')?;
    let (name, boundary) = parameter.trim().split_once('=')?;
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
    let valid = kind.trim().eq_ignore_ascii_case("multipart/form-data")
        && name.eq_ignore_ascii_case("boundary")
        && (1..=70).contains(&boundary.len())
        && boundary.bytes().all(plain);
    valid.then(|| boundary.to_owned())
}

/// The longest start of a form that is read to find its file.
const MAX_START: usize = 64 << 10;

/// The file of a form, as its head describes it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct FileHead {
    pub(crate) name: Option<String>,
    pub(crate) content_type: Option<String>,
}

/// Reads the head of the form's file, and returns it with the whole body. Without a file near the start of the form, the
/// head is empty.
pub(crate) async fn peek(body: Body, boundary: &str) -> (FileHead, Body) {
    let mut form = Form::new(boundary, String::new());
    let (mut body, mut start, mut length) = (body.into_data_stream(), Vec::new(), 0);
    while form.file.is_none() && length < MAX_START {
        let Some(chunk) = body.next().await else { break };
        let valid = chunk.as_ref().is_ok_and(|chunk| form.push(chunk).is_ok());
        length += chunk.as_ref().map_or(0, Bytes::len);
        start.push(chunk);
        if !valid {
            break;
        }
    }
    (form.file.unwrap_or_default(), Body::from_stream(stream::iter(start).chain(body)))
}

/// Adds the tag to the name of the form's file. The body ends with an error if the form has no file or several.
pub(crate) fn marked(body: Body, boundary: &str, owner: OwnerTag) -> Body {
    let form = Form::new(boundary, owner.file_name(""));
    let chunks = stream::unfold((body.into_data_stream(), Some(form)), async |(mut body, form)| {
        let mut form = form?;
        match body.next().await {
            Some(Ok(chunk)) => match form.push(&chunk) {
                Ok(output) => Some((Ok(output), (body, Some(form)))),
                Err(invalid) => Some((Err(invalid.into()), (body, None))),
            },
            Some(Err(error)) => Some((Err(io::Error::other(error)), (body, None))),
            None => match form.finish() {
                Ok(()) => None,
                Err(invalid) => Some((Err(invalid.into()), (body, None))),
            },
        }
    });
    Body::from_stream(chunks)
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the form must have exactly one file")]
struct Invalid;

impl From<Invalid> for io::Error {
    fn from(invalid: Invalid) -> Self {
        Self::new(io::ErrorKind::InvalidData, invalid)
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// Up to the next delimiter.
    Content,
    /// After a delimiter: the next part, or the end.
    Delimiter,
    /// In the head of a part.
    Head,
    /// After the last delimiter.
    End,
}

/// A form that is being rewritten.
struct Form {
    delimiter: Vec<u8>,
    /// What is added to the name of the file.
    prefix: String,
    state: State,
    /// What has not been decided yet.
    rest: Vec<u8>,
    /// Whether the line break before the first delimiter, which is not part of the form, has yet to be left out.
    starts: bool,
    file: Option<FileHead>,
}

impl Form {
    fn new(boundary: &str, prefix: String) -> Self {
        let delimiter = [b"\r\n--", boundary.as_bytes()].concat();
        Self { delimiter, prefix, state: State::Content, rest: b"\r\n".to_vec(), starts: true, file: None }
    }

    /// Reads a chunk. Returns what can be sent.
    fn push(&mut self, chunk: &[u8]) -> Result<Bytes, Invalid> {
        self.rest.extend_from_slice(chunk);
        let mut output = Vec::with_capacity(self.rest.len());
        while self.step(&mut output)? {}
        if self.starts && output.len() >= 2 {
            self.starts = false;
            output.drain(..2);
        }
        Ok(output.into())
    }

    /// Checks that the form is complete and has a file.
    fn finish(&self) -> Result<(), Invalid> {
        if self.state == State::End && self.file.is_some() { Ok(()) } else { Err(Invalid) }
    }

    /// Moves to the next state. Returns whether there may be another one.
    fn step(&mut self, output: &mut Vec<u8>) -> Result<bool, Invalid> {
        match self.state {
            State::Content => {
                if let Some(at) = memmem::find(&self.rest, &self.delimiter) {
                    output.extend(self.rest.drain(..at + self.delimiter.len()));
                    self.state = State::Delimiter;
                    return Ok(true);
                }
                // The rest may contain the start of a delimiter.
                let decided = (self.rest.len() + 1).saturating_sub(self.delimiter.len());
                output.extend(self.rest.drain(..decided));
                Ok(false)
            }
            State::Delimiter if self.rest.len() < 2 => Ok(false),
            State::Delimiter => {
                self.state = match &self.rest[..2] {
                    b"\r\n" => State::Head,
                    b"--" => State::End,
                    _ => return Err(Invalid),
                };
                output.extend(self.rest.drain(..2));
                Ok(true)
            }
            State::Head => match memmem::find(&self.rest, b"\r\n\r\n") {
                Some(at) if at <= MAX_HEAD => {
                    let head: Vec<u8> = self.rest.drain(..at + 4).collect();
                    self.mark(&head, output)?;
                    self.state = State::Content;
                    Ok(true)
                }
                None if self.rest.len() <= MAX_HEAD => Ok(false),
                _ => Err(Invalid),
            },
            State::End => {
                output.append(&mut self.rest);
                Ok(false)
            }
        }
    }

    /// Adds the tag to the file name in the head of a part, if it has one.
    fn mark(&mut self, head: &[u8], output: &mut Vec<u8>) -> Result<(), Invalid> {
        let Some(name) = head::file_name(head)? else {
            output.extend_from_slice(head);
            return Ok(());
        };
        if self.file.is_some() {
            return Err(Invalid);
        }
        output.extend_from_slice(&head[..name.start]);
        output.extend_from_slice(self.prefix.as_bytes());
        output.extend_from_slice(&head[name.start..]);
        self.file = Some(FileHead::read(head, &head[name]));
        Ok(())
    }
}

impl FileHead {
    /// Reads the head of a part, and the name in it.
    fn read(head: &[u8], name: &[u8]) -> Self {
        let name = String::from_utf8_lossy(name).replace("\\\"", "\"");
        let head = String::from_utf8_lossy(head);
        let content_type = head.split("\r\n").find_map(|line| {
            let (name, value) = line.split_once(':')?;
            name.eq_ignore_ascii_case("content-type").then(|| value.trim().to_ascii_lowercase())
        });
        Self { name: Some(name), content_type }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &str = "--B\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.png\"\r\nContent-Type: image/png\r\n\r\n\x01\r\n--\r\n--A\r\n";
    const FIELD: &str = "--B\r\nContent-Disposition: form-data; name=\"model\"\r\n\r\nm\r\n";
    const END: &str = "--B--\r\n";

    /// Rewrites a form in chunks of this size.
    fn rewrite(form: &str, size: usize) -> Result<String, Invalid> {
        let mut rewriter = Form::new("B", OwnerTag::ANONYMOUS.file_name(""));
        let mut output = Vec::new();
        for chunk in form.as_bytes().chunks(size) {
            output.extend(rewriter.push(chunk)?);
        }
        rewriter.finish()?;
        Ok(String::from_utf8(output).expect("text"))
    }

    #[test]
    fn the_name_of_the_file_gets_the_tag_and_nothing_else_changes() {
        for form in [
            [FILE, END, ""].concat(),
            [FIELD, FILE, END].concat(),
            [FILE, FIELD, END].concat(),
            [&FILE.replace("a.png", "My Filename.png"), END].concat(),
            [&FILE.replace("name=\"file\"", "name=\"filename\""), END].concat(),
            [&FIELD.replace("model", "filename"), FILE, END].concat(),
        ] {
            let tagged = form.replace("filename=\"", "filename=\"000000000000000000000000-");
            for size in 1..=form.len() {
                assert_eq!(rewrite(&form, size), Ok(tagged.clone()), "{size}");
            }
        }
    }

    #[test]
    fn a_form_without_exactly_one_file_is_invalid() {
        for form in [
            [FIELD, END].concat(),
            [FILE, FILE, END].concat(),
            FILE.to_owned(),
            [&FILE.replace("; filename=", "; filename*=UTF-8''x; filename="), END].concat(),
            [&FILE.replace("Content-Type", "X: ; filename=\"b\"\r\nContent-Type"), END].concat(),
            [&FILE.replace("a.png", &"a".repeat(MAX_HEAD + 1)), END].concat(),
            [&FILE.replace("--B\r\n", "--BB\r\n"), END].concat(),
        ] {
            for size in [1, 7, 100_000] {
                assert_eq!(rewrite(&form, size), Err(Invalid), "{size} {form:.200}");
            }
        }
    }

    #[tokio::test]
    async fn the_head_of_the_file_is_read_and_the_body_stays_whole() {
        let form = [FIELD, FILE, END].concat();
        for size in [1, 50, 10_000] {
            let chunks: Vec<_> = form.as_bytes().chunks(size).map(|chunk| Ok::<_, io::Error>(chunk.to_vec())).collect();
            let (head, body) = peek(Body::from_stream(stream::iter(chunks)), "B").await;
            assert_eq!((head.name.as_deref(), head.content_type.as_deref()), (Some("a.png"), Some("image/png")));
            assert_eq!(axum::body::to_bytes(body, usize::MAX).await.expect("a body"), form);
        }
        let form = FILE.replace("a.png", "My \\\"Filename\\\".png");
        let (head, _) = peek(Body::from(form), "B").await;
        assert_eq!(
            (head.name.as_deref(), head.content_type.as_deref()),
            (Some("My \"Filename\".png"), Some("image/png"))
        );
        let (head, body) = peek(Body::from("no form"), "B").await;
        assert_eq!(head, FileHead::default());
        assert_eq!(axum::body::to_bytes(body, usize::MAX).await.expect("a body"), "no form");
    }

    #[test]
    fn the_boundary_is_read_from_multipart_forms_only() {
        assert_eq!(boundary("multipart/form-data; boundary=XyX").as_deref(), Some("XyX"));
        assert_eq!(
            boundary("Multipart/Form-Data;Boundary=----WebKitFormBoundaryA1").as_deref(),
            Some("----WebKitFormBoundaryA1")
        );
        for other in [
            "",
            "application/json",
            "multipart/form-data",
            "multipart/mixed; boundary=x",
            "multipart/form-data; boundary=",
            "multipart/form-data; boundary=a; boundary=b",
            "multipart/form-data; boundary=\"a\"",
        ] {
            assert_eq!(boundary(other), None, "{other}");
        }
    }
}
