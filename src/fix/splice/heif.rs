//! HEIC, HEIF and AVIF: overwrites the metadata in place, because the offsets of all items stay valid, and removes the
//! video of a motion photo at the end of the file. Metadata is in items and in `uuid` boxes; these become `free` boxes, whose
//! contents nobody reads.
//!
//! The orientation is a property of the image, not of its EXIF data. ISO/IEC 14496-12 §8.11; ISO/IEC 23008-12 annex A

use super::boxes::{be16, be32, find, next};
use super::jpeg::report_exif;
use super::output::Output;
use super::reader::{DAMAGED, Reader, Stop, TOO_LARGE};
use super::{Removal, Strip, UnsafeReason, embedded, exif, position, xmp};
use crate::media::{heif_format, is_listed, is_tag, tags};

tags! {
    FTYP = b"ftyp";
    META = b"meta";
    MOOV = b"moov";
    MDAT = b"mdat";
    IINF = b"iinf";
    INFE = b"infe";
    ILOC = b"iloc";
    EXIF = b"Exif";
    MIME = b"mime";
    FREE = b"free";
}
/// Boxes of an image file.
const KNOWN: &[u8] = b"ftypmetamdatfreeskipuuid";
/// Those of them that may contain anything.
const OTHERS: &[u8] = b"freeskipuuid";
/// Where padding between boxes may be.
const PADDING: u64 = 64 << 10;
/// More bytes than a list of brands has.
const BRANDS: u64 = 256;
/// More metadata than any image has.
const MAX_ITEMS: usize = 64;

#[derive(Debug, Default)]
pub(super) struct Heif {
    at: u64,
    is_walked: bool,
    /// The body of the meta box.
    meta: Option<(u64, u64)>,
    /// The starts and the ends of the bodies of the boxes with the data of items.
    data: Vec<(u64, u64)>,
    /// Boxes without a known content.
    others: Vec<Item>,
    /// Where the boxes of the image end.
    end: u64,
    /// The metadata, in the order of the file.
    items: Option<Vec<Item>>,
    items_done: usize,
    /// The end of what has been copied.
    copied: u64,
}

/// An item with metadata, or a box that may contain some, from its type to its end.
#[derive(Clone, Copy, Debug)]
struct Item {
    kind: u32,
    start: u64,
    len: u64,
}

/// Returns whether the file is an image of this family.
pub(super) fn matches(reader: &Reader) -> Result<bool, Stop> {
    let head = reader.up_to(0, BRANDS)?;
    let (Ok(len), Ok(FTYP)) = (be32(head, 0), be32(head, 4)) else { return Ok(false) };
    let brands = head.get(..len as usize).unwrap_or(head);
    let (Some(major), compatible) = (brands.get(8..12), brands.get(16..).unwrap_or_default()) else { return Ok(false) };
    Ok(heif_format(major, compatible).is_some())
}

impl Heif {
    pub(super) fn run(&mut self, reader: &Reader, output: &mut Output, strip: Option<Strip>) -> Result<(), Stop> {
        let Some(strip) = strip else { return Ok(()) };
        while !self.is_walked {
            self.walk(reader)?;
        }
        let items = if let Some(items) = self.items.take() {
            items
        } else {
            let (start, len) = self.meta.ok_or(DAMAGED)?;
            let meta = reader.get(start, usize::try_from(len).map_err(|_| DAMAGED)?)?;
            items(meta.get(4..).ok_or(DAMAGED)?, reader.size(), core::mem::take(&mut self.others))?
        };
        let items = self.items.insert(items);
        while let Some(item) = items.get(self.items_done) {
            // Data elsewhere may be a part of a box.
            let is_within = |data: &(u64, u64)| data.0 <= item.start && item.start + item.len <= data.1;
            if matches!(item.kind, EXIF | MIME) && !self.data.iter().any(is_within) {
                return Err(DAMAGED);
            }
            let before = reader.get(item.start, usize::try_from(item.len).map_err(|_| DAMAGED)?)?;
            let after = item.without_metadata(before, strip);
            output.keep(self.copied, item.start.checked_sub(self.copied).ok_or(DAMAGED)?)?;
            if after == before {
                output.keep(item.start, item.len)?;
            } else {
                output.push(&after)?;
                item.report(before, strip, output);
            }
            self.copied = item.start + item.len;
            self.items_done += 1;
        }
        output.keep(self.copied, self.end - self.copied)?;
        if self.end < reader.size() {
            output.removed(Removal::Trailer, reader.size() - self.end);
        }
        Ok(())
    }

