//! The compiler's instruction buffer: labels, handlers, clean-up passes, encoding.
//!
//! While a unit is being compiled the number of its locals may still grow, so temporaries are
//! numbered apart, with bit [`TEMP`] set. [`Asm::finish`] gives them their place above the locals,
//! threads jumps, drops what cannot be reached and the bound-checks that definite assignment
//! proves needless, and encodes the rest.

use crate::access::{TEST_CONST, TEST_SENSE};
use crate::flow::Flow;
use crate::insn::{Decoded, Insn, Pc, Reg};
use crate::op::{Format, Op, Role};
use crate::unit::{ExceptionEntry, LoopInfo, Mark, RegSet, Span};

/// Bit that marks a temporary's number before `finish`.
pub(crate) const TEMP: u16 = 0x8000;

/// A place in the code, bound or not yet.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Label(usize);

/// An exception handler in the buffer.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Handler(usize);

/// An instruction with its operands; x is a label's number where the opcode jumps.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Ins {
    pub op: Op,
    pub a: u16,
    pub b: u16,
    pub c: u16,
    pub d: u32,
    pub x: u32,
    pub y: u32,
    pub span: Span,
    pub handler: Option<Handler>,
}

/// The instruction buffer of one unit.
#[derive(Default)]
pub(crate) struct Asm {
    insns: Vec<Ins>,
    labels: Vec<Option<usize>>,
    /// How many marks there were when each label was bound: a jump to it passes by those before it at the same place.
    label_marks: Vec<usize>,
    handlers: Vec<(Label, u16)>,
    loop_lines: Vec<u32>,
    /// Lines of statements that begin ahead of an instruction without having one.
    marks: Vec<(usize, u32)>,
    /// Handler of the instructions that are emitted.
    pub handler: Option<Handler>,
    /// Source range of the instructions that are emitted.
    pub span: Span,
}

/// What `finish` makes.
pub(crate) struct Finished {
    pub code: Vec<u32>,
    pub spans: Vec<(Pc, Span)>,
    pub exceptions: Vec<ExceptionEntry>,
    pub loops: Vec<LoopInfo>,
    pub marks: Vec<Mark>,
    pub caches: u32,
}

impl Asm {
    /// Emits `op a b c`.
    pub fn abc(&mut self, op: Op, a: u16, b: u16, c: u16) {
        self.full(op, [a, b, c], 0, 0);
    }

    /// Emits `op a b c` with word x.
    pub fn abcx(&mut self, op: Op, a: u16, b: u16, c: u16, x: u32) {
        self.full(op, [a, b, c], 0, x);
    }

    /// Emits `op a d`.
    pub fn ad(&mut self, op: Op, a: u16, d: u32) {
        self.full(op, [a, 0, 0], d, 0);
    }

    /// Emits a jump with operands a, b, c.
    pub fn jump(&mut self, op: Op, a: u16, b: u16, c: u16, to: Label) {
        self.full(op, [a, b, c], 0, to.0 as u32);
    }

    /// Emits an instruction with two extra words.
    pub fn abcxy(&mut self, op: Op, a: u16, b: u16, c: u16, x: u32, y: u32) {
        self.full(op, [a, b, c], 0, x);
        if let Some(last) = self.insns.last_mut() {
            last.y = y;
        }
    }

    fn full(&mut self, op: Op, [a, b, c]: [u16; 3], d: u32, x: u32) {
        let (span, handler) = (self.span, self.handler);
        self.insns.push(Ins { op, a, b, c, d, x, y: 0, span, handler });
    }

    /// A fresh label.
    pub fn label(&mut self) -> Label {
        self.labels.push(None);
        self.label_marks.push(0);
        Label(self.labels.len() - 1)
    }

    /// Binds a label to the next instruction.
    pub fn bind(&mut self, label: Label) {
        self.labels[label.0] = Some(self.insns.len());
        self.label_marks[label.0] = self.marks.len();
    }

