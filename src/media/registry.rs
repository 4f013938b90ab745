//! All formats, and the wasm module that contains each. No other code depends on the modules.
//!
//! `core.wasm` has the formats of most images on the web: PNG, JPEG, GIF and WebP. `formats.wasm` has every other
//! format, and the names of unsupported ones. Native builds have both. See `docs/decisions/0007-formats-on-demand.md`.

use super::container::{Container, containers};
use super::error::Stop;
use super::image::{bmp, gif, jpeg, png, tiff, webp};
use super::mpeg_audio::{adts, id3, mp3};
use super::riff::{avi, wav};
use super::window::{HEAD, Window};
use super::{Media, asf, flac, flv, isobmff, matroska, ogg, unsupported};

/// A part of the probe: returns the media, or `None` if the next part may recognise the file.
pub(super) type Part = fn(&Window) -> Result<Option<Media>, Stop>;

/// The built-in parts, in order.
pub(super) const BUILT_IN: &[Part] = &[
    // `npm run size` builds the core without it, to measure its size.
    #[cfg(all(feature = "core", not(without = "probe")))]
    core,
    #[cfg(feature = "formats")]
    extended,
];

const CORE: &[Container] = containers![
    png: Png,
    jpeg: Jpeg,
    gif: Gif,
    webp: Webp,
];

/// The other containers, detected by their first bytes.
const EXTENDED: &[Container] = containers![
    tiff: Tiff,
    isobmff: Mp4,
    matroska: Webm,
    avi: Avi,
    wav: Wav,
    asf: Wmv,
    flv: Flv,
    ogg: Ogg,
    flac: Flac,
    // Its signature is two letters that a text may also start with.
    bmp: Bmp,
];

/// Streams without a container. They have no signature. The probe looks for their frames, even after junk, only if no
/// other name fits, because transport streams and archives may contain the same frames.
const FRAMES: &[Container] = containers![
    // Before MP3, because MP3 frames start with eleven of the same twelve bits.
    adts: Aac,
    mp3: Mp3,
];

/// Probes the formats of `core.wasm`, with the ranges that have been read so far.
pub(super) fn core(window: &Window) -> Result<Option<Media>, Stop> {
    let file = window.cursor();
    match Container::find(CORE, file)? {
        Some(container) => container.read(file).map(Some),
        None => Ok(None),
    }
}

/// Probes the formats of `formats.wasm`. It is the last part, so it never returns `None`.
pub(super) fn extended(window: &Window) -> Result<Option<Media>, Stop> {
    let head = window.read_up_to(0, HEAD as u64)?;
    if let Some(name) = unsupported::text(head) {
        return Err(window.refuse(name));
    }
    let mut file = id3::skip_id3(window.cursor())?;
    let mut container = Container::find(EXTENDED, file)?;
    if container.is_none() && file.at() > 0 {
        file = id3::padded(file)?;
        container = Container::find(EXTENDED, file)?;
    }
    if container.is_none() {
        if let Some(name) = unsupported::name(head) {
            return Err(window.refuse(name));
        }
        container = Container::find(FRAMES, file)?;
    }
    let mut media = container.ok_or(Stop::Damaged)?.read(file)?;
    media.doubt(window.size());
    Ok(Some(media))
}
