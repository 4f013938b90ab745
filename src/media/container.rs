//! A file format as the probe sees it: how to tell it, and how to read it.

use super::cursor::Cursor;
use super::window::{Stop, lenient};
use super::{Fact, Format, Kind, Media, Reason};

/// Both functions see the file from its start, or from behind the ID3 tags there. `matches` decides by as little as is
/// certain; `parse` writes what it finds into the media, as it finds it, and changes the format where one container serves
/// several.
pub(super) struct Container {
    pub(super) format: Format,
    pub(super) matches: fn(Cursor<'_>) -> Result<bool, Stop>,
    pub(super) parse: fn(Cursor<'_>, &mut Media) -> Result<(), Stop>,
}

/// Bytes of a second. Silence takes more in every codec, and so does a still picture in a film, with its place in the tables.
const LEAST_RATE: u64 = 16;
/// Seconds of a byte, above which a time is no estimate either. The start of a film that is sent in parts has a few.
const MOST_SECONDS: u64 = 64;

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
pub(super) use containers;

impl Container {
    /// The first of these that the file is.
    pub(super) fn find(containers: &'static [Self], file: Cursor<'_>) -> Result<Option<&'static Self>, Stop> {
        for container in containers {
            if lenient((container.matches)(file))? == Some(true) {
                return Ok(Some(container));
            }
        }
        Ok(None)
    }

    pub(super) fn read(&self, file: Cursor<'_>) -> Result<Media, Stop> {
        let mut media = Media::unknown(self.format);
        match (self.parse)(file, &mut media) {
            Ok(()) => {}
            Err(stop @ (Stop::Need | Stop::Refused)) => return Err(stop),
            Err(Stop::Budget) => media.explain(Reason::Budget),
            Err(Stop::Damaged) => media.explain(Reason::Damaged),
            Err(Stop::End) => {
                media.explain(Reason::Damaged);
                media.complete = Fact::Known(false);
            }
        }
        media.doubt(file.window().size());
        media.leave_out();
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
        }
    }

    /// Makes an estimate of all that was found, if there may be more of it.
    pub(super) fn estimate(&mut self) {
        self.stored_size = self.stored_size.estimated();
        self.orientation = self.orientation.estimated();
        self.duration = self.duration.estimated();
        self.has_video = self.has_video.estimated();
        self.has_audio = self.has_audio.estimated();
    }

    /// Gives this reason for every fact that the parser did not come to.
    fn explain(&mut self, reason: Reason) {
        self.stored_size.explain(reason);
        self.orientation.explain(reason);
        self.animated.explain(reason);
        self.duration.explain(reason);
        self.has_video.explain(reason);
        self.has_audio.explain(reason);
        self.complete.explain(reason);
    }

    /// Calls no running time known that this file cannot hold, or that is about what is missing of it.
    fn doubt(&mut self, size: u64) {
        let Some(time) = self.duration.value() else { return };
        let seconds = time.as_secs();
        if seconds / MOST_SECONDS > size {
            self.duration = Fact::Unknown(Reason::Damaged);
        } else if seconds > size / LEAST_RATE || self.complete == Fact::Known(false) {
            self.duration = self.duration.estimated();
        }
    }

    /// Marks the facts that this format has not.
    fn leave_out(&mut self) {
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
