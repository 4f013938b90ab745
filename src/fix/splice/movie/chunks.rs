//! Where the samples of a track are, and the media data without those of removed tracks.
//!
//! ISO/IEC 14496-12 §8.7

use crate::fix::splice::boxes::{be32, find, table};
use crate::fix::splice::reader::{DAMAGED, Stop};
use crate::media::tags;

tags! {
    STSC = b"stsc";
    STSZ = b"stsz";
    STZ2 = b"stz2";
    STCO = b"stco";
    CO64 = b"co64";
}

/// A range of the file: its start and its end.
pub(super) type Extent = (u64, u64);

/// Returns the offsets of the chunks.
pub(super) fn offsets(stbl: &[u8]) -> Result<Vec<u64>, Stop> {
    match (find(stbl, STCO)?, find(stbl, CO64)?) {
        (Some(stco), None) => offsets_in(STCO, stco),
        (None, Some(co64)) => offsets_in(CO64, co64),
        _ => Err(DAMAGED),
    }
}

/// Returns the offsets in a box of this kind.
pub(super) fn offsets_in(kind: u32, body: &[u8]) -> Result<Vec<u64>, Stop> {
    Ok(if kind == STCO {
        table(body)?.iter().map(|offset| u32::from_be_bytes(*offset).into()).collect()
    } else {
        table(body)?.iter().map(|offset| u64::from_be_bytes(*offset)).collect()
    })
}

/// Adds the ranges of the chunks to others. Both are in the order of the file, as all writers have them; sorting would be a
/// tenth of the module.
pub(super) fn add_extents(stbl: &[u8], others: &mut Vec<Extent>) -> Result<(), Stop> {
    let extents = extents(stbl)?;
    if !extents.is_sorted() {
        return Err(DAMAGED);
    }
    let mut merged = Vec::new();
    let mut rest = &extents[..];
    for other in others.iter() {
        while let [first, more @ ..] = rest
            && first < other
        {
            merged.push(*first);
            rest = more;
        }
        merged.push(*other);
    }
    merged.extend_from_slice(rest);
    *others = merged;
    Ok(())
}

/// Returns the ranges of the chunks.
pub(super) fn extents(stbl: &[u8]) -> Result<Vec<Extent>, Stop> {
    let mut extents = Vec::new();
    let runs = table::<12>(find(stbl, STSC)?.ok_or(DAMAGED)?)?;
    let sizes = Sizes::of(stbl)?;
    let (mut run, mut samples) = (0, 0);
    for (at, offset) in offsets(stbl)?.into_iter().enumerate() {
        // The first chunk of the next run, from 1.
        while runs.get(run + 1).is_some_and(|next| be32(next, 0).is_ok_and(|first| at + 1 >= first as usize)) {
            run += 1;
        }
        let count = be32(runs.get(run).ok_or(DAMAGED)?, 4)?;
        let len = sizes.sum(samples, count)?;
        samples = samples.saturating_add(count as usize);
        extents.push((offset, offset.checked_add(len).ok_or(DAMAGED)?));
    }
    Ok(extents)
}

/// The sizes of the samples.
enum Sizes<'a> {
    Same(u32),
    Each(&'a [[u8; 4]]),
}

impl<'a> Sizes<'a> {
    fn of(stbl: &'a [u8]) -> Result<Self, Stop> {
        // A table of smaller numbers, which hardly any writer uses.
        if find(stbl, STZ2)?.is_some() {
            return Err(DAMAGED);
        }
        let stsz = find(stbl, STSZ)?.ok_or(DAMAGED)?;
        match be32(stsz, 4)? {
            0 => table(stsz.get(4..).ok_or(DAMAGED)?).map(Self::Each),
            same => Ok(Self::Same(same)),
        }
    }

    /// Returns the size of so many samples.
    fn sum(&self, first: usize, count: u32) -> Result<u64, Stop> {
        match self {
            Self::Same(size) => Ok(u64::from(*size) * u64::from(count)),
            Self::Each(sizes) => {
                let sizes = first.checked_add(count as usize).and_then(|end| sizes.get(first..end)).ok_or(DAMAGED)?;
                Ok(sizes.iter().map(|size| u64::from(u32::from_be_bytes(*size))).sum())
            }
        }
    }
}

