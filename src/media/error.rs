//! Why a parser ends early.

/// Why a parser ended before its answer. What there is to say about it is kept by the window, because this word is in
/// the result of every read. It is as wide as what it shares the result's place with: a byte in the place of a number of
/// eight bytes would be copied as one and seven.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u64)]
pub(crate) enum Stop {
    /// The range in the window's `wanted` must be read first.
    Need,
    /// The file ends before its own structure says it does.
    End,
    /// The structure contradicts itself.
    Damaged,
    /// More reads than a probe allows itself.
    Budget,
    /// Closer inspection shows something else, which the window's `looks_like` names.
    Refused,
}

/// Bears with damage to a part that the rest can do without.
pub(crate) fn lenient<T>(part: Result<T, Stop>) -> Result<Option<T>, Stop> {
    match part {
        Ok(value) => Ok(Some(value)),
        Err(Stop::End | Stop::Damaged) => Ok(None),
        Err(stop) => Err(stop),
    }
}
