//! The recording's state and its life: start, steps, ends.

use std::collections::BTreeSet;
use std::sync::Arc;

use pv_ir::{
    BlockRef, Builder, Const, EntryKind, Imm, Op, ResumeKind, SlotVal, SnapRef, Trace, TraceId, Type, ValueDef,
    ValueRef,
};
use pv_machine::{Context, Direct, FieldInfo, Machine, RegisterStack, Repr, Slot};
use pv_word::Word;

use crate::abort::Abort;
use crate::facts::{Facts, Kinds};
use crate::slots::SlotMap;

/// What a recording asks of the language.
pub struct Hooks<Cx: Context> {
    /// Names a constant; see `Language::describe`.
    pub describe: fn(&Cx, Word) -> Option<String>,
    /// Names an address; see `Language::describe_address`.
    pub describe_address: fn(&FieldInfo, u64) -> String,
    /// Slots of a frame; see `Language::frame_size`.
    pub frame_size: fn(Cx::Code) -> u32,
    /// A name for code in dumps.
    pub code_name: fn(&Cx, Cx::Code) -> String,
}

/// How far a recording may go.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Instructions in the trace.
    pub instructions: usize,
    /// Frames pushed over the root.
    pub depth: i32,
}

/// Where a recording stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place<Code> {
    /// The frame's base, in slots from the root base.
    pub base: i32,
    /// Frames pushed since the start, less those popped.
    pub depth: i32,
    /// The frame's code.
    pub code: Code,
    /// The program counter.
    pub pc: u32,
}

/// The frames that a trace knows to be there, outermost first: base from the root base, and code. The last is current.
pub type Stack<Code> = Vec<(i32, Code)>;

/// A finished recording.
#[derive(Debug)]
pub struct Recorded<Code> {
    /// The raw trace.
    pub trace: Trace,
    /// Frame stacks by the numbers that snapshots carry as their code.
    pub stacks: Vec<Stack<Code>>,
    /// What the trace relies on: keys of `assume` and addresses of embedded objects, ascending.
    pub keys: Vec<u64>,
    /// What its guards ask of slots as they are on entry, ascending: with anything else there it leaves before its end.
    pub requires: Vec<(i32, Kinds)>,
    /// Every step's place, for dumps: root-relative depth, number of the frame stack, program counter.
    pub steps: Vec<(i32, u32, u32)>,
    /// Does it end with [`Recording::cut`]?
    pub open: bool,
}

/// The state of the step in progress.
pub(crate) struct Step<Code> {
    pub(crate) start: Place<Code>,
    /// How its tests resume: before it, or with the exception that it raises.
    pub(crate) kind: ResumeKind,
    /// Number of the frame stack when it began.
    pub(crate) stack: u32,
    /// Instructions in the body when it began.
    pub(crate) mark: usize,
    /// The snapshot that resumes before it, once made.
    pub(crate) before: Option<SnapRef>,
    /// Has an effect been emitted?
    pub(crate) effects: bool,
    /// Has it branched?
    pub(crate) branched: bool,
    /// Has a helper that runs the language's code been called?
    pub(crate) reentered: bool,
}

/// The recording machine. See the crate's header.
pub struct Recording<'a, Cx: Context> {
    pub(crate) direct: Direct<'a, Cx>,
    pub(crate) b: Builder,
    pub(crate) hooks: Hooks<Cx>,
    pub(crate) facts: Facts,
    pub(crate) slots: SlotMap,
    pub(crate) base: i32,
    pub(crate) depth: i32,
    pub(crate) step: Step<Cx::Code>,
    /// References taken whose `incref` is held back.
    pub(crate) pending: Vec<ValueRef>,
    /// Owned values in flight, with the slot they were taken from.
    pub(crate) in_flight: Vec<(ValueRef, Option<i32>)>,
    /// Slots that safepoints have written home.
    pub(crate) stale: BTreeSet<i32>,
    /// The snapshots of calls.
    pub(crate) safepoints: Vec<SnapRef>,
    /// May something have been freed since the last boundary?
    pub(crate) freed: bool,
    pub(crate) aborted: Option<Abort>,
    /// The frames known now; see [`Stack`].
    pub(crate) frames: Stack<Cx::Code>,
    /// The number of `frames`, once asked for.
    pub(crate) stack: Option<u32>,
    pub(crate) stacks: Vec<(Stack<Cx::Code>, Arc<str>)>,
    pub(crate) keys: Vec<u64>,
    pub(crate) room: (i32, u32),
    /// Has the step come to a frame that was not known?
    pub(crate) surfaced: bool,
    open: bool,
    root: Place<Cx::Code>,
    limits: Limits,
    body: BlockRef,
    steps: Vec<(i32, u32, u32)>,
    // Slot and `load_slot` of each body parameter.
    params: Vec<(i32, ValueRef)>,
    /// The body's first instructions that go ahead of it, if it is a loop.
    ahead: usize,
    is_loop: bool,
}

