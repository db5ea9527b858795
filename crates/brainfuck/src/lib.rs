//! Brainfuck on the engine: the first client, and the worked example of `docs/write-a-language.md`.
//!
//! Role: [`Program`] is the code, [`Tape`] what helpers work on, [`Brainfuck`]'s `step` the meaning of every operation,
//! written once over [`Machine`]; [`run`] is the driver, generic over the upper tier. All that the JIT ever learns of
//! the language is in this file.
//!
//! Terms: the *pointer* is the data pointer, a small int in the only slot of the only frame. Cells are bytes that
//! wrap; the tape has a fixed length, and leaving it is an error; reading past the end of the input gives 0.
#![forbid(unsafe_code)]

mod program;
mod tape;

use pv_machine::{
    Bytes, Cmp, Context, Direct, Flat, Flow, IntOp, Language, Machine, Position, Slot, Tier, TierAction, Typed,
};
use pv_word::Word;

pub use program::{Op, ParseError, Program};
pub use tape::{Error, Tape};

// The guide's complete examples run as this item's documentation tests.
#[cfg(doctest)]
#[doc = include_str!("../../../docs/write-a-language.md")]
struct Guide;

/// The slot that holds the data pointer.
const POINTER: Slot = Slot(0);

/// The language. See [`Language`].
pub struct Brainfuck;

/// The thread context: the engine's ready-made one around the tape.
pub type Cx = Flat<Tape>;

/// The tape as a machine's value, with the proof that it is one.
type TapeOf<M> = Typed<<M as Machine>::Val, Bytes>;

/// The tape and the tested index of the cell under the pointer; `None` off the tape.
#[inline(always)]
fn cell<M: Machine<Cx = Cx>>(m: &mut M) -> Option<(TapeOf<M>, M::Int)> {
    let tape = Bytes::typed(m, |cx| cx.host.cells());
    let pointer = m.get(POINTER);
    if !m.is_int(pointer) {
        return None;
    }
    let index = m.untag_int(pointer);
    m.in_bounds(tape, Bytes::elements(), index).then_some((tape, index))
}

/// One operation, or `None` where the pointer is off the tape.
#[inline(always)]
fn step<M: Machine<Cx = Cx>>(m: &mut M) -> Option<Flow> {
    let pc = m.pc();
    let cells = Bytes::elements();
    match m.cx().host.op(pc) {
        Op::Add(amount) => {
            let (tape, index) = cell(m)?;
            let (old, amount) = (m.elem_int(tape, cells, index), m.int(i64::from(amount)));
            let new = m.int_op(IntOp::Add, old, amount);
            m.store_elem_int(tape, cells, index, new);
        }
        Op::Clear => {
            let (tape, index) = cell(m)?;
            let zero = m.int(0);
            m.store_elem_int(tape, cells, index, zero);
        }
        Op::Move(distance) => {
            let (pointer, distance) = (m.get(POINTER), m.word(Word::small(distance)));
            if !m.is_int(pointer) {
                return None;
            }
            let moved = m.tagged(IntOp::Add, pointer, distance)?;
            let moved = m.own(moved);
            m.put(POINTER, moved);
        }
        Op::Open { end } => {
            let (tape, index) = cell(m)?;
            let (value, zero) = (m.elem_int(tape, cells, index), m.int(0));
            let leave = m.cmp_ints(Cmp::Eq, value, zero);
            m.branch(leave, end + 1, pc + 1);
            return Some(Flow::Next);
        }
        Op::Close { start, header } => {
            m.set_pc(start);
            return Some(Flow::Header(header));
        }
        Op::Write => {
            let (tape, index) = cell(m)?;
            let value = m.elem_int(tape, cells, index);
            let value = m.tag_int(value)?;
            let done = m.call(&tape::WRITE, &[value]);
            if m.raised(&done) {
                m.release(done);
                return Some(Flow::Raised);
            }
            m.release(done);
        }
        Op::Read => {
            let (tape, index) = cell(m)?;
            let byte = m.call(&tape::READ, &[]);
            if m.raised(&byte) {
                m.release(byte);
                return Some(Flow::Raised);
            }
            let value = m.untag_int(byte.get());
            m.store_elem_int(tape, cells, index, value);
            m.release(byte);
        }
        Op::End => return Some(Flow::Done),
    }
    m.set_pc(pc + 1);
    Some(Flow::Next)
}

impl Language for Brainfuck {
    type Cx = Cx;

    #[inline(always)]
    fn step<M: Machine<Cx = Cx>>(m: &mut M) -> Flow {
        step(m).unwrap_or_else(|| {
            let failed = m.call(&tape::OFF_TAPE, &[]);
            m.release(failed);
            Flow::Raised
        })
    }

    fn frame_code(_: &Cx, _: Word) -> u32 {
        0
    }

    fn live_slots(_: u32, _: u32) -> Vec<Slot> {
        vec![POINTER]
    }

    fn frame_size(_: u32) -> u32 {
        1
    }

    fn position(cx: &Cx, _: u32, pc: u32) -> Position {
        cx.host.position(pc)
    }

    fn describe(_: &Cx, word: Word) -> Option<String> {
        word.is_object().then(|| "tape".to_owned())
    }
}

/// Makes a context that runs `program` on a tape of `length` cells, reading `input` and writing `output`.
pub fn context(
    program: Program,
    length: usize,
    input: impl std::io::Read + 'static,
    output: impl std::io::Write + 'static,
) -> Cx {
    Flat::new(1, Tape::new(program, length, Box::new(input), Box::new(output)))
}

/// Runs the program from its beginning, then flushes the output.
pub fn run<T: Tier<Brainfuck>>(cx: &Cx, tier: &T) -> Result<(), Error> {
    cx.state().pc.set(0);
    let mut m = Direct::new(cx, 0);
    let mut flow = Flow::Next;
    loop {
        match flow {
            Flow::Header(header) => {
                let counter = cx.host.counter(header);
                if counter.hit() {
                    m.sync();
                    let action = tier.at_header(cx, 0, header, counter);
                    m.reload(0);
                    match action {
                        TierAction::Continue | TierAction::Resume => {}
                        TierAction::ResumeRaising => flow = Flow::Raised,
                        TierAction::Ended(ended) => flow = ended,
                    }
                    if !matches!(action, TierAction::Continue | TierAction::Resume) {
                        continue;
                    }
                }
            }
            Flow::Done => return cx.host.finish(),
            Flow::Raised => return Err(cx.host.failure()),
            Flow::Next | Flow::Boundary | Flow::Entered | Flow::Left => {}
        }
        flow = Brainfuck::step(&mut m);
    }
}

#[cfg(test)]
mod tests;
