//! BMP: Windows and OS/2 headers of every length.
//!
//! <https://learn.microsoft.com/windows/win32/gdi/bitmap-header-types>;
//! OS/2: <https://www.fileformat.info/format/os2bmp/egff.htm>

use crate::media::cursor::Cursor;
use crate::media::error::Stop;
use crate::media::{Fact, Media, size};

pub(crate) fn matches(mut file: Cursor<'_>) -> Result<bool, Stop> {
    let header = file.fields(18)?;
    // The valid lengths of the second header. A text that starts with "BM" has letters here.
    Ok(header.0.starts_with(b"BM") && matches!(header.le32(14), 12 | 16 | 40 | 52 | 56 | 64 | 108 | 124))
}

pub(crate) fn parse(mut file: Cursor<'_>, media: &mut Media) -> Result<(), Stop> {
    let total = file.left();
    let kind = { file }.fields(18)?.le32(14);
    let header = file.fields(match kind {
        12 => 26,
        16 => 30,
        _ => 34,
    })?;
    let (width, height, bits) = match kind {
        12 => (header.le16(18).into(), header.le16(20).into(), header.le16(24)),
        16 | 64 => (header.le32(18), header.le32(22), header.le16(28)),
        // A negative height means that rows are stored from the top; a negative width is invalid.
        _ => (header.le32(18), header.le32(22).cast_signed().unsigned_abs(), header.le16(28)),
    };
    media.stored_size = size(width, height);
    // `BI_RGB` and `BI_BITFIELDS` are not compressed, so the size follows from the pixels.
    if matches!(header.le32(30), 0 | 3) {
        let row = (u64::from(width) * u64::from(bits)).div_ceil(32) * 4;
        let end = row.saturating_mul(height.into()).saturating_add(header.le32(10).into());
        // Some writers omit the padding of the last row.
        media.complete = Fact::Known(end <= total + 3);
    }
    Ok(())
}
