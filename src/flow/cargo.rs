//! What is on its way: a file, or an address that the provider fetches by itself.

use super::integrity;
use crate::digest::Checksum;
use crate::error::Error;
use crate::file::AcceptedFile;
use crate::media::{Format, Kind};
use crate::options::Options;
use crate::providers::{Claims, Source, Ticket};
use crate::rules::Violation;
use crate::text;
use crate::url::after_scheme;

#[derive(Debug)]
pub(super) enum Cargo {
    File(AcceptedFile),
    Address { url: String, kind: Option<Kind> },
}

impl Cargo {
    /// An address with the kind that the user says, or that its path's extension shows.
    pub(super) fn address(url: String, options: &Options) -> Self {
        let said = Kind::of(options.get("type"));
        let kind = said.or_else(|| {
            let rest = text::until(text::until(after_scheme(&url)?, b'#'), b'?');
            let (_, path) = text::cut(rest, b'/')?;
            let name = text::cut_last(path, b'/').map_or(path, |(_, name)| name);
            let (_, extension) = text::cut_last(name, b'.')?;
            // `.ogg` may be a film, but is a sound wherever nobody has looked.
            let usual = Format::ALL.iter().find(|format| format.extension().eq_ignore_ascii_case(extension));
            let format = usual.or_else(|| Format::ALL.iter().find(|format| format.has_extension(extension)))?;
            Some(format.kind())
        });
        Self::Address { url, kind }
    }

    pub(super) fn kind(&self) -> Option<Kind> {
        match self {
            Self::File(file) => Some(file.media().format.kind()),
            Self::Address { kind, .. } => *kind,
        }
    }

    /// Compares what a provider says it holds with a file; of an address nothing is known.
    pub(super) fn verify(&self, claims: &Claims, checksum: Option<&Checksum>) -> Result<Option<Violation>, Error> {
        match self {
            Self::File(file) => integrity::check(claims, file, checksum),
            Self::Address { .. } => Ok(None),
        }
    }

    /// What a submit request is about, once storage has the file where it is to have it.
    pub(super) fn source<'a>(&'a self, ticket: Option<&'a Ticket>, checksum: Option<&'a Checksum>) -> Source<'a> {
        match (self, ticket) {
            (Self::File(file), None) => Source::Body(file),
            (Self::File(file), Some(ticket)) => match &ticket.fetch_url {
                Some(url) => Source::Url(url, self.kind()),
                None => Source::Stored(file, ticket, checksum),
            },
            (Self::Address { url, kind }, _) => Source::Url(url, *kind),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json::Json;
    use crate::providers::{Provider, apiframe::Apiframe};

    fn kind(url: &str, options: &str) -> Option<Kind> {
        let options = Options::read(Apiframe.profile().settings, Json::read(options.as_bytes()).unwrap()).unwrap();
        Cargo::address(url.to_owned(), &options).kind()
    }

    #[test]
    fn an_address_shows_its_kind_by_its_extension_or_is_told() {
        for (url, expected) in [
            ("https://example.com/reference.mp4", Some(Kind::Video)),
            ("https://example.com/a/B.JPG?width=1.5&x=/y.mp3#z.wav", Some(Kind::Image)),
            ("https://example.com/song.mp3", Some(Kind::Audio)),
            ("https://example.com/song.OGG", Some(Kind::Audio)),
            ("https://example.com/film.ogv", Some(Kind::Video)),
            ("https://example.com/film.m4v", Some(Kind::Video)),
            ("https://example.com/media", None),
            ("https://example.mp4/", None),
            ("https://example.mp4", None),
            ("https://example.mp4?a=/b.mp4", None),
            ("https://example.com/v1.2/media", None),
            ("https://example.com/page.html", None),
        ] {
            assert_eq!(kind(url, "{}"), expected, "{url}");
            assert_eq!(kind(url, r#"{"type":"audio"}"#), Some(Kind::Audio), "{url}");
        }
    }
}