    fn walk(&mut self, reader: &Reader) -> Result<(), Stop> {
        let (start, left) = (self.at, reader.size() - self.at);
        let header = reader.up_to(start, 16)?;
        let (Ok(len), Ok(kind)) = (be32(header, 0), be32(header, 4)) else {
            self.is_walked = true;
            return Ok(());
        };
        // Padding, which the probe passes as well: an image may follow.
        if len == 0 && !is_tag(kind) && start < PADDING {
            self.at += 4;
            return Ok(());
        }
        let (header, len) = match len {
            0 => (8, left),
            1 => (16, u64::from(be32(header, 8)?) << 32 | u64::from(be32(header, 12)?)),
            len => (8, len.into()),
        };
        if len < header || len > left {
            // What follows the image is removed.
            self.is_walked = true;
            return if self.meta.is_some() && !is_listed(KNOWN, kind) { Ok(()) } else { Err(DAMAGED) };
        }
        match kind {
            // An image sequence is a movie with an image.
            MOOV => return Err(Stop::Unsafe(UnsafeReason::Format)),
            MDAT => self.data.push((start + header, start + len)),
            META if self.meta.is_none() => self.meta = Some((start + header, len - header)),
            // The items of a second one would not be found.
            META => return Err(DAMAGED),
            kind if is_listed(OTHERS, kind) => {
                if header > 8 || self.others.len() == MAX_ITEMS {
                    return Err(TOO_LARGE);
                }
                self.others.push(Item { kind, start: start + 4, len: len - 4 });
            }
            _ => {}
        }
        self.at = start + len;
        if is_listed(KNOWN, kind) {
            self.end = self.at;
        }
        self.is_walked = self.at == reader.size();
        Ok(())
    }
}

impl Item {
    /// Returns the data of the item without metadata. Its length does not change.
    fn without_metadata(self, before: &[u8], strip: Strip) -> Vec<u8> {
        let mut after = before.to_vec();
        let is_location = strip == Strip::Location;
        let data = after.get_mut(self.start_of_data(before)..).unwrap_or_default();
        match self.kind {
            EXIF if is_location => {
                // It cannot be read.
                if data.is_empty() {
                    after.fill(0);
                }
                let start = self.start_of_data(&after);
                embedded::remove_exif_location(after.get_mut(start..).unwrap_or_default());
            }
            EXIF => {
                let minimal = exif::with_orientation(exif::orientation(data).unwrap_or(1));
                after.fill(0);
                if let Some(start) = after.get_mut(4..30) {
                    start.copy_from_slice(&minimal);
                }
            }
            MIME => {
                if !is_location || xmp::has_location(data) {
                    xmp::blank(data);
                }
            }
            _ => {
                if data.iter().any(|byte| *byte != 0) && (!is_location || position::may_be_in(data)) {
                    data.fill(0);
                    if let Some(kind) = after.first_chunk_mut() {
                        *kind = FREE.to_be_bytes();
                    }
                }
            }
        }
        after
    }

    /// The offset of the TIFF header precedes EXIF data, and the type of a box its contents.
    fn start_of_data(self, before: &[u8]) -> usize {
        match self.kind {
            EXIF => be32(before, 0).map_or(usize::MAX, |start| (start as usize).saturating_add(4)),
            MIME => 0,
            _ => 4,
        }
    }

    /// Reports that the item was changed.
    fn report(self, before: &[u8], strip: Strip, output: &mut Output) {
        match self.kind {
            _ if strip == Strip::Location => output.removed(Removal::Gps, self.len),
            EXIF => report_exif(before.get(self.start_of_data(before)..).unwrap_or_default(), before.len(), output),
            MIME => output.removed(Removal::Xmp, self.len),
            _ => output.removed(Removal::Other, self.len),
        }
    }
}

