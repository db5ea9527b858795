//! Control flow over decoded instructions, and the two analyses that stand on it: which
//! registers are certainly filled before an instruction, and which may still be read after it.
//!
//! The graph is made either from the compiler's instructions before encoding or from finished code.

use crate::access::{Access, Touch, Way, accesses};
use crate::insn::{Decoded, Reg};
use crate::op::{Effects, Role};
use crate::unit::RegSet;

/// Instructions with resolved edges. Instruction numbers are indices into `insns`.
#[derive(Debug, Default)]
pub struct Flow {
    /// The instructions.
    pub insns: Vec<Decoded>,
    /// Where each jumps to, if it can jump.
    pub jumps: Vec<Option<usize>>,
    /// Handler and release floor of each, if it is covered.
    pub handlers: Vec<Option<(usize, Reg)>>,
    /// Registers below this are locals.
    pub nlocals: u32,
    /// Number of registers.
    pub nregs: u32,
}

/// A way along which control can go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Edge {
    /// To the next instruction.
    Fall(usize),
    /// To the jump target.
    Jump(usize),
    /// To the handler, which releases temporaries from the register on and fills it.
    Raise(usize, Reg),
}

impl Flow {
    /// Whether the instruction has a jump operand.
    pub fn has_jump(insn: &Decoded) -> bool {
        insn.op.info().operands.contains(&Role::Jump)
    }

    /// All ways out of an instruction. `Fall` may name the end of the code.
    pub fn edges(&self, at: usize) -> impl Iterator<Item = Edge> + use<> {
        let ends = self.insns[at].op.info().effects.has(Effects::ENDS);
        let fall = (!ends).then_some(Edge::Fall(at + 1));
        let raise = self.handlers[at].map(|(to, floor)| Edge::Raise(to, floor));
        fall.into_iter().chain(self.jumps[at].map(Edge::Jump)).chain(raise)
    }

    /// Which instructions can be reached from the first.
    pub fn reachable(&self) -> Vec<bool> {
        let mut seen = vec![false; self.insns.len()];
        let mut work = vec![0];
        while let Some(at) = work.pop() {
            if at >= seen.len() || std::mem::replace(&mut seen[at], true) {
                continue;
            }
            work.extend(self.edges(at).map(|edge| match edge {
                Edge::Fall(to) | Edge::Jump(to) | Edge::Raise(to, _) => to,
            }));
        }
        seen
    }

    /// Registers that certainly hold something before each instruction; `None` where unreachable.
    /// `entry` are those filled at the start.
    pub fn filled(&self, entry: RegSet) -> Vec<Option<RegSet>> {
        let mut states: Vec<Option<RegSet>> = vec![None; self.insns.len()];
        let mut work = vec![];
        merge(&mut states, &mut work, 0, entry);
        while let Some(at) = work.pop() {
            let Some(before) = states[at].clone() else { continue };
            for edge in self.edges(at) {
                let (to, after) = self.after(at, &before, edge);
                merge(&mut states, &mut work, to, after);
            }
        }
        states
    }

    /// Where an edge leads, and what is filled there.
    pub fn after(&self, at: usize, before: &RegSet, edge: Edge) -> (usize, RegSet) {
        let mut state = before.clone();
        let (to, way) = match edge {
            Edge::Fall(to) => (to, Way::Fall),
            Edge::Jump(to) => (to, Way::Jump),
            Edge::Raise(to, floor) => {
                for reg in before.iter().filter(|reg| *reg >= floor) {
                    state.remove(reg);
                }
                state.insert(floor);
                return (to, state);
            }
        };
        accesses(&self.insns[at], self.nlocals, |access| apply(&mut state, access, way));
        (to, state)
    }

    /// Registers that may be read after entry to each instruction.
    pub fn live(&self) -> Vec<RegSet> {
        let len = self.insns.len();
        let mut live = vec![RegSet::default(); len];
        let preds = self.predecessors();
        let mut work: Vec<usize> = (0..len).collect();
        let mut queued = vec![true; len];
        while let Some(at) = work.pop() {
            queued[at] = false;
            let before = self.live_before(at, &live);
            if live[at].union(&before) {
                for &pred in &preds[at] {
                    if !std::mem::replace(&mut queued[pred], true) {
                        work.push(pred);
                    }
                }
            }
        }
        live
    }

    fn predecessors(&self) -> Vec<Vec<usize>> {
        let mut preds = vec![Vec::new(); self.insns.len()];
        for at in 0..self.insns.len() {
            for edge in self.edges(at) {
                let (Edge::Fall(to) | Edge::Jump(to) | Edge::Raise(to, _)) = edge;
                if let Some(list) = preds.get_mut(to) {
                    list.push(at);
                }
            }
        }
        preds
    }

    fn live_before(&self, at: usize, live: &[RegSet]) -> RegSet {
        let mut before = RegSet::default();
        for edge in self.edges(at) {
            let (to, way) = match edge {
                Edge::Fall(to) => (to, Way::Fall),
                Edge::Jump(to) => (to, Way::Jump),
                Edge::Raise(to, floor) => {
                    for reg in live[to].iter().filter(|reg| *reg < floor) {
                        before.insert(reg);
                    }
                    continue;
                }
            };
            let mut state = live.get(to).cloned().unwrap_or_default();
            let mut reads = RegSet::default();
            accesses(&self.insns[at], self.nlocals, |access| {
                if access.way == Way::Both || access.way == way {
                    match access.touch {
                        Touch::Read | Touch::Consume | Touch::Check => {
                            reads.insert(access.reg);
                        }
                        Touch::Clear | Touch::Write => state.remove(access.reg),
                        Touch::Room => {}
                    }
                }
            });
            before.union(&state);
            before.union(&reads);
        }
        before
    }
}

fn apply(state: &mut RegSet, access: Access, way: Way) {
    if access.way != Way::Both && access.way != way {
        return;
    }
    match access.touch {
        Touch::Consume | Touch::Clear => state.remove(access.reg),
        Touch::Write | Touch::Check => {
            state.insert(access.reg);
        }
        Touch::Read | Touch::Room => {}
    }
}

fn merge(states: &mut [Option<RegSet>], work: &mut Vec<usize>, to: usize, new: RegSet) {
    let Some(slot) = states.get_mut(to) else { return };
    let changed = match slot {
        Some(old) => old.intersect(&new),
        None => {
            *slot = Some(new);
            true
        }
    };
    if changed {
        work.push(to);
    }
}
