//! Removes what nothing uses, and numbers the rest anew.
//!
//! Roots are effects, guards and ends with their snapshots. A block parameter is live when something live uses it, and only
//! then are its arguments; a loop-carried value that only feeds itself goes.
//!
//! One kind of guard is no root: that a double has an immediate form matters only where its word is made. Where the double lives
//! unboxed until an exit boxes it, the guard goes too, if [`crate::OptConfig::trust_floats`] allows.

use pv_ir::{
    BlockRef, DelayedStore, Inst, Jump, Op, SlotVal, SnapRef, Snapshot, Terminator, Trace, ValueDef, ValueRef,
    VirtualDesc, VirtualRef,
};

use crate::hash::{FastMap, FastSet};

/// The blocks that are one side of a test.
fn branches(trace: &Trace) -> FastSet<BlockRef> {
    let ends = trace.blocks.iter().filter_map(|block| block.terminator.as_ref());
    let tests = ends.filter(|end| matches!(end, Terminator::Branch { .. }));
    tests.flat_map(Terminator::jumps).map(|jump| jump.block).collect()
}

/// How much is left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sweep {
    /// Nothing.
    Nothing,
    /// What nothing uses.
    Unused,
    /// That, and guards for immediate forms of doubles whose words are never made.
    UnusedAndFits,
}

/// The trace with as much left out as is said, densely numbered; and of its snapshots, which they were.
pub(crate) fn sweep(trace: &Trace, extent: Sweep) -> (Trace, Vec<SnapRef>) {
    let mut marker = Marker::new(trace);
    marker.roots(extent);
    let live = marker.finish();
    Copier::new(trace, live).copy()
}

struct Marker<'a> {
    trace: &'a Trace,
    live: Vec<bool>,
    work: Vec<ValueRef>,
    snapshots: Vec<bool>,
    virtuals: Vec<bool>,
    /// Guards that wait for a reason, by the double whose immediate form they test.
    fits: FastMap<ValueRef, Vec<ValueRef>>,
    /// Doubles that must have an immediate form, because words of them are made.
    tagged: FastSet<ValueRef>,
}

impl<'a> Marker<'a> {
    fn new(trace: &'a Trace) -> Self {
        Marker {
            trace,
            live: vec![false; trace.values.len()],
            work: Vec::new(),
            snapshots: vec![false; trace.snapshots.len()],
            virtuals: vec![false; trace.virtuals.len()],
            fits: FastMap::default(),
            tagged: FastSet::default(),
        }
    }

    fn mark(&mut self, value: ValueRef) {
        if !std::mem::replace(&mut self.live[value.index()], true) {
            self.work.push(value);
        }
    }

    fn roots(&mut self, extent: Sweep) {
        let remove = extent != Sweep::Nothing;
        for block in &self.trace.blocks {
            for &value in &block.insts {
                if let (Sweep::UnusedAndFits, Some(double)) = (extent, self.guarded_fit(value)) {
                    self.fits.entry(double).or_default().push(value);
                } else if !remove || self.trace.inst(value).is_none_or(|inst| !inst.is_removable()) {
                    self.mark(value);
                }
            }
            if !remove {
                block.params.iter().for_each(|&param| self.mark(param));
            }
            if let Some(terminator) = &block.terminator {
                if let Terminator::Branch { cond, .. } = terminator {
                    self.mark(*cond);
                }
                if let Some(snapshot) = terminator.snapshot() {
                    self.snapshot(snapshot);
                }
            }
        }
    }

    /// The double of a guard that it has an immediate form.
    fn guarded_fit(&self, guard: ValueRef) -> Option<ValueRef> {
        let guard = self.trace.inst(guard).filter(|guard| guard.op == Op::GuardTrue)?;
        let test = self.trace.inst(guard.args[0]).filter(|test| test.op == Op::FloatFits)?;
        Some(test.args[0])
    }

    /// A word of the double is made: guards for its immediate form stay, as do those of what a loop hands on in its place.
    fn tag(&mut self, double: ValueRef) {
        let mut work = vec![double];
        while let Some(double) = work.pop() {
            if !self.tagged.insert(double) {
                continue;
            }
            for guard in self.fits.remove(&double).unwrap_or_default() {
                self.mark(guard);
            }
            if let ValueDef::Param { block, index } = self.trace.def(double) {
                work.extend(self.arguments(*block, *index as usize));
            }
        }
    }

