//! Tags of a movie: user data, and metadata in pairs of a key and a value.
//!
//! <https://developer.apple.com/documentation/quicktime-file-format/user_data_atoms>,
//! <https://developer.apple.com/documentation/quicktime-file-format/metadata_atoms_and_types>; 3GPP TS 26.244 §8

use crate::fix::splice::boxes::{self, Atom, be32, find, next};
use crate::fix::splice::reader::{DAMAGED, Stop};
use crate::fix::splice::{embedded, position, xmp};
use crate::media::{is_listed, tags};

tags! {
    UDTA = b"udta";
    META = b"meta";
    HDLR = b"hdlr";
    KEYS = b"keys";
    ILST = b"ilst";
    COVR = b"covr";
}
/// Boxes with a location, in lower case: of Apple and Android, of 3GPP, of `GoPro`, of dashcams.
const LOCATIONS: &[u8] = b"\xA9xyzlocigpmfgps gps0";

/// Appends user data or metadata without locations. Returns the number of bytes that were removed. What cannot be read
/// is removed.
pub(super) fn without_location(tags: &Atom<'_>, out: &mut Vec<u8>) -> u64 {
    let start = out.len();
    let mut removed = 0;
    if boxes::put(out, tags.kind, &mut |out| filter(tags, out, &mut removed)).is_err() {
        out.truncate(start);
        return tags.whole.len() as u64;
    }
    if removed == 0 {
        // With its padding.
        out.truncate(start);
        out.extend(tags.whole);
    }
    removed + embedded::remove_locations(out.get_mut(start..).unwrap_or_default())
}

fn filter(tags: &Atom<'_>, out: &mut Vec<u8>, removed: &mut u64) -> Result<(), Stop> {
    if tags.kind == UDTA {
        let mut parts = tags.body;
        while let Some(part) = next(&mut parts)? {
            if part.kind == META {
                *removed += without_location(&part, out);
            } else {
                keep_unless(is_location(&part), &part, out, removed);
            }
        }
        return Ok(());
    }
    // MP4's has a version, QuickTime's does not.
    let header = if be32(tags.body, 4).is_ok_and(|kind| kind == HDLR) { 0 } else { 4 };
    let (version, mut parts) = tags.body.split_at_checked(header).ok_or(DAMAGED)?;
    out.extend(version);
    let keys = find(parts, KEYS)?.map(locations_in_keys).transpose()?.unwrap_or_default();
    while let Some(part) = next(&mut parts)? {
        if part.kind != ILST {
            let is_location = !matches!(part.kind, HDLR | KEYS) && is_location(&part);
            keep_unless(is_location, &part, out, removed);
            continue;
        }
        boxes::put(out, ILST, &mut |out| {
            let mut items = part.body;
            while let Some(item) = next(&mut items)? {
                keep_unless(keys.binary_search(&item.kind).is_ok() || is_location(&item), &item, out, removed);
            }
            Ok(())
        })?;
    }
    Ok(())
}

fn keep_unless(is_location: bool, part: &Atom<'_>, out: &mut Vec<u8>, removed: &mut u64) {
    if is_location {
        *removed += part.whole.len() as u64;
    } else {
        out.extend(part.whole);
    }
}

fn is_location(part: &Atom<'_>) -> bool {
    // A cover may contain any letters.
    is_listed(LOCATIONS, part.kind) || part.kind != COVR && position::may_be_in(part.body)
}

/// Returns the numbers of the keys that name a location, in order.
fn locations_in_keys(keys: &[u8]) -> Result<Vec<u32>, Stop> {
    let mut entries = keys.get(8..).ok_or(DAMAGED)?;
    let mut locations = Vec::new();
    for number in 1..=be32(keys, 4)? {
        let Some(key) = next(&mut entries)? else { break };
        if xmp::is_place(key.body) {
            locations.push(number);
        }
    }
    Ok(locations)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn atom(kind: [u8; 4], body: &[u8]) -> Vec<u8> {
        let len = u32::try_from(body.len() + 8).unwrap();
        [&len.to_be_bytes()[..], &kind, body].concat()
    }

    fn run(tags: &[u8]) -> (Vec<u8>, u64) {
        let mut out = Vec::new();
        let tags = next(&mut { tags }).unwrap().unwrap();
        let removed = without_location(&tags, &mut out);
        (out, removed)
    }

    #[test]
    fn location_is_removed_from_user_data() {
        let (place, title) = (atom(*b"\xA9xyz", b"\0\x0F\x15\xC7+52.5+13.4/"), atom(*b"\xA9nam", b"\0\x03\x15\xC7Sea"));
        let all = atom(*b"udta", &[&place[..], &title, &[0; 4]].concat());
        assert_eq!(run(&all), (atom(*b"udta", &title), place.len() as u64));
        let harmless = atom(*b"udta", &[&title[..], &[0; 4]].concat());
        assert_eq!(run(&harmless), (harmless.clone(), 0));
    }

    #[test]
    fn location_is_removed_from_keys_and_values() {
        let key = |name: &str| atom(*b"mdta", name.as_bytes());
        let keys = [
            &[0, 0, 0, 0, 0, 0, 0, 2][..],
            &key("com.apple.quicktime.location.ISO6709"),
            &key("com.apple.quicktime.make"),
        ]
        .concat();
        let value = |number: u8, text: &str| atom([0, 0, 0, number], &atom(*b"data", text.as_bytes()));
        let (place, make) = (value(1, "+52.5+13.4/"), value(2, "Apple"));
        let handler = atom(*b"hdlr", &[0; 24]);
        for version in [&[][..], &[0; 4]] {
            let meta = |items: &[u8]| {
                atom(*b"meta", &[version, &handler, &atom(*b"keys", &keys), &atom(*b"ilst", items)].concat())
            };
            let expected = (meta(&make), place.len() as u64);
            assert_eq!(run(&meta(&[&place[..], &make].concat())), expected);
        }
    }

    #[test]
    fn unreadable_user_data_is_removed() {
        assert_eq!(run(&atom(*b"udta", b"\xFF\xFF\xFF\xFFname")), (Vec::new(), 16));
    }
}
