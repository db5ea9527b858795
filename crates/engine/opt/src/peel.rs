//! Replays a recording through the door; a loop's twice, which peels it.
//!
//! ```text
//!   b0: load slots, first iteration         (learns types, lengths, shapes; ends with a jump)
//!    |
//!    v
//!   b1(what changes): the loop proper       (keeps what was learned; ends with a jump to itself)
//! ```
//!
//! Terms: a *location* is a parameter of the recorded loop's header, that is a slot; or a cell of the heap that the first iteration
//! stored to, so that a counter in an object travels in a register (it is still stored). At the head of the loop proper every
//! location is *assumed* to hold either the very value it held before, or a parameter with some fact. The door
//! emits the loop under these assumptions, and its end proves them or not; if not they are weakened, and the loop is emitted
//! again from the same state. The last try assumes nothing that could fail.
//!
//! Why facts survive into the loop: those of values from ahead of the loop hold for ever, since values do not change. What may
//! change is checked at the loop's end: cells of the heap cache that were used, home slots, and the flags of the thread's state.

use pv_ir::{BlockRef, Jump, Op, Terminator, Trace, Type, ValueRef};
use pv_machine::AliasSet;

use crate::config::Pass;
use crate::door::{Door, State};
use crate::fact::{Fact, Kinds};
use crate::hash::FastMap;
use crate::heap::{Cell, Kind};
use crate::range::Range;

/// Most cells of the heap that a loop carries in parameters.
const CELL_LIMIT: usize = 16;

/// Why a trace is left as it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotAChain {
    /// A block branches.
    Branch,
    /// A block has no end, or a jump leads nowhere.
    Malformed,
    /// The loop's end did not prove what its head assumes, although that was as little as possible.
    Unproved,
}

/// The blocks of a recording in order of execution, and where it ends.
struct Chain {
    blocks: Vec<BlockRef>,
    /// Position of the loop's header among them, if it ends with a back edge.
    header: Option<usize>,
}

fn chain(trace: &Trace) -> Result<Chain, NotAChain> {
    let mut blocks = vec![Trace::ENTRY];
    let mut last = Trace::ENTRY;
    loop {
        match &trace.blocks.get(last.index()).ok_or(NotAChain::Malformed)?.terminator {
            Some(Terminator::Jump(jump)) => match blocks.iter().position(|&block| block == jump.block) {
                Some(0) => return Err(NotAChain::Malformed),
                Some(header) => return Ok(Chain { blocks, header: Some(header) }),
                None => {
                    blocks.push(jump.block);
                    last = jump.block;
                }
            },
            Some(Terminator::Branch { .. }) => return Err(NotAChain::Branch),
            Some(Terminator::Exit(_) | Terminator::Link { .. }) => return Ok(Chain { blocks, header: None }),
            None => return Err(NotAChain::Malformed),
        }
    }
}

/// Replays the whole recording.
pub(crate) fn replay(door: &mut Door<'_>) -> Result<(), NotAChain> {
    let chain = chain(door.raw)?;
    let Some(header) = chain.header else {
        for (index, &block) in chain.blocks.iter().enumerate() {
            run_block(door, block, index + 1 < chain.blocks.len());
        }
        leave(door, chain.blocks[chain.blocks.len() - 1]);
        return Ok(());
    };
    for &block in &chain.blocks[..header] {
        run_block(door, block, true);
    }
    let body = &chain.blocks[header..];
    let length: usize = body.iter().map(|&block| door.raw.block(block).insts.len()).sum();
    let before = door.out.values.len() as u32;
    let peel = door.runs(Pass::Peel) && length <= door.config.peel_limit;
    let seeds: Vec<ValueRef> = if peel {
        iterate(door, body)
    } else {
        let params = door.raw.block(body[0]).params.clone();
        params.iter().map(|&param| door.translate(param)).collect()
    };
    if Looper::new(door, body, seeds, before, peel).run() { Ok(()) } else { Err(NotAChain::Unproved) }
}

/// Replays a block's instructions, and binds the parameters of the block it jumps to.
fn run_block(door: &mut Door<'_>, block: BlockRef, follow: bool) {
    let raw = door.raw;
    for &value in &raw.block(block).insts {
        door.replay(value);
    }
    if let (true, Some(Terminator::Jump(jump))) = (follow, &raw.block(block).terminator) {
        let args: Vec<ValueRef> = jump.args.iter().map(|&arg| door.translate(arg)).collect();
        bind(door, jump.block, &args);
    }
}

