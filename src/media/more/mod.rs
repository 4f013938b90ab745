//! Every format but the four pictures, and the names of what is none: all that `formats.wasm` is for.

use core::time::Duration;

use super::container::{Container, containers};
use super::window::{HEAD, Stop, Window};
use super::{Fact, Format, Kind, Media, Orientation, Reason, Size, cursor, exif, riff, seconds, size, window};

mod adts;
mod amf;
mod asf;
mod avi;
mod bits;
mod bmp;
mod boxes;
mod codecs;
mod ebml;
mod flac;
mod flv;
mod flv_video;
mod fragments;
mod frames;
mod h264;
mod h265;
mod heif;
mod id3;
mod lengths;
mod matroska;
mod mp3;
mod mp4;
mod names;
mod ogg;
mod plain_text;
mod refused;
mod tiff;
mod track;
mod wav;

/// Every container, told by its first bytes.
const CONTAINERS: &[Container] = containers![
    tiff: Tiff,
    mp4: Mp4,
    matroska: Webm,
    avi: Avi,
    wav: Wav,
    asf: Wmv,
    flv: Flv,
    ogg: Ogg,
    flac: Flac,
    // Two letters that a text may start with.
    bmp: Bmp,
];

/// The streams without a container. They have no signature, so they are looked for, even behind junk, once the file is
/// known to be nothing else that has a name: transport streams and archives may hold the very same frames.
const FRAMES: &[Container] = containers![
    // Before MP3, whose frames start with eleven of the same twelve bits.
    adts: Aac,
    mp3: Mp3,
];

/// Whether two times are about the same.
fn is_near(one: Duration, other: Duration) -> bool {
    let [one, other] = [one, other].map(|time| time.as_secs_f64());
    (one - other).abs() <= other / 8.0
}

/// The running time that a header states, if the file can hold it: where it has less than a kilobyte for each second, as few
/// have, or where nothing is stated, the end of the file is `measured`.
fn checked(
    stated: Fact<Duration>,
    size: u64,
    measured: &dyn Fn() -> Result<Fact<Duration>, Stop>,
) -> Result<Fact<Duration>, Stop> {
    let stated_time = stated.value();
    if stated_time.is_some_and(|time| time.as_secs() <= size / 1000) {
        return Ok(stated);
    }
    let measured = measured()?.estimated();
    let agrees = |time| stated_time.is_some_and(|stated| is_near(time, stated));
    Ok(if measured.value().is_none_or(agrees) { stated } else { measured })
}

/// One run over what has been read so far. There is nobody to ask after this one, so it never gives `None`.
pub(super) fn probe(window: &Window) -> Result<Option<Media>, Stop> {
    let head = window.read_up_to(0, HEAD as u64)?;
    if let Some(name) = refused::text(head) {
        return Err(window.refuse(name));
    }
    let mut file = id3::behind(window.cursor())?;
    let mut container = Container::find(CONTAINERS, file)?;
    if container.is_none() && file.at() > 0 {
        file = id3::padded(file)?;
        container = Container::find(CONTAINERS, file)?;
    }
    if container.is_none() {
        if let Some(name) = refused::name(head) {
            return Err(window.refuse(name));
        }
        container = Container::find(FRAMES, file)?;
    }
    let mut media = container.ok_or(Stop::Damaged)?.read(file)?;
    media.doubt(window.size());
    Ok(Some(media))
}

/// Bytes of a second. Silence takes more in every codec, and so does a still picture in a film, with its place in the tables.
const LEAST_RATE: u64 = 16;
/// Seconds of a byte, above which a time is no estimate either. The start of a film that is sent in parts has a few.
const MOST_SECONDS: u64 = 64;

impl Media {
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
}
