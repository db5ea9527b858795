//! Tables in Markdown documents, found by their header row.

/// One row: its line in the document and its cells.
pub struct TableRow<'a> {
    /// The line, counted from 1.
    pub line: usize,
    /// The cells, trimmed.
    pub cells: Vec<&'a str>,
}

/// The rows of the table whose header has these cells; `None` if the document has no such table.
pub fn find<'a>(document: &'a str, header: &[&str]) -> Option<Vec<TableRow<'a>>> {
    let mut lines = document.lines().enumerate();
    lines.find(|(_, line)| cells(line).is_some_and(|cells| cells == header))?;
    lines.next()?;
    let rows = lines.map_while(|(index, line)| Some(TableRow { line: index + 1, cells: cells(line)? }));
    Some(rows.collect())
}

fn cells(line: &str) -> Option<Vec<&str>> {
    let inner = line.trim().strip_prefix('|')?.strip_suffix('|')?;
    Some(inner.split('|').map(str::trim).collect())
}

/// The names in backticks in a cell.
pub fn names(cell: &str) -> Vec<&str> {
    cell.split('`').skip(1).step_by(2).collect()
}
