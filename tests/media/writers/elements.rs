//! Matroska and WebM: a segment's length that is off or left open, padding, voids, and tracks that are not what they say.

use super::Mutation;

const SEGMENT: [u8; 4] = [0x18, 0x53, 0x80, 0x67];
const INFO: [u8; 4] = [0x15, 0x49, 0xA9, 0x66];
const TRACKS: [u8; 4] = [0x16, 0x54, 0xAE, 0x6B];

/// An element's header, and the end of its body, `None` if its length is unknown.
fn header(file: &[u8], at: usize) -> Option<(usize, Option<usize>)> {
    let id_len = file.get(at)?.leading_zeros() as usize + 1;
    let first = *file.get(at + id_len)?;
    let len_len = first.leading_zeros() as usize + 1;
    let bytes = file.get(at + id_len..at + id_len + len_len)?;
    let number = bytes.iter().fold(0_u64, |number, byte| number << 8 | u64::from(*byte));
    let mask = (1_u64 << (7 * len_len)) - 1;
    let start = at + id_len + len_len;
    let end = (number & mask != mask).then(|| start + usize::try_from(number & mask).unwrap());
    Some((start, end))
}

/// A length of eight bytes.
fn len8(len: u64) -> [u8; 8] {
    (len | 1 << 56).to_be_bytes()
}

pub(super) fn mutations(file: &[u8]) -> Vec<Mutation> {
    let mut all = Vec::new();
    let Some(at) = file.windows(4).position(|id| id == SEGMENT) else { return all };
    let Some((body, end)) = header(file, at) else { return all };
    let segment = |len: [u8; 8], before: &[u8], body: &[u8]| [&file[..at], before, &SEGMENT, &len, body].concat();
    let whole = &file[body..];
    let real = whole.len() as u64;
    if end.is_some_and(|end| end == file.len()) {
        let unknown = [0x01, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF];
        let mut add = |name: String, file: Vec<u8>| all.push((name, file));
        add("a length that is not known".to_owned(), segment(unknown, &[], whole));
        add("a length of 0".to_owned(), segment(len8(0), &[], whole));
        for more in [1, 8, 12, at as u64 + 12] {
            if (real + more) / 16 >= more {
                add(format!("longer by {more}"), segment(len8(real + more), &[], whole));
            }
        }
        add("shorter by 40".to_owned(), segment(len8(real.saturating_sub(40)), &[], whole));
        add("zeros before the segment".to_owned(), segment(len8(real), &[0; 100], whole));
    }
    let mut add = |name: &str, file: Vec<u8>| all.push((name.to_owned(), file));
    // Where the file has information and tracks at its start, their places in the seek head do not matter.
    let mut parts = Vec::new();
    let mut next = body;
    while let Some((_, Some(end))) = header(file, next).filter(|(_, end)| end.is_some_and(|end| end <= file.len())) {
        let part = &file[next..end];
        if !(part.starts_with(&INFO)
            || part.starts_with(&TRACKS)
            || part.starts_with(&[0xEC])
            || part.starts_with(&[0x11, 0x4D]))
        {
            break;
        }
        parts.push(part);
        next = end;
    }
    let has = |id: [u8; 4]| parts.iter().any(|part| part.starts_with(&id));
    if has(INFO) && has(TRACKS) {
        let open = [0x01, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF];
        let with = |parts: &[&[u8]]| segment(open, &[], &[&parts.concat()[..], &file[next..]].concat());
        let reversed: Vec<_> = parts.iter().rev().copied().collect();
        add("tracks before information", with(&reversed));
        let void = [&[0xEC, 0x98][..], &[0; 24]].concat();
        add("voids between", with(&parts.iter().flat_map(|part| [&void[..], *part]).collect::<Vec<_>>()));
        add("zeros between", with(&parts.iter().flat_map(|part| [&[0; 31][..], *part]).collect::<Vec<_>>()));
        add("zeros behind them", with(&[&parts[..], &[&[0; 31]]].concat()));
        // The second of each has other values.
        let mut others = parts.concat();
        for at in 0..others.len().saturating_sub(12) {
            match others[at..] {
                [0x44, 0x89, ..] => others[at + 3..at + 7].fill(0x41),
                [0xB0, 0x82, ..] => others[at + 2] ^= 1,
                _ => {}
            }
        }
        add("both repeated", with(&[&parts[..], &[&others]].concat()));
    }
    all
}
