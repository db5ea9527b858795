//! Code objects: what the compiler hands to the runtime.
//!
//! A [`CodeUnit`] is plain data and names no runtime type; constants are a language-level enum that
//! the runtime turns into words. Positions are bytes in the source as UTF-8, as `co_positions` has them.

use std::rc::Rc;

use crate::insn::{CacheIndex, LoopIndex, NameIndex, Pc, Reg};

/// A string of code points that may hold lone surrogates: WTF-8 bytes.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct Wtf8(Box<[u8]>);

impl Wtf8 {
    /// From a string without surrogates.
    pub fn new(text: &str) -> Wtf8 {
        Wtf8(text.as_bytes().into())
    }

    /// From code points; those past U+10FFFF are no input.
    pub fn from_code_points(points: impl IntoIterator<Item = u32>) -> Wtf8 {
        let mut bytes = Vec::new();
        for point in points {
            push_code_point(&mut bytes, point);
        }
        Wtf8(bytes.into())
    }

    /// The bytes: UTF-8, but surrogates are encoded as three bytes each.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// As a string, unless it holds surrogates.
    pub fn as_str(&self) -> Option<&str> {
        std::str::from_utf8(&self.0).ok()
    }

    /// The code points.
    pub fn code_points(&self) -> impl Iterator<Item = u32> + '_ {
        let mut rest = &self.0[..];
        std::iter::from_fn(move || {
            let (point, len) = next_code_point(rest)?;
            rest = &rest[len..];
            Some(point)
        })
    }
}

impl std::fmt::Debug for Wtf8 {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.as_str() {
            Some(text) => write!(f, "{text:?}"),
            None => write!(f, "wtf8{:?}", String::from_utf8_lossy(&self.0)),
        }
    }
}

fn push_code_point(bytes: &mut Vec<u8>, point: u32) {
    if let Some(c) = char::from_u32(point) {
        bytes.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
    } else {
        bytes.extend_from_slice(&[
            0xe0 | (point >> 12) as u8,
            0x80 | (point >> 6 & 0x3f) as u8,
            0x80 | (point & 0x3f) as u8,
        ]);
    }
}

fn next_code_point(bytes: &[u8]) -> Option<(u32, usize)> {
    let first = u32::from(*bytes.first()?);
    let (len, start) = match first {
        0..0x80 => (1, first),
        0xc0..0xe0 => (2, first & 0x1f),
        0xe0..0xf0 => (3, first & 0x0f),
        _ => (4, first & 0x07),
    };
    let point = bytes.get(1..len)?.iter().fold(start, |acc, b| acc << 6 | u32::from(b & 0x3f));
    Some((point, len))
}

/// A constant.
#[derive(Clone, Debug)]
pub enum Const {
    /// `None`.
    None,
    /// `True` or `False`.
    Bool(bool),
    /// `...`.
    Ellipsis,
    /// An int that fits.
    Int(i64),
    /// Any other int: lower-case hexadecimal digits without prefix, preceded by `-` when negative.
    BigInt(Rc<str>),
    /// A float.
    Float(f64),
    /// A complex number: real and imaginary part.
    Complex(f64, f64),
    /// A string.
    Str(Wtf8),
    /// A bytes object.
    Bytes(Rc<[u8]>),
    /// A tuple.
    Tuple(Rc<[Const]>),
    /// A frozenset; members in source order, duplicates removed by the runtime.
    FrozenSet(Rc<[Const]>),
    /// A slice: start, stop, step.
    Slice(Rc<[Const; 3]>),
    /// A nested code object.
    Code(Rc<CodeUnit>),
}

