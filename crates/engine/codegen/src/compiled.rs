//! A compiled trace: its code, its exits and their slots.

use std::cell::Cell;
use std::fmt::Write;

use iced_x86::{Decoder, DecoderOptions, Formatter, IntelFormatter};
use pv_ir::{ResumeKind, SnapRef, Trace, TraceId, ValueRef};

use crate::arena::CodeBlock;
use crate::gdb::Registration;

/// One way out of a trace.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExitInfo {
    /// What `State.exit` holds after leaving through it; unique in a compiler.
    pub id: u32,
    /// The state it leaves behind.
    pub snapshot: SnapRef,
    /// The snapshot's kind: `Raising` asks the driver to unwind.
    pub kind: ResumeKind,
    /// The trace that a `link` wants to enter: attach it with [`CompiledTrace::attach`].
    pub link: Option<TraceId>,
}

/// What an exit passes on when it leaves: compiled code refers to it by address.
#[repr(C)]
pub(crate) struct ExitRecord {
    /// The slot: where to go on.
    pub(crate) target: Cell<usize>,
    /// The exit's number.
    pub(crate) id: u32,
    /// The program counter to resume at.
    pub(crate) pc: u32,
}

/// The data that a trace's code refers to by address.
pub(crate) struct TraceData {
    invalidated: Box<Cell<usize>>,
    records: Box<[ExitRecord]>,
}

impl TraceData {
    /// Data of a valid trace whose exits all lead to `stub`.
    pub(crate) fn new(trace: &Trace, exits: &[ExitInfo], stub: usize) -> Self {
        let record = |exit: &ExitInfo| {
            let pc = trace.snapshot(exit.snapshot).pc;
            ExitRecord { target: Cell::new(stub), id: exit.id, pc }
        };
        TraceData { invalidated: Box::new(Cell::new(0)), records: exits.iter().map(record).collect() }
    }

    pub(crate) fn flag_addr(&self) -> usize {
        std::ptr::from_ref(&*self.invalidated) as usize
    }

    fn slot(&self, exit: usize) -> &Cell<usize> {
        &self.records[exit].target
    }

    pub(crate) fn record_addr(&self, exit: usize) -> usize {
        std::ptr::from_ref(&self.records[exit]) as usize
    }
}

/// Machine code of one trace. Its owner keeps it as long as anything may jump to it, and gives it back with
/// [`crate::Compiler::release`].
pub struct CompiledTrace {
    pub(crate) id: TraceId,
    pub(crate) code: CodeBlock,
    pub(crate) data: TraceData,
    pub(crate) exits: Vec<ExitInfo>,
    pub(crate) stub: usize,
    pub(crate) clif: Option<String>,
    /// Offsets at which the code of another instruction of the trace begins.
    pub(crate) lines: Vec<(u32, Option<ValueRef>)>,
    /// Keeps gdb informed as long as the trace lives.
    pub(crate) _gdb: Option<Registration>,
}

impl CompiledTrace {
    /// The trace's number.
    pub fn id(&self) -> TraceId {
        self.id
    }

    /// Address of its first instruction.
    pub fn entry(&self) -> usize {
        self.code.addr()
    }

    /// Its exits; position and `id - exits()[0].id` agree.
    pub fn exits(&self) -> &[ExitInfo] {
        &self.exits
    }

    /// The position of the exit with this number, if it is this trace's.
    pub fn exit_index(&self, id: u32) -> Option<usize> {
        let index = id.checked_sub(self.exits.first()?.id)? as usize;
        (index < self.exits.len()).then_some(index)
    }

    /// From now on the exit goes on in `target` (a bridge, or a trace that starts at the state which the exit leaves) without
    /// returning to the driver. `target` must stay alive until [`CompiledTrace::detach`].
    pub fn attach(&self, exit: usize, target: &CompiledTrace) {
        self.data.slot(exit).set(target.entry());
    }

    /// The exit returns to the driver again.
    pub fn detach(&self, exit: usize) {
        self.data.slot(exit).set(self.stub);
    }

    /// Does the exit go on in `target`?
    pub fn leads_to(&self, exit: usize, target: &CompiledTrace) -> bool {
        self.data.slot(exit).get() == target.entry()
    }

    /// Does something hang on the exit?
    pub fn is_attached(&self, exit: usize) -> bool {
        self.data.slot(exit).get() != self.stub
    }

    /// Makes every `guard_not_invalidated` of this trace fail from now on.
    pub fn invalidate(&self) {
        self.data.invalidated.set(1);
    }

    /// Has [`CompiledTrace::invalidate`] been called?
    pub fn is_invalidated(&self) -> bool {
        self.data.invalidated.get() != 0
    }

    /// The machine code.
    pub fn code(&self) -> &[u8] {
        self.code.bytes()
    }

    /// The CLIF text, if [`crate::Config::keep_clif`] was set.
    pub fn clif(&self) -> Option<&str> {
        self.clif.as_deref()
    }

    /// The machine code as assembly, addresses counted from the entry; each run of it under the instruction of `trace`
    /// (which must be the one compiled) that it belongs to.
    pub fn disassembly(&self, trace: &Trace) -> String {
        let mut decoder = Decoder::with_ip(64, self.code(), 0, DecoderOptions::NONE);
        let mut formatter = IntelFormatter::new();
        let (mut text, mut line) = (String::new(), String::new());
        let mut origins = self.lines.iter().peekable();
        while decoder.can_decode() {
            let instruction = decoder.decode();
            while let Some((_, origin)) = origins.next_if(|(start, _)| u64::from(*start) <= instruction.ip()) {
                let origin = origin.filter(|value| value.index() < trace.values.len());
                match origin.map(|value| trace.display_inst(value)) {
                    Some(origin) => writeln!(text, "; {origin}").expect("strings grow"),
                    None => text.push_str(";\n"),
                }
            }
            line.clear();
            formatter.format(&instruction, &mut line);
            writeln!(text, "{:6x}  {line}", instruction.ip()).expect("strings grow");
        }
        text
    }
}
