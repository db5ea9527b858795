//! Programs: parsing into run-length-merged operations with matched jumps.

use std::fmt;

/// One operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Op {
    /// Adds to the cell under the pointer, wrapping.
    Add(i32),
    /// Sets the cell to zero: `[-]` and `[+]`.
    Clear,
    /// Moves the pointer.
    Move(i32),
    /// Loop header: goes on behind `end`, the matching [`Op::Close`], when the cell is zero.
    Open {
        /// Index of the matching close.
        end: u32,
    },
    /// Back edge to `start`, the matching [`Op::Open`].
    Close {
        /// Index of the matching open.
        start: u32,
        /// Number of the loop, counted from 0 through the program.
        header: u32,
    },
    /// Writes the cell.
    Write,
    /// Reads into the cell.
    Read,
    /// End of the program.
    End,
}

/// A bracket without its partner.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParseError {
    /// The bracket.
    pub bracket: char,
    /// Its line, from 1.
    pub line: u32,
    /// Its column, from 1.
    pub column: u32,
}

impl fmt::Display for ParseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}, column {}: '{}' has no partner", self.line, self.column, self.bracket)
    }
}

impl std::error::Error for ParseError {}

/// A parsed program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Program {
    /// The operations; the last one is [`Op::End`].
    pub ops: Vec<Op>,
    /// Line of each operation, from 1.
    pub lines: Vec<u32>,
    /// Number of loops.
    pub loops: u32,
}

impl Program {
    /// Parses; every character that is no operation is a comment.
    pub fn parse(source: &str) -> Result<Program, ParseError> {
        let mut parser = Parser::default();
        for (index, text) in source.lines().enumerate() {
            parser.line = index as u32 + 1;
            for (column, symbol) in text.chars().enumerate() {
                parser.symbol(symbol, column as u32 + 1)?;
            }
        }
        parser.finish()
    }
}

#[derive(Default)]
struct Parser {
    ops: Vec<Op>,
    lines: Vec<u32>,
    // Index, line and column of every bracket still open.
    open: Vec<(u32, u32, u32)>,
    loops: u32,
    line: u32,
}

impl Parser {
    fn symbol(&mut self, symbol: char, column: u32) -> Result<(), ParseError> {
        match symbol {
            '+' => self.merge(Op::Add(1)),
            '-' => self.merge(Op::Add(-1)),
            '>' => self.merge(Op::Move(1)),
            '<' => self.merge(Op::Move(-1)),
            '.' => self.push(Op::Write),
            ',' => self.push(Op::Read),
            '[' => {
                self.open.push((self.ops.len() as u32, self.line, column));
                self.push(Op::Open { end: 0 });
            }
            ']' => return self.close(column),
            _ => {}
        }
        Ok(())
    }

    fn push(&mut self, op: Op) {
        self.ops.push(op);
        self.lines.push(self.line);
    }

    fn merge(&mut self, op: Op) {
        match (self.ops.last_mut(), op) {
            (Some(Op::Add(sum)), Op::Add(amount)) | (Some(Op::Move(sum)), Op::Move(amount)) => *sum += amount,
            _ => self.push(op),
        }
    }

    fn close(&mut self, column: u32) -> Result<(), ParseError> {
        let error = ParseError { bracket: ']', line: self.line, column };
        let (start, ..) = self.open.pop().ok_or(error)?;
        if let [.., Op::Open { .. }, Op::Add(1 | -1)] = self.ops[..] {
            self.ops.truncate(start as usize);
            self.lines.truncate(start as usize);
            self.push(Op::Clear);
            return Ok(());
        }
        let end = self.ops.len() as u32;
        self.ops[start as usize] = Op::Open { end };
        self.push(Op::Close { start, header: self.loops });
        self.loops += 1;
        Ok(())
    }

    fn finish(mut self) -> Result<Program, ParseError> {
        if let Some((_, line, column)) = self.open.pop() {
            return Err(ParseError { bracket: '[', line, column });
        }
        self.push(Op::End);
        Ok(Program { ops: self.ops, lines: self.lines, loops: self.loops })
    }
}
