//! Files without bytes: only what a browser and a probe would say about them.

use core::time::Duration;

use mediaferry::error::Error;
use mediaferry::file::{AcceptedFile, Candidate, InspectedFile, Shared};
use mediaferry::media::{Fact, Format, Media, Reason, Size};
use mediaferry::rules::Rules;

/// A whole file of this format, of 640×480 if it has a picture and of 10 seconds if it takes time.
pub(crate) fn media(format: Format) -> Media {
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
    }
}

/// That file under a name, with a declared type.
pub(crate) fn inspected(name: &str, declared_type: &str, size: u64, media: Media) -> InspectedFile {
    InspectedFile::new(Candidate { name: name.to_owned(), declared_type: declared_type.to_owned(), size }, media)
}

/// That file if these rules take it.
pub(crate) fn accepted(name: &str, size: u64, format: Format, rules: &Rules) -> Result<AcceptedFile, Error> {
    rules.accept(Shared::new(inspected(name, "", size, media(format)))).map_err(Error::Rejected)
}
