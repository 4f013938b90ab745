//! EXIF data, in memory: the orientation alone, and the same data without a location.
//!
//! EXIF tags: CIPA DC-008 §4.6

use super::tiff::{GPS, MAX_DIRECTORIES, Tiff};

/// Tags of locations: the GPS directory; XMP, IPTC and Photoshop data, which also name places.
const LOCATIONS: [u16; 4] = [GPS, 0x02BC, 0x83BB, 0x8649];
/// The same, and the maker's notes: Panasonic's, Nikon's and Samsung's name places, and nobody can check all others.
const PLACES: [u16; 5] = [GPS, 0x02BC, 0x83BB, 0x8649, 0x927C];
const ORIENTATION: u16 = 0x0112;
/// A directory without entries. Readers would take damaged data for the one that counts.
const EMPTY: &[u8] = b"MM\0*\0\0\0\x08\0\0";
/// Tags of further directories: `SubIFDs`, EXIF, interoperability.
const DIRECTORIES: [u16; 3] = [0x014A, 0x8769, 0xA005];

/// What EXIF data contains besides the orientation.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Contents {
    /// Bytes of locations.
    pub(super) location: u64,
    /// Bytes of the thumbnail.
    pub(super) thumbnail: u64,
}

/// Returns the EXIF value of the orientation, if it is valid.
pub(super) fn orientation(exif: &[u8]) -> Option<u8> {
    u8::try_from(find_orientation(exif)?.value?).ok().filter(|value| matches!(value, 1..=8))
}

/// Returns whether the data has an orientation, valid or not: in a file with several, only the first counts. Damaged data
/// counts too.
pub(super) fn has_orientation(exif: &[u8]) -> bool {
    find_orientation(exif).is_none_or(|found| found.value.is_some())
}

/// What EXIF data says about the orientation.
struct Orientation {
    /// The value of the first one, if there is one.
    value: Option<usize>,
}

/// Finds the orientation. Returns `None` for damaged data.
///
/// The probe finds the same; its reader would be a tenth of the module.
fn find_orientation(exif: &[u8]) -> Option<Orientation> {
    let mut exif = exif.to_vec();
    let tiff = Tiff::of(&mut exif)?;
    let directory = tiff.u32(4)?;
    for at in 0..tiff.u16(directory)?.into() {
        let entry = tiff.entry(directory, at)?;
        if tiff.u16(entry)? != ORIENTATION {
            continue;
        }
        let is_single = tiff.u32(entry + 4)? == 1;
        let value = match tiff.u16(entry + 2)? {
            1 => tiff.u8(entry + 8)?.into(),
            3 => tiff.u16(entry + 8)?.into(),
            4 => tiff.u32(entry + 8)?,
            _ => 0,
        };
        return Some(Orientation { value: Some(if is_single { value } else { 0 }) });
    }
    Some(Orientation { value: None })
}

/// Returns EXIF data with the orientation alone, if an image with this data is not displayed as stored.
pub(super) fn minimal(exif: &[u8]) -> Option<[u8; 26]> {
    orientation(exif).filter(|value| *value != 1).map(with_orientation)
}

/// Returns EXIF data with the orientation alone.
pub(super) const fn with_orientation(value: u8) -> [u8; 26] {
    let mut out = *b"MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\0\0\0\0\0\0\0";
    let [.., last, _, _, _, _, _, _] = &mut out;
    *last = value;
    out
}

/// Overwrites the locations and the maker's notes, and then what `more` finds: the locations of the thumbnail. The length does
/// not change. Data that cannot be read is replaced by its orientation. Returns the number of bytes that were removed.
pub(super) fn remove_location(exif: &mut [u8], more: fn(&mut [u8]) -> u64) -> u64 {
    let before = orientation(exif);
    let mut edited = exif.to_vec();
    let removed = match edit(&mut edited, &PLACES).map(|removed| removed + more(&mut edited)) {
        Some(0) => return 0,
        // The edit of hostile data may overwrite the orientation, or leave a location.
        Some(removed) if orientation(&edited) == before && edit(&mut edited.clone(), &PLACES) == Some(0) => removed,
        _ => {
            edited.fill(0);
            let start = before.map(with_orientation);
            let start = start.as_ref().map_or(EMPTY, |start| &start[..]);
            for (byte, start) in edited.iter_mut().zip(start) {
                *byte = *start;
            }
            if edited == exif {
                return 0;
            }
            exif.len() as u64
        }
    };
    exif.copy_from_slice(&edited);
    removed
}

/// Finds out what the data contains.
pub(super) fn contents(exif: &[u8]) -> Contents {
    let location = edit(&mut exif.to_vec(), &LOCATIONS).unwrap_or(0);
    Contents { location, thumbnail: thumbnail(exif).unwrap_or(0) }
}