/// The flag bits of `co_flags`.
pub mod flags {
    /// Has its own fast locals.
    pub const OPTIMIZED: u32 = 0x1;
    /// A new namespace per call.
    pub const NEWLOCALS: u32 = 0x2;
    /// Has `*args`.
    pub const VARARGS: u32 = 0x4;
    /// Has `**kwargs`.
    pub const VARKEYWORDS: u32 = 0x8;
    /// Is nested in a function.
    pub const NESTED: u32 = 0x10;
    /// Is a generator.
    pub const GENERATOR: u32 = 0x20;
    /// Is a coroutine.
    pub const COROUTINE: u32 = 0x80;
    /// Is a generator that may be awaited.
    pub const ITERABLE_COROUTINE: u32 = 0x100;
    /// Is an async generator.
    pub const ASYNC_GENERATOR: u32 = 0x200;
    /// `from __future__ import annotations` is in force.
    pub const FUTURE_ANNOTATIONS: u32 = 0x100_0000;
    /// The first constant is the docstring.
    pub const HAS_DOCSTRING: u32 = 0x400_0000;
    /// Is a function directly inside a class.
    pub const METHOD: u32 = 0x800_0000;
}

/// Source range of an instruction. Lines count from 1; columns are byte offsets from 0.
/// Line 0 means that the instruction has no place in the source.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Hash)]
pub struct Span {
    /// First line.
    pub line: u32,
    /// Last line.
    pub end_line: u32,
    /// Column of the first byte.
    pub col: u32,
    /// Column behind the last byte.
    pub end_col: u32,
}

/// An exception-table entry: where an instruction in `start..end` raises, temporaries from `floor` on
/// are released, the exception is put into `floor`, and execution goes on at `handler`.
/// Where ranges overlap, the first matching entry of the table holds (inner ranges come first).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct ExceptionEntry {
    /// First covered word.
    pub start: Pc,
    /// End of the covered words.
    pub end: Pc,
    /// Where the handler starts.
    pub handler: Pc,
    /// First temporary to release; gets the exception.
    pub floor: Reg,
}

/// A statement that may have no instruction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mark {
    /// The instruction ahead of which it stands.
    pub at: Pc,
    /// Its line.
    pub line: u32,
    /// Jumps to that instruction that do not lead through the statement.
    pub passed_by: Box<[Pc]>,
}

/// A loop header.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LoopInfo {
    /// The LOOP instruction.
    pub header: Pc,
    /// Line of the loop statement.
    pub line: u32,
    /// Registers whose value may be read after the header: live locals and filled temporaries.
    pub live: RegSet,
}

/// A set of registers.
#[derive(Clone, Debug, PartialEq, Eq, Default, Hash)]
pub struct RegSet(Vec<u64>);

impl RegSet {
    /// The empty set with room for registers below `len`.
    pub fn new(len: usize) -> RegSet {
        RegSet(vec![0; len.div_ceil(64)])
    }

    /// Adds a register; whether it was absent.
    pub fn insert(&mut self, reg: Reg) -> bool {
        let (word, bit) = (reg.index() / 64, 1 << (reg.index() % 64));
        if word >= self.0.len() {
            self.0.resize(word + 1, 0);
        }
        let absent = self.0[word] & bit == 0;
        self.0[word] |= bit;
        absent
    }

    /// Removes a register.
    pub fn remove(&mut self, reg: Reg) {
        if let Some(word) = self.0.get_mut(reg.index() / 64) {
            *word &= !(1 << (reg.index() % 64));
        }
    }

    /// Whether the register is a member.
    pub fn contains(&self, reg: Reg) -> bool {
        self.0.get(reg.index() / 64).is_some_and(|word| word >> (reg.index() % 64) & 1 == 1)
    }

    /// Adds all members of `other`; whether that changed anything.
    pub fn union(&mut self, other: &RegSet) -> bool {
        let mut changed = false;
        self.0.resize(self.0.len().max(other.0.len()), 0);
        for (word, more) in self.0.iter_mut().zip(&other.0) {
            changed |= *word | more != *word;
            *word |= more;
        }
        changed
    }

    /// Keeps only members of `other`; whether that changed anything.
    pub fn intersect(&mut self, other: &RegSet) -> bool {
        let mut changed = false;
        for (i, word) in self.0.iter_mut().enumerate() {
            let kept = *word & other.0.get(i).copied().unwrap_or(0);
            changed |= kept != *word;
            *word = kept;
        }
        changed
    }

    /// The members, ascending.
    pub fn iter(&self) -> impl Iterator<Item = Reg> + '_ {
        self.0.iter().enumerate().flat_map(|(i, word)| {
            (0..64).filter(move |bit| word >> bit & 1 == 1).map(move |bit| Reg((i * 64 + bit) as u16))
        })
    }
}

