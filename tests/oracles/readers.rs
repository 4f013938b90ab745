//! The other readers, and the facts that they share with the probe.

use std::io::Cursor;

use mediaferry::media::{Format, Kind, Media, ProbeError};
use symphonia::core::formats::FormatOptions;
use symphonia::core::formats::probe::Hint;
use symphonia::core::io::{MediaSourceStream, MediaSourceStreamOptions};
use symphonia::core::meta::MetadataOptions;

use crate::Difference;

type Ours<'a> = &'a Result<Media, ProbeError>;

/// The types of files, by signatures and a look inside.
pub(crate) fn file_format(file: &[u8], ours: Ours<'_>) -> Vec<Difference> {
    let Ok(theirs) = file_format::FileFormat::from_reader(Cursor::new(file)) else { return Vec::new() };
    let theirs = theirs.media_type();
    let (our, same) = match ours {
        Ok(media) => (media.format.mime(), is_same(media.format, theirs)),
        Err(_) => ("refused", !Format::ALL.iter().any(|format| is_same(*format, theirs))),
    };
    if same { Vec::new() } else { vec![("file-format: type", our.to_owned(), theirs.to_owned())] }
}

/// Whether this is a name that they have for it.
fn is_same(format: Format, theirs: &str) -> bool {
    let more: &[&str] = match format {
        Format::Ogg => {
            &["audio/ogg", "audio/opus", "audio/vorbis", "audio/speex", "audio/x-flac+ogg", "application/ogg"]
        }
        Format::Wmv => &["video/x-ms-asf", "application/vnd.ms-asf", "video/x-ms-wmv"],
        _ => &[],
    };
    format.has_mime(theirs) || more.contains(&theirs)
}

/// The size of pictures.
pub(crate) fn imagesize(file: &[u8], ours: Ours<'_>) -> Vec<Difference> {
    let Ok(media) = ours else { return Vec::new() };
    let (Some(size), Ok(theirs)) = (media.stored_size.known(), imagesize::blob_size(file)) else { return Vec::new() };
    differ("imagesize: size", (size.width as usize, size.height as usize), (theirs.width, theirs.height))
}

/// EXIF's orientation.
pub(crate) fn kamadak_exif(file: &[u8], ours: Ours<'_>) -> Vec<Difference> {
    let Ok(media) = ours else { return Vec::new() };
    if media.format.kind() != Kind::Image {
        return Vec::new();
    }
    let Ok(exif) = exif::Reader::new().read_from_container(&mut Cursor::new(file)) else { return Vec::new() };
    let theirs = exif.get_field(exif::Tag::Orientation, exif::In::PRIMARY).and_then(|field| field.value.get_uint(0));
    let ours = media.orientation.known().map(|orientation| u32::from(orientation.exif()));
    differ("kamadak-exif: orientation", ours, theirs)
}

/// What Matroska and WebM say of their first picture, their streams, and their time.
pub(crate) fn matroska_demuxer(file: &[u8], ours: Ours<'_>) -> Vec<Difference> {
    use matroska_demuxer::{MatroskaFile, TrackType};
    let Ok(media) = ours else { return Vec::new() };
    let Ok(theirs) = MatroskaFile::open(Cursor::new(file)) else { return Vec::new() };
    let has = |kind| theirs.tracks().iter().any(|track| track.track_type() == kind);
    let mut found = differ("matroska-demuxer: video", media.has_video.known(), Some(has(TrackType::Video)));
    found.extend(differ("matroska-demuxer: audio", media.has_audio.known(), Some(has(TrackType::Audio))));
    let video = theirs.tracks().iter().find_map(matroska_demuxer::TrackEntry::video);
    if let Some(video) = video {
        let size = media.stored_size.known().map(|size| (u64::from(size.width), u64::from(size.height)));
        found.extend(differ(
            "matroska-demuxer: size",
            size,
            Some((video.pixel_width().get(), video.pixel_height().get())),
        ));
    }
    #[expect(clippy::cast_precision_loss, reason = "a clock's scale is small")]
    if let Some(ticks) = theirs.info().duration() {
        found.extend(times(
            "matroska-demuxer: duration",
            media,
            ticks * theirs.info().timestamp_scale().get() as f64 / 1e9,
        ));
    }
    found
}

/// Sounds' time, and the size of the pictures beside them.
pub(crate) fn symphonia(file: &[u8], ours: Ours<'_>) -> Vec<Difference> {
    let Ok(media) = ours else { return Vec::new() };
    let stream = MediaSourceStream::new(Box::new(Cursor::new(file.to_vec())), MediaSourceStreamOptions::default());
    let probe = symphonia::default::get_probe();
    let Ok(theirs) = probe.probe(&Hint::default(), stream, FormatOptions::default(), MetadataOptions::default()) else {
        return Vec::new();
    };
    let mut found = Vec::new();
    let seconds =
        |track: &symphonia::core::formats::Track| Some(track.time_base?.calc_duration(track.duration?)?.as_secs_f64());
    let longest = theirs.tracks().iter().filter_map(seconds).reduce(f64::max);
    if let Some(time) = longest {
        found.extend(times("symphonia: duration", media, time));
    }
    let video = theirs.tracks().iter().find_map(|track| track.codec_params.as_ref()?.video());
    if let Some((width, height)) = video.and_then(|video| Some((video.width?, video.height?))) {
        let size = media.stored_size.known().map(|size| (size.width, size.height));
        found.extend(differ("symphonia: size", size, Some((width.into(), height.into()))));
    }
    found
}

fn differ<T: Copy + PartialEq + std::fmt::Debug>(what: &'static str, ours: T, theirs: T) -> Vec<Difference> {
    if ours == theirs { Vec::new() } else { vec![(what, format!("{ours:?}"), format!("{theirs:?}"))] }
}

/// Times differ where they do by more than the corpus's scorer allows. What we do not know is no difference.
fn times(what: &'static str, media: &Media, theirs: f64) -> Vec<Difference> {
    let Some(ours) = media.duration.value().map(|time| time.as_secs_f64()) else { return Vec::new() };
    let same = (ours - theirs).abs() <= (0.03 * theirs).max(0.15);
    if same || theirs <= 0.0 { Vec::new() } else { vec![(what, format!("{ours:.2}"), format!("{theirs:.2}"))] }
}
