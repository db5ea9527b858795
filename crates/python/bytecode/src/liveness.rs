//! Which registers matter at a point of a code unit.
//!
//! A register is *live* before an instruction when a later one may read it, on some path, exceptional ones
//! included; it is *filled* when it certainly holds something. A register that is filled but not live
//! still owns its value (and a frame's locals stay visible from outside), so liveness only tells what
//! execution itself needs: what a loop must carry, what a resumed frame will look at.

use crate::flow::Flow;
use crate::insn::{Pc, Reg};
use crate::unit::{CodeUnit, RegSet};
use crate::verify::{VerifyError, flow_of};

/// Liveness of a whole unit; computed once, queried by pc.
#[derive(Debug)]
pub struct Liveness {
    starts: Vec<Pc>,
    live: Vec<RegSet>,
    filled: Vec<Option<RegSet>>,
    nlocals: u32,
}

impl Liveness {
    /// Analyses a unit.
    pub fn new(unit: &CodeUnit) -> Result<Liveness, VerifyError> {
        let wrap = |(pc, message)| VerifyError { unit: unit.qualname.to_string(), pc, message };
        let flow: Flow = flow_of(unit).map_err(wrap)?;
        let mut entry = RegSet::new(unit.nregs as usize);
        for reg in 0..unit.nparams() {
            entry.insert(Reg(reg as u16));
        }
        let filled = flow.filled(entry);
        let live = flow.live();
        let starts = flow.insns.iter().map(|insn| insn.pc).collect();
        Ok(Liveness { starts, live, filled, nlocals: unit.nlocals })
    }

    fn index(&self, pc: Pc) -> Option<usize> {
        self.starts.binary_search(&pc).ok()
    }

    /// Registers that may be read after entry to the instruction at `pc`.
    pub fn live(&self, pc: Pc) -> Option<&RegSet> {
        self.index(pc).map(|i| &self.live[i])
    }

    /// Registers that certainly hold something before the instruction at `pc`; temporaries exactly.
    pub fn filled(&self, pc: Pc) -> Option<&RegSet> {
        self.index(pc).and_then(|i| self.filled[i].as_ref())
    }

    /// The first register above all temporaries that are filled before the instruction at `pc`.
    pub fn top(&self, pc: Pc) -> Option<Reg> {
        let filled = self.filled(pc)?;
        let last = filled.iter().filter(|reg| u32::from(reg.0) >= self.nlocals).last();
        Some(last.map_or(Reg(self.nlocals as u16), |reg| Reg(reg.0 + 1)))
    }
}

#[cfg(test)]
mod tests;