    fn snapshot(&mut self, snapshot: SnapRef) {
        if std::mem::replace(&mut self.snapshots[snapshot.index()], true) {
            return;
        }
        let trace = self.trace;
        let snapshot = trace.snapshot(snapshot);
        snapshot.slots.iter().for_each(|&(_, value)| self.slot_value(value));
        for store in &snapshot.stores {
            self.mark(store.object);
            self.slot_value(store.value);
        }
        snapshot.drops.iter().for_each(|&value| self.mark(value));
    }

    fn slot_value(&mut self, value: SlotVal) {
        match value {
            SlotVal::Value(value) | SlotVal::Acquire(value) => self.mark(value),
            SlotVal::Virtual(object) => {
                if !std::mem::replace(&mut self.virtuals[object.index()], true) {
                    let trace = self.trace;
                    let object = trace.virtual_desc(object);
                    self.mark(object.kind);
                    object.fields.iter().for_each(|&(_, value)| self.slot_value(value));
                }
            }
        }
    }

    fn finish(mut self) -> Vec<bool> {
        while let Some(value) = self.work.pop() {
            match self.trace.def(value) {
                ValueDef::Const(_) => {}
                ValueDef::Param { block, index } => {
                    self.arguments(*block, *index as usize).into_iter().for_each(|argument| self.mark(argument));
                }
                ValueDef::Inst(inst) => {
                    inst.args.iter().for_each(|&arg| self.mark(arg));
                    if inst.op == Op::TagFloat {
                        self.tag(inst.args[0]);
                    }
                    if let Some(snapshot) = inst.snapshot {
                        self.snapshot(snapshot);
                    }
                }
            }
        }
        self.live
    }

    /// What jumps hand to a block's parameter.
    fn arguments(&self, block: pv_ir::BlockRef, index: usize) -> Vec<ValueRef> {
        let terminators = self.trace.blocks.iter().filter_map(|block| block.terminator.as_ref());
        let jumps = terminators.flat_map(|terminator| terminator.jumps()).filter(|jump| jump.block == block);
        jumps.map(|jump| jump.args[index]).collect()
    }
}

struct Copier<'a> {
    from: &'a Trace,
    to: Trace,
    live: Vec<bool>,
    values: Vec<Option<ValueRef>>,
    snapshots: Vec<Option<SnapRef>>,
    /// For each snapshot copied, the one that it was.
    kept: Vec<SnapRef>,
    /// The first snapshot that the block being copied may share.
    shared_from: usize,
    virtuals: Vec<Option<VirtualRef>>,
}

impl<'a> Copier<'a> {
    fn new(from: &'a Trace, live: Vec<bool>) -> Self {
        Copier {
            from,
            to: Trace::new(from.id, from.kind, from.name.clone()),
            live,
            values: vec![None; from.values.len()],
            snapshots: vec![None; from.snapshots.len()],
            kept: Vec::new(),
            shared_from: 0,
            virtuals: vec![None; from.virtuals.len()],
        }
    }

    fn copy(mut self) -> (Trace, Vec<SnapRef>) {
        let from = self.from;
        for block in &from.blocks {
            let name = self.to.push_block(&[]);
            for &param in block.params.iter().filter(|param| self.live[param.index()]) {
                self.values[param.index()] = Some(self.to.push_param(name, from.ty(param)));
            }
        }
        let branches = branches(from);
        for (index, block) in from.blocks.iter().enumerate() {
            if branches.contains(&BlockRef(index as u32)) {
                self.shared_from = self.to.snapshots.len();
            }
            for &value in &block.insts {
                if self.live[value.index()] {
                    self.inst(index, value);
                }
            }
            let terminator = block.terminator.as_ref().map(|terminator| self.terminator(terminator));
            self.to.blocks[index].terminator = terminator;
        }
        (self.to, self.kept)
    }

