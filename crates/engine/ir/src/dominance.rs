//! Which blocks are reached, in which order, and which lie on every path to which.

use crate::refs::BlockRef;
use crate::trace::Trace;

/// The dominator tree of a trace (after Cooper, Harvey, Kennedy: "A Simple, Fast Dominance Algorithm").
#[derive(Clone, Debug)]
pub struct Dominators {
    /// Reachable blocks in reverse postorder.
    order: Vec<BlockRef>,
    /// By block: position in `order`, or `UNREACHED`.
    position: Vec<usize>,
    /// By position: position of the immediate dominator (the entry's is its own).
    parent: Vec<usize>,
}

const UNREACHED: usize = usize::MAX;

impl Dominators {
    /// Computes the tree. Jumps must name existing blocks.
    pub fn new(trace: &Trace) -> Self {
        let order = reverse_postorder(trace);
        let mut position = vec![UNREACHED; trace.blocks.len()];
        for (index, block) in order.iter().enumerate() {
            position[block.index()] = index;
        }
        let mut predecessors = vec![Vec::new(); order.len()];
        for (index, block) in order.iter().enumerate() {
            for target in successors(trace, *block) {
                predecessors[position[target.index()]].push(index);
            }
        }
        let parent = parents(&predecessors);
        Dominators { order, position, parent }
    }

    /// Reachable blocks, each before those it dominates.
    pub fn order(&self) -> &[BlockRef] {
        &self.order
    }

    /// Is there a path from the entry?
    pub fn is_reachable(&self, block: BlockRef) -> bool {
        self.position[block.index()] != UNREACHED
    }

    /// Does every path to the reachable block `below` pass `above`?
    pub fn dominates(&self, above: BlockRef, below: BlockRef) -> bool {
        let (above, mut at) = (self.position[above.index()], self.position[below.index()]);
        if above == UNREACHED || at == UNREACHED {
            return false;
        }
        while at > above {
            at = self.parent[at];
        }
        at == above
    }
}

fn successors(trace: &Trace, block: BlockRef) -> impl Iterator<Item = BlockRef> {
    trace.block(block).terminator.iter().flat_map(|terminator| terminator.jumps()).map(|jump| jump.block)
}

fn reverse_postorder(trace: &Trace) -> Vec<BlockRef> {
    let mut seen = vec![false; trace.blocks.len()];
    let mut postorder = Vec::new();
    let mut stack = vec![(Trace::ENTRY, false)];
    while let Some((block, done)) = stack.pop() {
        if done {
            postorder.push(block);
        } else if !std::mem::replace(&mut seen[block.index()], true) {
            stack.push((block, true));
            stack.extend(successors(trace, block).map(|target| (target, false)));
        }
    }
    postorder.reverse();
    postorder
}

fn parents(predecessors: &[Vec<usize>]) -> Vec<usize> {
    let mut parent = vec![UNREACHED; predecessors.len()];
    parent[0] = 0;
    let mut changed = true;
    while changed {
        changed = false;
        for index in 1..predecessors.len() {
            let known = predecessors[index].iter().copied().filter(|&p| parent[p] != UNREACHED);
            let new = known.reduce(|a, b| common(&parent, a, b)).unwrap_or(UNREACHED);
            changed |= std::mem::replace(&mut parent[index], new) != new;
        }
    }
    parent
}

fn common(parent: &[usize], mut a: usize, mut b: usize) -> usize {
    while a != b {
        while a > b {
            a = parent[a];
        }
        while b > a {
            b = parent[b];
        }
    }
    a
}
