//! Source text: encodings, and positions as lines and columns.

use std::collections::HashMap;

use crate::error::{SyntaxErr, SyntaxErrKind};
use crate::unit::Span;
use ruff_text_size::{TextRange, TextSize};

/// Where the lines of a text start.
#[derive(Debug)]
pub struct LineIndex {
    text: Box<str>,
    starts: Vec<u32>,
    /// Of a tree that no source was parsed to: what its offsets stand for.
    made: Option<Places>,
}

/// The places of a tree that was made by hand. Its offsets are numbers handed out in the order of the nodes, so that one range lies
/// within another where the nodes do; what the nodes say of lines and columns stands here.
#[derive(Debug, Default)]
pub struct Places {
    places: Vec<(u32, u32)>,
    written: HashMap<u32, Vec<u32>>,
}

impl Places {
    /// The next offset, which stands for this line and column.
    pub fn next(&mut self, line: u32, col: u32) -> TextSize {
        self.places.push((line, col));
        TextSize::new(self.places.len() as u32 - 1)
    }

    /// Notes the code points of what a node leaves to the source: the text of an interpolation, a string with lone surrogates.
    pub fn write(&mut self, offset: TextSize, points: Vec<u32>) {
        self.written.insert(offset.to_u32(), points);
    }
}

impl LineIndex {
    /// Indexes a text. Lines end with `\n`, `\r\n` or `\r`.
    pub fn new(text: &str) -> LineIndex {
        let bytes = text.as_bytes();
        let mut starts = vec![0];
        for (i, byte) in bytes.iter().enumerate() {
            let ends = *byte == b'\n' || (*byte == b'\r' && bytes.get(i + 1) != Some(&b'\n'));
            if ends {
                starts.push(i as u32 + 1);
            }
        }
        LineIndex { text: text.into(), starts, made: None }
    }

    /// The index of a tree that was made by hand; there is no text.
    pub fn of_places(places: Places) -> LineIndex {
        let blank = " ".repeat(places.places.len());
        LineIndex { text: blank.into(), starts: vec![0], made: Some(places) }
    }

    /// The code points that a tree made by hand has for the node at an offset.
    pub(crate) fn written(&self, offset: TextSize) -> Option<&[u32]> {
        Some(self.made.as_ref()?.written.get(&offset.to_u32())?)
    }

    /// Is there a source?
    pub(crate) fn has_source(&self) -> bool {
        self.made.is_none()
    }

    /// The text.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Line (from 1) and column in bytes (from 0) of an offset.
    pub fn line_and_col(&self, offset: u32) -> (u32, u32) {
        if let Some(made) = &self.made {
            let last = made.places.len().saturating_sub(1);
            return made.places.get((offset as usize).min(last)).copied().unwrap_or((1, 0));
        }
        let line = self.starts.partition_point(|start| *start <= offset);
        (line as u32, offset - self.starts[line - 1])
    }

    /// Line (from 1) and column in code points (from 0) of an offset.
    pub fn line_and_char(&self, offset: u32) -> (u32, u32) {
        if self.made.is_some() {
            return self.line_and_col(offset);
        }
        let offset = offset.min(self.text.len() as u32);
        let (line, _) = self.line_and_col(offset);
        let start = self.starts[line as usize - 1] as usize;
        let chars = self.text.get(start..offset as usize).map_or(0, |text| text.chars().count());
        (line, chars as u32)
    }

    /// A line with its newline; empty when there is no such line.
    pub fn line_text(&self, line: u32) -> &str {
        if self.made.is_some() {
            return "";
        }
        let Some(start) = (line as usize).checked_sub(1).and_then(|i| self.starts.get(i)) else { return "" };
        let end = self.starts.get(line as usize).copied().unwrap_or(self.text.len() as u32);
        &self.text[*start as usize..end as usize]
    }

    /// A range as an instruction's span.
    pub fn span(&self, range: TextRange) -> Span {
        let (line, col) = self.line_and_col(range.start().to_u32());
        let (end_line, end_col) = self.line_and_col(range.end().to_u32());
        Span { line, end_line, col, end_col }
    }
}

/// Decodes a source: byte-order mark, coding cookie (UTF-8, ASCII or Latin-1), UTF-8 otherwise.
pub fn decode(bytes: &[u8], filename: &str) -> Result<String, SyntaxErr> {
    decode_from(bytes, filename, "")
}

/// As [`decode`], of a file, which errors name.
pub fn decode_file(bytes: &[u8], filename: &str) -> Result<String, SyntaxErr> {
    decode_from(bytes, filename, &format!(" in file {filename}"))
}

