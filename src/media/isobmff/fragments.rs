//! The running time of fragmented MP4: declared, indexed, or added up from the fragments.
//!
//! ISO/IEC 14496-12 §8.8 (movie fragments) and §8.16.3 (segment index)

use core::time::Duration;

use super::Movie;
use crate::media::cursor::{Cursor, Fields, is_listed, tags};
use crate::media::duration::{is_near, seconds};
use crate::media::error::{Stop, optional};
use crate::media::isobmff::boxes::{Atom, number};
use crate::media::lengths::is_whole;
use crate::media::window::{LONG_TAILS, TAIL, Window};
use crate::media::{Fact, Reason};

tags! {
    MOOF = b"moof";
    MEHD = b"mehd";
    TRAF = b"traf";
    TFHD = b"tfhd";
    TFDT = b"tfdt";
    TRUN = b"trun";
    TFRA = b"tfra";
    MFRO = b"mfro";
}
/// The most bytes that may follow the last indexed byte, for example a random access table.
const AFTER_INDEX: u64 = 64 << 10;
/// The longest random access table that is read.
const TABLE: u64 = 1 << 20;
/// Boxes that may follow a fragment.
const AFTER_FRAGMENT: &[u8] = b"mdatmoofuuidfreeskip";
/// More tracks than any player lists.
const MAX_RUNS: usize = 128;

/// The data of a file about its fragments.
#[derive(Default)]
pub(crate) struct Fragments {
    /// Ticks of the movie's clock for all fragments.
    declared: u64,
    index: Option<Index>,
    runs: Vec<Run>,
    /// Whether the movie box announces fragments.
    pub(crate) are_announced: bool,
    /// Whether fragments were found.
    pub(crate) present: bool,
    /// Whether fragments have start times, so that the last one is enough to find the end of all.
    pub(crate) are_dated: bool,
}

/// A segment index: ticks of its own clock, and the offset in the file where its last segment ends.
struct Index {
    ticks: u64,
    timescale: u32,
    reaches: u64,
}

/// The data of the fragments about one track, in ticks of its media.
struct Run {
    track: u32,
    /// Ticks of a sample, unless a fragment overrides them.
    ticks: u32,
    start: Option<u64>,
    /// The start of the next samples, and the latest end of any.
    at: u64,
    end: u64,
}

impl Fragments {
    /// Reads a box in the movie extends box.
    pub(crate) fn announce(&mut self, part: &Atom<'_>) -> Result<(), Stop> {
        self.are_announced = true;
        let fields = part.fields(16)?;
        if part.kind == MEHD {
            self.declared = number(fields, 4, 4);
        } else if let Some(run) = self.run(fields.be32(4)) {
            run.ticks = fields.be32(12);
        }
        Ok(())
    }

    /// Reads a segment index. Each track may have its own; the longest counts.
    pub(crate) fn index(&mut self, sidx: &Atom<'_>) -> Result<(), Stop> {
        let mut entries = sidx.body;
        let fields = entries.fields(32)?;
        // A time and an offset are twice as wide in version 1.
        let wide = if fields.u8(0) == 0 { 0 } else { 8 };
        let mut reaches = entries.end().saturating_add(number(fields, 16, 20));
        let mut ticks = 0_u64;
        entries = sidx.body;
        entries.skip(22 + wide)?;
        for _ in 0..entries.be16()? {
            if entries.left() < 12 {
                // A truncated index does not cover the whole.
                return Ok(());
            }
            let entry = entries.fields(12)?;
            reaches = reaches.saturating_add((entry.be32(0) & 0x7FFF_FFFF).into());
            ticks = ticks.saturating_add(entry.be32(4).into());
        }
        let index = Index { ticks, timescale: fields.be32(8), reaches };
        if self.index.as_ref().is_none_or(|other| other.reaches < reaches) && !self.present {
            self.index = Some(index);
        }
        Ok(())
    }

