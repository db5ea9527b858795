//! The trace graph: sites, nodes, exits.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::rc::Rc;

use pv_codegen::CompiledTrace;
use pv_ir::{EntryKind, Op, ResumeKind, SnapRef, Terminator, Trace, TraceId};
use pv_opt::EntryFact;
use pv_record::{Kinds, Stack};
use pv_word::Word;

/// A loop header, a function entry, or (of kind bridge) a place where a trace was cut and another starts that relies on nothing
/// but the current frame.
#[derive(Clone, Debug)]
pub(crate) struct Site<Code> {
    pub(crate) code: Code,
    pub(crate) pc: u32,
    pub(crate) kind: EntryKind,
    /// The traces that stand here: versions for other kinds of values in its slots, the oldest first.
    pub(crate) traces: Vec<TraceId>,
    /// Arrivals since the last recording that suited no version.
    pub(crate) misfits: u32,
    /// Recordings given up since the last success or blacklisting.
    pub(crate) aborts: u32,
    /// The code died; what has its address now is other code, with sites of its own.
    pub(crate) gone: bool,
}

impl<Code> Site<Code> {
    pub(crate) fn new(code: Code, pc: u32, kind: EntryKind, traces: Vec<TraceId>) -> Self {
        Site { code, pc, kind, traces, misfits: 0, aborts: 0, gone: false }
    }
}

/// What stands at a place, for the values that its frame holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Found {
    /// A trace to enter.
    Trace(TraceId),
    /// Only traces for other kinds of values, and the site with this number may have one more.
    Misfit(u32),
    /// Nothing.
    Nothing,
}

/// An exit's counters and what has grown from it.
#[derive(Debug)]
pub(crate) struct Exit {
    /// Times taken without a bridge.
    pub(crate) taken: Cell<u64>,
    /// Value of `taken` at which a bridge is tried.
    pub(crate) hot_at: Cell<u64>,
    pub(crate) aborts: Cell<u32>,
    pub(crate) bridge: Cell<Option<TraceId>>,
}

/// A compiled trace.
pub(crate) struct Node<Code> {
    pub(crate) id: TraceId,
    /// The loop or entry trace it has grown from, perhaps itself.
    pub(crate) root: TraceId,
    pub(crate) trace: Trace,
    pub(crate) native: Option<CompiledTrace>,
    /// Frame stacks by the numbers that snapshots carry.
    pub(crate) stacks: Vec<Stack<Code>>,
    pub(crate) exits: Vec<Exit>,
    pub(crate) invalid: Cell<bool>,
    pub(crate) entries: Cell<u64>,
    /// Bridges grown below this root.
    pub(crate) bridges: Cell<u32>,
    /// The exit at which the recording was cut.
    pub(crate) open: Option<SnapRef>,
    pub(crate) asks: Asks,
    pub(crate) recorded: Trip,
    /// The exit it was recorded from.
    pub(crate) from: Option<(TraceId, SnapRef)>,
    /// What it takes to make it part of a tree, if it can be.
    pub(crate) seed: Option<Seed<Code>>,
    /// Bridges below this root that lead back to it.
    pub(crate) returns: Cell<u32>,
    /// Number of them at which a tree is grown.
    pub(crate) grows_at: Cell<u32>,
    /// The tree that stands in its place.
    pub(crate) replaced: Cell<Option<TraceId>>,
    /// The traces of which an exit or an end leads here; some of them more than once.
    entered_from: RefCell<Vec<TraceId>>,
}

/// What a recording went through, before anything was optimised.
pub(crate) struct Trip {
    /// See [`Trace::fingerprint`].
    pub(crate) fingerprint: u64,
    /// The bytecodes executed: inlining depth, number of the frame stack, program counter.
    pub(crate) steps: Vec<(i32, u32, u32)>,
    /// It ends where it was cut.
    pub(crate) cut: bool,
}

/// What a trace relies on where it starts.
pub(crate) struct Asks {
    /// What it tests of slots; see [`pv_record::Recorded`].
    pub(crate) requires: Vec<(i32, Kinds)>,
    /// What its parent told it of slots.
    pub(crate) told: Vec<(i32, EntryFact)>,
}