impl<'a, Cx: Context> Recording<'a, Cx> {
    /// Starts at the frame and program counter of the context's state. `frames` are what is known of the frames there, at least the
    /// current one, at base 0.
    pub fn start(
        cx: &'a Cx,
        frames: Stack<Cx::Code>,
        kind: EntryKind,
        id: TraceId,
        name: String,
        hooks: Hooks<Cx>,
        limits: Limits,
    ) -> Self {
        let code = frames[frames.len() - 1].1;
        let direct = Direct::new(cx, code);
        let mut b = Builder::new(id, kind, name);
        // Value 0: what ops give that are no longer appended.
        b.word(Word::EMPTY);
        let body = b.block(&[]);
        b.switch_to(body);
        debug_assert_eq!(frames[frames.len() - 1].0, 0, "the current frame's base is the root base");
        let root = Place { base: 0, depth: 0, code, pc: cx.state().pc.get() };
        Recording {
            direct,
            b,
            hooks,
            facts: Facts::default(),
            slots: SlotMap::default(),
            base: 0,
            depth: 0,
            step: Step {
                start: root,
                kind: ResumeKind::Before,
                stack: 0,
                mark: 0,
                before: None,
                effects: false,
                branched: false,
                reentered: false,
            },
            pending: Vec::new(),
            in_flight: Vec::new(),
            stale: BTreeSet::new(),
            safepoints: Vec::new(),
            freed: false,
            aborted: None,
            frames,
            stack: None,
            stacks: Vec::new(),
            keys: Vec::new(),
            room: (0, 0),
            surfaced: false,
            open: false,
            root,
            limits,
            body,
            steps: Vec::new(),
            params: Vec::new(),
            ahead: 0,
            is_loop: false,
        }
    }

    /// Makes tests, at the very start, whose answers hold wherever the recorded loop is entered. They are made once, ahead of it, and the
    /// recording itself goes by nothing of what they tell. Those that give false are dropped.
    pub fn test_ahead(&mut self, tests: impl FnOnce(&mut Self) -> bool) {
        let facts = self.facts.clone();
        let holds = tests(self);
        self.facts = facts;
        self.step.before = None;
        if holds && self.aborted.is_none() {
            self.ahead = self.instructions();
        } else {
            let body = self.body;
            self.b.trace_mut().blocks[body.index()].insts.clear();
        }
        self.step.mark = self.instructions();
    }

    /// Puts the tests that are made ahead of a loop there.
    fn move_ahead(&mut self) {
        let body = self.body;
        let trace = self.b.trace_mut();
        let tests: Vec<ValueRef> = trace.blocks[body.index()].insts.drain(..self.ahead).collect();
        if !self.is_loop || tests.is_empty() {
            return;
        }
        let snapshot = self.make_snapshot(ResumeKind::Before, self.root, 0, &[]);
        let trace = self.b.trace_mut();
        for value in tests {
            let ValueDef::Inst(inst) = &mut trace.values[value.index()] else { continue };
            let mut inst = inst.clone();
            inst.snapshot = inst.snapshot.map(|_| snapshot);
            for arg in &mut inst.args {
                if let ValueDef::Param { block, index } = trace.def(*arg)
                    && *block == body
                {
                    *arg = self.params[*index as usize].1;
                }
            }
            trace.values[value.index()] = ValueDef::Inst(inst);
            trace.blocks[Trace::ENTRY.index()].insts.push(value);
        }
    }

    /// The slots in this range, counted from the root base, are known to be empty at the start.
    pub fn assume_empty(&mut self, slots: std::ops::Range<i32>) {
        let empty = self.b.word(Word::EMPTY);
        for slot in slots {
            self.slots.found(slot, empty);
        }
    }

    /// The frames known where it stands.
    pub fn frames(&self) -> &[(i32, Cx::Code)] {
        &self.frames
    }

    /// Code and program counter of a bytecode that was executed; the first has the number 0.
    pub fn executed(&self, number: usize) -> Option<(Cx::Code, u32)> {
        let &(_, stack, pc) = self.steps.get(number)?;
        self.stacks[stack as usize].0.last().map(|frame| (frame.1, pc))
    }

