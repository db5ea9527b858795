//! Rust source cut into code and comments, line by line.
//!
//! Enough of the lexical grammar to be certain that a word stands in code: strings of all kinds become
//! blanks between their quotes, comments (nested block comments too) move to a text of their own.

/// One line of a file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Line {
    /// The code, with the insides of strings and characters blanked.
    pub code: String,
    /// The text of comments, slashes included.
    pub comment: String,
}

#[derive(Clone, Copy)]
enum State {
    Code,
    LineComment,
    BlockComment { depth: usize },
    Text { hashes: Option<usize> },
}

/// Cuts a whole file.
pub fn cut(source: &str) -> Vec<Line> {
    let chars: Vec<char> = source.chars().collect();
    let mut cutter = Cutter { chars: &chars, at: 0, lines: vec![Line::default()], state: State::Code };
    while cutter.at < chars.len() {
        cutter.step();
    }
    cutter.lines
}

struct Cutter<'a> {
    chars: &'a [char],
    at: usize,
    lines: Vec<Line>,
    state: State,
}

impl Cutter<'_> {
    fn step(&mut self) {
        if self.chars[self.at] == '\n' {
            self.lines.push(Line::default());
            self.at += 1;
            if matches!(self.state, State::LineComment) {
                self.state = State::Code;
            }
            return;
        }
        match self.state {
            State::Code => self.code(),
            State::LineComment => self.comment(1),
            State::BlockComment { depth } => self.block_comment(depth),
            State::Text { hashes } => self.text(hashes),
        }
    }

    fn code(&mut self) {
        if self.ahead("//") {
            self.state = State::LineComment;
        } else if self.ahead("/*") {
            self.comment(2);
            self.state = State::BlockComment { depth: 1 };
        } else if let Some((length, hashes)) = self.raw_string_start() {
            self.take(length);
            self.state = State::Text { hashes: Some(hashes) };
        } else if self.ahead("\"") {
            self.take(1);
            self.state = State::Text { hashes: None };
        } else if let Some(length) = self.character_length() {
            self.blank(length);
        } else {
            self.take(1);
        }
    }

    fn block_comment(&mut self, depth: usize) {
        if self.ahead("/*") {
            self.comment(2);
            self.state = State::BlockComment { depth: depth + 1 };
        } else if self.ahead("*/") {
            self.comment(2);
            self.state = if depth == 1 { State::Code } else { State::BlockComment { depth: depth - 1 } };
        } else {
            self.comment(1);
        }
    }

    fn text(&mut self, hashes: Option<usize>) {
        let end = format!("\"{}", "#".repeat(hashes.unwrap_or(0)));
        if hashes.is_none() && self.ahead("\\") && self.chars.get(self.at + 1) != Some(&'\n') {
            self.blank(2);
        } else if self.ahead(&end) {
            self.take(end.len());
            self.state = State::Code;
        } else {
            self.blank(1);
        }
    }

    fn ahead(&self, text: &str) -> bool {
        text.chars().enumerate().all(|(offset, char)| self.chars.get(self.at + offset) == Some(&char))
    }

    /// The length of `r"`, `r#"`, `br##"` and the like at this place, and the number of hashes.
    fn raw_string_start(&self) -> Option<(usize, usize)> {
        let before = self.at.checked_sub(1).map(|before| self.chars[before]);
        if before.is_some_and(|char| char.is_alphanumeric() || char == '_') {
            return None;
        }
        let prefix = ["br", "cr", "r"].into_iter().find(|prefix| self.ahead(prefix))?;
        let rest = &self.chars[self.at + prefix.len()..];
        let hashes = rest.iter().take_while(|char| **char == '#').count();
        (rest.get(hashes) == Some(&'"')).then_some((prefix.len() + hashes + 1, hashes))
    }

    /// The length of a character literal at this place; a lifetime is none.
    fn character_length(&self) -> Option<usize> {
        let rest = &self.chars[self.at..];
        match rest {
            ['\'', '\\', ..] => rest.iter().skip(3).position(|char| *char == '\'').map(|end| end + 4),
            ['\'', _, '\'', ..] => Some(3),
            _ => None,
        }
    }

    fn take(&mut self, count: usize) {
        let text: String = self.chars[self.at..self.at + count].iter().collect();
        self.line().code.push_str(&text);
        self.at += count;
    }

    fn blank(&mut self, count: usize) {
        let count = count.min(self.chars.len() - self.at);
        self.line().code.push_str(&" ".repeat(count));
        self.at += count;
    }

    fn comment(&mut self, count: usize) {
        let text: String = self.chars[self.at..self.at + count].iter().collect();
        self.line().comment.push_str(&text);
        self.at += count;
    }

    fn line(&mut self) -> &mut Line {
        let last = self.lines.len() - 1;
        &mut self.lines[last]
    }
}

/// The words of a line of code with their byte offsets.
pub fn words(code: &str) -> impl Iterator<Item = (usize, &str)> {
    let is_word = |char: char| char.is_alphanumeric() || char == '_';
    let mut at = 0;
    std::iter::from_fn(move || {
        let start = at + code[at..].find(is_word)?;
        let length = code[start..].find(|char| !is_word(char)).unwrap_or(code.len() - start);
        at = start + length;
        Some((start, &code[start..at]))
    })
}

#[cfg(test)]
mod tests;