impl<Code: Copy + Eq> Node<Code> {
    pub(crate) fn new(
        root: TraceId,
        trace: Trace,
        native: Option<CompiledTrace>,
        stacks: Vec<Stack<Code>>,
        asks: Asks,
        recorded: Trip,
        hot_exit: u32,
    ) -> Self {
        let open = last_exit(&trace).filter(|_| recorded.cut);
        let mut sealed = sealed_exits(&trace);
        if let Some(open) = open {
            sealed[open.index()] = false;
        }
        let exits = (0..trace.snapshots.len())
            .map(|index| Exit {
                taken: Cell::new(0),
                hot_at: Cell::new(if sealed[index] { u64::MAX } else { u64::from(hot_exit) }),
                aborts: Cell::new(0),
                bridge: Cell::new(None),
            })
            .collect();
        Node {
            id: trace.id,
            root,
            trace,
            native,
            stacks,
            exits,
            invalid: Cell::new(false),
            entries: Cell::new(0),
            bridges: Cell::new(0),
            open,
            asks,
            recorded,
            from: None,
            seed: None,
            returns: Cell::new(0),
            grows_at: Cell::new(u32::MAX),
            replaced: Cell::new(None),
            entered_from: RefCell::default(),
        }
    }

    /// Does it get past its guards on the kinds of what the frame's slots hold? Slots of frames below are not looked at.
    fn suits(&self, word: &dyn Fn(i32) -> Word) -> bool {
        self.asks.requires.iter().all(|&(slot, kinds)| slot < 0 || kinds.admit(word(slot)))
    }

    /// The code of the innermost frame of the stack with this number.
    pub(crate) fn code(&self, stack: u64) -> Code {
        let stack = &self.stacks[stack as usize];
        stack[stack.len() - 1].1
    }

    /// The frames known where this snapshot resumes, counted from the innermost one's base.
    pub(crate) fn frames(&self, snapshot: SnapRef) -> Stack<Code> {
        let shot = self.trace.snapshot(snapshot);
        self.stacks[shot.code as usize].iter().map(|&(base, code)| (base - shot.base, code)).collect()
    }

    pub(crate) fn exit(&self, snapshot: SnapRef) -> &Exit {
        &self.exits[snapshot.index()]
    }

    /// Does this exit execute again what the trace executes too, and is `next`, the bytecode executed after it now, none to which the same
    /// frame has branched off?
    pub(crate) fn retries(&self, snapshot: SnapRef, next: Option<(Code, u32)>) -> bool {
        let shot = self.trace.snapshot(snapshot);
        let steps = &self.recorded.steps;
        let place = |step: &(i32, u32, u32)| (self.code(u64::from(step.1)), step.2);
        let straight = |usual: (Code, u32), next: (Code, u32)| usual.0 != next.0 || usual.1 == next.1;
        let here = |(_, step): &(usize, &(i32, u32, u32))| **step == (shot.depth, shot.code as u32, shot.pc);
        let mut passes = steps.iter().enumerate().filter(here).peekable();
        passes.peek().is_some()
            && passes
                .all(|(at, _)| steps.get(at + 1).map(place).zip(next).is_none_or(|(usual, next)| straight(usual, next)))
    }

    pub(crate) fn raises(&self, snapshot: SnapRef) -> bool {
        self.trace.snapshot(snapshot).kind == ResumeKind::Raising
    }

    /// Bytes of machine code.
    pub(crate) fn code_bytes(&self) -> u64 {
        self.native.as_ref().map_or(0, |native| native.code().len() as u64)
    }

    /// Joins the exits that leave through `snapshot` to a bridge.
    pub(crate) fn grow(&self, snapshot: SnapRef, bridge: &Node<Code>) {
        self.exit(snapshot).bridge.set(Some(bridge.id));
        bridge.entered_from.borrow_mut().push(self.id);
        if let (Some(native), Some(target)) = (&self.native, &bridge.native) {
            for (at, _) in native.exits().iter().enumerate().filter(|(_, exit)| exit.snapshot == snapshot) {
                native.attach(at, target);
            }
        }
    }