    /// Knows nothing from here on but the current frame, so that what follows may be a trace of its own, entered from elsewhere too.
    pub fn forget_callers(&mut self) {
        self.frames.drain(..self.frames.len() - 1);
        self.stack = None;
    }

    /// Has the last step returned, or raised, to a frame that the trace knew nothing of?
    pub fn has_surfaced(&self) -> bool {
        self.surfaced
    }

    /// Has it reached one of its limits? It should be cut then.
    pub fn is_full(&self) -> bool {
        self.instructions() > self.limits.instructions || self.depth > self.limits.depth
    }

    /// Where it stands.
    pub fn place(&self) -> Place<Cx::Code> {
        Place { base: self.base, depth: self.depth, code: self.direct.code(), pc: self.direct.pc() }
    }

    /// Where it started.
    pub fn root(&self) -> Place<Cx::Code> {
        self.root
    }

    /// Why it was given up, if it was.
    pub fn aborted(&self) -> Option<Abort> {
        self.aborted
    }

    /// Gives it up: it goes on executing, and appends nothing more.
    pub fn abort(&mut self, reason: Abort) {
        self.aborted.get_or_insert(reason);
    }

    /// Writes base and program counter to the state, for whoever goes on.
    pub fn sync(&self) {
        self.direct.sync();
    }

    /// Instructions so far.
    pub fn instructions(&self) -> usize {
        self.b.trace().block(self.body).insts.len()
    }

    // -- Steps -----------------------------------------------------------------------------------------------

    /// Before every step.
    pub fn begin_step(&mut self) {
        self.surfaced = false;
        let start = self.place();
        let stack = self.stack_number();
        self.steps.push((start.depth, stack, start.pc));
        self.commit(start);
    }

    /// After every step.
    pub fn end_step(&mut self) {
        if self.aborted.is_some() {
            return;
        }
        self.flush_counts();
        if self.step.reentered {
            let snapshot = self.after_snapshot(self.direct_pc());
            self.guard_at(Op::GuardNotInvalidated, &[], snapshot);
        }
        self.in_flight.clear();
    }

    /// A new point to resume *before*: the step's start, or a checkpoint in it.
    pub(crate) fn commit(&mut self, start: Place<Cx::Code>) {
        self.slots.commit();
        let (mark, stack) = (self.instructions(), self.stack_number());
        let reentered = self.step.reentered;
        self.step = Step {
            start,
            kind: ResumeKind::Before,
            stack,
            mark,
            before: None,
            effects: false,
            branched: false,
            reentered,
        };
    }

    // -- Ends --------------------------------------------------------------------------------------------------

    /// Ends at the root's place after a trip round its loop: polls, then jumps back.
    pub fn close_loop(&mut self) {
        self.is_loop = true;
        self.commit(self.place());
        self.step.reentered = false;
        let snapshot = self.after_snapshot(self.root.pc);
        self.guard_at(Op::Poll, &[], snapshot);
        let carried = self.carried();
        self.patch_snapshots(&carried);
        self.patch_above();
        let args: Vec<ValueRef> = self
            .params
            .iter()
            .map(|&(slot, _)| self.slots.get(slot).map_or(ValueRef(0), |entry| entry.value))
            .collect();
        let body = self.body;
        self.b.jump(body, &args);
    }

    /// The root frame's slots whose value changed in a trip, with the parameters that stand for them; also those that hold again what they
    /// held at its start, but that a safepoint has written home in between.
    fn carried(&mut self) -> Vec<(i32, ValueRef)> {
        let end = (self.hooks.frame_size)(self.root.code) as i32;
        let dirty = self.slots.dirty(end);
        for &(slot, _) in &dirty {
            if !self.params.iter().any(|&(known, _)| known == slot) {
                self.add_param(slot);
            }
        }
        let params = self.b.trace().block(self.body).params.clone();
        let stale = |slot: i32, value: ValueRef, param: ValueRef| value != param || self.is_written(slot, param);
        let mut carried: Vec<_> = std::iter::zip(&self.params, params)
            .filter(|&(&(slot, _), param)| dirty.iter().any(|&(s, value)| s == slot && stale(slot, value, param)))
            .map(|(&(slot, _), param)| (slot, param))
            .collect();
        carried.sort_unstable_by_key(|&(slot, _)| slot);
        carried
    }

    /// Has a safepoint written something else than `value` to a slot's home?
    fn is_written(&self, slot: i32, value: ValueRef) -> bool {
        let mentions = self.safepoints.iter().flat_map(|shot| &self.b.trace().snapshot(*shot).slots);
        mentions.into_iter().any(|&(at, held)| at == slot && held != SlotVal::Value(value))
    }