    /// A handler at a label, whose release floor is a temporary.
    pub fn new_handler(&mut self, at: Label, floor: Reg) -> Handler {
        self.handlers.push((at, floor.0));
        Handler(self.handlers.len() - 1)
    }

    /// Notes that a statement in the current line begins here, for those who watch the program: it may have no instruction.
    pub fn mark(&mut self) {
        self.marks.push((self.insns.len(), self.span.line));
    }

    /// Emits a loop header for a loop at a line.
    pub fn loop_header(&mut self, line: u32) {
        self.loop_lines.push(line);
        self.ad(Op::Loop, 0, self.loop_lines.len() as u32 - 1);
    }

    /// Encodes. `ntemps` is the number of temporaries ever used, `entry` the registers filled at the start.
    pub fn finish(mut self, nlocals: u32, ntemps: u32, entry: &RegSet) -> Finished {
        self.place_temps(nlocals as u16);
        self.thread_jumps();
        self.fuse_moves(nlocals as u16);
        let keep = self.reachable(nlocals);
        self.drop_marks(&keep);
        self.retain(&keep);
        let keep = self.useful(nlocals, entry);
        self.retain(&keep);
        let caches = self.number_caches();
        self.number_loops();
        let starts = self.layout();
        let mut finished = self.encode(&starts);
        finished.caches = caches;
        self.fill_loops(&mut finished, &starts, nlocals, nlocals + ntemps, entry);
        finished
    }

    fn place_temps(&mut self, nlocals: u16) {
        let place = |value: &mut u16| {
            if *value & TEMP != 0 {
                *value = (*value & !TEMP) + nlocals;
            }
        };
        for ins in &mut self.insns {
            let roles = ins.op.info().operands;
            let constant = ins.c & TEST_CONST != 0;
            for (role, value) in roles.into_iter().zip([&mut ins.a, &mut ins.b, &mut ins.c]) {
                if is_register(role, constant) {
                    place(value);
                }
            }
        }
        for (_, floor) in &mut self.handlers {
            place(floor);
        }
    }

    fn target(&self, ins: &Ins) -> Option<usize> {
        ins.op.info().operands.contains(&Role::Jump).then(|| self.place(Label(ins.x as usize)))
    }

    fn place(&self, label: Label) -> usize {
        self.labels[label.0].unwrap_or(self.insns.len())
    }

    /// Lets jumps to jumps go to the final target.
    fn thread_jumps(&mut self) {
        for i in 0..self.insns.len() {
            for _ in 0..8 {
                let Some(to) = self.target(&self.insns[i]) else { break };
                match self.insns.get(to) {
                    Some(next) if next.op == Op::Jump && to != i => self.insns[i].x = next.x,
                    _ => break,
                }
            }
        }
    }

    /// Lets an instruction whose result is only moved on write to where it is moved.
    fn fuse_moves(&mut self, nlocals: u16) {
        let mut labelled = vec![false; self.insns.len() + 1];
        self.labels.iter().flatten().for_each(|at| labelled[*at] = true);
        for (i, labelled) in labelled.into_iter().enumerate().take(self.insns.len()).skip(1) {
            let (last, this) = (self.insns[i - 1], self.insns[i]);
            let writes = last.op.info().operands[0] == Role::Write && last.a == this.b && last.a >= nlocals;
            if this.op == Op::Move && writes && !labelled && last.handler == this.handler {
                self.insns[i - 1].a = this.a;
                self.insns[i].op = Op::Nop;
            }
        }
    }

    fn flow(&self, nlocals: u32) -> Flow {
        let mut flow = Flow { nlocals, nregs: u32::MAX, ..Flow::default() };
        for (i, ins) in self.insns.iter().enumerate() {
            let Ins { op, a, b, c, d, x, y, .. } = *ins;
            flow.insns.push(Decoded { pc: Pc(i as u32), op, a, b, c, d, x, y, wide: false });
            flow.jumps.push(self.target(ins));
            flow.handlers.push(ins.handler.map(|handler| {
                let (label, floor) = self.handlers[handler.0];
                (self.place(label), Reg(floor))
            }));
        }
        flow
    }