    /// Lets exits and ends that led to `old` lead to `new`; to the driver, if there is none.
    fn redirect(&self, old: &Node<Code>, new: Option<&Node<Code>>) {
        let grown = self.exits.iter().filter(|exit| exit.bridge.get() == Some(old.id));
        grown.for_each(|exit| exit.bridge.set(new.map(|new| new.id)));
        let (Some(native), Some(code)) = (&self.native, &old.native) else { return };
        let target = new.and_then(|new| new.native.as_ref());
        for at in (0..native.exits().len()).filter(|&at| native.leads_to(at, code)) {
            match target {
                Some(target) => native.attach(at, target),
                None => native.detach(at),
            }
        }
    }

    /// Bytes kept beside the code, estimated from the tables' sizes.
    pub(crate) fn metadata_bytes(&self) -> u64 {
        let slots: usize = self.trace.snapshots.iter().map(|snapshot| snapshot.slots.len() * 24).sum();
        let bytes = self.trace.values.len() * size_of::<pv_ir::ValueDef>()
            + self.trace.snapshots.len() * size_of::<pv_ir::Snapshot>()
            + slots
            + self.exits.len() * size_of::<Exit>()
            + size_of_val(self.recorded.steps.as_slice())
            + self.seed.as_ref().map_or(0, Seed::bytes);
        bytes as u64
    }
}

/// Recordings that trees are made of: kept with the loops and bridges that came of them.
pub(crate) struct Seed<Code> {
    pub(crate) parts: Vec<Part<Code>>,
    /// For each snapshot of the compiled trace: the part, and the snapshot of its recording.
    pub(crate) origins: Vec<(usize, SnapRef)>,
}

/// One recording, as kept.
#[derive(Clone)]
pub(crate) struct Part<Code> {
    /// The trace that was made of it first.
    pub(crate) node: TraceId,
    pub(crate) recording: Rc<Trace>,
    /// The part and the exit of its recording where this one starts; `None` for a loop, and for a bridge that is in no tree.
    pub(crate) from: Option<(usize, SnapRef)>,
    /// Frame stacks, counted from where it starts.
    pub(crate) stacks: Vec<Stack<Code>>,
}

impl<Code> Seed<Code> {
    /// Estimated from the tables' sizes; a recording is counted with the trace that was made of it first.
    fn bytes(&self) -> usize {
        let own = match &self.parts[..] {
            [part] => part.recording.values.len() * size_of::<pv_ir::ValueDef>(),
            _ => 0,
        };
        own + self.origins.len() * size_of::<(usize, SnapRef)>()
    }
}

/// The snapshot of the exit that ends the trace.
fn last_exit(trace: &Trace) -> Option<SnapRef> {
    trace.blocks.iter().find_map(|block| match block.terminator {
        Some(Terminator::Exit(snapshot)) => Some(snapshot),
        _ => None,
    })
}

/// Exits that never get a bridge: polls and their like, whose reason the driver must serve. A lack of room is no such reason (its
/// snapshot is often the first guards' too): a bridge asks for room itself.
fn sealed_exits(trace: &Trace) -> Vec<bool> {
    let mut sealed = vec![false; trace.snapshots.len()];
    for &value in trace.blocks.iter().flat_map(|block| &block.insts) {
        let Some(inst) = trace.inst(value) else { continue };
        if let (Op::Poll | Op::Boundary | Op::GuardNotInvalidated, Some(snapshot)) = (inst.op, inst.snapshot) {
            sealed[snapshot.index()] = true;
        }
    }
    for block in &trace.blocks {
        if let Some(Terminator::Exit(snapshot) | Terminator::Link { snapshot, .. }) = block.terminator {
            sealed[snapshot.index()] = true;
        }
    }
    sealed
}

/// Everything compiled, and everywhere it could start.
pub(crate) struct Graph<Code> {
    pub(crate) sites: RefCell<Vec<Site<Code>>>,
    nodes: RefCell<Vec<Rc<Node<Code>>>>,
    /// First exit number of each compiled trace, ascending.
    numbers: RefCell<Vec<(u32, TraceId)>>,
    /// Traces by what they rely on.
    watched: RefCell<HashMap<u64, Vec<TraceId>>>,
    /// Sites by the key of their code.
    by_code: RefCell<HashMap<u64, Vec<u32>>>,
    /// Most versions at one site.
    max_versions: usize,
}

