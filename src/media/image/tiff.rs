//! TIFF and BigTIFF: the tags of the first image.
//!
//! <https://www.itu.int/itudoc/itu-t/com16/tiff-fx/docs/tiff6.pdf>

use crate::media::cursor::{Cursor, tags};
use crate::media::error::Stop;
use crate::media::image::exif::{Directory, GPS, ORIENTATION, orientation_from_tag};
use crate::media::{Fact, Media, Reason, size};

tags! {
    LITTLE = b"II*\0";
    BIG = b"MM\0*";
    WIDE_LITTLE = b"II+\0";
    WIDE_BIG = b"MM\0+";
}
const NEW_SUBFILE_TYPE: u16 = 0x00FE;
const IMAGE_WIDTH: u16 = 0x0100;
const IMAGE_LENGTH: u16 = 0x0101;
const SUB_IFDS: u16 = 0x014A;
const DNG_VERSION: u16 = 0xC612;

pub(crate) fn matches(mut file: Cursor<'_>) -> Result<bool, Stop> {
    Ok(matches!(file.be32()?, LITTLE | BIG | WIDE_LITTLE | WIDE_BIG))
}

pub(crate) fn parse(mut file: Cursor<'_>, media: &mut Media) -> Result<(), Stop> {
    let mut directory = Directory::first(file)?;
    // If a tag is repeated, the first counts, as in libtiff.
    let (mut width, mut height, mut thumbnail, mut sub_images, mut raw) = (0, 0, false, false, false);
    while let Some(entry) = directory.next()? {
        let number = u32::try_from(entry.value).unwrap_or(0);
        match entry.tag {
            NEW_SUBFILE_TYPE => thumbnail = number & 1 != 0,
            IMAGE_WIDTH if width == 0 => width = number,
            IMAGE_LENGTH if height == 0 => height = number,
            ORIENTATION if media.orientation == Fact::Unknown(Reason::Absent) => {
                media.orientation = orientation_from_tag(entry.value);
            }
            GPS => media.has_location = true,
            SUB_IFDS => sub_images = true,
            DNG_VERSION => raw = true,
            _ => {}
        }
    }
    file.skip(8)?;
    // DNG and Canon's CR2 are marked as raw; Nikon's NEF and Sony's ARW have a thumbnail here and the image elsewhere.
    if raw || (thumbnail && sub_images) || file.starts_with(b"CR")? {
        return Err(file.window().refuse("camera raw"));
    }
    media.stored_size = size(width, height);
    Ok(())
}
