//! What is uploaded: a file, or a URL that the provider fetches.

use super::verify;
use crate::digest::Checksum;
use crate::error::Error;
use crate::file::AcceptedFile;
use crate::media::{Format, Kind};
use crate::options::Options;
use crate::providers::{ReportedMetadata, Source};
use crate::rules::Violation;
use crate::storage::StoredFile;
use crate::text;
use crate::url::after_scheme;

#[derive(Debug)]
pub(super) enum UploadSource {
    File(AcceptedFile),
    RemoteUrl { url: String, kind: Option<Kind> },
}

impl UploadSource {
    /// A URL with the kind from the options, or from the extension of its path.
    pub(super) fn from_url(url: String, options: &Options) -> Self {
        let declared = Kind::of(options.get("type"));
        let kind = declared.or_else(|| {
            let rest = text::before(text::before(after_scheme(&url)?, b'#'), b'?');
            let (_, path) = text::split_once(rest, b'/')?;
            let name = text::rsplit_once(path, b'/').map_or(path, |(_, name)| name);
            let (_, extension) = text::rsplit_once(name, b'.')?;
            // `.ogg` may be a video, but counts as audio if the content is not read.
            let usual = Format::ALL.iter().find(|format| format.extension().eq_ignore_ascii_case(extension));
            let format = usual.or_else(|| Format::ALL.iter().find(|format| format.has_extension(extension)))?;
            Some(format.kind())
        });
        Self::RemoteUrl { url, kind }
    }

    pub(super) fn kind(&self) -> Option<Kind> {
        match self {
            Self::File(file) => Some(file.media().format.kind()),
            Self::RemoteUrl { kind, .. } => *kind,
        }
    }

    /// Compares the metadata that a provider reports with a file; a URL has nothing to compare.
    pub(super) fn verify(
        &self,
        reported: &ReportedMetadata,
        checksum: Option<&Checksum>,
    ) -> Result<Option<Violation>, Error> {
        match self {
            Self::File(file) => verify::check(reported, file, checksum),
            Self::RemoteUrl { .. } => Ok(None),
        }
    }

    /// The source of a submit request, once storage has the file if the route needs that.
    pub(super) fn for_submit<'a>(
        &'a self,
        stored: Option<&'a StoredFile>,
        checksum: Option<&'a Checksum>,
    ) -> Source<'a> {
        match (self, stored) {
            (Self::File(file), None) => Source::Body(file),
            (Self::File(file), Some(stored)) => match &stored.fetch_url {
                Some(url) => Source::Url(url, self.kind()),
                None => Source::Stored(file, stored, checksum),
            },
            (Self::RemoteUrl { url, kind }, _) => Source::Url(url, *kind),
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
        UploadSource::from_url(url.to_owned(), &options).kind()
    }

    #[test]
    fn kind_of_a_url_comes_from_the_option_or_the_extension() {
        for (url, expected) in [
            ("https://example.com/reference.mp4", Some(Kind::Video)),
            ("https://example.com/a/B.JPG?width=1.5&x=/y.mp3#z.wav", Some(Kind::Image)),
            ("https://example.com/song.mp3", Some(Kind::Audio)),
            ("https://example.com/song.OGG", Some(Kind::Audio)),
            ("https://example.com/video.ogv", Some(Kind::Video)),
            ("https://example.com/video.m4v", Some(Kind::Video)),
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