/// Returns the items with metadata and these boxes, in the order of the file. Refuses metadata that is not one range of the
/// file.
fn items(meta: &[u8], size: u64, boxes: Vec<Item>) -> Result<Vec<Item>, Stop> {
    let Some(iinf) = find(meta, IINF)? else { return Ok(boxes) };
    let mut metadata = Vec::new();
    let mut entries = iinf.get(if iinf.first() == Some(&0) { 6 } else { 8 }..).ok_or(DAMAGED)?;
    while let Some(entry) = next(&mut entries)? {
        let version = entry.body.first().copied().unwrap_or(0);
        if entry.kind != INFE {
            continue;
        }
        let (id, at) = if version <= 2 { (be16(entry.body, 4)?.into(), 8) } else { (be32(entry.body, 4)?, 10) };
        let is_packet = || crate::text::find(entry.body, b"application/rdf+xml").is_some();
        // The first versions have a media type only.
        match if version < 2 { MIME } else { be32(entry.body, at)? } {
            EXIF => metadata.push((id, EXIF)),
            MIME if is_packet() => metadata.push((id, MIME)),
            _ => {}
        }
    }
    if metadata.len() > MAX_ITEMS {
        return Err(TOO_LARGE);
    }
    if metadata.is_empty() && boxes.is_empty() {
        return Ok(boxes);
    }
    let mut items = boxes;
    let mut others = Vec::new();
    let mut locations = Locations::of(find(meta, ILOC)?.ok_or(DAMAGED)?)?;
    while let Some((id, ranges)) = locations.next()? {
        match (metadata.iter().find(|(known, _)| *known == id), ranges) {
            (Some((_, kind)), Some(ranges)) => match *ranges {
                [(start, len)] if len > 0 && start.checked_add(len).is_some_and(|end| end <= size) => {
                    if items.len() > 2 * MAX_ITEMS {
                        return Err(TOO_LARGE);
                    }
                    let at = items.partition_point(|item: &Item| item.start < start);
                    items.insert(at, Item { kind: *kind, start, len });
                }
                _ => return Err(Stop::Unsafe(UnsafeReason::Format)),
            },
            (Some(_), None) => return Err(Stop::Unsafe(UnsafeReason::Format)),
            (None, ranges) => others.extend(ranges.unwrap_or_default()),
        }
    }
    // Each overlaps itself only.
    for item in &items {
        others.push((item.start, item.len));
    }
    let is_shared = |item: &Item| {
        let overlaps =
            |range: &&(u64, u64)| range.0 < item.start + item.len && item.start < range.0.saturating_add(range.1);
        others.iter().filter(overlaps).count() > 1
    };
    if items.iter().any(is_shared) {
        return Err(DAMAGED);
    }
    Ok(items)
}

/// The start and the length of each range of an item.
type Ranges = Vec<(u64, u64)>;

/// The box of the items' locations, read item by item (ISO/IEC 14496-12 §8.11.3).
struct Locations<'a> {
    bytes: &'a [u8],
    version: u8,
    /// Bytes of an offset, a length, a base and an index.
    widths: [usize; 4],
    count: u64,
}

impl<'a> Locations<'a> {
    fn of(iloc: &'a [u8]) -> Result<Self, Stop> {
        let [version, _, _, _, one, two, rest @ ..] = iloc else { return Err(DAMAGED) };
        let widths = [one >> 4, one & 15, two >> 4, two & 15].map(usize::from);
        let mut locations = Self { bytes: rest, version: *version, widths, count: 0 };
        locations.count = locations.number(if *version < 2 { 2 } else { 4 })?;
        Ok(locations)
    }

    fn number(&mut self, width: usize) -> Result<u64, Stop> {
        let (number, rest) = self.bytes.split_at_checked(width).filter(|_| width <= 8).ok_or(DAMAGED)?;
        self.bytes = rest;
        Ok(number.iter().fold(0, |number, byte| number << 8 | u64::from(*byte)))
    }

    /// Returns the number of the next item and its ranges of the file, or `None` in place of ranges elsewhere.
    fn next(&mut self) -> Result<Option<(u32, Option<Ranges>)>, Stop> {
        let Some(left) = self.count.checked_sub(1) else { return Ok(None) };
        self.count = left;
        let [offset, length, base, index] = self.widths;
        let id = self.number(if self.version < 2 { 2 } else { 4 })?;
        let method = if self.version == 0 { 0 } else { self.number(2)? & 15 };
        let reference = self.number(2)?;
        let base = self.number(base)?;
        let mut ranges = Vec::new();
        let count = self.number(2)?;
        let index = if self.version == 0 { 0 } else { index };
        // Otherwise, any number of ranges would take no bytes.
        if count > 1 && index + offset + length == 0 {
            return Err(DAMAGED);
        }
        for _ in 0..count {
            self.number(index)?;
            let start = base.checked_add(self.number(offset)?).ok_or(DAMAGED)?;
            ranges.push((start, self.number(length)?));
        }
        let is_here = method == 0 && reference == 0;
        Ok(Some((u32::try_from(id).map_err(|_| DAMAGED)?, is_here.then_some(ranges))))
    }
}
