//! A file format as the probe sees it: how to detect it, and how to read it.

use crate::media::cursor::Cursor;
use crate::media::error::{Stop, optional};
use crate::media::{Fact, Format, Kind, Media, Reason};

/// Both functions receive the file from its start, or from the end of its ID3 tags. `matches` reads only as much as it
/// needs to be certain. `parse` writes each fact into the media as soon as it is found, and changes the format if one
/// container serves several.
pub(crate) struct Container {
    pub(crate) format: Format,
    pub(crate) matches: fn(Cursor<'_>) -> Result<bool, Stop>,
    pub(crate) parse: fn(Cursor<'_>, &mut Media) -> Result<(), Stop>,
}

/// A table of containers: `module: Format`.
macro_rules! containers {
    ($($module:ident: $format:ident,)+) => {
        &[$(
            $crate::media::container::Container {
                format: $crate::media::Format::$format,
                matches: $module::matches,
                parse: $module::parse,
            },
        )+]
    };
}
pub(crate) use containers;

impl Container {
    /// Returns the first container that matches the file.
    pub(crate) fn find(containers: &'static [Self], file: Cursor<'_>) -> Result<Option<&'static Self>, Stop> {
        for container in containers {
            if optional((container.matches)(file))? == Some(true) {
                return Ok(Some(container));
            }
        }
        Ok(None)
    }

    pub(crate) fn read(&self, file: Cursor<'_>) -> Result<Media, Stop> {
        let mut media = Media::unknown(self.format);
        match (self.parse)(file, &mut media) {
            Ok(()) => {}
            Err(stop @ (Stop::Need | Stop::Refused)) => return Err(stop),
            Err(Stop::Budget) => media.set_unknown_reason(Reason::Budget),
            Err(Stop::Damaged) => media.set_unknown_reason(Reason::Damaged),
            Err(Stop::End) => {
                media.set_unknown_reason(Reason::Damaged);
                media.complete = Fact::Known(false);
            }
        }
        media.clear_not_applicable();
        Ok(media)
    }
}

impl Media {
    fn unknown(format: Format) -> Self {
        let absent = Reason::Absent;
        Self {
            format,
            stored_size: Fact::Unknown(absent),
            orientation: Fact::Unknown(absent),
            animated: Fact::Unknown(absent),
            duration: Fact::Unknown(absent),
            has_video: Fact::Unknown(absent),
            has_audio: Fact::Unknown(absent),
            codecs: Vec::new(),
            complete: Fact::Unknown(absent),
            has_location: false,
        }
    }

    /// Sets the reason of every fact that the parser did not reach.
    fn set_unknown_reason(&mut self, reason: Reason) {
        self.stored_size.set_unknown_reason(reason);
        self.orientation.set_unknown_reason(reason);
        self.animated.set_unknown_reason(reason);
        self.duration.set_unknown_reason(reason);
        self.has_video.set_unknown_reason(reason);
        self.has_audio.set_unknown_reason(reason);
        self.complete.set_unknown_reason(reason);
    }

    /// Marks the facts that do not apply to this format.
    fn clear_not_applicable(&mut self) {
        let none = Reason::NotApplicable;
        if !matches!(self.format, Format::Png | Format::Gif | Format::Webp) {
            self.animated = Fact::Unknown(none);
        }
        match self.format.kind() {
            Kind::Image => {
                self.duration = Fact::Unknown(none);
                self.has_video = Fact::Unknown(none);
                self.has_audio = Fact::Unknown(none);
            }
            Kind::Video => {}
            Kind::Audio => {
                self.stored_size = Fact::Unknown(none);
                self.orientation = Fact::Unknown(none);
            }
        }
    }
}