fn bind(door: &mut Door<'_>, block: BlockRef, args: &[ValueRef]) {
    for (&param, &arg) in std::iter::zip(&door.raw.block(block).params, args) {
        door.map[param.index()] = Some(arg);
    }
}

/// Replays an iteration of the loop; gives what its locations hold at the end.
fn iterate(door: &mut Door<'_>, body: &[BlockRef]) -> Vec<ValueRef> {
    let (last, rest) = body.split_last().expect("a loop has a block");
    for &block in rest {
        run_block(door, block, true);
    }
    run_block(door, *last, false);
    match &door.raw.block(*last).terminator {
        Some(Terminator::Jump(jump)) => jump.args.iter().map(|&arg| door.translate(arg)).collect(),
        _ => Vec::new(),
    }
}

/// Ends the new trace as the recording ends.
fn leave(door: &mut Door<'_>, last: BlockRef) {
    let terminator = match &door.raw.block(last).terminator {
        Some(Terminator::Link { trace, snapshot }) => {
            Terminator::Link { trace: *trace, snapshot: door.exit_snapshot(*snapshot) }
        }
        Some(Terminator::Exit(snapshot)) => Terminator::Exit(door.exit_snapshot(*snapshot)),
        _ => unreachable!("the chain has found an end that leaves"),
    };
    let block = door.block.index();
    door.out.blocks[block].terminator = Some(terminator);
}

/// What a location is assumed to hold at the loop's head.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Assumption {
    /// The value it held before.
    Same,
    /// This parameter.
    Param(usize),
}

/// A parameter of the loop proper; locations that hold one value share it.
#[derive(Clone, Copy, Debug)]
struct Group {
    /// Unboxed double instead of a word?
    float: bool,
    /// Type of the locations' values.
    ty: Type,
    fact: Fact,
    seed: ValueRef,
}

struct Looper<'d, 'a> {
    door: &'d mut Door<'a>,
    body: &'d [BlockRef],
    /// What locations hold when the loop is reached: slots first, then cells.
    seeds: Vec<ValueRef>,
    cells: Vec<(Cell, Kind)>,
    /// Facts of the seeds, and whether they are doubles.
    facts: Vec<(Fact, bool)>,
    assumptions: Vec<Assumption>,
    groups: Vec<Group>,
    start: State,
    /// Instructions in the entry block when the loop is reached.
    entry: usize,
    /// Locations that own a count each.
    owning: bool,
    /// Slots loaded on entry that are no locations.
    loose: Vec<ValueRef>,
    first: bool,
}

impl<'d, 'a> Looper<'d, 'a> {
    /// Values below `before` existed ahead of the first iteration.
    fn new(door: &'d mut Door<'a>, body: &'d [BlockRef], seeds: Vec<ValueRef>, before: u32, peel: bool) -> Self {
        door.settle_all();
        let mut seeds: Vec<ValueRef> = seeds.into_iter().map(|seed| door.resolve(seed)).collect();
        for &seed in &seeds {
            if door.is_virtual(seed) {
                door.force(seed);
            }
        }
        door.settle_all();
        let cells = if peel { stored_cells(door) } else { Vec::new() };
        seeds.extend(cells.iter().map(|&(_, _, value)| value));
        let cells = cells.into_iter().map(|(cell, kind, _)| (cell, kind)).collect();
        let facts = seeds.iter().map(|&seed| (door.fact(seed), is_double(door, seed))).collect();
        let mut start = door.state.clone();
        // What calls wrote home in the first iteration they will write anew.
        let out = &door.out;
        start.home.retain(|_, home| home.0 < before || out.as_const(*home).is_some());
        let entry = door.out.blocks[Trace::ENTRY.index()].insts.len();
        let (owning, loose) = slots(door, body[0]);
        if peel {
            door.stats.hit(Pass::Peel);
        }
        let mut looper = Looper {
            door,
            body,
            seeds,
            cells,
            facts,
            assumptions: Vec::new(),
            groups: Vec::new(),
            start,
            entry,
            owning,
            loose,
            first: true,
        };
        looper.guess(before, peel);
        looper
    }

