//! The reference evaluator: runs a trace on real memory, op by op.
//!
//! Role: the meaning of the op table in executable form. Tests run every trace here and compiled, and compare.
//! It performs exits itself (slots, virtual objects, counts, thread state), exactly as compiled code does; only
//! `State.exit`, which numbers compiled exits, stays untouched.
//!
//! Invariants: the trace has passed the verifier; memory is reached through the [`Door`] only.

mod exit;
mod ops;

use std::cell::Cell;
use std::fmt;

use pv_machine::{Context, Door};
use pv_word::Word;

use crate::inst::Inst;
use crate::ops::Op;
use crate::refs::{SnapRef, TraceId, ValueRef};
use crate::snapshot::ResumeKind;
use crate::trace::{Const, Jump, Terminator, Trace, ValueDef};

/// How an evaluation ended: the exit has been performed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// The snapshot through which the trace was left.
    pub snapshot: SnapRef,
    /// The guard that failed; `None` at a block's end.
    pub guard: Option<ValueRef>,
    /// The trace to enter next, after a link.
    pub link: Option<TraceId>,
    /// Instructions executed.
    pub steps: u64,
}

/// Why an evaluation did not end at an exit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EvalError {
    /// The fuel ran out; the state is as of somewhere in the middle of the trace.
    OutOfFuel,
    /// The trace would not have passed the verifier.
    Malformed(ValueRef),
}

impl fmt::Display for EvalError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            EvalError::OutOfFuel => f.write_str("out of fuel"),
            EvalError::Malformed(value) => write!(f, "malformed trace at {value}"),
        }
    }
}

impl std::error::Error for EvalError {}

/// What an instruction did.
enum Step {
    /// It has a result (0 where there is none).
    Value(u64),
    /// It is a guard, and failed.
    Failed,
}

/// One run of one trace.
pub struct Evaluator<'a, Cx: Context> {
    trace: &'a Trace,
    door: &'a Door<'a, Cx>,
    invalidated: Option<&'a Cell<bool>>,
    /// Counts guards, of which every so-manyth fails.
    chaos: Option<(&'a Cell<u64>, u64)>,
    fuel: u64,
    base: *const Cell<Word>,
    /// Raw bits by value.
    values: Vec<u64>,
}

impl<'a, Cx: Context> Evaluator<'a, Cx> {
    /// A run of `trace` from the frame that the state's base names.
    pub fn new(trace: &'a Trace, door: &'a Door<'a, Cx>) -> Self {
        let constant = |def: &ValueDef| match def {
            ValueDef::Const(constant) => Const::bits(constant),
            ValueDef::Param { .. } | ValueDef::Inst(_) => 0,
        };
        let values = trace.values.iter().map(constant).collect();
        Evaluator { trace, door, invalidated: None, chaos: None, fuel: u64::MAX, base: door.state().base.get(), values }
    }

    /// Gives up after so many instructions and jumps.
    pub fn with_fuel(mut self, fuel: u64) -> Self {
        self.fuel = fuel;
        self
    }

    /// Where `guard_not_invalidated` looks; without it the trace counts as valid.
    pub fn with_invalidation(mut self, flag: &'a Cell<bool>) -> Self {
        self.invalidated = Some(flag);
        self
    }

    /// Lets every `every`th guard fail that resumes before its bytecode, whatever it tests: the interpreter then does what the trace
    /// would have done. `count` goes on from run to run.
    pub fn with_chaos(mut self, count: &'a Cell<u64>, every: u64) -> Self {
        self.chaos = (every > 0).then_some((count, every));
        self
    }

    /// Is it this guard's turn to fail?
    fn sabotages(&self, inst: &Inst) -> bool {
        let (Some((count, every)), Some(snapshot)) = (self.chaos, inst.snapshot) else { return false };
        let tests = matches!(inst.op, Op::GuardTrue | Op::GuardFalse | Op::TagIntOvf);
        if !tests || self.trace.snapshot(snapshot).kind != ResumeKind::Before {
            return false;
        }
        count.set(count.get() + 1);
        count.get().is_multiple_of(every)
    }

    /// Runs until an exit has been performed.
    pub fn run(mut self) -> Result<Outcome, EvalError> {
        let budget = self.fuel;
        let mut block = self.trace.block(Trace::ENTRY);
        loop {
            for &value in &block.insts {
                let Some(inst) = self.trace.inst(value) else { return Err(EvalError::Malformed(value)) };
                self.burn()?;
                let step = if self.sabotages(inst) { Some(Step::Failed) } else { self.inst(inst) };
                match step.ok_or(EvalError::Malformed(value))? {
                    Step::Value(bits) => self.values[value.index()] = bits,
                    Step::Failed => {
                        let snapshot = inst.snapshot.ok_or(EvalError::Malformed(value))?;
                        return Ok(self.leave(snapshot, Some(value), None, budget));
                    }
                }
            }
            self.burn()?;
            let jump = match &block.terminator {
                Some(Terminator::Jump(jump)) => jump,
                Some(Terminator::Branch { cond, then, otherwise }) => {
                    if self.bits(*cond) != 0 {
                        then
                    } else {
                        otherwise
                    }
                }
                Some(Terminator::Exit(snapshot)) => return Ok(self.leave(*snapshot, None, None, budget)),
                Some(Terminator::Link { trace, snapshot }) => {
                    return Ok(self.leave(*snapshot, None, Some(*trace), budget));
                }
                None => return Err(EvalError::Malformed(ValueRef(0))),
            };
            self.pass_arguments(jump);
            block = self.trace.block(jump.block);
        }
    }

    fn burn(&mut self) -> Result<(), EvalError> {
        self.fuel = self.fuel.checked_sub(1).ok_or(EvalError::OutOfFuel)?;
        Ok(())
    }

    fn pass_arguments(&mut self, jump: &Jump) {
        let arguments: Vec<u64> = jump.args.iter().map(|arg| self.bits(*arg)).collect();
        for (param, bits) in self.trace.block(jump.block).params.iter().zip(arguments) {
            self.values[param.index()] = bits;
        }
    }

    fn leave(&mut self, snapshot: SnapRef, guard: Option<ValueRef>, link: Option<TraceId>, budget: u64) -> Outcome {
        self.exit(snapshot);
        Outcome { snapshot, guard, link, steps: budget - self.fuel }
    }

    fn bits(&self, value: ValueRef) -> u64 {
        self.values[value.index()]
    }

    fn word(&self, value: ValueRef) -> Word {
        Word(self.bits(value))
    }

    fn float(&self, value: ValueRef) -> f64 {
        f64::from_bits(self.bits(value))
    }

    /// Operand `index` of an instruction; 0 where the trace is malformed.
    fn arg(&self, inst: &Inst, index: usize) -> u64 {
        inst.args.get(index).map_or(0, |value| self.bits(*value))
    }
}

#[cfg(test)]
mod tests;
