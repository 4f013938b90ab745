//! The running time of fragmented MP4: declared, indexed, or added up from the fragments.
//!
//! ISO/IEC 14496-12 §8.8 (movie fragments) and §8.16.3 (segment index)

use core::time::Duration;

use super::boxes::Atom;
use super::mp4::Movie;
use super::window::{Cursor, Stop, Window, find_all, lenient};
use super::{Fact, Reason, seconds};

/// Reads spent on visiting fragments one by one before the end of the file is asked instead.
const PATIENT_READS: usize = 6;
/// The end of the file, where the last fragments are looked for.
const LAST_FRAGMENTS: u64 = 256 << 10;
/// What may follow the last indexed byte: a random access table.
const BEHIND_INDEX: u64 = 64 << 10;
/// More tracks than any player lists.
const MAX_RUNS: usize = 128;

/// What a file says about its fragments.
#[derive(Default)]
pub(super) struct Fragments {
    /// Ticks of the movie's clock, over all fragments.
    declared: u64,
    index: Option<Index>,
    runs: Vec<Run>,
    /// Fragments were found.
    present: bool,
    /// Not every fragment was visited.
    skipped: bool,
}

/// A segment index: ticks of its own clock, and the place in the file that it reaches.
struct Index {
    ticks: u64,
    timescale: u32,
    reaches: u64,
}

/// What the fragments say about one track, in ticks of its media.
struct Run {
    track: u32,
    /// Of a sample, where a fragment names no other.
    ticks: u32,
    start: Option<u64>,
    end: u64,
}

impl Fragments {
    /// Reads a box of the movie extends box.
    pub(super) fn announce(&mut self, mut part: Atom<'_>) -> Result<(), Stop> {
        let (version, _) = part.version()?;
        if &part.kind == b"mehd" {
            self.declared = part.number(version)?;
        } else {
            let track = part.body.be32()?;
            part.body.skip(4)?;
            let ticks = part.body.be32()?;
            self.run(track).ok_or(Stop::Damaged)?.ticks = ticks;
        }
        Ok(())
    }

    /// Reads a segment index. Each track may have its own, one after the other; the longest counts.
    pub(super) fn index(&mut self, mut sidx: Atom<'_>) -> Result<(), Stop> {
        let mut reaches = sidx.body.end();
        let (version, _) = sidx.version()?;
        sidx.body.skip(4)?;
        let timescale = sidx.body.be32()?;
        sidx.number(version)?;
        reaches = reaches.saturating_add(sidx.number(version)?);
        sidx.body.skip(2)?;
        let mut ticks = 0_u64;
        for _ in 0..sidx.body.be16()? {
            let size = sidx.body.be32()? & 0x7FFF_FFFF;
            reaches = reaches.saturating_add(size.into());
            ticks = ticks.saturating_add(sidx.body.be32()?.into());
            sidx.body.skip(4)?;
        }
        let index = Index { ticks, timescale, reaches };
        if self.index.as_ref().is_none_or(|other| other.reaches < reaches) && !self.present {
            self.index = Some(index);
        }
        Ok(())
    }