    /// The first assumptions.
    fn guess(&mut self, before: u32, peel: bool) {
        let mut known: FastMap<ValueRef, usize> = FastMap::default();
        for index in 0..self.seeds.len() {
            let seed = self.seeds[index];
            let fixed =
                if peel { seed.0 < before || self.door.out.as_const(seed).is_some() } else { self.is_unchanged(index) };
            let assumption = if fixed {
                Assumption::Same
            } else if let Some(&group) = known.get(&seed).filter(|_| peel) {
                Assumption::Param(group)
            } else {
                known.insert(seed, self.groups.len());
                let (fact, float) = if peel { self.facts[index] } else { (self.unknown(index), false) };
                let float = float && (index < self.slots() || fact.kinds == Kinds::FLOAT);
                self.add_group(seed, fact, float)
            };
            self.assumptions.push(assumption);
        }
    }

    /// Does the recording itself hand the location on as it is?
    fn is_unchanged(&self, index: usize) -> bool {
        let raw = self.door.raw;
        let param = raw.block(self.body[0]).params[index];
        match &raw.block(self.body[self.body.len() - 1]).terminator {
            Some(Terminator::Jump(jump)) => jump.args[index] == param,
            _ => false,
        }
    }

    fn add_group(&mut self, seed: ValueRef, fact: Fact, float: bool) -> Assumption {
        let ty = self.door.out.ty(seed);
        self.groups.push(Group { float, ty, fact: widened(fact, ty), seed });
        Assumption::Param(self.groups.len() - 1)
    }

    /// No fact about a location.
    fn unknown(&self, index: usize) -> Fact {
        if self.door.is_word(self.seeds[index]) { Fact::WORD } else { Fact::RAW }
    }

    /// Number of locations that are slots.
    fn slots(&self) -> usize {
        self.seeds.len() - self.cells.len()
    }

    /// Gives up a cell as a location.
    fn drop_cell(&mut self, index: usize) {
        let at = index - self.slots();
        self.cells.remove(at);
        self.seeds.remove(index);
        self.facts.remove(index);
        self.assumptions.remove(index);
    }

    /// Emits the loop until its end proves what its head assumes; false if it never does.
    fn run(mut self) -> bool {
        for attempt in 0..=self.door.config.peel_tries {
            if attempt == self.door.config.peel_tries {
                self.assume_nothing();
            }
            self.door.stats.loop_tries += 1;
            let (jump, carried) = self.enter(attempt == self.door.config.peel_tries);
            let ends = iterate(self.door, self.body);
            if self.close(&ends, &carried) {
                self.door.out.blocks[Trace::ENTRY.index()].terminator = Some(Terminator::Jump(jump));
                return true;
            }
        }
        false
    }

    /// Assumptions that hold whatever the loop does.
    fn assume_nothing(&mut self) {
        self.groups.clear();
        (self.slots()..self.seeds.len()).rev().for_each(|index| self.drop_cell(index));
        for index in 0..self.seeds.len() {
            self.assumptions[index] = self.add_group(self.seeds[index], self.unknown(index), false);
        }
    }

    /// Stands at the head of the loop under the current assumptions. Gives the jump that leads there, and what home slots hold.
    fn enter(&mut self, weakest: bool) -> (Jump, Vec<(i32, ValueRef)>) {
        let used = self.used_groups();
        let door = &mut *self.door;
        door.out.blocks.truncate(1);
        door.out.blocks[0].insts.truncate(self.entry);
        door.block = Trace::ENTRY;
        door.fixed_below = 0;
        door.state = self.start.clone();
        door.sync();
        let args = arguments(door, &used, |group| group.seed);
        door.settle_all();
        door.state.lazies.clear();
        door.fixed_below = door.out.values.len() as u32;
        let types: Vec<Type> = used.iter().map(|group| if group.float { Type::Float } else { group.ty }).collect();
        door.block = door.out.push_block(&types);
        door.sync();
        door.state.version += 1;
        door.state.translated = None;
        if weakest {
            door.state.heap.forget(AliasSet::ALL);
            door.state.home.clear();
            (door.state.valid, door.state.quiet) = (false, false);
        }
        let out = &door.out;
        door.state.heap.carry(|value| out.as_const(value).is_none());
        let params = door.out.block(door.block).params.clone();
        self.bind(&params);
        let block = self.door.block;
        (Jump::new(block, &args), self.door.state.home.iter().map(|(&slot, &value)| (slot, value)).collect())
    }

    /// Groups in use, renumbered.
    fn used_groups(&mut self) -> Vec<Group> {
        let mut numbers: FastMap<usize, usize> = FastMap::default();
        let mut used = Vec::new();
        for assumption in &mut self.assumptions {
            if let Assumption::Param(group) = assumption {
                let old = *group;
                *group = *numbers.entry(old).or_insert_with(|| {
                    used.push(self.groups[old]);
                    used.len() - 1
                });
            }
        }
        self.groups.clone_from(&used);
        used
    }