/// Returns the length of the thumbnail, which is a value of the second directory.
fn thumbnail(exif: &[u8]) -> Option<u64> {
    let mut exif = exif.to_vec();
    let tiff = Tiff::of(&mut exif)?;
    let first = tiff.u32(4)?;
    let second = tiff.u32(tiff.end_of(first)?)?;
    (0..tiff.u16(second)?.into()).find_map(|at| {
        let entry = tiff.entry(second, at)?;
        if tiff.u16(entry)? == 0x0202 { tiff.u32(entry + 8).map(|len| len as u64) } else { None }
    })
}

/// Removes the entries with these tags from all directories. Returns `None` if a directory is damaged.
fn edit(exif: &mut [u8], tags: &[u16]) -> Option<u64> {
    let mut tiff = Tiff::of(exif)?;
    // The directory of a chain, which the offset of the next one follows. After those that an entry refers to, some writers
    // omit it, as piexif does.
    let mut chained = tiff.u32(4)?;
    let mut found = vec![chained];
    let mut visited = 0;
    let mut removed = 0;
    while let Some(directory) = found.get(visited).copied() {
        // A directory that repeats is visited once.
        let is_visited = found.iter().take(visited).any(|offset| *offset == directory);
        visited += 1;
        if is_visited {
            continue;
        }
        tiff.visit(directory)?;
        let has_next = directory == chained;
        let mut at = 0;
        while at < tiff.u16(directory)?.into() {
            let entry = tiff.entry(directory, at)?;
            let tag = tiff.u16(entry)?;
            if tags.contains(&tag) || tiff.may_have_location(entry)? {
                removed += tiff.erase_value(entry)?;
                tiff.remove(directory, at, has_next)?;
                continue;
            }
            if DIRECTORIES.contains(&tag) {
                tiff.pointers(entry, &mut found);
                if found.len() > MAX_DIRECTORIES {
                    return None;
                }
            }
            at += 1;
        }
        // At the end of the data, it may be missing too.
        let next = if has_next { tiff.end_of(directory).and_then(|end| tiff.u32(end)) } else { None };
        if let Some(next) = next.filter(|next| *next > 0) {
            chained = next;
            found.push(next);
        }
        if visited > MAX_DIRECTORIES {
            return None;
        }
    }
    Some(removed)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn removed(exif: &mut [u8]) -> u64 {
        remove_location(exif, |_| 0)
    }

    /// EXIF in either byte order: make, orientation 6, EXIF directory with a GPS directory beside it, and a thumbnail.
    fn sample(is_big_endian: bool) -> Vec<u8> {
        let mut out = if is_big_endian { b"MM\0*\0\0\0\x08" } else { b"II*\0\x08\0\0\0" }.to_vec();
        let two = |number: u16| if is_big_endian { number.to_be_bytes() } else { number.to_le_bytes() };
        let four = |number: u32| if is_big_endian { number.to_be_bytes() } else { number.to_le_bytes() };
        let entry = |out: &mut Vec<u8>, tag: u16, kind: u16, count: u32, value: [u8; 4]| {
            out.extend(two(tag));
            out.extend(two(kind));
            out.extend(four(count));
            out.extend(value);
        };
        let short = |value: u16| {
            let [a, b] = two(value);
            [a, b, 0, 0]
        };
        out.extend(two(4));
        entry(&mut out, 0x010F, 2, 8, four(100));
        entry(&mut out, 0x0112, 3, 1, short(6));
        entry(&mut out, 0x8769, 4, 1, four(70));
        entry(&mut out, 0x8825, 4, 1, four(108));
        out.extend(four(160));
        out.resize(70, 0);
        out.extend(two(1));
        entry(&mut out, 0xA002, 4, 1, four(640));
        out.extend(four(0));
        out.resize(100, 0);
        out.extend(b"Maker 1\0");
        out.extend(two(2));
        entry(&mut out, 1, 2, 2, *b"N\0\0\0");
        entry(&mut out, 2, 5, 1, four(138));
        out.extend(four(0));
        out.extend(four(52));
        out.extend(four(77));
        out.resize(160, 0);
        out.extend(two(1));
        entry(&mut out, 0x0202, 4, 1, four(5000));
        out.extend(four(0));
        out
    }

    #[test]
    fn minimal_data_has_the_orientation_alone() {
        for value in 2..=8 {
            let minimal = minimal(&with_orientation(value)).unwrap();
            assert_eq!((minimal, orientation(&minimal)), (with_orientation(value), Some(value)));
        }
        assert_eq!(minimal(&with_orientation(1)), None);
        assert_eq!(minimal(&sample(true)), Some(with_orientation(6)));
        assert_eq!(minimal(&sample(false)), Some(with_orientation(6)));
    }

    #[test]
    fn location_is_removed_and_the_rest_stays_where_it_is() {
        for big in [true, false] {
            for prefix in [&b""[..], b"Exif\0\0", b"Exif\0\xFF"] {
                let before = [prefix, &sample(big)].concat();
                assert_eq!(contents(&before), Contents { location: 12 + 8 + 26, thumbnail: 5000 });
                let mut exif = before.clone();
                assert_eq!(removed(&mut exif), 12 + 8 + 26);
                assert_eq!((exif.len(), orientation(&exif)), (before.len(), Some(6)));
                assert_eq!(contents(&exif), Contents { location: 0, thumbnail: 5000 });
                let tiff = &exif[prefix.len()..];
                assert_eq!(&tiff[100..108], b"Maker 1\0");
                assert_eq!(&tiff[70..100], &before[prefix.len()..][70..100]);
                assert!(tiff[108..160].iter().all(|byte| *byte == 0), "{tiff:?}");
                assert_eq!(removed(&mut exif), 0, "nothing is left");
            }
        }
    }

    #[test]
    fn notes_of_the_maker_are_removed_with_the_location() {
        for big in [true, false] {
            let mut exif = sample(big);
            // The entry of the EXIF directory.
            let tag = 0x927C_u16;
            exif[72..74].copy_from_slice(&if big { tag.to_be_bytes() } else { tag.to_le_bytes() });
            assert_eq!(contents(&exif).location, 12 + 8 + 26, "they are metadata of another kind");
            assert_eq!(removed(&mut exif), 12 + 12 + 8 + 26);
            assert_eq!((&exif[70..86], orientation(&exif)), (&[0; 16][..], Some(6)));
        }
    }

    #[test]
    fn damaged_data_is_replaced_by_its_orientation() {
        // The directory claims an entry more than fits.
        let mut cut = with_orientation(8);
        cut[9] = 2;
        assert_eq!(removed(&mut cut), 26);
        assert_eq!(cut, with_orientation(8));
        let mut text = *b"not EXIF at all, but GPS 52.5";
        assert_eq!(removed(&mut text), 29);
        assert_eq!(text, [EMPTY, &[0; 19]].concat()[..]);
        assert_eq!(removed(&mut text), 0, "nothing is left");
        // Too short for an offset of the next directory.
        let mut short = [&with_orientation(5)[..10], b"\x01\x12\0\x03\0\0\0\x01\0\x05\0\0"].concat();
        short[9] = 2;
        assert_eq!((orientation(&short), removed(&mut short), orientation(&short)), (Some(5), 22, Some(5)));
    }

    #[test]
    fn directory_without_an_offset_of_the_next_one_ends_at_its_last_entry() {
        // As piexif writes it: the values of the EXIF and the GPS directory follow their last entries.
        let mut exif = b"MM\0*\0\0\0\x08\0\x02".to_vec();
        exif.extend(b"\x87\x69\0\x04\0\0\0\x01\0\0\0\x26\x88\x25\0\x04\0\0\0\x01\0\0\0\x54\0\0\0\0");
        exif.extend(b"\0\x02\x90\x03\0\x02\0\0\0\x14\0\0\0\x40\x92\x7C\0\x07\0\0\0\x04Note");
        exif.extend(b"2020:01:02 03:04:05\0");
        exif.extend(b"\0\x01\0\x02\0\x05\0\0\0\x01\0\0\0\x62\0\0\0\x34\0\0\0\x01");
        assert_eq!((exif.len(), &exif[0x40..0x44]), (106, &b"2020"[..]));
        assert_eq!(removed(&mut exif), 12 + 12 + 14 + 8);
        assert_eq!(exif[8..10], [0, 1]);
        assert_eq!(exif[0x26..0x34], *b"\0\x01\x90\x03\0\x02\0\0\0\x14\0\0\0\x40");
        assert_eq!(exif[0x34..0x54], *b"\0\0\0\0\0\0\0\0\0\0\0\x002020:01:02 03:04:05\0");
        assert_eq!((&exif[0x54..], removed(&mut exif.clone())), (&[0; 22][..], 0));
    }

    #[test]
    fn data_that_refers_to_itself_ends() {
        let mut exif = sample(true);
        // The GPS directory is the first one.
        exif[8 + 2 + 3 * 12 + 8..][..4].copy_from_slice(&8_u32.to_be_bytes());
        assert!(removed(&mut exif) > 0);
        assert_eq!(orientation(&exif), Some(6));
        // The next directory is the first one.
        let mut exif = sample(true);
        exif[8 + 2 + 4 * 12..][..4].copy_from_slice(&8_u32.to_be_bytes());
        assert_eq!(removed(&mut exif), 12 + 8 + 26);
        for len in 0..exif.len() {
            removed(&mut exif[..len].to_vec());
        }
    }
}
