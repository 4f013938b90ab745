//! `mediaferry-gateway check`: prints the effective configuration and its problems.

use std::io::{self, Write};

use crate::config::{Report, Row};

/// Writes each setting with its value and source, then each problem or warning. Returns whether there is no problem.
pub fn write(report: &Report, out: &mut impl Write) -> io::Result<bool> {
    let width = |part: fn(&Row) -> &str| report.rows.iter().map(|row| part(row).chars().count()).max().unwrap_or(0);
    let (key_width, value_width) = (width(|row| &row.key), width(|row| &row.value));
    for Row { key, value, source } in &report.rows {
        writeln!(out, "{key:key_width$}  {value:value_width$}  {source}")?;
    }
    match &report.config {
        Ok(config) => config.warnings().iter().try_for_each(|warning| writeln!(out, "warning: {warning}"))?,
        Err(problems) => problems.iter().try_for_each(|problem| writeln!(out, "problem: {problem}"))?,
    }
    Ok(report.config.is_ok())
}