    /// From the second trip on, a carried slot's home is stale until the trip writes it: every snapshot says so.
    fn patch_snapshots(&mut self, carried: &[(i32, ValueRef)]) {
        for snapshot in &mut self.b.trace_mut().snapshots {
            for &(slot, param) in carried {
                if let Err(at) = snapshot.slots.binary_search_by_key(&slot, |&(s, _)| s) {
                    snapshot.slots.insert(at, (slot, SlotVal::Value(param)));
                }
            }
        }
    }

    /// Ends by polling, then entering `trace`, at whose start it stands.
    pub fn link(&mut self, trace: TraceId) {
        let snapshot = self.poll_and_leave();
        self.b.link(trace, snapshot);
    }

    /// Ends by polling, then leaving to the interpreter where it stands: another trace may be joined to the exit later.
    pub fn cut(&mut self) {
        let snapshot = self.poll_and_leave();
        self.b.exit(snapshot);
        self.open = true;
    }

    fn poll_and_leave(&mut self) -> SnapRef {
        self.commit(self.place());
        let poll = self.after_snapshot(self.direct_pc());
        self.guard_at(Op::Poll, &[], poll);
        let dirty = self.dirty_now();
        self.make_snapshot(ResumeKind::Before, self.place(), self.step.stack, &dirty)
    }

    /// Ends by leaving to the interpreter before the step just executed, of which nothing remains in the trace.
    pub fn exit_before_step(&mut self) {
        self.pending.clear();
        let dirty = self.dirty_at_start();
        self.slots.rollback();
        let (mark, body) = (self.step.mark, self.body);
        self.b.trace_mut().blocks[body.index()].insts.truncate(mark);
        let snapshot = self.make_snapshot(self.step.kind, self.step.start, self.step.stack, &dirty);
        self.b.exit(snapshot);
    }

    /// The trace, once it has an end; the reason, if it was given up.
    pub fn finish(mut self) -> Result<Recorded<Cx::Code>, Abort> {
        if let Some(reason) = self.aborted {
            return Err(reason);
        }
        self.move_ahead();
        self.b.switch_to(pv_ir::Trace::ENTRY);
        if self.room != (0, 0) {
            let snapshot = self.make_snapshot(ResumeKind::Before, self.root, 0, &[]);
            self.b.guard_room(self.room.0, self.room.1, snapshot);
        }
        let args: Vec<ValueRef> = self.params.iter().map(|&(_, value)| value).collect();
        self.b.jump(self.body, &args);
        self.keys.sort_unstable();
        self.keys.dedup();
        let requires = self.requires();
        let stacks = self.stacks.into_iter().map(|(stack, _)| stack).collect();
        Ok(Recorded { trace: self.b.finish(), stacks, keys: self.keys, requires, steps: self.steps, open: self.open })
    }

    /// See [`Recorded::requires`].
    fn requires(&self) -> Vec<(i32, Kinds)> {
        let params = &self.b.trace().block(self.body).params;
        let mut asked: Vec<_> = std::iter::zip(&self.params, params)
            .map(|(&(slot, _), &param)| (slot, self.facts.kinds(param)))
            .filter(|&(_, kinds)| kinds != Kinds::ANY)
            .collect();
        asked.sort_unstable_by_key(|&(slot, _)| slot);
        asked
    }

    /// Do the slots hold what another trip round the loop requires of them? Only asked at the root's place.
    pub fn is_stable(&self) -> bool {
        self.requires().iter().all(|&(slot, kinds)| kinds.admit(self.word_at(slot)))
    }

    /// What a slot of the current frame holds.
    pub fn word_at(&self, slot: i32) -> Word {
        self.direct.copy().get(Slot(slot))
    }

    // -- Slots ---------------------------------------------------------------------------------------------------

    fn add_param(&mut self, slot: i32) -> ValueRef {
        let body = self.body;
        self.b.switch_to(pv_ir::Trace::ENTRY);
        let loaded = self.b.load_slot(slot);
        self.b.switch_to(body);
        self.params.push((slot, loaded));
        self.b.trace_mut().push_param(body, Type::Word)
    }

