//! Text in columns.

use std::fmt;

/// A table: a heading for each column, then rows. The first column is flushed left, the others right.
#[derive(Debug)]
pub(crate) struct Table {
    rows: Vec<Vec<String>>,
}

impl Table {
    /// A table without rows.
    pub(crate) fn new<const N: usize>(headings: [&str; N]) -> Self {
        Self { rows: vec![headings.map(str::to_owned).into()] }
    }

    /// Adds a row.
    pub(crate) fn row<const N: usize>(&mut self, first: &str, cells: [&dyn fmt::Display; N]) {
        let mut row = vec![format!("  {first}")];
        row.extend(cells.map(ToString::to_string));
        self.rows.push(row);
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let width = |column: usize| {
            let cells = self.rows.iter().filter_map(|row| row.get(column));
            cells.map(|cell| cell.chars().count()).max().unwrap_or(0)
        };
        let widths: Vec<usize> = (0..self.rows[0].len()).map(width).collect();
        for row in &self.rows {
            write!(f, "{:<1$}", row[0], widths[0].max(34))?;
            for (cell, width) in row.iter().zip(&widths).skip(1) {
                write!(f, "{cell:>0$}", (*width).max(7) + 3)?;
            }
            writeln!(f)?;
        }
        Ok(())
    }
}

/// Words, separated by commas, in indented lines of at most 100 characters.
pub(crate) fn paragraph(words: impl IntoIterator<Item: AsRef<str>>, separator: &str) -> String {
    let mut text = String::new();
    let mut width = 0;
    for word in words {
        let word = word.as_ref();
        if !text.is_empty() {
            text.push_str(separator);
            width += separator.chars().count();
        }
        if text.is_empty() || width + word.chars().count() > 98 {
            let trimmed = text.trim_end().len();
            text.truncate(trimmed);
            text.push_str(if text.is_empty() { "  " } else { "\n  " });
            width = 2;
        }
        text.push_str(word);
        width += word.chars().count();
    }
    text
}
