//! Trees: when a loop has grown bridges that lead back to it, it is compiled anew with them as branches.
//!
//! Role: a bridge goes through memory at both ends: its parent writes slots, it loads them, and at its own end the loop loads and tests
//! everything anew. In a tree values stay in registers and facts stay known (see `pv_opt::Tree`). The recordings are those of the loop
//! and of the bridges: nothing is recorded again.
//!
//! Terms: a *seed* is what a node keeps for this; bridges that lead back *return*. A tree is grown when `tree-step` bridges have returned,
//! and again when their number has doubled, as long as its recordings are within `tree-limit`. The tree takes the loop's place
//! among the versions of its header; bridges of exits that are no branches are *transplanted* to the same exits of the tree.
//!
//! Invariants: a part's parent stands ahead of it; the tree relies on all that its parts relied on.

use std::collections::HashMap;
use std::rc::Rc;

use pv_events::{Attempt, Start};
use pv_ir::{EntryKind, SnapRef, Terminator, Trace, TraceId};
use pv_machine::{Context, Language};
use pv_opt::Tree;
use pv_record::Stack;

use crate::graph::{Asks, Node, Part, Seed, Trip};
use crate::inherit::implied;
use crate::jit::Jit;
use crate::pipeline::Draft;

type Code<L> = <<L as Language>::Cx as Context>::Code;

impl<L: Language> Jit<L> {
    /// What a node keeps to become part of a tree: a loop, a bridge that returns to it, or a tree.
    pub(crate) fn seed(
        &self,
        raw: &Rc<Trace>,
        root: TraceId,
        mut parts: Vec<Part<Code<L>>>,
        stacks: &[Stack<Code<L>>],
        tree: Option<&Tree>,
        origins: &[SnapRef],
    ) -> Option<Seed<Code<L>>> {
        if !self.grows_trees() || !self.returns(raw, root) {
            return None;
        }
        if let Some(tree) = tree {
            let origins = origins.iter().map(|shot| tree.origins[shot.index()]).collect();
            return Some(Seed { parts, origins });
        }
        parts.push(Part { node: raw.id, recording: raw.clone(), from: None, stacks: stacks.to_vec() });
        Some(Seed { parts, origins: origins.iter().map(|&shot| (0, shot)).collect() })
    }

    /// Does a recording end where the loop `root` begins: by closing it, or with a link?
    fn returns(&self, raw: &Trace, root: TraceId) -> bool {
        raw.block_refs().any(|at| match &raw.block(at).terminator {
            Some(Terminator::Link { trace, .. }) => *trace == root,
            Some(Terminator::Jump(jump)) => raw.id == root && jump.block == at,
            _ => false,
        })
    }

    fn grows_trees(&self) -> bool {
        self.config.optimize && self.config.tree_step > 0
    }

    /// A bridge has been made: grows a tree if that makes enough of them.
    pub(crate) fn at_return(&self, cx: &L::Cx, bridge: &Node<Code<L>>) {
        let root = self.graph.node(self.graph.current(bridge.root));
        if bridge.seed.is_none() || root.seed.is_none() || root.invalid.get() {
            return;
        }
        root.returns.set(root.returns.get() + 1);
        if root.returns.get() >= root.grows_at.get() {
            root.grows_at.set(root.grows_at.get().saturating_mul(2));
            self.grow_tree(cx, &root);
        }
    }

    fn grow_tree(&self, cx: &L::Cx, root: &Node<Code<L>>) {
        let known = root.seed.as_ref().map_or(0, |seed| seed.parts.len());
        let Some(parts) = self.gather(root).filter(|parts| parts.len() > known && self.within_budget()) else { return };
        let id = self.graph.next_id();
        let Some(tree) = join::<L>(id, &parts) else { return };
        let nodes: Vec<TraceId> = parts.iter().map(|part| part.node).chain([root.id]).collect();
        let Trip { fingerprint, ref steps, .. } = root.recorded;
        let draft = Draft {
            root: id,
            from: None,
            raw: Rc::new(tree.trace.clone()),
            end: format!("tree of {}", parts.len()),
            stacks: std::iter::zip(&parts, &tree.bases).flat_map(|(part, &base)| part.stacks_above(base)).collect(),
            tree: Some(tree),
            asks: Asks { requires: root.asks.requires.clone(), told: Vec::new() },
            trip: Trip { fingerprint, steps: steps.clone(), cut: false },
            grows_at: root.grows_at.get(),
            keys: self.graph.keys_of(&nodes),
            parts,
            record_time: 0.0,
        };
        let pc = root.recorded.steps.first().map_or(0, |&(_, _, pc)| pc);
        let at = || self.position(cx, root.stacks[0][0].1, pc, 0);
        let attempt = || Attempt { trace: id.0, start: Start::Header { at: at() } };
        match self.build(cx, attempt(), draft) {
            Ok(tree) => {
                self.graph.replace(root, &tree);
                self.transplant(&tree);
            }
            Err((reason, detail)) => self.aborted(attempt(), reason, at(), detail),
        }
    }