    /// The value of a slot, loaded on entry if it has not been touched before.
    pub(crate) fn read_slot(&mut self, slot: i32) -> ValueRef {
        if self.aborted.is_some() {
            return ValueRef(0);
        }
        if let Some(entry) = self.slots.get(slot) {
            return entry.value;
        }
        if slot < -(RegisterStack::BELOW as i32) {
            self.abort(Abort::TooDeep);
            return ValueRef(0);
        }
        let value = self.add_param(slot);
        self.slots.found(slot, value);
        value
    }

    // -- Emission ------------------------------------------------------------------------------------------------

    /// Appends an op that needs no snapshot.
    pub(crate) fn op(&mut self, op: Op, args: &[ValueRef]) -> ValueRef {
        self.emit(op, args, Imm::None, None)
    }

    /// Appends an instruction.
    pub(crate) fn emit(&mut self, op: Op, args: &[ValueRef], imm: Imm, snapshot: Option<SnapRef>) -> ValueRef {
        if self.aborted.is_some() {
            return ValueRef(0);
        }
        self.b.emit(op, args, imm, snapshot)
    }

    /// Appends a guard with a snapshot at hand.
    pub(crate) fn guard_at(&mut self, op: Op, args: &[ValueRef], snapshot: SnapRef) {
        self.emit(op, args, Imm::None, Some(snapshot));
    }

    /// A constant of type bool, int or float is no reason for a guard; is this one?
    pub(crate) fn is_const(&self, value: ValueRef) -> bool {
        self.b.trace().as_const(value).is_some()
    }

    /// What a word may be.
    pub(crate) fn kinds(&self, value: ValueRef) -> Kinds {
        match self.b.trace().as_const(value) {
            Some(Const::Word(word)) => Kinds::of::<Cx>(*word),
            _ => self.facts.kinds(value),
        }
    }

    /// May the word be an object whose count moves?
    pub(crate) fn may_count(&self, value: ValueRef) -> bool {
        !self.kinds(value).excludes(Kinds::COUNTED)
    }

    /// From here on the step has effects: counts held back become real.
    pub(crate) fn effect(&mut self) {
        if self.aborted.is_some() {
            return;
        }
        if self.step.branched {
            self.abort(Abort::EffectAfterBranch);
        }
        self.flush_counts();
        self.step.effects = true;
    }

    /// Emits the counts held back. They end the stretch in which tests resume before the step.
    pub(crate) fn flush_counts(&mut self) {
        for value in std::mem::take(&mut self.pending) {
            let op =
                if self.kinds(value).within(Kinds::COUNTED.or(Kinds::IMMORTAL)) { Op::IncRefPtr } else { Op::IncRef };
            self.op(op, &[value]);
            self.step.effects = true;
        }
    }

    /// Drops a reference.
    pub(crate) fn drop_value(&mut self, value: ValueRef) {
        if self.aborted.is_some() || !self.may_count(value) {
            return;
        }
        if let Some(at) = self.pending.iter().position(|&held| held == value) {
            self.pending.swap_remove(at);
            return;
        }
        self.effect();
        let op = if self.kinds(value).within(Kinds::COUNTED.or(Kinds::IMMORTAL)) { Op::DecRefPtr } else { Op::DecRef };
        self.op(op, &[value]);
        self.freed = true;
    }

    /// An owned value has found its holder.
    pub(crate) fn landed(&mut self, value: ValueRef) {
        let found = self.in_flight.iter().rposition(|&(held, slot)| held == value && slot.is_none());
        if let Some(at) = found.or_else(|| self.in_flight.iter().rposition(|&(held, _)| held == value)) {
            self.in_flight.swap_remove(at);
        }
    }

    /// A raw integer that a cell of this field holds, as a constant; addresses get a name, so that dumps do not show them.
    pub(crate) fn constant_int(&mut self, field: &FieldInfo, value: i64) -> ValueRef {
        match field.repr {
            Repr::Ptr => self.b.addr(value as u64, (self.hooks.describe_address)(field, value as u64)),
            _ => self.b.int(value),
        }
    }

    /// A constant word, embedded if it is an object.
    pub(crate) fn constant_word(&mut self, word: Word) -> ValueRef {
        if self.aborted.is_some() {
            return ValueRef(0);
        }
        if !word.is_object() {
            return self.b.word(word);
        }
        let cx = self.direct.context();
        let kinds = Kinds::of::<Cx>(word);
        if kinds == Kinds::COUNTED {
            cx.embed(word);
            self.keys.push(word.addr() as u64);
        }
        let label = (self.hooks.describe)(cx, word).unwrap_or_else(|| "object".to_owned());
        let value = self.b.object(word, label);
        // Noted now: the object may die while the recording goes on.
        self.facts.narrow(value, kinds);
        value
    }
}