    /// Gives every location its value at the loop's head, and the counts that slots own there.
    fn bind(&mut self, params: &[ValueRef]) {
        let door = &mut *self.door;
        let mut holders = vec![0; params.len()];
        let slots = self.seeds.len() - self.cells.len();
        for assumption in &self.assumptions[..slots] {
            if let Assumption::Param(group) = assumption {
                holders[*group] += 1;
            }
        }
        let words: Vec<ValueRef> = std::iter::zip(&self.groups, params)
            .zip(holders)
            .map(|((group, &param), holders)| {
                if group.float {
                    door.boxed(param, holders, group.fact.kinds)
                } else {
                    door.set_fact(param, group.fact);
                    param
                }
            })
            .collect();
        let values: Vec<ValueRef> = std::iter::zip(&self.assumptions, &self.seeds)
            .map(|(assumption, &seed)| match assumption {
                Assumption::Same => door.resolve(seed),
                Assumption::Param(group) => words[*group],
            })
            .collect();
        bind(door, self.body[0], &values[..slots]);
        for (&(cell, kind), &value) in std::iter::zip(&self.cells, &values[slots..]) {
            door.state.heap.carry_as(cell, kind, value);
        }
        door.state.counts.iter_mut().for_each(|count| count.owned = 0);
        let locations = if self.owning { &values[..slots] } else { &[] };
        for value in locations.iter().chain(&self.loose) {
            door.state.counts[value.index()].owned += 1;
        }
    }

    /// Ends the loop, if it proves the assumptions; weakens them, if not.
    fn close(&mut self, ends: &[ValueRef], home: &[(i32, ValueRef)]) -> bool {
        let mut ends: Vec<ValueRef> = ends.iter().map(|&end| self.door.resolve(end)).collect();
        let mut kept = self.check_cells(&mut ends);
        let groups = self.groups.clone();
        kept &= self.check_locations(&ends);
        if kept {
            let mut held = vec![None; groups.len()];
            for (assumption, &end) in std::iter::zip(&self.assumptions, &ends) {
                if let Assumption::Param(group) = assumption {
                    held[*group] = Some(end);
                }
            }
            let mut at = 0;
            let args = arguments(self.door, &groups, |group| {
                at += 1;
                held[at - 1].unwrap_or(group.seed)
            });
            self.door.settle_all();
            let block = self.door.block;
            self.door.out.blocks[block.index()].terminator = Some(Terminator::Jump(Jump::new(block, &args)));
        }
        kept &= self.check_memory(home);
        self.first = false;
        kept
    }

    /// Adds what cells hold at the loop's end. One that was used and is no longer known stops being a location; one that was
    /// not used may hold anything.
    fn check_cells(&mut self, ends: &mut Vec<ValueRef>) -> bool {
        let used: Vec<Cell> = self.door.state.heap.carried_uses().iter().map(|&(cell, _)| cell).collect();
        let mut lost = Vec::new();
        for (at, &(cell, _)) in self.cells.iter().enumerate() {
            let index = ends.len();
            let held = self.door.state.heap.peek(cell).map(|(held, _)| self.door.resolve(held));
            match held {
                Some(held) => ends.push(held),
                None if used.contains(&cell) => {
                    lost.push(self.slots() + at);
                    ends.push(self.seeds[index]);
                }
                None => ends.push(self.seeds[index]),
            }
        }
        for &index in lost.iter().rev() {
            self.drop_cell(index);
            ends.remove(index);
        }
        lost.is_empty()
    }

    /// Do locations hold what is assumed of them? Weakens what they do not.
    fn check_locations(&mut self, ends: &[ValueRef]) -> bool {
        let (mut holds, slots) = (true, self.slots());
        let mut leaders: FastMap<usize, ValueRef> = FastMap::default();
        for (index, &end) in ends.iter().enumerate() {
            let (fact, double) = (self.door.fact(end), is_double(self.door, end));
            let (seed_fact, seed_double) = self.facts[index];
            match self.assumptions[index] {
                Assumption::Same if self.door.resolve(self.seeds[index]) == end => {}
                Assumption::Same => {
                    let float = seed_double && double && index < slots;
                    self.assumptions[index] = self.add_group(self.seeds[index], seed_fact.join(fact), float);
                    holds = false;
                }
                Assumption::Param(group) => {
                    let leader = *leaders.entry(group).or_insert(end);
                    let Group { float, fact: assumed, seed, ty } = self.groups[group];
                    if leader != end {
                        self.assumptions[index] =
                            self.add_group(seed, seed_fact.join(fact), float && double && index < slots);
                        holds = false;
                    } else if (float && !double) || !assumed.follows_from(fact) {
                        let joined = assumed.join(seed_fact).join(fact);
                        let float = float && double && (index < slots || joined.kinds == Kinds::FLOAT);
                        self.groups[group] = Group { float, ty, fact: widened(joined, ty), seed };
                        holds = false;
                    }
                }
            }
        }
        holds
    }