impl<Code: Copy + Eq> Graph<Code> {
    pub(crate) fn new(max_versions: u32) -> Self {
        Graph {
            max_versions: max_versions.max(1) as usize,
            sites: RefCell::default(),
            nodes: RefCell::default(),
            numbers: RefCell::default(),
            watched: RefCell::default(),
            by_code: RefCell::default(),
        }
    }

    pub(crate) fn next_id(&self) -> TraceId {
        TraceId(self.nodes.borrow().len() as u32 + 1)
    }

    pub(crate) fn node(&self, id: TraceId) -> Rc<Node<Code>> {
        self.nodes.borrow()[id.0 as usize - 1].clone()
    }

    pub(crate) fn nodes(&self) -> Vec<Rc<Node<Code>>> {
        self.nodes.borrow().clone()
    }

    pub(crate) fn install(&self, node: Node<Code>, keys: &[u64]) -> Rc<Node<Code>> {
        let node = Rc::new(node);
        self.nodes.borrow_mut().push(node.clone());
        if let Some(native) = &node.native {
            self.numbers.borrow_mut().extend(native.exits().first().map(|exit| (exit.id, node.id)));
            for (at, exit) in native.exits().iter().enumerate() {
                let target = exit.link.map(|link| self.node(self.current(link))).filter(|target| !target.invalid.get());
                if let Some((target, code)) = target.as_ref().and_then(|target| Some((target, target.native.as_ref()?)))
                {
                    native.attach(at, code);
                    target.entered_from.borrow_mut().push(node.id);
                }
            }
        }
        let mut watched = self.watched.borrow_mut();
        for &key in keys {
            watched.entry(key).or_default().push(node.id);
        }
        node
    }

    /// What the traces rely on.
    pub(crate) fn keys_of(&self, traces: &[TraceId]) -> Vec<u64> {
        let watched = self.watched.borrow();
        let relied = watched.iter().filter(|(_, users)| users.iter().any(|user| traces.contains(user)));
        let mut keys: Vec<u64> = relied.map(|(&key, _)| key).collect();
        keys.sort_unstable();
        keys
    }

    /// Puts a tree in the place of the loop that it has grown from: whatever led there leads to it.
    pub(crate) fn replace(&self, old: &Node<Code>, tree: &Node<Code>) {
        for site in self.sites.borrow_mut().iter_mut() {
            site.traces.iter_mut().filter(|trace| **trace == old.id).for_each(|trace| *trace = tree.id);
        }
        old.replaced.set(Some(tree.id));
        let sources = old.entered_from.take();
        for source in sources.iter().map(|&source| self.node(source)) {
            source.redirect(old, Some(tree));
        }
        tree.entered_from.borrow_mut().extend(sources);
    }

    /// The trace that stands in the place of this one.
    pub(crate) fn current(&self, mut id: TraceId) -> TraceId {
        while let Some(tree) = self.node(id).replaced.get() {
            id = tree;
        }
        id
    }

    /// Whose exit has this number, and which snapshot it leaves through; or the trace that it wants to enter.
    pub(crate) fn exit_owner(&self, number: u32) -> Option<(Rc<Node<Code>>, SnapRef, Option<TraceId>)> {
        let numbers = self.numbers.borrow();
        let at = numbers.partition_point(|&(first, _)| first <= number).checked_sub(1)?;
        let node = self.node(numbers[at].1);
        let exit = &node.native.as_ref()?.exits()[(number - numbers[at].0) as usize];
        let (snapshot, link) = (exit.snapshot, exit.link);
        Some((node, snapshot, link))
    }

    /// A new site, whose code's death is announced under `key`; its number.
    pub(crate) fn add_site(&self, site: Site<Code>, key: Option<u64>) -> u32 {
        let mut sites = self.sites.borrow_mut();
        let number = sites.len() as u32;
        sites.push(site);
        if let Some(key) = key {
            self.by_code.borrow_mut().entry(key).or_default().push(number);
        }
        number
    }

