//! Snapshots: which state each kind of guard resumes with.

use std::sync::Arc;

use pv_ir::{Op, ResumeKind, SlotVal, SnapRef, Snapshot, ValueRef};
use pv_machine::{Context, Machine};
use pv_word::Word;

use crate::abort::Abort;
use crate::recording::{Place, Recording};

impl<Cx: Context> Recording<'_, Cx> {
    /// The number under which snapshots name the frames known now. The root's is 0.
    pub(crate) fn stack_number(&mut self) -> u32 {
        if let Some(number) = self.stack {
            return number;
        }
        let found = self.stacks.iter().position(|(stack, _)| *stack == self.frames);
        let number = found.unwrap_or_else(|| {
            let code = self.direct.code();
            let name = (self.hooks.code_name)(self.direct.context(), code);
            self.stacks.push((self.frames.clone(), Arc::from(name)));
            self.stacks.len() - 1
        }) as u32;
        self.stack = Some(number);
        number
    }

    pub(crate) fn direct_pc(&self) -> u32 {
        self.direct.pc()
    }

    /// Where the frame of `code` at `base` ends.
    pub(crate) fn frame_end(&self, base: i32, code: Cx::Code) -> i32 {
        base + (self.hooks.frame_size)(code) as i32
    }

    /// Dirty slots of all frames up to the current one, and what has to be emptied above it.
    pub(crate) fn dirty_now(&mut self) -> Vec<(i32, ValueRef)> {
        let end = self.frame_end(self.base, self.direct.code());
        let mut dirty = self.slots.dirty(end);
        self.empty_above(end, &mut dirty);
        dirty
    }

    /// Lists slots above the current frame whose homes may hold what was moved or released: of frames that a safepoint wrote home and
    /// that have been popped since, and of the frame in which the trace starts. They may be temporaries of a frame below.
    fn empty_above(&mut self, end: i32, dirty: &mut Vec<(i32, ValueRef)>) {
        let root_end = self.frame_end(0, self.root().code);
        let mut above: Vec<i32> = self.stale.range(end..).copied().collect();
        above.extend(self.slots.dirty(root_end).iter().map(|&(slot, _)| slot).filter(|&slot| slot >= end));
        above.sort_unstable();
        above.dedup();
        let empty = self.b.word(Word::EMPTY);
        dirty.extend(above.into_iter().map(|slot| (slot, empty)));
    }

    /// In a loop, what a safepoint writes home in one trip is there in the next: exits ahead of it empty what is above their frame.
    pub(crate) fn patch_above(&mut self) {
        let empty = SlotVal::Value(self.b.word(Word::EMPTY));
        let mut snapshots = std::mem::take(&mut self.b.trace_mut().snapshots);
        for (index, snapshot) in snapshots.iter_mut().enumerate() {
            if self.safepoints.contains(&SnapRef(index as u32)) {
                continue;
            }
            let stack = &self.stacks[snapshot.code as usize].0;
            let end = self.frame_end(snapshot.base, stack[stack.len() - 1].1);
            for &slot in self.stale.range(end..) {
                if let Err(at) = snapshot.slots.binary_search_by_key(&slot, |&(s, _)| s) {
                    snapshot.slots.insert(at, (slot, empty));
                }
            }
        }
        self.b.trace_mut().snapshots = snapshots;
    }

    /// A snapshot that resumes at `place`.
    pub(crate) fn make_snapshot(
        &mut self,
        kind: ResumeKind,
        place: Place<Cx::Code>,
        stack: u32,
        dirty: &[(i32, ValueRef)],
    ) -> SnapRef {
        let label = self.stacks[stack as usize].1.clone();
        let mut snapshot = Snapshot::new(kind, place.pc, u64::from(stack), label);
        snapshot.base = place.base;
        snapshot.depth = place.depth;
        snapshot.slots = dirty.iter().map(|&(slot, value)| (slot, SlotVal::Value(value))).collect();
        self.b.snapshot(snapshot)
    }

    /// Resumes before the step. All tests of a step share it. Not legal after an effect.
    pub(crate) fn before_snapshot(&mut self) -> SnapRef {
        if self.aborted.is_some() {
            return SnapRef(0);
        }
        if self.step.effects || self.step.branched {
            self.abort(Abort::TestAfterEffect);
            return SnapRef(0);
        }
        if let Some(snapshot) = self.step.before {
            return snapshot;
        }
        let dirty = self.dirty_at_start();
        let snapshot = self.make_snapshot(self.step.kind, self.step.start, self.step.stack, &dirty);
        self.step.before = Some(snapshot);
        snapshot
    }

    /// Dirty slots of all frames as of the step's start.
    pub(crate) fn dirty_at_start(&mut self) -> Vec<(i32, ValueRef)> {
        let Place { base, code, .. } = self.step.start;
        let end = self.frame_end(base, code);
        let mut dirty = self.slots.dirty_before(end);
        self.empty_above(end, &mut dirty);
        if self.step.kind == ResumeKind::Raising {
            self.return_in_flight(&mut dirty, None);
        }
        dirty
    }

    /// Resumes after the step, at `pc` of the current frame.
    pub(crate) fn after_snapshot(&mut self, pc: u32) -> SnapRef {
        if self.aborted.is_some() {
            return SnapRef(0);
        }
        let dirty = self.dirty_now();
        let place = Place { pc, ..self.place() };
        let stack = self.stack_number();
        self.make_snapshot(ResumeKind::After, place, stack, &dirty)
    }

    /// Resumes with the exception that `result` reports. What the step has taken and still holds goes back to its slots,
    /// where unwinding releases it.
    pub(crate) fn raising_snapshot(&mut self, result: ValueRef) -> SnapRef {
        if self.aborted.is_some() {
            return SnapRef(0);
        }
        let mut dirty = self.dirty_now();
        self.return_in_flight(&mut dirty, Some(result));
        let place = self.place();
        let stack = self.stack_number();
        self.make_snapshot(ResumeKind::Raising, place, stack, &dirty)
    }

    /// Puts what the step has taken and still holds, but for `result`, back to its slots.
    fn return_in_flight(&mut self, dirty: &mut [(i32, ValueRef)], result: Option<ValueRef>) {
        for &(value, slot) in &self.in_flight {
            match slot {
                _ if Some(value) == result || !self.may_count(value) || self.pending.contains(&value) => {}
                Some(slot) => match dirty.binary_search_by_key(&slot, |&(s, _)| s) {
                    Ok(at) if self.is_empty(dirty[at].1) => dirty[at].1 = value,
                    Ok(_) | Err(_) => self.aborted = self.aborted.or(Some(Abort::OwnedInFlight)),
                },
                None => self.aborted = self.aborted.or(Some(Abort::OwnedInFlight)),
            }
        }
    }

    /// The state a helper that runs the language's code finds.
    pub(crate) fn safepoint(&mut self) -> SnapRef {
        if self.aborted.is_some() {
            return SnapRef(0);
        }
        let dirty = self.slots.dirty(self.frame_end(self.base, self.direct.code()));
        let written = dirty.iter().filter(|&&(_, value)| !self.is_empty(value)).map(|&(slot, _)| slot);
        let written: Vec<i32> = written.collect();
        self.stale.extend(written);
        let place = self.place();
        let stack = self.stack_number();
        let snapshot = self.make_snapshot(ResumeKind::Before, place, stack, &dirty);
        self.safepoints.push(snapshot);
        snapshot
    }

    fn is_empty(&self, value: ValueRef) -> bool {
        self.b.trace().as_const(value).is_some_and(|constant| Word(constant.bits()).is_empty())
    }

    /// A guard that resumes before the step.
    pub(crate) fn guard(&mut self, op: Op, args: &[ValueRef]) -> ValueRef {
        let snapshot = self.before_snapshot();
        self.emit(op, args, pv_ir::Imm::None, Some(snapshot))
    }

    /// Keeps the trace on the recorded side of a test.
    pub(crate) fn guard_bool(&mut self, condition: ValueRef, recorded: bool) {
        if !self.is_const(condition) {
            self.guard(if recorded { Op::GuardTrue } else { Op::GuardFalse }, &[condition]);
        }
    }
}
