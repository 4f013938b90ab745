//! MP4 and `QuickTime`: the boxes of the file, and the new file with the index before the media data.
//!
//! The new file has a file type box, the index and one box of media data. Other boxes are removed, because they may
//! contain offsets; `uuid`, `udta` and `meta` boxes are kept unless all metadata is removed, or they state a location.
//!
//! ISO/IEC 14496-12 §4 and §8; <https://developer.apple.com/documentation/quicktime-file-format>

mod chunks;
mod entry;
mod index;
mod tracks;
mod user_data;

use chunks::Extent;
use index::{Index, Moved};
use tracks::Track;

use super::boxes::{be32, find};
use super::output::Output;
use super::reader::{DAMAGED, Reader, Stop};
use super::{Changes, Removal, Strip, TELLS_KINDS, UnsafeReason, position};
use crate::media::{Format, is_listed, is_tag, tags};

tags! {
    FTYP = b"ftyp";
    MOOV = b"moov";
    MDAT = b"mdat";
    UUID = b"uuid";
    UDTA = b"udta";
    META = b"meta";
    GPS = b"gps ";
}
/// The first boxes of a file.
const FIRST: &[u8] = b"ftypmoovmdatwidefreeskippnot";
/// Boxes of files that consist of fragments.
const FRAGMENTS: &[u8] = b"moofmfrasidxssixstypimda";
/// Boxes whose content nobody reads.
const PADDING: &[u8] = b"freeskipwide";
/// The most boxes of a file.
const MAX_BOXES: usize = 1024;
/// Bytes of another box, and of a chunk of texts, in which a location is looked for.
const TEXT: u64 = 1 << 20;
/// The most chunks of texts that are searched.
const MAX_TEXTS: usize = 3000;
/// A file type box of MP4, and one of M4A.
const MP4: &[u8] = b"\0\0\0\x20ftypmp42\0\0\0\0mp42isomiso2mp41";
const M4A: &[u8] = b"\0\0\0\x20ftypM4A \0\0\0\0M4A mp42isomiso2";
/// The identifier of an XMP packet.
const XMP: &[u8] = b"\xBE\x7A\xCF\xCB\x97\xA9\x42\xE8\x9C\x71\x99\x94\x91\xE3\xAF\xAC";

#[derive(Debug, Default)]
pub(super) struct Movie {
    at: u64,
    boxes: usize,
    is_walked: bool,
    file_type: Option<Span>,
    /// The body of the movie box, and whether it precedes the media data.
    index: Option<(Span, bool)>,
    /// The bodies of the boxes of media data.
    data: Vec<Span>,
    /// Other boxes, and how many of them have been read.
    others: Vec<(u32, Span)>,
    others_read: usize,
    /// Those that are kept before the media data, and after it, and the number of bytes of those that are not kept because
    /// they may contain offsets.
    before: Vec<Span>,
    before_len: u64,
    after: Vec<Span>,
    dropped: u64,
    /// The chunks of texts with the numbers of their tracks, how many of them have been read, and which of the tracks state
    /// a location.
    texts: Option<Vec<(usize, Extent)>>,
    texts_read: usize,
    located: Vec<usize>,
    /// The number of bytes after the last box.
    behind: u64,
}

/// A range of the file.
#[derive(Clone, Copy, Debug)]
struct Span {
    start: u64,
    end: u64,
}

impl Span {
    const fn len(self) -> u64 {
        self.end - self.start
    }

    /// Returns the bytes of the range.
    fn read(self, reader: &Reader) -> Result<&[u8], Stop> {
        reader.get(self.start, usize::try_from(self.len()).map_err(|_| DAMAGED)?)
    }
}

/// Returns whether a file with these first bytes is a movie.
pub(super) fn matches(head: &[u8]) -> bool {
    be32(head, 4).is_ok_and(|kind| is_listed(FIRST, kind))
}

