//! A file format as the probe sees it: how to tell it, and how to read it.

use crate::media::cursor::Cursor;
use crate::media::error::{Stop, lenient};
use crate::media::{Fact, Format, Kind, Media, Reason};

/// Both functions see the file from its start, or from behind the ID3 tags there. `matches` decides by as little as is
/// certain; `parse` writes what it finds into the media, as it finds it, and changes the format where one container serves
/// several.
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
    /// The first of these that the file is.
    pub(crate) fn find(containers: &'static [Self], file: Cursor<'_>) -> Result<Option<&'static Self>, Stop> {
        for container in containers {
            if lenient((container.matches)(file))? == Some(true) {
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
            Err(Stop::Budget) => media.explain(Reason::Budget),
            Err(Stop::Damaged) => media.explain(Reason::Damaged),
            Err(Stop::End) => {
                media.explain(Reason::Damaged);
                media.complete = Fact::Known(false);
            }
        }
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
