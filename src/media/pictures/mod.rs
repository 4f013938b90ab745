//! The four formats that most pictures of the web have: all that the core knows by itself.

use super::container::{Container, containers};
use super::plain_text::is_text;
use super::window::{HEAD, Stop, Window};
use super::{Fact, Media, Reason, cursor, exif, lengths, riff, size, window};

mod gif;
mod jpeg;
mod png;
mod webp;

const PICTURES: &[Container] = containers![
    png: Png,
    jpeg: Jpeg,
    gif: Gif,
    webp: Webp,
];

/// One run over what has been read so far; `None` of a file that is none of these pictures.
pub(super) fn probe(window: &Window) -> Result<Option<Media>, Stop> {
    // A text may start with the letters of a GIF.
    if is_text(window.read_up_to(0, HEAD as u64)?) {
        return Ok(None);
    }
    let file = window.cursor();
    match Container::find(PICTURES, file)? {
        Some(picture) => picture.read(file).map(Some),
        None => Ok(None),
    }
}
