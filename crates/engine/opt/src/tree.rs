//! Trees of recordings: a loop joined with bridges that lead back to its header.
//!
//! Role: a bridge compiled by itself starts from what an exit wrote home and ends by entering its loop at the very start, where
//! everything is asked anew. In a tree it is a side branch of the loop: it takes over values in registers and all that is known of them,
//! and ends with a jump into the loop proper (trace trees, after Gal and Franz, 2006; here only hot exits grow branches, and the
//! loop's own path decides what its head assumes).
//!
//! Terms: a *part* is one recording: the loop first, then the bridges, parents ahead of children. Slots, bases, depths and frame
//! stacks of a part count from where it starts; the tree's count from the loop's frame.
//!
//! Invariants: a snapshot of the tree mentions every slot whose home is stale: those that its part dirtied, those that were dirty where
//! the part starts, and those that another branch may have changed in an earlier iteration, which are parameters of the header.

use std::collections::BTreeSet;

use pv_ir::{
    BlockRef, Const, Effect, Imm, Inst, Jump, Op, ResumeKind, SlotVal, SnapRef, Snapshot, Terminator, Trace, TraceId,
    Type, ValueDef, ValueRef,
};
use pv_word::Word;

use crate::hash::{FastMap, FastSet};

/// One recording of a tree.
#[derive(Clone, Copy, Debug)]
pub struct Part<'a> {
    /// The recording.
    pub trace: &'a Trace,
    /// The part and the exit of its recording where this one starts; `None` for the loop.
    pub from: Option<(usize, SnapRef)>,
    /// What is added to the numbers of its frame stacks.
    pub stacks: u64,
}

/// A loop and bridges as one recording.
#[derive(Clone, Debug)]
pub struct Tree {
    /// The recording: entry, header, and a block for each bridge that no jump leads to.
    pub trace: Trace,
    /// For each snapshot, part and snapshot that it stems from.
    pub origins: Vec<(usize, SnapRef)>,
    /// For each part, how far its slots lie above the loop's.
    pub bases: Vec<i32>,
    /// Where tests lead to when they fail: of those with one snapshot, that which the bridge seems to have grown from.
    pub(crate) branches: FastMap<ValueRef, BlockRef>,
    /// The snapshot with which a bridge's recording enters the loop.
    pub(crate) ends: FastMap<BlockRef, SnapRef>,
}

/// The header, which is the block behind the entry.
const HEADER: BlockRef = BlockRef(1);