    /// Reads a movie fragment that starts at `start`.
    pub(super) fn fragment(&mut self, start: u64, mut moof: Cursor<'_>) -> Result<(), Stop> {
        // A live stream's segments each have an index of their own: then the first says nothing about the rest.
        self.index.take_if(|index| index.reaches <= start);
        self.present = true;
        let mut sample = 0;
        let mut current = None;
        while moof.left() >= 8 {
            let mut part = Atom::next(&mut moof)?;
            match &part.kind {
                b"traf" => {
                    current = None;
                    moof = moof.enter(part.body);
                }
                b"tfhd" => {
                    let (_, flags) = part.version()?;
                    let run = self.run(part.body.be32()?).ok_or(Stop::Damaged)?;
                    let optional = [(0x01, 8), (0x02, 4)];
                    for (_, len) in optional.into_iter().filter(|(flag, _)| flags & flag != 0) {
                        part.body.skip(len)?;
                    }
                    sample = if flags & 0x08 == 0 { run.ticks } else { part.body.be32()? };
                    current = Some(run.track);
                }
                b"tfdt" => {
                    let (version, _) = part.version()?;
                    let time = part.number(version)?;
                    if let Some(run) = current.and_then(|track| self.run(track)) {
                        run.start.get_or_insert(time);
                        run.end = run.end.max(time);
                    }
                }
                b"trun" => {
                    let ticks = run_ticks(part, sample)?;
                    let skipped = self.skipped;
                    if let Some(run) = current.and_then(|track| self.run(track)) {
                        // Without a decode time, only all fragments together say where this one ends.
                        if run.start.is_some() || !skipped {
                            run.start.get_or_insert(0);
                            run.end = run.end.saturating_add(ticks);
                        }
                    }
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// Whether the running time is certain, so that the remaining fragments need no visit.
    pub(super) fn are_known(&self, size: u64) -> bool {
        let reaches = self.index.as_ref().map_or(0, |index| index.reaches);
        self.present && (self.declared > 0 || reaches.saturating_add(BEHIND_INDEX) >= size)
    }

    /// Whether the index promises more than there is.
    pub(super) fn are_cut(&self, size: u64) -> bool {
        self.index.as_ref().is_some_and(|index| index.reaches > size)
    }

    /// Whether visiting them one by one has become too dear.
    pub(super) const fn are_many(&self, window: &Window) -> bool {
        self.present && window.reads() >= PATIENT_READS
    }

    /// Reads the fragments at the end of the file, and none of those before it.
    pub(super) fn skip_to_tail(&mut self, window: &Window) -> Result<(), Stop> {
        self.skipped = true;
        let (offset, tail) = window.tail(LAST_FRAGMENTS)?;
        for at in find_all(tail, b"moof") {
            let start = (offset + at as u64).saturating_sub(4);
            let mut file = window.span(start, window.size());
            if let Ok(moof) = Atom::next(&mut file) {
                lenient(self.fragment(start, moof.body))?;
            }
        }
        Ok(())
    }

    /// The running time, if there are fragments and they say.
    pub(super) fn duration(&self, movie: &Movie, size: u64) -> Option<Fact<Duration>> {
        if self.declared > 0 {
            return Some(seconds(self.declared, movie.timescale));
        }
        if let Some(index) = &self.index {
            let time = seconds(index.ticks, index.timescale);
            // Cut short, it may have been the first index of many.
            return Some(if self.are_cut(size) { time.estimated() } else { time });
        }
        if !self.present {
            return None;
        }
        let runs = self.runs.iter().filter_map(|run| {
            let ticks = run.end.checked_sub(run.start?)?;
            seconds(ticks, movie.timescale_of(run.track)).value()
        });
        // Where the upload or the recording stopped at the end of a fragment, nothing tells that there were more.
        Some(runs.max().map_or(Fact::Unknown(Reason::Absent), Fact::Estimated))
    }

    /// The run of a track, a new one if need be.
    fn run(&mut self, track: u32) -> Option<&mut Run> {
        let at = self.runs.iter().position(|run| run.track == track).unwrap_or(self.runs.len());
        if at == self.runs.len() && at < MAX_RUNS {
            self.runs.push(Run { track, ticks: 0, start: None, end: 0 });
        }
        self.runs.get_mut(at)
    }
}

/// The ticks of a track run's samples, of which each may have its own.
fn run_ticks(mut trun: Atom<'_>, sample: u32) -> Result<u64, Stop> {
    let (_, flags) = trun.version()?;
    let count = trun.body.be32()?;
    if flags & 0x100 == 0 {
        return Ok(u64::from(count) * u64::from(sample));
    }
    for _ in 0..(flags & 0x01) + (flags >> 2 & 0x01) {
        trun.body.skip(4)?;
    }
    let stride = (flags >> 8 & 0x0F).count_ones() * 4;
    let len = u64::from(count) * u64::from(stride);
    let samples = trun.body.split(len);
    if samples.left() < len {
        return Err(Stop::Damaged);
    }
    let samples = { samples }.take(usize::try_from(len).map_err(|_| Stop::Budget)?)?;
    let ticks = samples.chunks_exact(stride as usize).filter_map(|sample| sample.first_chunk());
    Ok(ticks.map(|ticks| u64::from(u32::from_be_bytes(*ticks))).sum())
}