    /// Reads a movie fragment that starts at `start`.
    pub(crate) fn read(&mut self, start: u64, mut moof: Cursor<'_>) -> Result<(), Stop> {
        // In a live stream, each segment has its own index, so the first does not cover the rest.
        self.index.take_if(|index| index.reaches <= start);
        self.present = true;
        // The track whose boxes are being read, and the ticks of a sample.
        let (mut current, mut sample) = (None, 0);
        while moof.left() >= 8 {
            let part = Atom::next(&mut moof)?;
            let fields = part.fields(24)?;
            let flags = fields.be32(0);
            match part.kind {
                TRAF => moof = moof.enter(part.body),
                TFHD => {
                    // An eight-byte offset and a four-byte number may precede the ticks.
                    let at = 8 + if flags & 0x01 == 0 { 0 } else { 8 } + if flags & 0x02 == 0 { 0 } else { 4 };
                    let track = fields.be32(4);
                    let run = self.run(track).ok_or(Stop::Damaged)?;
                    sample = if flags & 0x08 == 0 { run.ticks } else { fields.be32(at) };
                    current = Some(track);
                }
                TFDT => {
                    self.are_dated = true;
                    if let Some(run) = current.and_then(|track| self.run(track)) {
                        run.at = number(fields, 4, 4);
                        run.start.get_or_insert(run.at);
                    }
                }
                TRUN => {
                    let ticks = run_ticks(&part, sample)?;
                    if let Some(run) = current.and_then(|track| self.run(track)) {
                        run.start.get_or_insert(0);
                        run.at = run.at.saturating_add(ticks);
                        run.end = run.end.max(run.at);
                    }
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// Returns whether the running time is certain, so that the remaining fragments need not be visited.
    pub(crate) fn are_known(&self, size: u64) -> bool {
        let is_indexed = |index: &Index| index.reaches.saturating_add(AFTER_INDEX) >= size;
        self.present && self.index.as_ref().is_some_and(is_indexed)
    }

    /// Returns whether all fragments are present, in a file of this size whose boxes are complete.
    pub(crate) fn are_complete(&self, size: u64) -> Fact<bool> {
        match &self.index {
            Some(index) => Fact::Known(is_whole(index.reaches, size, 0)),
            // A file that ends after any fragment is valid.
            None if self.present || self.are_announced => Fact::Unknown(Reason::Absent),
            None => Fact::Known(true),
        }
    }

    /// Discards the times, because not all fragments could be visited.
    pub(crate) fn give_up(&mut self) {
        self.runs.clear();
    }

    /// Returns the start of the last fragments; there may be one for each track.
    pub(crate) fn last(window: &Window) -> Result<Option<u64>, Stop> {
        if let Some(start) = optional(last_accessible(window))?.flatten() {
            return Ok(Some(start));
        }
        for len in LONG_TAILS {
            let (offset, tail) = window.tail(len)?;
            // The letters may occur by accident, but then no box ends and no other box starts there.
            let is_fragment = |start: &u64| {
                let mut file = window.span(*start, window.size());
                Atom::next(&mut file).is_ok_and(|moof| !moof.is_short()) && { file }
                    .fields(8)
                    .is_ok_and(|next| is_listed(AFTER_FRAGMENT, next.be32(4)))
            };
            // The size of a box precedes its type.
            let types = (4..tail.len()).filter(|at| Fields(tail).be32(*at) == MOOF);
            if let Some(start) = types.map(|at| offset + at as u64 - 4).find(is_fragment) {
                return Ok(Some(start));
            }
        }
        Ok(None)
    }

    /// Returns the running time, if there are fragments.
    ///
    /// An index, or the header of the extensions, may describe a whole of which this file is only a part. Then only the
    /// fragments that are present count.
    pub(crate) fn duration(&self, movie: &Movie, size: u64) -> Option<Fact<Duration>> {
        let index = self.index.as_ref().map(|index| (seconds(index.ticks, index.timescale), index.reaches > size));
        if let Some((time, false)) = index {
            return Some(time);
        }
        let declared = seconds(self.declared, movie.timescale);
        if !self.present {
            let time = index.map_or(declared, |(time, _)| time);
            return time.value().map(Fact::Estimated);
        }
        let runs = self.runs.iter().filter_map(|run| {
            let (timescale, before) = movie.clock_of(run.track);
            // The movie may contain samples, which the first fragment continues.
            let start = run.start.filter(|start| *start > before).or(run.start.map(|_| 0))?;
            seconds(run.end.checked_sub(start)?, timescale).value()
        });
        let Some(time) = runs.max() else { return Some(declared.estimated()) };
        // If the upload or the recording stopped at the end of a fragment, the missing fragments cannot be detected.
        Some(if declared.value().is_some_and(|declared| is_near(time, declared)) {
            declared
        } else {
            Fact::Estimated(time)
        })
    }

    /// Returns the run of a track; adds one if there is none.
    fn run(&mut self, track: u32) -> Option<&mut Run> {
        let at = self.runs.iter().position(|run| run.track == track).unwrap_or(self.runs.len());
        if at == self.runs.len() && at < MAX_RUNS {
            self.runs.push(Run { track, ticks: 0, start: None, at: 0, end: 0 });
        }
        self.runs.get_mut(at)
    }
}

/// Returns the start of the last fragment in the random access table (§8.8.9), if there is such a table.
fn last_accessible(window: &Window) -> Result<Option<u64>, Stop> {
    let size = window.size();
    window.tail(TAIL)?;
    // The last box of the table, which is also the last of the file, contains the table's length.
    let end = window.span(size.saturating_sub(16), size).fields_up_to(16)?;
    if end.be32(4) != MFRO {
        return Ok(None);
    }
    let table = window.span(size.saturating_sub(end.be32(12).into()), size).fields_up_to(TABLE)?;
    let (mut at, mut last) = (8, None);
    loop {
        let (len, kind) = (table.be32(at) as usize, table.be32(at + 4));
        if len < 8 {
            return Ok(last);
        }
        if kind == TFRA {
            // The entries of a track. Each has a time and an offset, then three numbers of one to four bytes.
            let word = if table.u8(at + 8) == 0 { 4 } else { 8 };
            let lens = table.be32(at + 16);
            let entry = word * 2 + ((lens & 3) + (lens >> 2 & 3) + (lens >> 4 & 3) + 3) as usize;
            let before = (table.be32(at + 20) as usize).saturating_sub(1).saturating_mul(entry);
            let offset = before.saturating_add(at + 24 + word);
            last = last.max(Some(if word == 4 { table.be32(offset).into() } else { table.be64(offset) }));
        }
        at = at.saturating_add(len).min(table.0.len());
    }
}

/// Returns the ticks of a track run's samples. Each sample may have its own.
fn run_ticks(trun: &Atom<'_>, sample: u32) -> Result<u64, Stop> {
    let fields = trun.fields(8)?;
    let (flags, count) = (fields.be32(0), fields.be32(4));
    if flags & 0x100 == 0 {
        return Ok(u64::from(count) * u64::from(sample));
    }
    // An offset and flags may precede the samples. Each sample may have four numbers; the ticks are the first.
    let before = 8 + u64::from(flags & 0x01) * 4 + u64::from(flags >> 2 & 0x01) * 4;
    let stride = (flags >> 8 & 0x0F).count_ones() * 4;
    let len = u64::from(count) * u64::from(stride);
    let mut samples = trun.body;
    samples.skip(before)?;
    if samples.left() < len {
        return Err(Stop::Damaged);
    }
    let samples = samples.rest(len)?;
    Ok(samples.chunks_exact(stride as usize).map(|sample| u64::from(Fields(sample).be32(0))).sum())
}