impl Tree {
    /// Can the part join those ahead of it? It must have grown from a test of one of them, not from another kind of guard, and end with a
    /// link in the loop's frame.
    pub fn admits(parts: &[Part<'_>], part: &Part<'_>) -> bool {
        let Some((parent, exit)) = part.from else { return false };
        let Some(from) = parts.get(parent) else { return false };
        let Some(Terminator::Link { snapshot: end, .. }) =
            part.trace.blocks.get(1).and_then(|it| it.terminator.as_ref())
        else {
            return false;
        };
        let (mut base, mut depth) = (part.trace.snapshot(*end).base, part.trace.snapshot(*end).depth);
        let mut start = part.from;
        while let Some((part, exit)) = start {
            let shot = parts[part].trace.snapshot(exit);
            (base, depth) = (base + shot.base, depth + shot.depth);
            start = parts[part].from;
        }
        straight(part.trace).is_some()
            && (base, depth) == (0, 0)
            && from.trace.snapshot(exit).kind != ResumeKind::Raising
            && tests(from.trace, HEADER, exit).next().is_some()
            && !parts.iter().any(|other| other.from == part.from)
            && part.trace.snapshots.iter().all(|shot| is_plain(part.trace, shot))
    }

    /// Joins a loop and bridges, each of which those ahead of it admit, as a recording of the trace `id`; `None` where one of them is
    /// built otherwise. `frame_size` tells how many slots the innermost frame of the stack with a number has.
    pub fn join(id: TraceId, parts: &[Part<'_>], frame_size: &dyn Fn(u64) -> i32) -> Option<Tree> {
        let (root, bridges) = parts.split_first()?;
        let mut joiner = Joiner::new(root)?;
        for (index, part) in bridges.iter().enumerate() {
            joiner.add(index + 1, part)?;
        }
        joiner.tree.trace.id = id;
        joiner.finish(frame_size)
    }
}

/// Where a part starts.
#[derive(Clone, Copy)]
struct Start {
    parent: usize,
    snapshot: SnapRef,
}

struct Joiner {
    tree: Tree,
    /// Slots and the header's parameters for them.
    params: Vec<(i32, ValueRef)>,
    /// Of each part past the first.
    starts: Vec<Start>,
    /// Their blocks.
    blocks: Vec<BlockRef>,
    /// First snapshot of each part.
    first: Vec<u32>,
}

impl Joiner {
    fn new(root: &Part<'_>) -> Option<Joiner> {
        let trace = root.trace.clone();
        let (args, header) = (straight(&trace)?, trace.block(HEADER));
        if !matches!(&header.terminator, Some(Terminator::Jump(jump)) if jump.block == HEADER) {
            return None;
        }
        let slots: Option<Vec<i32>> = args.iter().map(|&arg| slot_of(&trace, arg)).collect();
        let params = std::iter::zip(slots?, header.params.iter().copied()).collect();
        let origins = (0..trace.snapshots.len() as u32).map(|index| (0, SnapRef(index))).collect();
        let tree = Tree { trace, origins, bases: vec![0], branches: FastMap::default(), ends: FastMap::default() };
        Some(Joiner { tree, params, starts: Vec::new(), blocks: Vec::new(), first: vec![0] })
    }

    /// Adds a bridge: its instructions, and its snapshots with what it dirtied itself.
    fn add(&mut self, index: usize, part: &Part<'_>) -> Option<()> {
        let (parent, exit) = part.from?;
        let snapshot = SnapRef(self.first.get(parent)? + exit.0);
        let start = self.tree.trace.snapshots.get(snapshot.index())?;
        let (base, depth) = (start.base, start.depth);
        let args = straight(part.trace)?.to_vec();
        let Some(Terminator::Link { snapshot: end, .. }) = part.trace.block(HEADER).terminator else { return None };
        self.starts.push(Start { parent, snapshot });
        self.tree.bases.push(base);
        let block = self.tree.trace.push_block(&[]);
        let mut copy = Copied {
            map: vec![None; part.trace.values.len()],
            first: self.tree.trace.snapshots.len() as u32,
            base,
            depth,
        };
        self.first.push(copy.first);
        self.reserve_snapshots(index, part, &copy);
        for &value in &part.trace.block(Trace::ENTRY).insts {
            match slot_of(part.trace, value) {
                Some(slot) => copy.map[value.index()] = Some(self.at_start(index, slot + base)),
                None => self.instruction(part.trace, value, block, &mut copy),
            }
        }
        for (&param, &arg) in std::iter::zip(&part.trace.block(HEADER).params, &args) {
            copy.map[param.index()] = copy.map[arg.index()];
        }
        for &value in &part.trace.block(HEADER).insts {
            self.instruction(part.trace, value, block, &mut copy);
        }
        self.fill_snapshots(part.trace, &mut copy)?;
        self.tree.ends.insert(block, SnapRef(copy.first + end.0));
        let from = parent.checked_sub(1).map_or(HEADER, |bridge| self.blocks[bridge]);
        let test = failed_test(&self.tree.trace, from, snapshot, block)?;
        self.tree.branches.insert(test, block);
        self.blocks.push(block);
        Some(())
    }

    fn reserve_snapshots(&mut self, index: usize, part: &Part<'_>, copy: &Copied) {
        for (number, shot) in part.trace.snapshots.iter().enumerate() {
            let (base, depth, code) = (shot.base + copy.base, shot.depth + copy.depth, shot.code + part.stacks);
            let moved = Snapshot { base, depth, ..Snapshot::new(shot.kind, shot.pc, code, shot.label.clone()) };
            self.tree.trace.push_snapshot(moved);
            self.tree.origins.push((index, SnapRef(number as u32)));
        }
    }

    /// `None` where a snapshot does not list plain words only.
    fn fill_snapshots(&mut self, from: &Trace, copy: &mut Copied) -> Option<()> {
        for (number, shot) in from.snapshots.iter().enumerate() {
            let mut slots = Vec::with_capacity(shot.slots.len());
            for &(slot, value) in &shot.slots {
                slots.push((slot + copy.base, SlotVal::Value(self.value(from, plain(from, value)?, copy))));
            }
            self.tree.trace.snapshots[copy.first as usize + number].slots = slots.into();
        }
        Some(())
    }

    fn instruction(&mut self, from: &Trace, value: ValueRef, block: BlockRef, copy: &mut Copied) {
        let Some(inst) = from.inst(value) else { return };
        let args = inst.args.iter().map(|&arg| self.value(from, arg, copy)).collect();
        let imm = match inst.imm {
            Imm::Slot(slot) => Imm::Slot(slot + copy.base),
            Imm::Room { slots, frames } => {
                Imm::Room { slots: slots + copy.base, frames: frames.saturating_add_signed(copy.depth) }
            }
            Imm::Window { helper, first, count } => Imm::Window { helper, first: first + copy.base, count },
            other => other,
        };
        let snapshot = inst.snapshot.map(|snapshot| SnapRef(copy.first + snapshot.0));
        let def = ValueDef::Inst(Inst { op: inst.op, args, imm, snapshot });
        let made = self.tree.trace.push_value(def, from.ty(value));
        self.tree.trace.blocks[block.index()].insts.push(made);
        copy.map[value.index()] = Some(made);
    }

    fn value(&mut self, from: &Trace, value: ValueRef, copy: &mut Copied) -> ValueRef {
        if let Some(known) = copy.map[value.index()] {
            return known;
        }
        let ValueDef::Const(constant) = from.def(value) else {
            unreachable!("{value} is used ahead of its definition");
        };
        let made = self.tree.trace.constant(constant.clone());
        copy.map[value.index()] = Some(made);
        made
    }

    // -- Slots ---------------------------------------------------------------------------------------------------

    /// What a slot holds where a part starts.
    fn at_start(&mut self, part: usize, slot: i32) -> ValueRef {
        match part.checked_sub(1) {
            None => self.param(slot),
            Some(bridge) => {
                let Start { parent, snapshot } = self.starts[bridge];
                self.held(parent, snapshot, slot)
            }
        }
    }

    /// What a slot holds at a snapshot of a part, going by what the parts dirtied.
    fn held(&mut self, part: usize, snapshot: SnapRef, slot: i32) -> ValueRef {
        match mentioned(self.tree.trace.snapshot(snapshot), slot) {
            Some(value) => value,
            None => self.at_start(part, slot),
        }
    }

    /// The header's parameter for a slot.
    fn param(&mut self, slot: i32) -> ValueRef {
        if let Some(&(_, param)) = self.params.iter().find(|&&(known, _)| known == slot) {
            return param;
        }
        let trace = &mut self.tree.trace;
        let load = Inst { op: Op::LoadSlot, args: Default::default(), imm: Imm::Slot(slot), snapshot: None };
        let loaded = trace.push_value(ValueDef::Inst(load), Type::Word);
        // Room is asked for last in the entry.
        trace.blocks[Trace::ENTRY.index()].insts.insert(0, loaded);
        let param = trace.push_param(HEADER, Type::Word);
        for (block, arg) in [(Trace::ENTRY, loaded), (HEADER, param)] {
            if let Some(Terminator::Jump(jump)) = &mut trace.blocks[block.index()].terminator {
                jump.args.push(arg);
            }
        }
        self.params.push((slot, param));
        param
    }

    // -- The end -------------------------------------------------------------------------------------------------

    fn finish(mut self, frame_size: &dyn Fn(u64) -> i32) -> Option<Tree> {
        let ends: Vec<SnapRef> = self.blocks.iter().map(|block| self.tree.ends[block]).collect();
        let safepoints = self.safepoints();
        for slot in self.left_behind(&ends, &safepoints, frame_size) {
            self.param(slot);
        }
        for (index, (&block, &end)) in std::iter::zip(&self.blocks.clone(), &ends).enumerate() {
            let slots: Vec<i32> = self.params.iter().map(|&(slot, _)| slot).collect();
            let args: Vec<ValueRef> = slots.into_iter().map(|slot| self.held(index + 1, end, slot)).collect();
            self.tree.trace.blocks[block.index()].terminator = Some(Terminator::Jump(Jump::new(HEADER, &args)));
        }
        self.complete(&safepoints, frame_size);
        Some(self.tree)
    }

    /// Slots of the loop's frame whose homes are not as they were when a trip is over: what branches have dirtied by their ends, and what
    /// safepoints have written, for whichever frame stood there.
    fn left_behind(
        &self,
        ends: &[SnapRef],
        safepoints: &FastSet<SnapRef>,
        frame_size: &dyn Fn(u64) -> i32,
    ) -> BTreeSet<i32> {
        let trace = &self.tree.trace;
        let Some(end) = ends.first().map(|&end| trace.snapshot(end)) else { return BTreeSet::new() };
        let top = end.base + frame_size(end.code);
        let shots = ends.iter().chain(safepoints).flat_map(|&shot| &trace.snapshot(shot).slots);
        shots.map(|&(slot, _)| slot).filter(|&slot| slot < top).collect()
    }

    /// Lets snapshots mention what is dirty besides what their part dirtied. Safepoints write home, so they list nothing above their frame:
    /// that may be dead.
    fn complete(&mut self, safepoints: &FastSet<SnapRef>, frame_size: &dyn Fn(u64) -> i32) {
        let varied = self.varied(safepoints);
        let trace = &mut self.tree.trace;
        let ahead: FastSet<SnapRef> =
            trace.block(Trace::ENTRY).insts.iter().filter_map(|&value| trace.inst(value)?.snapshot).collect();
        for index in 0..trace.snapshots.len() {
            let inherited = match self.tree.origins[index].0.checked_sub(1) {
                None if ahead.contains(&SnapRef(index as u32)) => Vec::new(),
                None => varied.clone(),
                Some(bridge) => trace.snapshot(self.starts[bridge].snapshot).slots.to_vec(),
            };
            let shot = &mut trace.snapshots[index];
            let end = match safepoints.contains(&SnapRef(index as u32)) {
                true => shot.base + frame_size(shot.code),
                false => i32::MAX,
            };
            inherited.into_iter().filter(|&(slot, _)| slot < end).for_each(|(slot, value)| mention(shot, slot, value));
        }
        self.empty_above(safepoints, frame_size);
    }

    /// Slots that a branch may change from one iteration to the next, or that a safepoint writes home, with the header's parameters for
    /// them.
    fn varied(&self, safepoints: &FastSet<SnapRef>) -> Vec<(i32, SlotVal)> {
        let changes = |at: usize, param: ValueRef| {
            self.blocks.iter().any(|&block| match &self.tree.trace.block(block).terminator {
                Some(Terminator::Jump(jump)) => jump.args[at] != param,
                _ => false,
            })
        };
        let written = |slot: i32, param: ValueRef| {
            let mut mentions = safepoints.iter().flat_map(|&shot| &self.tree.trace.snapshot(shot).slots);
            mentions.any(|&(at, held)| at == slot && held != SlotVal::Value(param))
        };
        let stale = |at: usize, slot: i32, param: ValueRef| changes(at, param) || written(slot, param);
        let params = self.params.iter().enumerate().filter(|&(at, &(slot, param))| stale(at, slot, param));
        params.map(|(_, &(slot, param))| (slot, SlotVal::Value(param))).collect()
    }

    /// The snapshots of calls.
    fn safepoints(&self) -> FastSet<SnapRef> {
        let trace = &self.tree.trace;
        let insts = trace.blocks.iter().flat_map(|block| &block.insts).filter_map(|&value| trace.inst(value));
        insts.filter(|inst| inst.op.info().effect == Effect::Call).filter_map(|inst| inst.snapshot).collect()
    }

    /// What a safepoint of one branch writes home is there when another is left: exits empty what lies above their frame.
    fn empty_above(&mut self, safepoints: &FastSet<SnapRef>, frame_size: &dyn Fn(u64) -> i32) {
        let trace = &mut self.tree.trace;
        let empty = SlotVal::Value(trace.constant(Const::Word(Word::EMPTY)));
        let written = safepoints.iter().flat_map(|&shot| &trace.snapshot(shot).slots);
        let stale: BTreeSet<i32> = written.filter(|&&(_, value)| value != empty).map(|&(slot, _)| slot).collect();
        for (index, shot) in trace.snapshots.iter_mut().enumerate() {
            if !safepoints.contains(&SnapRef(index as u32)) {
                let end = shot.base + frame_size(shot.code);
                stale.range(end..).for_each(|&slot| mention(shot, slot, empty));
            }
        }
    }
}

/// Lists a slot, if it is not listed.
fn mention(shot: &mut Snapshot, slot: i32, value: SlotVal) {
    if let Err(at) = shot.slots.binary_search_by_key(&slot, |&(slot, _)| slot) {
        shot.slots.insert(at, (slot, value));
    }
}

/// What stands for a part's values and snapshots.
struct Copied {
    map: Vec<Option<ValueRef>>,
    first: u32,
    base: i32,
    depth: i32,
}

/// The arguments that the entry hands to the body, of a recording that has these two blocks only.
fn straight(trace: &Trace) -> Option<&[ValueRef]> {
    match &trace.block(Trace::ENTRY).terminator {
        Some(Terminator::Jump(jump)) if trace.blocks.len() == 2 && jump.block == HEADER => Some(&jump.args),
        _ => None,
    }
}

/// The tests in a block that leave through a snapshot.
fn tests<'t>(trace: &'t Trace, block: BlockRef, snapshot: SnapRef) -> impl DoubleEndedIterator<Item = Test> + 't {
    guards(trace, block).filter(move |&(_, shot)| shot == snapshot).map(|(test, _)| test)
}