    /// Joins exits of a tree to the bridges that had grown from the same exits of the traces that it was made of, if these were told
    /// nothing that does not hold here.
    fn transplant(&self, tree: &Node<Code<L>>) {
        let Some(seed) = &tree.seed else { return };
        let numbers = self.numbers(tree, &seed.parts);
        let mut grown: HashMap<(usize, SnapRef), TraceId> = HashMap::new();
        for node in self.graph.nodes().iter().filter(|node| node.id != tree.id) {
            let origins = node.seed.iter().flat_map(|seed| &seed.origins);
            for (exit, &(part, shot)) in std::iter::zip(&node.exits, origins) {
                let bridge = exit.bridge.get().filter(|&bridge| !self.graph.node(bridge).invalid.get());
                if let (Some(bridge), Some(&number)) = (bridge, numbers.get(&(node.id, part))) {
                    grown.insert((number, shot), bridge);
                }
            }
        }
        for (index, origin) in seed.origins.iter().enumerate() {
            let exit = SnapRef(index as u32);
            let Some(bridge) = grown.get(origin).map(|&bridge| self.graph.node(bridge)) else { continue };
            if tree.exit(exit).hot_at.get() != u64::MAX {
                let known = self.facts_at(tree, exit);
                if bridge.asks.told.iter().all(|(slot, told)| implied(&known, *slot, told)) {
                    tree.grow(exit, &bridge);
                }
            }
        }
    }

    /// The numbers that parts of nodes have among a tree's: of the nodes that these are of, and of what the tree has replaced, since
    /// trees begin with the parts of what they replace.
    fn numbers(&self, tree: &Node<Code<L>>, parts: &[Part<Code<L>>]) -> HashMap<(TraceId, usize), usize> {
        let mut numbers = HashMap::new();
        for node in self.graph.nodes().iter().filter(|node| self.graph.current(node.id) == tree.id) {
            let own = node.seed.iter().flat_map(|seed| 0..seed.parts.len());
            numbers.extend(own.map(|at| ((node.id, at), at)));
        }
        numbers.extend(parts.iter().enumerate().map(|(at, part)| ((part.node, 0), at)));
        numbers
    }

    /// The parts of a loop's tree, with the bridges that have returned since, as far as they fit.
    fn gather(&self, root: &Node<Code<L>>) -> Option<Vec<Part<Code<L>>>> {
        let mut parts = root.seed.as_ref()?.parts.clone();
        let mut numbers = self.numbers(root, &parts);
        for bridge in self.graph.nodes() {
            if self.graph.current(bridge.root) != root.id
                || bridge.trace.kind != EntryKind::Bridge
                || bridge.invalid.get()
            {
                continue;
            }
            let (Some(seed), Some((parent, exit))) = (&bridge.seed, bridge.from) else { continue };
            let parent = self.graph.node(parent);
            let Some(&(part, shot)) = parent.seed.as_ref().and_then(|seed| seed.origins.get(exit.index())) else {
                continue;
            };
            let Some(&part) = numbers.get(&(parent.id, part)) else { continue };
            let next = Part { from: Some((part, shot)), ..seed.parts[0].clone() };
            let size: usize = parts.iter().chain([&next]).map(|part| part.recording.len()).sum();
            if size <= self.config.tree_limit as usize && admits(&parts, &next) {
                numbers.insert((bridge.id, 0), parts.len());
                parts.push(next);
            }
        }
        Some(parts)
    }
}

/// Joins parts that admit one another.
fn join<L: Language>(id: TraceId, parts: &[Part<Code<L>>]) -> Option<Tree> {
    let mut lent: Vec<pv_opt::Part<'_>> = parts.iter().map(Part::lend).collect();
    let mut first = 0;
    for (lent, part) in std::iter::zip(&mut lent, parts) {
        lent.stacks = first;
        first += part.stacks.len() as u64;
    }
    let stacks: Vec<&Stack<Code<L>>> = parts.iter().flat_map(|part| &part.stacks).collect();
    let frame_size = |number: u64| {
        let stack = stacks[number as usize];
        L::frame_size(stack[stack.len() - 1].1) as i32
    };
    Tree::join(id, &lent, &frame_size)
}

fn admits<Code: Copy>(parts: &[Part<Code>], next: &Part<Code>) -> bool {
    let parts: Vec<pv_opt::Part<'_>> = parts.iter().map(Part::lend).collect();
    Tree::admits(&parts, &next.lend())
}

impl<Code: Copy> Part<Code> {
    /// The frame stacks, counted from where the tree starts: `base` slots lower.
    fn stacks_above(&self, base: i32) -> Vec<Stack<Code>> {
        let moved = |stack: &Stack<Code>| stack.iter().map(|&(at, code)| (at + base, code)).collect();
        self.stacks.iter().map(moved).collect()
    }

    fn lend(&self) -> pv_opt::Part<'_> {
        pv_opt::Part { trace: &self.recording, from: self.from, stacks: 0 }
    }
}