    /// The number of the site at this place.
    pub(crate) fn site_at(&self, kind: EntryKind, code: Code, pc: u32) -> Option<u32> {
        let here = |site: &Site<Code>| site.pc == pc && site.code == code && site.kind == kind && !site.gone;
        self.sites.borrow().iter().position(here).map(|site| site as u32)
    }

    /// Which of a site's traces to enter with these words in the frame's slots: the oldest that suits them, or, where there
    /// may be no more versions, the oldest.
    pub(crate) fn version(&self, site: u32, word: &dyn Fn(i32) -> Word) -> Found {
        let (sites, nodes) = (self.sites.borrow(), self.nodes.borrow());
        let traces = &sites[site as usize].traces;
        match traces.iter().find(|&&trace| nodes[trace.0 as usize - 1].suits(word)) {
            Some(&trace) => Found::Trace(trace),
            None if traces.is_empty() => Found::Nothing,
            None if traces.len() < self.max_versions => Found::Misfit(site),
            None => Found::Trace(traces[0]),
        }
    }

    /// May a loop's site have a further version beside the one that is being recorded?
    pub(crate) fn has_room(&self, site: u32) -> bool {
        self.sites.borrow()[site as usize].traces.len() + 1 < self.max_versions
    }

    /// The version of a site that came of the same recording.
    pub(crate) fn same_recording(&self, site: u32, fingerprint: u64) -> Option<TraceId> {
        let traces = &self.sites.borrow()[site as usize].traces;
        traces.iter().copied().find(|&trace| self.node(trace).recorded.fingerprint == fingerprint)
    }

    /// The site of a loop's header here, if `root` is one of its versions and there may be one more.
    pub(crate) fn own_loop(&self, root: TraceId, code: Code, pc: u32) -> Option<u32> {
        let site = self.site_at(EntryKind::Header, code, pc)?;
        let own = self.sites.borrow()[site as usize].traces.contains(&root);
        (own && self.has_room(site)).then_some(site)
    }

    /// What starts at this header or entry.
    pub(crate) fn trace_at(&self, kind: EntryKind, code: Code, pc: u32, word: &dyn Fn(i32) -> Word) -> Found {
        self.site_at(kind, code, pc).map_or(Found::Nothing, |site| self.version(site, word))
    }

    /// Is there a loop header or function entry here, with a trace or without?
    pub(crate) fn has_site(&self, code: Code, pc: u32) -> bool {
        let here = |site: &Site<Code>| site.pc == pc && site.code == code && site.kind != EntryKind::Bridge;
        self.sites.borrow().iter().any(|site| here(site) && !site.gone)
    }

    /// What starts here, of any kind, that relies on nothing but the current frame.
    pub(crate) fn trace_from(&self, code: Code, pc: u32, word: &dyn Fn(i32) -> Word) -> Found {
        [EntryKind::Header, EntryKind::Entry, EntryKind::Bridge]
            .into_iter()
            .map(|kind| self.trace_at(kind, code, pc, word))
            .find(|&found| found != Found::Nothing)
            .unwrap_or(Found::Nothing)
    }

    /// Withdraws what relies on `key`, and the sites of the code that it is; the traces withdrawn.
    pub(crate) fn invalidate(&self, key: u64) -> Vec<TraceId> {
        for site in self.by_code.borrow_mut().remove(&key).unwrap_or_default() {
            self.sites.borrow_mut()[site as usize].gone = true;
        }
        let ids = self.watched.borrow_mut().remove(&key).unwrap_or_default();
        ids.into_iter().filter(|&id| !self.node(id).invalid.replace(true)).inspect(|&id| self.unlink(id)).collect()
    }

    fn unlink(&self, id: TraceId) {
        self.sites.borrow_mut().iter_mut().for_each(|site| site.traces.retain(|&trace| trace != id));
        let withdrawn = self.node(id);
        if let Some(native) = &withdrawn.native {
            native.invalidate();
        }
        withdrawn.entered_from.take().into_iter().for_each(|source| self.node(source).redirect(&withdrawn, None));
    }
}