    fn reachable(&self, nlocals: u32) -> Vec<bool> {
        self.flow(nlocals).reachable()
    }

    /// Which instructions do something: no jumps to what follows, no bound-checks of what is bound.
    fn useful(&self, nlocals: u32, entry: &RegSet) -> Vec<bool> {
        let checks = self.insns.iter().any(|ins| ins.op == Op::CheckBound);
        let filled = if checks { self.flow(nlocals).filled(entry.clone()) } else { Vec::new() };
        let needed = |(i, ins): (usize, &Ins)| match ins.op {
            Op::Jump => self.target(ins) != Some(i + 1),
            Op::CheckBound => !matches!(&filled[i], Some(state) if state.contains(Reg(ins.a))),
            Op::Nop => false,
            _ => true,
        };
        self.insns.iter().enumerate().map(needed).collect()
    }

    /// Drops the marks that cannot be reached.
    fn drop_marks(&mut self, keep: &[bool]) {
        let kept = |(at, _): &(usize, u32)| keep.get(*at).is_some_and(|kept| *kept);
        for count in &mut self.label_marks {
            *count = self.marks[..*count].iter().filter(|mark| kept(mark)).count();
        }
        self.marks.retain(kept);
    }

    fn retain(&mut self, keep: &[bool]) {
        let mut new_index = Vec::with_capacity(keep.len() + 1);
        let mut count = 0;
        for kept in keep {
            new_index.push(count);
            count += usize::from(*kept);
        }
        new_index.push(count);
        for at in self.labels.iter_mut().flatten() {
            *at = new_index[*at];
        }
        for (at, _) in &mut self.marks {
            *at = new_index[*at];
        }
        let mut kept = keep.iter();
        self.insns.retain(|_| kept.next().copied().unwrap_or(false));
    }

    fn number_caches(&mut self) -> u32 {
        let mut count = 0;
        for ins in &mut self.insns {
            if ins.op.info().operands[4] == Role::Cache {
                ins.y = count;
                count += 1;
            }
        }
        count
    }

    /// Numbers the loops that are left, in the order of their headers.
    fn number_loops(&mut self) {
        let mut lines = Vec::new();
        for ins in self.insns.iter_mut().filter(|ins| ins.op == Op::Loop) {
            lines.push(self.loop_lines[ins.d as usize]);
            ins.d = lines.len() as u32 - 1;
        }
        self.loop_lines = lines;
    }

    /// Where each instruction starts, and where the code ends.
    fn layout(&self) -> Vec<u32> {
        let mut at = 0;
        let mut starts = Vec::with_capacity(self.insns.len() + 1);
        for ins in &self.insns {
            starts.push(at);
            at += ins.op.info().format.words() + u32::from(needs_prefix(ins));
        }
        starts.push(at);
        starts
    }

    fn encode(&self, starts: &[u32]) -> Finished {
        let mut code = Vec::with_capacity(starts.last().copied().unwrap_or(0) as usize);
        let mut spans: Vec<(Pc, Span)> = Vec::new();
        let mut exceptions: Vec<ExceptionEntry> = Vec::new();
        let mut current = None;
        for (i, ins) in self.insns.iter().enumerate() {
            if spans.last().is_none_or(|(_, span)| *span != ins.span) {
                spans.push((Pc(starts[i]), ins.span));
            }
            if let (Some(handler), true) = (ins.handler, ins.handler == current)
                && let Some(entry) = exceptions.last_mut()
            {
                debug_assert_eq!(entry.floor.0, self.handlers[handler.0].1);
                entry.end = Pc(starts[i + 1]);
            } else if let Some(handler) = ins.handler {
                let (label, floor) = self.handlers[handler.0];
                let handler = Pc(starts[self.place(label)]);
                exceptions.push(ExceptionEntry {
                    start: Pc(starts[i]),
                    end: Pc(starts[i + 1]),
                    handler,
                    floor: Reg(floor),
                });
            }
            current = ins.handler;
            let x = self.target(ins).map_or(ins.x, |to| starts[to].wrapping_sub(starts[i + 1]));
            encode_one(&mut code, ins, x);
        }
        Finished { code, spans, exceptions, loops: Vec::new(), marks: self.encode_marks(starts), caches: 0 }
    }

