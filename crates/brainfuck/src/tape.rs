//! What runs beside the bytecode: cells, input, output, failures and the helpers that reach them.

use std::cell::{Cell, RefCell};
use std::fmt;
use std::io::{self, Read, Write};

use pv_machine::{Bytes, Effects, Helper, HotCounter, Position, Target};
use pv_word::Word;

use crate::Cx;
use crate::program::{Op, Program};

/// Why a program stopped before its end.
#[derive(Debug)]
pub enum Error {
    /// The pointer left the tape.
    OffTape,
    /// Reading or writing failed.
    Io(io::Error),
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Error::OffTape => f.write_str("the data pointer left the tape"),
            Error::Io(error) => write!(f, "input or output failed: {error}"),
        }
    }
}

impl std::error::Error for Error {}

/// The host structure of a context: program, cells, counters, input and output.
pub struct Tape {
    program: Program,
    counters: Vec<HotCounter>,
    cells: Box<Bytes>,
    input: RefCell<Box<dyn Read>>,
    output: RefCell<io::BufWriter<Box<dyn Write>>>,
    failure: Cell<Option<Error>>,
}

impl Tape {
    pub(crate) fn new(program: Program, length: usize, input: Box<dyn Read>, output: Box<dyn Write>) -> Self {
        Tape {
            counters: (0..program.loops).map(|_| HotCounter::default()).collect(),
            program,
            cells: Bytes::new(length),
            input: RefCell::new(input),
            output: RefCell::new(io::BufWriter::new(output)),
            failure: Cell::new(None),
        }
    }

    /// The operation at `pc`. Constant, so steps may read it directly.
    #[inline(always)]
    pub fn op(&self, pc: u32) -> Op {
        self.program.ops[pc as usize]
    }

    pub(crate) fn cells(&self) -> &Bytes {
        &self.cells
    }

    pub(crate) fn counter(&self, header: u32) -> &HotCounter {
        &self.counters[header as usize]
    }

    pub(crate) fn position(&self, pc: u32) -> Position {
        Position {
            file: "program".to_owned(),
            function: "main".to_owned(),
            line: self.program.lines[pc as usize],
            bytecode: format!("{pc} {:?}", self.op(pc)),
        }
    }

    pub(crate) fn failure(&self) -> Error {
        self.failure.take().unwrap_or(Error::OffTape)
    }

    pub(crate) fn finish(&self) -> Result<(), Error> {
        self.output.borrow_mut().flush().map_err(Error::Io)
    }

    fn fail(&self, error: Error) -> Word {
        self.failure.set(Some(error));
        Word::EMPTY
    }
}

const IO: Effects = Effects { raises: true, elidable: false, ..Effects::PURE };

/// Writes a cell.
pub(crate) static WRITE: Helper<Cx> = Helper::new("write", IO, Target::W1(write));
/// Reads a byte.
pub(crate) static READ: Helper<Cx> = Helper::new("read", IO, Target::W0(read));
/// Reports a pointer off the tape.
pub(crate) static OFF_TAPE: Helper<Cx> = Helper::new("off_tape", IO, Target::W0(off_tape));

extern "C" fn write(cx: &Cx, value: Word) -> Word {
    match cx.host.output.borrow_mut().write_all(&[value.untag_int() as u8]) {
        Ok(()) => Word::ZERO,
        Err(error) => cx.host.fail(Error::Io(error)),
    }
}

extern "C" fn read(cx: &Cx) -> Word {
    let mut byte = [0];
    loop {
        match cx.host.input.borrow_mut().read(&mut byte) {
            Ok(_) => return Word::small(i32::from(byte[0])),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return cx.host.fail(Error::Io(error)),
        }
    }
}

extern "C" fn off_tape(cx: &Cx) -> Word {
    cx.host.fail(Error::OffTape)
}