/// A test: the guard, its condition, and what that must be.
#[derive(Clone, Copy)]
struct Test {
    guard: ValueRef,
    condition: ValueRef,
    truth: bool,
}

fn guards(trace: &Trace, block: BlockRef) -> impl DoubleEndedIterator<Item = (Test, SnapRef)> + '_ {
    trace.block(block).insts.iter().filter_map(|&guard| {
        let inst = trace.inst(guard)?;
        let truth = match inst.op {
            Op::GuardTrue => true,
            Op::GuardFalse => false,
            _ => return None,
        };
        Some((Test { guard, condition: inst.args[0], truth }, inst.snapshot?))
    })
}

/// Which of the tests with one snapshot has failed before what `branch` holds was recorded: one whose condition is the other way there,
/// or that compares the same with something else there; failing that, the last. What else fails leaves as it did.
fn failed_test(trace: &Trace, block: BlockRef, snapshot: SnapRef, branch: BlockRef) -> Option<ValueRef> {
    let there: Vec<Test> = guards(trace, branch).map(|(test, _)| test).collect();
    let turned = |test: &Test| {
        let same = |other: &&Test| alike(trace, test.condition, other.condition, DEPTH);
        there.iter().find(same).is_some_and(|other| other.truth != test.truth)
    };
    let compared = |test: &Test| {
        test.truth && there.iter().any(|other| other.truth && compares_alike(trace, test.condition, other.condition))
    };
    let found = tests(trace, block, snapshot).find(turned);
    let found = found.or_else(|| tests(trace, block, snapshot).find(compared));
    found.or_else(|| tests(trace, block, snapshot).next_back()).map(|test| test.guard)
}