    /// The marks, with the jumps that pass by them.
    fn encode_marks(&self, starts: &[u32]) -> Vec<Mark> {
        let mut passed_by = vec![Vec::new(); self.marks.len()];
        for (from, ins) in self.insns.iter().enumerate() {
            let Some(to) = self.target(ins) else { continue };
            let first = self.marks.partition_point(|(at, _)| *at < to);
            let passed = self.label_marks[ins.x as usize];
            for index in (first..passed).take_while(|index| self.marks[*index].0 == to) {
                passed_by[index].push(Pc(starts[from]));
            }
        }
        let mark = |((at, line), passed_by): (&(usize, u32), Vec<Pc>)| Mark {
            at: Pc(starts[*at]),
            line: *line,
            passed_by: passed_by.into(),
        };
        self.marks.iter().zip(passed_by).map(mark).collect()
    }

    fn fill_loops(&self, finished: &mut Finished, starts: &[u32], nlocals: u32, nregs: u32, entry: &RegSet) {
        if !self.insns.iter().any(|ins| ins.op == Op::Loop) {
            return;
        }
        let flow = self.flow(nlocals);
        let live = flow.live();
        let filled = flow.filled(entry.clone());
        for (i, ins) in self.insns.iter().enumerate().filter(|(_, ins)| ins.op == Op::Loop) {
            let mut regs = RegSet::new(nregs as usize);
            let temps = filled[i].iter().flat_map(RegSet::iter).filter(|reg| u32::from(reg.0) >= nlocals);
            for reg in live[i].iter().chain(temps) {
                regs.insert(reg);
            }
            let line = self.loop_lines[ins.d as usize];
            finished.loops.push(LoopInfo { header: Pc(starts[i]), line, live: regs });
        }
    }
}

/// Whether an operand of this role is a register.
fn is_register(role: Role, constant: bool) -> bool {
    match role {
        Role::ReadOrConst => !constant,
        Role::Write | Role::Read | Role::Keep | Role::Take | Role::ReadWrite | Role::Cell => true,
        Role::KeepOnJump | Role::KeepOnFall | Role::WriteOnJump | Role::Temps(_) => true,
        _ => false,
    }
}

fn needs_prefix(ins: &Ins) -> bool {
    let Ins { op, a, b, c, d, .. } = *ins;
    let wide_d = match op.info().format {
        Format::Ad if op == Op::LoadInt => i16::try_from(d as i32).is_err(),
        Format::Ad => d > 0xffff,
        _ => false,
    };
    a > 0xff || b > 0xff || c > 0xff || wide_d
}

fn encode_one(code: &mut Vec<u32>, ins: &Ins, x: u32) {
    let Ins { op, a, b, c, d, y, .. } = *ins;
    let [a, ha] = a.to_le_bytes();
    let ([b, hb], [c, hc]) = (b.to_le_bytes(), c.to_le_bytes());
    let format = op.info().format;
    let [b, c, hb, hc] = if format == Format::Ad { d.to_le_bytes() } else { [b, c, hb, hc] };
    if needs_prefix(ins) {
        code.push(Insn::abc(Op::Wide, ha, hb, hc).0);
    }
    code.push(Insn::abc(op, a, b, c).0);
    match format {
        Format::Abc | Format::Ad => {}
        Format::Abcx => code.push(x),
        Format::Abcxy => code.extend([x, y]),
    }
}

/// The `Test` operand for a jump on `sense`, with a constant or a register as right operand.
pub(crate) fn test_flags(sense: bool, constant: bool) -> u16 {
    (if sense { TEST_SENSE } else { 0 }) | (if constant { TEST_CONST } else { 0 })
}
