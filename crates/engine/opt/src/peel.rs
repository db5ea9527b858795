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
//! stored to, so that a counter in an object travels in a register (it is still stored); or a part of an object that is
//! virtual at the loop's end, so that an object made anew in every iteration is never made. At the head of the loop proper every
//! location is *assumed* to hold either the very value it held before, or a parameter with some fact. The door
//! emits the loop under these assumptions, and its end proves them or not; if not they are weakened, and the loop is emitted
//! again from the same state. The last try assumes nothing that could fail.
//!
//! Where the first iteration has taken counts that a later one need not, a second one is emitted ahead of the loop proper (see
//! `looper::loans`).
//!
//! Why facts survive into the loop: those of values from ahead of the loop hold for ever, since values do not change. What may
//! change is checked at the loop's end: cells of the heap cache that were used, home slots, and the flags of the thread's state.

mod looper;

use pv_ir::{BlockRef, Terminator, Trace, ValueRef};

use crate::config::Pass;
use crate::door::{Door, State};

use looper::{Looper, Outcome};

/// Longest loop ahead of which a second trip is made, in recorded instructions.
const AGAIN_LIMIT: usize = 1000;

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
    door.load_related();
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
    let again = (peel && length <= AGAIN_LIMIT).then(|| Mark::of(door));
    match (Looper::new(door, body, seeds.clone(), before, peel).run(), again) {
        (Outcome::Unproved, _) => Err(NotAChain::Unproved),
        (Outcome::Improvable, Some(mark)) => {
            mark.restore(door);
            bind(door, body[0], &seeds);
            let seeds = iterate(door, body);
            let outcome = Looper::new(door, body, seeds, before, peel).run();
            if outcome == Outcome::Unproved { Err(NotAChain::Unproved) } else { Ok(()) }
        }
        _ => Ok(()),
    }
}

/// Where the door stood ahead of a loop.
struct Mark {
    state: State,
    entry: usize,
}

impl Mark {
    fn of(door: &Door<'_>) -> Mark {
        Mark { state: door.state.clone(), entry: door.out.block(Trace::ENTRY).insts.len() }
    }

    /// The door stands there again; the loop has not been.
    fn restore(self, door: &mut Door<'_>) {
        door.out.blocks.truncate(1);
        let entry = &mut door.out.blocks[Trace::ENTRY.index()];
        entry.insts.truncate(self.entry);
        entry.terminator = None;
        (door.state, door.block, door.fixed_below) = (self.state, Trace::ENTRY, 0);
        door.sync();
    }
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
