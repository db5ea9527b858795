//! The mini-language of expected traces: parsing, matching, and writing a trace down in it.
//!
//! One line of the pattern stands for one line of a trace (an operation, or the head of a block), spaces aside:
//!
//! ```text
//! $a: word = tadd $b, #1 ? _    `$name` is a value: the same one wherever the name stands, and another one than any other name's
//! poll ? _                      `_` is any word: a snapshot, a shape, an address
//! jump b1(...                   `...` at the end of a line is the rest of it
//! ...                           alone on its line, any number of lines
//! !new call_word                these operations occur nowhere in the part looked at, wherever in the pattern this stands
//! # text                        a remark; those of the form `# key: value` are for the caller
//! ```
//!
//! Invariant: [`normalised`] lines match the trace that they were made of.

use std::collections::HashMap;
use std::fmt::{self, Write as _};

use pv_ir::Op;

/// A word of a pattern.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Word {
    Any,
    Rest,
    Value(String),
    Literal(String),
}

/// A line of a pattern that takes part in the matching.
#[derive(Clone, Debug)]
enum Line {
    Skip,
    Op { number: usize, text: String, words: Vec<Word> },
}

/// A pattern.
#[derive(Clone, Debug, Default)]
pub struct Pattern {
    lines: Vec<Line>,
    never: Vec<String>,
}

/// Values bound to names, in the order in which they were met.
type Bindings = Vec<(String, String)>;

/// Where matching got stuck.
#[derive(Clone, Debug, Default)]
struct Stuck {
    /// Index of the line of the pattern.
    expected: usize,
    /// Index of the line of the trace that was the first to be held against it.
    actual: usize,
    bindings: Bindings,
}

impl Pattern {
    /// Reads a pattern; an error names the line.
    pub fn parse(text: &str) -> Result<Pattern, String> {
        let mut pattern = Pattern::default();
        for (number, line) in (1..).zip(text.lines().map(str::trim)) {
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            if let Some(ops) = line.strip_prefix('!') {
                for op in ops.split_whitespace() {
                    let known = Op::from_mnemonic(op).ok_or(format!("line {number}: there is no operation `{op}`"))?;
                    pattern.never.push(known.mnemonic().to_owned());
                }
            } else if line == "..." {
                pattern.lines.push(Line::Skip);
            } else {
                let words = words(line).map(|word| Word::of(&line[word])).collect();
                pattern.lines.push(Line::Op { number, text: line.to_owned(), words });
            }
        }
        Ok(pattern)
    }

    /// Says where forbidden operations occur.
    pub fn check_never(&self, trace: &[&str]) -> Result<(), String> {
        match trace.iter().find(|line| self.never.iter().any(|op| mnemonic(line) == op)) {
            Some(line) => Err(format!("`!{}` forbids this operation of the trace:\n    {line}\n", mnemonic(line))),
            None => Ok(()),
        }
    }

    /// Holds the pattern against a whole trace, or part of one; an error says what did not fit.
    pub fn check(&self, trace: &[&str]) -> Result<(), String> {
        let (mut bindings, mut stuck) = (Bindings::new(), None);
        if self.matches(trace, 0, 0, &mut bindings, &mut stuck) {
            return Ok(());
        }
        let stuck = stuck.unwrap_or_default();
        let mut report = String::new();
        self.report(trace, &stuck, &mut report).map_err(|error| error.to_string())?;
        Err(report)
    }

    /// Matches from the `at`th line of the pattern and the `from`th of the trace on, going back to try other lengths for `...`.
    fn matches(
        &self,
        trace: &[&str],
        at: usize,
        from: usize,
        bindings: &mut Bindings,
        stuck: &mut Option<Stuck>,
    ) -> bool {
        let words = match self.lines.get(at) {
            None if from == trace.len() => return true,
            Some(Line::Skip) => {
                return (from..=trace.len()).any(|next| self.matches(trace, at + 1, next, bindings, stuck));
            }
            Some(Line::Op { words, .. }) => words.as_slice(),
            None => &[],
        };
        let bound = bindings.len();
        if let (Some(line), false) = (trace.get(from), words.is_empty())
            && match_line(words, line, bindings)
            && self.matches(trace, at + 1, from + 1, bindings, stuck)
        {
            return true;
        }
        bindings.truncate(bound);
        if stuck.as_ref().is_none_or(|stuck| at > stuck.expected) {
            *stuck = Some(Stuck { expected: at, actual: from, bindings: bindings.clone() });
        }
        false
    }

