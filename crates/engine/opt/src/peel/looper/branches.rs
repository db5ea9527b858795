//! Branches of a loop: what is emitted behind a test that fails, in a tree of recordings.
//!
//! Terms: the loop's *own path* is what the loop's recording went through; a *branch* is a bridge's recording, emitted in the state in
//! which the door stood at the test.
//!
//! The own path alone decides what the loop's head carries, and which doubles are unboxed. A branch whose end proves what is assumed
//! jumps to the loop proper; another enters the trace from the start, as it would by itself. Where all that is in the way are kinds or
//! bounds of words (temporaries above all), less is assumed and the loop is emitted again. What a branch takes for granted of memory must
//! hold at every end that jumps back: it may rely on cells of the heap only that hold at those emitted before it, and its end must keep
//! what all others use.

use pv_ir::{BlockRef, Jump, Op, Terminator, ValueRef};

use super::proofs::Less;
use super::{Holder, Looper};
use crate::door::State;
use crate::hash::{FastMap, FastSet};
use crate::heap::Cell;

/// A branch that is still to be emitted.
struct Waiting {
    /// What the door knew ahead of the test.
    state: State,
    block: BlockRef,
    /// The recording's block.
    target: BlockRef,
    condition: ValueRef,
    /// What the test says on this side.
    truth: bool,
}

/// The branches of a loop that is being emitted.
#[derive(Default)]
pub(super) struct Branches {
    waiting: Vec<Waiting>,
    /// Cells known at the loop's head, with what they hold there.
    head: FastMap<Cell, ValueRef>,
    /// Those of them that hold at every end so far.
    kept: FastSet<Cell>,
    /// Those of them that something relies on.
    used: FastSet<Cell>,
}

impl Branches {
    /// No branches yet, at a head where these cells are known.
    pub(super) fn at_head(head: FastMap<Cell, ValueRef>) -> Self {
        Branches { head, ..Branches::default() }
    }
}

impl Looper<'_, '_> {
    /// Replays a block that ends with a jump to the header, leaving branches for later; what the slots hold at its end.
    pub(super) fn replay_block(&mut self, block: BlockRef) -> Vec<ValueRef> {
        let raw = self.door.raw;
        for &value in &raw.block(block).insts {
            let target = self.door.tree.and_then(|tree| tree.branches.get(&value).copied());
            if !target.is_some_and(|target| self.branch(value, target)) {
                self.door.replay(value);
            }
        }
        match &raw.block(block).terminator {
            Some(Terminator::Jump(jump)) => jump.args.iter().map(|&arg| self.door.translate(arg)).collect(),
            _ => Vec::new(),
        }
    }

    /// Makes a branch of a test; false where its answer is known to be the other one.
    fn branch(&mut self, guard: ValueRef, target: BlockRef) -> bool {
        let door = &mut *self.door;
        let Some(inst) = door.raw.inst(guard) else { return false };
        let condition = door.translate(inst.args[0]);
        let Some((condition, truth)) = door.undecided(condition, inst.op == Op::GuardTrue) else { return true };
        if door.out.as_const(condition).is_some() {
            return false;
        }
        let (on, side) = (door.out.push_block(&[]), door.out.push_block(&[]));
        let (then, otherwise) = if truth { (on, side) } else { (side, on) };
        let (then, otherwise) = (Jump::new(then, &[]), Jump::new(otherwise, &[]));
        door.out.blocks[door.block.index()].terminator = Some(Terminator::Branch { cond: condition, then, otherwise });
        let own = door.state.clone();
        door.rename_lazies();
        let state = std::mem::replace(&mut door.state, own);
        door.sync();
        self.branches.waiting.push(Waiting { state, block: side, target, condition, truth: !truth });
        door.block = on;
        door.state.tests.clear();
        door.assume(condition, truth);
        true
    }

    /// Emits the branches, after the own path has proved what the head assumes. What of that is in the way of branches' ends is to be
    /// assumed no longer: the groups, with all that their values may be.
    pub(super) fn emit_branches(&mut self, home: &[(i32, ValueRef)]) -> Vec<Less> {
        let mut wider = Vec::new();
        self.branches.kept = self.branches.head.keys().copied().filter(|&cell| self.holds(cell)).collect();
        self.note_uses();
        // Branches of branches join the queue.
        let mut next = 0;
        while next < self.branches.waiting.len() {
            let state = std::mem::take(&mut self.branches.waiting[next].state);
            self.emit_branch(next, state, home, &mut wider);
            next += 1;
        }
        wider
    }

    fn emit_branch(&mut self, index: usize, state: State, home: &[(i32, ValueRef)], wider: &mut Vec<Less>) {
        let Waiting { block, target, condition, truth, .. } = self.branches.waiting[index];
        let door = &mut *self.door;
        (door.state, door.block) = (state, block);
        door.sync();
        door.state.tests.clear();
        door.state.translated = None;
        door.state.version += 1;
        let kept = &self.branches.kept;
        door.state.heap.forget_carried(|cell| kept.contains(&cell));
        door.assume(condition, truth);
        let ends = self.replay_block(target);
        self.note_uses();
        let found = self.find_ends(&ends);
        let keeps =
            found.is_whole() && self.branches.used.iter().all(|&cell| self.holds(cell)) && self.keeps_state(home);
        let misfits = self.misfits(&found.ends);
        if keeps && misfits.is_empty() {
            let kept: FastSet<Cell> = self.branches.kept.iter().copied().filter(|&cell| self.holds(cell)).collect();
            self.branches.kept = kept;
            self.jump_back(&found.ends);
            return;
        }
        let joined: Option<Vec<Less>> = misfits.iter().map(|&misfit| self.widened(misfit, &found.ends)).collect();
        wider.extend(joined.filter(|_| keeps).unwrap_or_default());
        self.enter_anew(target);
    }

    /// Does a cell that is known at the head hold here what it holds there, or is it a location?
    fn holds(&self, cell: Cell) -> bool {
        let held = self.door.state.heap.peek(cell).map(|(held, _)| self.door.resolve(held));
        let is_location = self.locations.iter().any(|location| location.holder == Holder::Cell(cell));
        match self.branches.head.get(&cell) {
            Some(_) if is_location => held.is_some(),
            Some(&value) => held == Some(self.door.resolve(value)),
            None => false,
        }
    }

    fn note_uses(&mut self) {
        let uses = self.door.state.heap.carried_uses().iter().map(|&(cell, _)| cell);
        self.branches.used.extend(uses);
    }

    /// Are home slots and flags as the head takes for granted?
    fn keeps_state(&self, home: &[(i32, ValueRef)]) -> bool {
        let (start, end) = (&self.start, &self.door.state);
        let as_before = |&(slot, value): &(i32, ValueRef)| {
            end.home.get(&slot).map(|&held| self.door.resolve(held)) == Some(self.door.resolve(value))
        };
        home.iter().all(as_before) && (!start.valid || end.valid) && (!start.quiet || end.quiet)
    }

    /// Leaves through the snapshot with which the bridge entered the loop.
    fn enter_anew(&mut self, target: BlockRef) {
        let door = &mut *self.door;
        let Some(&snapshot) = door.tree.and_then(|tree| tree.ends.get(&target)) else {
            unreachable!("every branch has an end");
        };
        let snapshot = door.exit_snapshot(snapshot);
        let block = door.block;
        door.out.blocks[block.index()].terminator = Some(Terminator::Link { trace: door.raw.id, snapshot });
    }
}
