//! Files without bytes: what a browser reports about them, and the facts of a probe.

use core::time::Duration;

use mediaferry::error::Error;
use mediaferry::file::{AcceptedFile, Candidate, InspectedFile, Shared};
use mediaferry::media::{Fact, Format, Media, Reason, Size};
use mediaferry::rules::Rules;

/// The facts of a complete file of this format: 640×480 unless it is audio, 10 seconds unless it is an image.
pub fn media(format: Format) -> Media {
    use mediaferry::media::Kind::{Audio, Image};
    let none = Reason::NotApplicable;
    let kind = format.kind();
    Media {
        format,
        stored_size: if kind == Audio { Fact::Unknown(none) } else { Fact::Known(Size { width: 640, height: 480 }) },
        orientation: Fact::Unknown(Reason::Absent),
        animated: Fact::Unknown(none),
        duration: if kind == Image { Fact::Unknown(none) } else { Fact::Known(Duration::from_secs(10)) },
        has_video: Fact::Unknown(none),
        has_audio: Fact::Unknown(none),
        codecs: Vec::new(),
        complete: Fact::Known(true),
        has_location: false,
    }
}

/// An inspected file with this name and declared type.
pub fn inspected(name: &str, declared_type: &str, size: u64, media: Media) -> InspectedFile {
    InspectedFile::new(Candidate { name: name.to_owned(), declared_type: declared_type.to_owned(), size }, media)
}

/// A file of this format, if the rules accept it.
pub fn accepted(name: &str, size: u64, format: Format, rules: &Rules) -> Result<AcceptedFile, Error> {
    rules.accept(Shared::new(inspected(name, "", size, media(format)))).map_err(Error::Rejected)
}