    fn inst(&mut self, block: usize, value: ValueRef) {
        let from = self.from;
        let Some(inst) = from.inst(value) else { return };
        let args = inst.args.iter().map(|&arg| self.value(arg)).collect();
        let snapshot = inst.snapshot.map(|snapshot| self.snapshot(snapshot));
        let copy = ValueDef::Inst(Inst { op: inst.op, args, imm: inst.imm, snapshot });
        let copied = self.to.push_value(copy, from.ty(value));
        self.values[value.index()] = Some(copied);
        self.to.blocks[block].insts.push(copied);
    }

    fn value(&mut self, value: ValueRef) -> ValueRef {
        match (self.values[value.index()], self.from.def(value)) {
            (Some(copied), _) => copied,
            (None, ValueDef::Const(constant)) => {
                let copied = self.to.constant(constant.clone());
                self.values[value.index()] = Some(copied);
                copied
            }
            (None, def) => unreachable!("{value} is used ahead of its definition: {def:?}"),
        }
    }

    fn jump(&mut self, jump: &Jump) -> Jump {
        let params = &self.from.block(jump.block).params;
        let args = std::iter::zip(params, &jump.args).filter(|(param, _)| self.live[param.index()]);
        let args: Vec<ValueRef> = args.map(|(_, &arg)| arg).collect();
        Jump { block: jump.block, args: args.into_iter().map(|arg| self.value(arg)).collect() }
    }

    fn terminator(&mut self, terminator: &Terminator) -> Terminator {
        match terminator {
            Terminator::Jump(jump) => Terminator::Jump(self.jump(jump)),
            Terminator::Branch { cond, then, otherwise } => {
                Terminator::Branch { cond: self.value(*cond), then: self.jump(then), otherwise: self.jump(otherwise) }
            }
            Terminator::Exit(snapshot) => Terminator::Exit(self.snapshot(*snapshot)),
            Terminator::Link { trace, snapshot } => {
                Terminator::Link { trace: *trace, snapshot: self.snapshot(*snapshot) }
            }
        }
    }

    fn snapshot(&mut self, snapshot: SnapRef) -> SnapRef {
        if let Some(copied) = self.snapshots[snapshot.index()] {
            return copied;
        }
        let from = self.from;
        let old = from.snapshot(snapshot);
        let slots = old.slots.iter().map(|&(slot, value)| (slot, self.slot_value(value))).collect();
        let stores = old
            .stores
            .iter()
            .map(|store| DelayedStore {
                object: self.value(store.object),
                place: store.place,
                value: self.slot_value(store.value),
            })
            .collect();
        let drops = old.drops.iter().map(|&value| self.value(value)).collect();
        let copy = Snapshot { slots, stores, drops, label: old.label.clone(), ..*old };
        // Neighbouring guards often leave alike; the code generator then shares their ways out. Those of two branches stay apart: what is
        // known at one need not hold at the other.
        let copied = match self.to.snapshots[self.shared_from..].last() {
            Some(last) if *last == copy => SnapRef(self.to.snapshots.len() as u32 - 1),
            _ => {
                self.kept.push(snapshot);
                self.to.push_snapshot(copy)
            }
        };
        self.snapshots[snapshot.index()] = Some(copied);
        copied
    }

    fn slot_value(&mut self, value: SlotVal) -> SlotVal {
        match value {
            SlotVal::Value(value) => SlotVal::Value(self.value(value)),
            SlotVal::Acquire(value) => SlotVal::Acquire(self.value(value)),
            SlotVal::Virtual(object) => SlotVal::Virtual(self.object(object)),
        }
    }

    fn object(&mut self, object: VirtualRef) -> VirtualRef {
        if let Some(copied) = self.virtuals[object.index()] {
            return copied;
        }
        let from = self.from;
        let old = from.virtual_desc(object);
        let kind = self.value(old.kind);
        let copied = self.to.push_virtual(VirtualDesc { size: old.size, header: old.header, kind, fields: Vec::new() });
        self.virtuals[object.index()] = Some(copied);
        let fields = old.fields.iter().map(|&(place, value)| (place, self.slot_value(value))).collect();
        self.to.virtuals[copied.index()].fields = fields;
        copied
    }
}