    fn report(&self, trace: &[&str], stuck: &Stuck, to: &mut String) -> fmt::Result {
        match self.lines.get(stuck.expected) {
            Some(Line::Op { number, text, .. }) => writeln!(to, "line {number} does not fit:\n    {text}")?,
            _ => writeln!(to, "the trace goes on after the end of the pattern")?,
        }
        if stuck.expected > 0 && matches!(self.lines[stuck.expected - 1], Line::Skip) {
            writeln!(to, "the trace, from where `...` could begin:")?;
        } else {
            writeln!(to, "the trace around:")?;
        }
        let shown = stuck.actual.saturating_sub(3)..trace.len().min(stuck.actual + 12);
        for index in shown {
            writeln!(to, "  {} {}", if index == stuck.actual { '>' } else { ' ' }, trace[index])?;
        }
        if stuck.actual >= trace.len() {
            writeln!(to, "  > (its end)")?;
        }
        let bound: Vec<String> = stuck.bindings.iter().map(|(name, value)| format!("{name} = {value}")).collect();
        writeln!(to, "bound: {}", if bound.is_empty() { "nothing".to_owned() } else { bound.join(", ") })
    }
}

impl Word {
    fn of(text: &str) -> Word {
        match text {
            "_" => Word::Any,
            "..." => Word::Rest,
            name if name.starts_with('$') => Word::Value(name.to_owned()),
            literal => Word::Literal(literal.to_owned()),
        }
    }
}

/// Matches one line, binding names; what was bound on the way stays when it fails.
fn match_line(pattern: &[Word], line: &str, bindings: &mut Bindings) -> bool {
    let mut actual = words(line).map(|word| &line[word]);
    for word in pattern {
        if *word == Word::Rest {
            return true;
        }
        let Some(text) = actual.next() else { return false };
        let fits = match word {
            Word::Any | Word::Rest => true,
            Word::Literal(literal) => literal == text,
            Word::Value(name) => is_numbered('v', text) && bind(name, text, bindings),
        };
        if !fits {
            return false;
        }
    }
    actual.next().is_none()
}

/// One name, one value, and the other way round.
fn bind(name: &str, value: &str, bindings: &mut Bindings) -> bool {
    match bindings.iter().find(|(n, v)| n == name || v == value) {
        Some((n, v)) => n == name && v == value,
        None => {
            bindings.push((name.to_owned(), value.to_owned()));
            true
        }
    }
}

/// A trace, or part of one, as a pattern: values are named in order, and what differs from run to run is `_`.
pub fn normalised(trace: &[&str]) -> String {
    let mut names = HashMap::new();
    let mut text = String::new();
    for line in trace {
        let mut done = 0;
        if !is_head(line) {
            text.push_str("  ");
        }
        for word in words(line) {
            text.push_str(&line[done..word.start]);
            done = word.end;
            text.push_str(&normalised_word(&line[word], &mut names));
        }
        text.push_str(&line[done..]);
        text.push('\n');
    }
    text
}

/// Snapshots, shapes, kinds, versions and addresses change with anything; small constants are the program's own.
fn normalised_word(word: &str, names: &mut HashMap<String, usize>) -> String {
    if is_numbered('v', word) {
        let next = names.len();
        return format!("$v{}", names.entry(word.to_owned()).or_insert(next));
    }
    let digits = word.trim_start_matches('#');
    let large =
        digits.parse::<i64>().is_ok_and(|value| value.unsigned_abs() >= if word == digits { 20 } else { 1 << 32 });
    if is_numbered('s', word) || digits.starts_with("0x") || large { "_".to_owned() } else { word.to_owned() }
}

/// Is this the head of a block?
pub fn is_head(line: &str) -> bool {
    line.ends_with(':')
}

/// The operation of a line of a trace.
fn mnemonic(line: &str) -> &str {
    let mut texts = words(line).map(|word| &line[word]);
    let first = texts.next().unwrap_or_default();
    if is_numbered('v', first) { texts.skip_while(|text| *text != "=").nth(1).unwrap_or_default() } else { first }
}

/// Is this the letter and a number?
fn is_numbered(letter: char, text: &str) -> bool {
    text.strip_prefix(letter).is_some_and(|rest| !rest.is_empty() && rest.bytes().all(|byte| byte.is_ascii_digit()))
}

/// Where the words of a line are: names, numbers, labels with their quotes, and every other character by itself.
fn words(line: &str) -> impl Iterator<Item = std::ops::Range<usize>> + '_ {
    let mut at = 0;
    std::iter::from_fn(move || {
        let start = at + line[at..].find(|c: char| !c.is_whitespace())?;
        at = start + word_length(&line[start..]);
        Some(start..at)
    })
}

fn word_length(text: &str) -> usize {
    let plain = text.find(|c: char| !(c.is_alphanumeric() || "_.#&@$-".contains(c))).unwrap_or(text.len());
    match text[plain..].strip_prefix('"') {
        Some(label) => plain + 1 + label.find('"').map_or(label.len(), |end| end + 1),
        None if plain == 0 => text.chars().next().map_or(0, char::len_utf8),
        None => plain,
    }
}

#[cfg(test)]
mod tests;
