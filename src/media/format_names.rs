//! Packed tables of names. A table of references would take more space in the module than its contents.

/// An offset and the bytes at it, then the name.
type Row = (u8, &'static [u8], &'static str);

/// The rows, each with an offset, two lengths and the bytes; and the concatenated names.
pub(crate) struct Names {
    pub(crate) rows: &'static [u8],
    pub(crate) names: &'static str,
}

impl Names {
    /// Returns the name of the first row for which `fits` returns true. `fits` receives the offset and the bytes.
    pub(crate) fn find(&self, fits: &dyn Fn(usize, &[u8]) -> bool) -> Option<&'static str> {
        let mut rows = self.rows;
        let (mut start, mut end) = (0, 0);
        while let [offset, bytes_len, name_len, rest @ ..] = rows {
            let (bytes, rest) = rest.split_at_checked((*bytes_len).into())?;
            if *name_len > 0 {
                (start, end) = (end, end + usize::from(*name_len));
            }
            if fits((*offset).into(), bytes) {
                return self.names.get(start..end);
            }
            rows = rest;
        }
        None
    }
}

/// Declares a table: `offset, bytes => name`. An empty name repeats that of the previous row.
macro_rules! names {
    ($(#[$meta:meta])* $table:ident: $($offset:literal, $bytes:literal => $name:literal;)+) => {
        $(#[$meta])*
        const $table: $crate::media::format_names::Names = {
            const ROWS: &[(u8, &[u8], &str)] = &[$(($offset, $bytes, $name)),+];
            const PACKED: [u8; $crate::media::format_names::len(ROWS)] = $crate::media::format_names::pack(ROWS);
            $crate::media::format_names::Names { rows: &PACKED, names: concat!($($name),+) }
        };
    };
}
pub(crate) use names;

/// Returns the length of the packed rows in bytes.
#[expect(clippy::indexing_slicing, reason = "the compiler runs it")]
pub(crate) const fn len(rows: &[Row]) -> usize {
    let (mut len, mut row) = (0, 0);
    while row < rows.len() {
        len += 3 + rows[row].1.len();
        row += 1;
    }
    len
}

/// Returns the packed rows.
#[expect(clippy::indexing_slicing, clippy::cast_possible_truncation, reason = "the compiler runs it; all are short")]
pub(crate) const fn pack<const LEN: usize>(rows: &[Row]) -> [u8; LEN] {
    let mut packed = [0; LEN];
    let (mut at, mut row) = (0, 0);
    while row < rows.len() {
        let (offset, bytes, name) = rows[row];
        packed[at] = offset;
        packed[at + 1] = bytes.len() as u8;
        packed[at + 2] = name.len() as u8;
        at += 3;
        let mut byte = 0;
        while byte < bytes.len() {
            packed[at] = bytes[byte];
            at += 1;
            byte += 1;
        }
        row += 1;
    }
    packed
}
