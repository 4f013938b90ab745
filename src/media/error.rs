//! Why a parser ends early.

/// Why a parser ended early. The window stores the details, because this type is in the result of every read. It is 64
/// bits wide, like the values that it shares the result with: the compiler would copy a byte and seven others
/// separately.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u64)]
pub(crate) enum Stop {
    /// The range in the window's `wanted` must be read first.
    Need,
    /// The file ends before its own structure does.
    End,
    /// The structure contradicts itself.
    Damaged,
    /// The read exceeds the probe's budget.
    Budget,
    /// The file is something else, which the window's `looks_like` names.
    Refused,
}

/// Ignores damage to a part that is not required: returns `None` for [`Stop::End`] and [`Stop::Damaged`], and passes on
/// any other error.
pub(crate) fn optional<T>(part: Result<T, Stop>) -> Result<Option<T>, Stop> {
    match part {
        Ok(value) => Ok(Some(value)),
        Err(Stop::End | Stop::Damaged) => Ok(None),
        Err(stop) => Err(stop),
    }
}