    /// Does memory hold what the loop took for granted? Forgets what it does not.
    fn check_memory(&mut self, home: &[(i32, ValueRef)]) -> bool {
        let end = &self.door.state;
        let mut holds = true;
        for &(cell, value) in end.heap.carried_uses() {
            if self.cells.iter().any(|&(location, _)| location == cell) {
                continue;
            }
            if end.heap.peek(cell).map(|(held, _)| self.door.resolve(held)) != Some(self.door.resolve(value)) {
                self.start.heap.forget_cell(cell);
                holds = false;
            }
        }
        for &(slot, value) in home {
            let held = end.home.get(&slot).map(|&held| self.door.resolve(held));
            if held != Some(self.door.resolve(value)) {
                self.start.home.remove(&slot);
                holds = false;
            }
        }
        if self.start.valid && !end.valid {
            self.start.valid = false;
            holds = false;
        }
        if self.start.quiet && !end.quiet {
            self.start.quiet = false;
            holds = false;
        }
        holds
    }
}

/// The arguments for the groups' parameters.
fn arguments(door: &mut Door<'_>, groups: &[Group], mut held: impl FnMut(&Group) -> ValueRef) -> Vec<ValueRef> {
    let values: Vec<(bool, ValueRef)> = groups.iter().map(|group| (group.float, held(group))).collect();
    values
        .into_iter()
        .map(|(float, value)| {
            let value = door.resolve(value);
            match door.unboxed(value) {
                Some(double) if float => double,
                _ if float => door.pure(Op::UntagFloat, &[value], None),
                _ => {
                    door.force(value);
                    value
                }
            }
        })
        .collect()
}

/// Is the word known to be a double: boxed lazily, or immediate?
fn is_double(door: &Door<'_>, value: ValueRef) -> bool {
    door.unboxed(value).is_some() || door.kinds(value) == Kinds::FLOAT
}

fn widened(fact: Fact, ty: Type) -> Fact {
    let range = match ty {
        Type::Word if fact.kinds.excludes(Kinds::INT) => Range::TAGGED,
        Type::Word => fact.range.widen(Range::TAGGED),
        _ => fact.range.widen(Range::RAW),
    };
    Fact { range, ..fact }
}

/// Cells that the first iteration stored something to that varies, with what they hold.
fn stored_cells(door: &Door<'_>) -> Vec<(Cell, Kind, ValueRef)> {
    let mut found: Vec<(Cell, Kind, ValueRef)> = Vec::new();
    for &(cell, kind) in door.state.heap.stored() {
        let held = door.state.heap.peek(cell).map(|(held, _)| door.resolve(held));
        if let Some(held) = held.filter(|&held| door.out.as_const(held).is_none())
            && found.len() < CELL_LIMIT
            && !found.iter().any(|&(known, ..)| known == cell)
        {
            found.push((cell, kind, held));
        }
    }
    found
}

/// Are the header's parameters slots, loaded on entry? And which loaded slots are no parameters?
fn slots(door: &Door<'_>, header: BlockRef) -> (bool, Vec<ValueRef>) {
    let raw = door.raw;
    let is_load = |value: ValueRef| raw.inst(value).is_some_and(|inst| inst.op == Op::LoadSlot);
    let args: Vec<ValueRef> = raw
        .blocks
        .iter()
        .take(1)
        .filter_map(|block| match &block.terminator {
            Some(Terminator::Jump(jump)) if jump.block == header => Some(jump.args.to_vec()),
            _ => None,
        })
        .flatten()
        .collect();
    let owning = !args.is_empty() && args.iter().all(|&arg| is_load(arg));
    let loads = raw.block(Trace::ENTRY).insts.iter().filter(|&&value| is_load(value) && !args.contains(&value));
    (owning, loads.filter_map(|value| door.map[value.index()]).collect())
}