impl Movie {
    pub(super) fn run(
        &mut self,
        reader: &Reader,
        output: &mut Output,
        changes: Changes,
    ) -> Result<Option<Format>, Stop> {
        while !self.is_walked {
            self.walk(reader)?;
        }
        while let Some((kind, span)) = self.others.get(self.others_read) {
            match other(*kind, *span, reader, changes)? {
                Some(removal) => output.removed(removal, span.len()),
                None if is_listed(PADDING, *kind) => {}
                None if !matches!(*kind, UUID | UDTA | META) => self.dropped += span.len(),
                None if self.data.first().is_some_and(|data| data.start < span.start) => self.after.push(*span),
                None => {
                    self.before_len += span.len();
                    self.before.push(*span);
                }
            }
            self.others_read += 1;
        }
        let (index, is_first) = self.index.ok_or(DAMAGED)?;
        if changes.strip.is_some() && !changes.remux {
            self.read_texts(index, reader)?;
        }
        let behind = if changes.strip.is_some() || changes.remux { self.behind } else { 0 };
        let moov = index.read(reader)?;
        let tracks = tracks::read(&index::track_bodies(moov)?, changes, &self.located)?;
        // Dashcams write blocks of positions between the samples.
        let has_blocks = changes.strip.is_some() && find(moov, GPS)?.is_some();
        let ranges = self.ranges(&tracks, has_blocks)?;
        let has_video = tracks::has_video(&tracks);
        let mut index =
            Index { moov, tracks: &tracks, changes, data: &ranges, base: 0, is_wide: false, removed: Vec::new() };
        let file_type = if changes.remux { Some(if has_video { MP4 } else { M4A }) } else { None };
        let file_type_len = file_type.map_or_else(|| self.file_type.map_or(0, Span::len), |bytes| bytes.len() as u64);
        let data_len: u64 = ranges.iter().map(|(start, end, _)| end - start).sum();
        let header = data_header(data_len);
        // The index with 64-bit offsets is less than twice as long.
        let upper = file_type_len + self.before_len + 2 * moov.len() as u64 + 1024 + data_len;
        index.is_wide = u32::try_from(upper).is_err();
        let len = index.write_first()?;
        index.base = file_type_len + len + self.before_len + header.len() as u64;
        let moov = index.write()?;
        for removed in &index.removed {
            output.removed(removed.kind, removed.bytes);
        }
        if behind > 0 {
            output.removed(Removal::Trailer, behind);
        }
        if !changes.remux && output.is_unchanged() && (is_first || !changes.faststart) {
            return Ok(None);
        }
        match (file_type, self.file_type) {
            (Some(bytes), _) => output.push(bytes)?,
            (None, Some(span)) => output.keep(span.start, span.len())?,
            (None, None) => {}
        }
        output.push(&moov)?;
        for span in &self.before {
            output.keep(span.start, span.len())?;
        }
        output.push(&header)?;
        for (start, end, _) in &ranges {
            output.keep(*start, end - start)?;
        }
        for span in &self.after {
            output.keep(span.start, span.len())?;
        }
        if self.dropped > 0 && changes.strip.is_some() {
            output.removed(Removal::Other, self.dropped);
        }
        Ok(changes.remux.then_some(if has_video { Format::Mp4 } else { Format::M4a }))
    }

    /// Reads the header of the next box of the file.
    fn walk(&mut self, reader: &Reader) -> Result<(), Stop> {
        let (start, left) = (self.at, reader.size() - self.at);
        let is_found = self.index.is_some() && !self.data.is_empty();
        let header = reader.up_to(start, 16)?;
        let (Ok(len), Ok(kind)) = (be32(header, 0), be32(header, 4)) else {
            // Padding of a few bytes.
            self.is_walked = true;
            return if is_found { Ok(()) } else { Err(DAMAGED) };
        };
        let (header, len) = match len {
            0 => (8, left),
            1 => (16, u64::from(be32(header, 8)?) << 32 | u64::from(be32(header, 12)?)),
            len => (8, len.into()),
        };
        if len < header || len > left || !is_tag(kind) {
            // Padding, or data of a camera, follows the last box.
            if kind != 0 {
                self.behind = left;
            }
            self.is_walked = true;
            return if is_found { Ok(()) } else { Err(DAMAGED) };
        }
        let whole = Span { start, end: start + len };
        let body = Span { start: start + header, end: whole.end };
        match kind {
            FTYP if self.file_type.is_none() => self.file_type = Some(whole),
            MOOV if self.index.is_none() => self.index = Some((body, self.data.is_empty())),
            MOOV => return Err(DAMAGED),
            MDAT => self.data.push(body),
            kind if is_listed(FRAGMENTS, kind) => return Err(Stop::Unsafe(UnsafeReason::Fragmented)),
            kind => self.others.push((kind, whole)),
        }
        self.boxes += 1;
        if self.boxes > MAX_BOXES {
            return Err(Stop::Unsafe(UnsafeReason::TooLarge));
        }
        self.at = whole.end;
        self.is_walked = self.at == reader.size();
        Ok(())
    }