/// `place` is put into the message about what is no UTF-8.
fn decode_from(bytes: &[u8], filename: &str, place: &str) -> Result<String, SyntaxErr> {
    let fail = |message: String| SyntaxErr::bare(SyntaxErrKind::Syntax, filename, message);
    if bytes.contains(&0) {
        return Err(fail("source code cannot contain null bytes".to_string()));
    }
    let (rest, bom) = match bytes.strip_prefix(b"\xef\xbb\xbf") {
        Some(rest) => (rest, true),
        None => (bytes, false),
    };
    let cookie = cookie(rest);
    let encoding = normalize(cookie.as_deref().unwrap_or("utf-8"));
    // Behind a mark only the plain name is known.
    let plain = cookie.as_deref().is_none_or(|name| name.to_ascii_lowercase().replace('_', "-").starts_with("utf-8"));
    if bom && !plain {
        let problem = fail(format!("encoding problem: {} with BOM", cookie.unwrap_or_default()));
        return Err(SyntaxErr { line: 1, end_line: 1, ..problem });
    }
    match encoding.as_str() {
        "utf-8" | "ascii" => decode_utf8(rest, filename, place),
        "iso-8859-1" => Ok(rest.iter().map(|byte| char::from(*byte)).collect()),
        _ => Err(fail(format!("unknown encoding: {}", cookie.unwrap_or_default()))),
    }
}

/// The encoding that a source declares, if it is none that [`decode`] knows.
pub fn foreign_encoding(bytes: &[u8]) -> Option<String> {
    let declared = cookie(bytes)?;
    let known = ["utf-8", "ascii", "iso-8859-1"].contains(&normalize(&declared).as_str());
    (!known).then_some(declared)
}

fn decode_utf8(bytes: &[u8], filename: &str, place: &str) -> Result<String, SyntaxErr> {
    match std::str::from_utf8(bytes) {
        Ok(text) => Ok(text.to_string()),
        Err(error) => {
            let at = error.valid_up_to();
            let line = bytes[..at].iter().filter(|byte| **byte == b'\n').count() as u32 + 1;
            let message = format!(
                "Non-UTF-8 code starting with '\\x{:02x}'{place} on line {line}, but no encoding declared; \
                 see https://peps.python.org/pep-0263/ for details",
                bytes[at]
            );
            let start = bytes[..at].iter().rposition(|byte| *byte == b'\n').map_or(0, |newline| newline + 1);
            let before = String::from_utf8_lossy(&bytes[start..at]);
            let col = before.chars().count() as u32 + 1;
            let line_end = bytes[at..].iter().position(|byte| *byte == b'\n').map_or(bytes.len(), |behind| at + behind);
            let text = Some(String::from_utf8_lossy(&bytes[start..line_end]).into_owned());
            let bare = SyntaxErr::bare(SyntaxErrKind::Syntax, filename, message);
            Err(SyntaxErr { line, col, end_line: line, end_col: col, text, ..bare })
        }
    }
}

/// The encoding named by a comment in the first two lines.
fn cookie(bytes: &[u8]) -> Option<String> {
    for line in bytes.split(|byte| *byte == b'\n').take(2) {
        let line = String::from_utf8_lossy(line);
        let trimmed = line.trim_start_matches([' ', '\t', '\x0c']);
        if let Some(comment) = trimmed.strip_prefix('#') {
            if let Some(name) = cookie_in(comment) {
                return Some(name);
            }
        } else if !trimmed.trim_end().is_empty() {
            return None;
        }
    }
    None
}

fn cookie_in(comment: &str) -> Option<String> {
    let mut from = 0;
    while let Some(found) = comment[from..].find("coding") {
        let rest = &comment[from + found + "coding".len()..];
        if let Some(value) = rest.strip_prefix([':', '=']) {
            let value = value.trim_start_matches([' ', '\t']);
            let name: String = value.chars().take_while(|c| c.is_ascii_alphanumeric() || "-_.".contains(*c)).collect();
            if !name.is_empty() {
                return Some(name);
            }
        }
        from += found + 1;
    }
    None
}

fn normalize(name: &str) -> String {
    let name = name.to_ascii_lowercase().replace('_', "-");
    let is = |stem: &str| name == stem || name.starts_with(&format!("{stem}-"));
    if is("utf-8") || name == "utf8" || name == "u8" {
        "utf-8".into()
    } else if is("latin-1")
        || is("iso-8859-1")
        || is("iso-latin-1")
        || name == "latin1"
        || name == "l1"
        || name == "iso8859-1"
    {
        "iso-8859-1".into()
    } else if name == "ascii" || name == "us-ascii" {
        "ascii".into()
    } else {
        name
    }
}

#[cfg(test)]
mod tests;
