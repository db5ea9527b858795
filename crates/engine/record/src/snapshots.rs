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

    /// Dirty slots of all frames up to the current one.
    pub(crate) fn dirty_now(&self) -> Vec<(i32, ValueRef)> {
        self.slots.dirty(self.base + (self.hooks.frame_size)(self.direct.code()) as i32)
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
        let mut dirty = self.slots.dirty_before(base + (self.hooks.frame_size)(code) as i32);
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
        let dirty = self.dirty_now();
        let place = self.place();
        let stack = self.stack_number();
        self.make_snapshot(ResumeKind::Before, place, stack, &dirty)
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