    /// Finds the tracks of texts that state a location: drones and dashcams write one for each second.
    fn read_texts(&mut self, index: Span, reader: &Reader) -> Result<(), Stop> {
        if self.texts.is_none() {
            self.texts = Some(tracks::texts(&index::track_bodies(index.read(reader)?)?)?);
        }
        let texts = self.texts.as_deref().unwrap_or_default();
        while let Some((track, (start, end))) = texts.get(self.texts_read) {
            if !self.located.contains(track) {
                // Too many or too long to be searched: no texts.
                let is_searched = texts.len() <= MAX_TEXTS && end - start <= TEXT;
                if !is_searched || position::is_in(reader.up_to(*start, end - start)?) {
                    self.located.push(*track);
                }
            }
            self.texts_read += 1;
        }
        Ok(())
    }

    /// Returns the media data without the samples of removed tracks, or only that of kept tracks.
    fn ranges(&self, tracks: &[Track<'_>], has_blocks: bool) -> Result<Vec<Moved>, Stop> {
        let data: Vec<_> = self.data.iter().map(|span| (span.start, span.end)).collect();
        let left = if tracks.iter().all(|track| track.is_kept) && !has_blocks {
            data
        } else {
            let (mut removed, mut kept) = (Vec::new(), Vec::new());
            for track in tracks {
                chunks::add_extents(track.stbl, if track.is_kept { &mut kept } else { &mut removed })?;
            }
            if has_blocks { chunks::only(&data, kept) } else { chunks::without(&data, removed, kept) }
        };
        let mut moved = 0;
        let place = |(start, end)| {
            let range = (start, end, moved);
            moved += end - start;
            range
        };
        Ok(left.into_iter().map(place).collect())
    }
}

impl Index<'_> {
    /// Returns the length of the new movie box, which does not depend on the offsets.
    fn write_first(&mut self) -> Result<u64, Stop> {
        Ok(self.write()?.len() as u64)
    }
}

/// Returns why a box besides the index and the media data is removed, if it is.
fn other(kind: u32, span: Span, reader: &Reader, changes: Changes) -> Result<Option<Removal>, Stop> {
    let start = reader.up_to(span.start, span.len().min(TEXT))?;
    let is_bare = changes.remux || changes.strip == Some(Strip::Metadata);
    let is_padding = is_listed(PADDING, kind);
    Ok(Some(match kind {
        // The items of an image, which are found by their offsets.
        META if crate::text::find(start, b"iloc").is_some() => return Err(Stop::Unsafe(UnsafeReason::Format)),
        _ if is_padding && start.iter().skip(8).all(|byte| *byte == 0) => return Ok(None),
        // A longer one is not searched, but for padding.
        _ if !is_bare
            && changes.strip.is_some()
            && (span.len() > TEXT && !is_padding || position::may_be_in(start)) =>
        {
            Removal::Gps
        }
        _ if !is_bare => return Ok(None),
        _ if !TELLS_KINDS => Removal::Other,
        UUID if start.get(8..).is_some_and(|body| body.starts_with(XMP)) => Removal::Xmp,
        UDTA | META => Removal::Tags,
        _ => Removal::Other,
    }))
}

/// Returns the header of the box of media data.
fn data_header(len: u64) -> Vec<u8> {
    match u32::try_from(len + 8) {
        Ok(len) => [len.to_be_bytes(), *b"mdat"].concat(),
        Err(_) => [&[0, 0, 0, 1][..], b"mdat", &(len + 16).to_be_bytes()].concat(),
    }
}