/// How deep expressions are compared.
const DEPTH: u32 = 6;

/// Are these the same expression, whatever memory holds from one to the other?
fn alike(trace: &Trace, a: ValueRef, b: ValueRef, depth: u32) -> bool {
    let (Some(one), Some(other)) = (trace.inst(a), trace.inst(b)) else { return a == b };
    a == b
        || depth > 0
            && (one.op, one.imm) == (other.op, other.imm)
            && one.args.len() == other.args.len()
            && std::iter::zip(&one.args, &other.args).all(|(&a, &b)| alike(trace, a, b, depth - 1))
}

/// Do these compare the same expression with different constants?
fn compares_alike(trace: &Trace, a: ValueRef, b: ValueRef) -> bool {
    let (Some(one), Some(other)) = (trace.inst(a), trace.inst(b)) else { return false };
    let ([a, with], [b, with_other]) = (&one.args[..], &other.args[..]) else { return false };
    let equality = matches!((one.op, other.op), (Op::IEq, Op::IEq) | (Op::WEq, Op::WEq));
    equality && with != with_other && trace.as_const(*with).is_some() && alike(trace, *a, *b, DEPTH)
}

/// Does a snapshot list words and nothing else?
fn is_plain(trace: &Trace, shot: &Snapshot) -> bool {
    let words = shot.slots.iter().all(|&(_, value)| plain(trace, value).is_some());
    words && shot.stores.is_empty() && shot.drops.is_empty()
}

/// The slot that an instruction loads.
fn slot_of(trace: &Trace, value: ValueRef) -> Option<i32> {
    match trace.inst(value)?.imm {
        Imm::Slot(slot) => Some(slot),
        _ => None,
    }
}

fn plain(trace: &Trace, value: SlotVal) -> Option<ValueRef> {
    match value {
        SlotVal::Value(value) if trace.ty(value) == Type::Word => Some(value),
        _ => None,
    }
}

fn mentioned(snapshot: &Snapshot, slot: i32) -> Option<ValueRef> {
    let at = snapshot.slots.binary_search_by_key(&slot, |&(slot, _)| slot).ok()?;
    match snapshot.slots[at].1 {
        SlotVal::Value(value) => Some(value),
        _ => None,
    }
}