/// A compiled code object.
#[derive(Clone, Debug, Default)]
pub struct CodeUnit {
    /// `co_name`.
    pub name: Rc<str>,
    /// `co_qualname`.
    pub qualname: Rc<str>,
    /// `co_filename`.
    pub filename: Rc<str>,
    /// `co_firstlineno`.
    pub first_line: u32,
    /// `co_flags`; see [`flags`].
    pub flags: u32,
    /// `co_argcount`: positional parameters, positional-only ones included.
    pub argcount: u32,
    /// `co_posonlyargcount`.
    pub posonly: u32,
    /// `co_kwonlyargcount`.
    pub kwonly: u32,
    /// `co_varnames`: parameters (`*args`, `**kwargs` last), then the other locals that are no cells
    /// by themselves. `varnames[i]` lives in register i, in a cell when it is captured.
    pub varnames: Vec<Rc<str>>,
    /// Name of every local register (`nlocals` of them): `varnames`, then cells that are no
    /// variables of their own, then hidden variables of inlined comprehensions.
    pub local_names: Vec<Rc<str>>,
    /// `co_cellvars`, with the register of each.
    pub cellvars: Vec<(Rc<str>, Reg)>,
    /// `co_freevars`, in the order of the closure tuple.
    pub freevars: Vec<Rc<str>>,
    /// `co_names`.
    pub names: Vec<Rc<str>>,
    /// Constants. The first is the docstring where `flags::HAS_DOCSTRING` is set.
    pub consts: Vec<Const>,
    /// The code words.
    pub code: Vec<u32>,
    /// Exception table, inner ranges first.
    pub exceptions: Vec<ExceptionEntry>,
    /// Source ranges: (pc of an instruction's start, its range), ascending by pc.
    pub spans: Vec<(Pc, Span)>,
    /// Statements that may have no instruction (`pass`, `try:`), ascending.
    pub marks: Vec<Mark>,
    /// Loop table.
    pub loops: Vec<LoopInfo>,
    /// Number of registers below which are locals.
    pub nlocals: u32,
    /// Number of registers, temporaries included.
    pub nregs: u32,
    /// Number of inline-cache slots.
    pub caches: u32,
}

impl CodeUnit {
    /// Source range of the instruction that covers word `pc`.
    pub fn span(&self, pc: Pc) -> Span {
        let after = self.spans.partition_point(|(start, _)| *start <= pc);
        after.checked_sub(1).map_or(Span::default(), |i| self.spans[i].1)
    }

    /// Lines of the statements without instructions that begin ahead of the instruction at `pc`, which is reached from the one at `from`.
    pub fn marked_lines(&self, from: Pc, pc: Pc) -> impl Iterator<Item = u32> + '_ {
        let first = self.marks.partition_point(|mark| mark.at < pc);
        let here = self.marks[first..].iter().take_while(move |mark| mark.at == pc);
        here.filter(move |mark| !mark.passed_by.contains(&from)).map(|mark| mark.line)
    }

    /// Line of the instruction that covers word `pc`.
    pub fn line(&self, pc: Pc) -> u32 {
        self.span(pc).line
    }

    /// The exception-table entry for an exception raised at `pc`.
    pub fn handler(&self, pc: Pc) -> Option<&ExceptionEntry> {
        self.exceptions.iter().find(|entry| entry.start <= pc && pc < entry.end)
    }

    /// The name at an index.
    pub fn name_at(&self, index: NameIndex) -> &Rc<str> {
        &self.names[index.index()]
    }

    /// The loop at an index.
    pub fn loop_at(&self, index: LoopIndex) -> &LoopInfo {
        &self.loops[index.index()]
    }

    /// All cache slots.
    pub fn cache_slots(&self) -> impl Iterator<Item = CacheIndex> + use<> {
        (0..self.caches).map(CacheIndex)
    }

    /// Number of parameter registers: positional, keyword-only, `*args` and `**kwargs`.
    pub fn nparams(&self) -> u32 {
        let stars = (self.flags & flags::VARARGS != 0) as u32 + (self.flags & flags::VARKEYWORDS != 0) as u32;
        self.argcount + self.kwonly + stars
    }
}
