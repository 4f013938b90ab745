//! The four formats that most pictures of the web have: all that the core knows by itself.

use super::container::{Container, containers};
use super::window::{Stop, Window};
use super::{Fact, Media, Orientation, Reason, cursor, exif, riff, size, window};

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
    let file = window.cursor();
    match Container::find(PICTURES, file)? {
        Some(picture) => picture.read(file).map(Some),
        None => Ok(None),
    }
}