/// Returns the ranges without those of removed samples, except what they share with kept samples. All are in order.
pub(super) fn without(ranges: &[Extent], removed: Vec<Extent>, kept: Vec<Extent>) -> Vec<Extent> {
    subtract(ranges, &subtract(&merge(removed), &merge(kept)))
}

/// Returns what the ranges share with those of kept samples. Both are in order.
pub(super) fn only(ranges: &[Extent], kept: Vec<Extent>) -> Vec<Extent> {
    subtract(ranges, &subtract(ranges, &merge(kept)))
}

/// Merges overlapping and adjacent ranges.
fn merge(sorted: Vec<Extent>) -> Vec<Extent> {
    let mut merged: Vec<Extent> = Vec::new();
    for (start, end) in sorted {
        match merged.last_mut() {
            Some((_, last)) if start <= *last => *last = end.max(*last),
            _ => merged.push((start, end)),
        }
    }
    merged
}

/// Returns `ranges` without `holes`; both are sorted and do not overlap.
fn subtract(ranges: &[Extent], holes: &[Extent]) -> Vec<Extent> {
    let mut left = Vec::new();
    let mut first = 0;
    for (start, end) in ranges {
        let mut at = *start;
        while holes.get(first).is_some_and(|(_, hole_end)| *hole_end <= at) {
            first += 1;
        }
        for (hole_start, hole_end) in holes.get(first..).unwrap_or_default() {
            if hole_start >= end {
                break;
            }
            if *hole_start > at {
                left.push((at, *hole_start));
            }
            at = at.max(*hole_end);
        }
        if at < *end {
            left.push((at, *end));
        }
    }
    left
}

#[cfg(test)]
mod tests {
    use super::*;

    fn full(kind: [u8; 4], fields: &[u32]) -> Vec<u8> {
        let body: Vec<_> = fields.iter().flat_map(|field| field.to_be_bytes()).collect();
        let len = u32::try_from(body.len() + 8).unwrap();
        [&len.to_be_bytes()[..], &kind, &body].concat()
    }

    #[test]
    fn chunks_have_the_length_of_their_samples() {
        let stbl = [
            full(*b"stsc", &[0, 2, 1, 2, 1, 3, 1, 1]),
            full(*b"stsz", &[0, 0, 5, 10, 20, 30, 40, 50]),
            full(*b"stco", &[0, 3, 1000, 2000, 3000]),
        ]
        .concat();
        assert_eq!(extents(&stbl), Ok(vec![(1000, 1030), (2000, 2070), (3000, 3050)]));
        let mut others = vec![(0, 5), (1500, 1600), (5000, 5001)];
        add_extents(&stbl, &mut others).unwrap();
        assert_eq!(others, [(0, 5), (1000, 1030), (1500, 1600), (2000, 2070), (3000, 3050), (5000, 5001)]);
        // A table that is a sample short.
        let short =
            [full(*b"stsc", &[0, 1, 1, 2, 1]), full(*b"stsz", &[0, 0, 1, 10]), full(*b"stco", &[0, 1, 0])].concat();
        assert_eq!(extents(&short), Err(DAMAGED));
    }

    #[test]
    fn removed_ranges_leave_what_is_shared() {
        let ranges = [(100, 200), (300, 400)];
        assert_eq!(without(&ranges, vec![], vec![]), ranges);
        assert_eq!(
            without(&ranges, vec![(110, 120), (150, 160)], vec![]),
            [(100, 110), (120, 150), (160, 200), (300, 400)]
        );
        assert_eq!(without(&ranges, vec![(0, 350)], vec![]), [(350, 400)]);
        assert_eq!(without(&ranges, vec![(100, 200)], vec![(120, 130), (125, 140)]), [(120, 140), (300, 400)]);
        assert_eq!(without(&ranges, vec![(0, u64::MAX)], vec![]), []);
        assert_eq!(only(&ranges, vec![(110, 120), (120, 130), (190, 310)]), [(110, 130), (190, 200), (300, 310)]);
    }
}
