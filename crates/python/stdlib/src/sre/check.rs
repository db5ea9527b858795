//! Whether a list of codes is a program that the engine can run. `re._compiler` makes no others, but programs can call
//! `_sre.compile` themselves.
//!
//! Terms: a *skip* is a code that says how far behind itself its construct ends.

use rustpython_sre_engine::{SreAtCode, SreCatCode, SreInfo, SreOpcode as Op};

/// Can these codes be run, for a pattern of that many groups?
pub(super) fn is_valid(code: &[u32], groups: usize) -> bool {
    let Some((last, _)) = code.split_last() else { return false };
    let end = code.len() - 1;
    groups <= super::MAX_GROUPS as usize
        && *last == Op::SUCCESS as u32
        && Checker { code, groups: groups as u32 }.block(0, end).is_some()
}

struct Checker<'a> {
    code: &'a [u32],
    groups: u32,
}

fn ensure(holds: bool) -> Option<()> {
    holds.then_some(())
}

impl Checker<'_> {
    /// The code at a place before `end`.
    fn arg(&self, at: usize, end: usize) -> Option<u32> {
        ensure(at < end)?;
        self.code.get(at).copied()
    }

    fn op(&self, at: usize, end: usize) -> Option<Op> {
        Op::try_from(self.arg(at, end)?).ok()
    }

    /// Where the construct with its skip at `at` ends.
    fn target(&self, at: usize, end: usize) -> Option<usize> {
        let target = at.checked_add(self.arg(at, end)? as usize)?;
        ensure(target <= end && target > at)?;
        Some(target)
    }

    /// Checks the code from one place to another.
    fn block(&self, mut at: usize, end: usize) -> Option<()> {
        ensure(at <= end)?;
        while at < end {
            at = self.construct(self.op(at, end)?, at + 1, end)?;
        }
        ensure(at == end)
    }

    /// Checks one construct, whose arguments begin at `at`; the place behind it.
    fn construct(&self, op: Op, at: usize, end: usize) -> Option<usize> {
        match op {
            Op::MARK => {
                ensure(self.arg(at, end)? < 2 * self.groups)?;
                Some(at + 1)
            }
            Op::LITERAL
            | Op::NOT_LITERAL
            | Op::LITERAL_IGNORE
            | Op::NOT_LITERAL_IGNORE
            | Op::LITERAL_UNI_IGNORE
            | Op::NOT_LITERAL_UNI_IGNORE
            | Op::LITERAL_LOC_IGNORE
            | Op::NOT_LITERAL_LOC_IGNORE => self.arg(at, end).map(|_| at + 1),
            Op::SUCCESS | Op::FAILURE | Op::ANY | Op::ANY_ALL => Some(at),
            Op::AT => {
                SreAtCode::try_from(self.arg(at, end)?).ok()?;
                Some(at + 1)
            }
            Op::IN | Op::IN_IGNORE | Op::IN_UNI_IGNORE | Op::IN_LOC_IGNORE => {
                let target = self.target(at, end)?;
                self.set(at + 1, target)?;
                Some(target)
            }
            Op::INFO => self.info(at, end),
            Op::BRANCH => self.branch(at, end),
            Op::REPEAT_ONE | Op::MIN_REPEAT_ONE | Op::POSSESSIVE_REPEAT_ONE | Op::REPEAT | Op::POSSESSIVE_REPEAT => {
                self.repeat(op, at, end)
            }
            Op::ATOMIC_GROUP => self.nested(at + 1, self.target(at, end)?),
            Op::ASSERT | Op::ASSERT_NOT => self.nested(at + 2, self.target(at, end)?),
            Op::GROUPREF | Op::GROUPREF_IGNORE | Op::GROUPREF_UNI_IGNORE | Op::GROUPREF_LOC_IGNORE => {
                ensure(self.arg(at, end)? < self.groups)?;
                Some(at + 1)
            }
            Op::GROUPREF_EXISTS => self.condition(at, end),
            _ => None,
        }
    }

    /// Code that ends with `SUCCESS` before `target`.
    fn nested(&self, at: usize, target: usize) -> Option<usize> {
        ensure(at < target && self.op(target - 1, target)? == Op::SUCCESS)?;
        self.block(at, target - 1)?;
        Some(target)
    }

    fn repeat(&self, op: Op, at: usize, end: usize) -> Option<usize> {
        let target = self.target(at, end)?;
        ensure(self.arg(at + 1, target)? <= self.arg(at + 2, target)?)?;
        if op != Op::REPEAT {
            let single = op != Op::POSSESSIVE_REPEAT;
            // A repetition of more than one character has its end behind the target.
            let behind = if single { target } else { target + 1 };
            ensure(behind <= end)?;
            return self.nested(at + 3, behind);
        }
        ensure(matches!(self.op(target, end)?, Op::MAX_UNTIL | Op::MIN_UNTIL))?;
        self.block(at + 3, target)?;
        Some(target + 1)
    }

    fn branch(&self, mut at: usize, end: usize) -> Option<usize> {
        let mut join = None;
        while self.arg(at, end)? != 0 {
            let next = self.target(at, end)?;
            ensure(next >= at + 3 && self.op(next - 2, next)? == Op::JUMP)?;
            self.block(at + 1, next - 2)?;
            let target = self.target(next - 1, end)?;
            ensure(*join.get_or_insert(target) == target)?;
            at = next;
        }
        ensure(join == Some(at + 1) || join.is_none())?;
        Some(at + 1)
    }

    fn condition(&self, at: usize, end: usize) -> Option<usize> {
        ensure(self.arg(at, end)? < self.groups)?;
        let skip = at + 1;
        let target = skip.checked_add(self.arg(skip, end)? as usize)?;
        ensure(target <= end + 1 && target > skip)?;
        let target = target - 1;
        if target >= skip + 3 && target <= end && self.op(target - 2, end) == Some(Op::JUMP) {
            let behind = self.target(target - 1, end)?;
            if self.block(skip + 1, target - 2).is_some() && self.block(target, behind).is_some() {
                return Some(behind);
            }
        }
        self.block(skip + 1, target)?;
        Some(target)
    }

    fn info(&self, at: usize, end: usize) -> Option<usize> {
        let target = self.target(at, end)?;
        let flags = SreInfo::from_bits(self.arg(at + 1, target)?)?;
        self.arg(at + 3, target)?;
        let mut at = at + 4;
        if flags.contains(SreInfo::PREFIX) {
            let len = self.arg(at, target)? as usize;
            ensure(self.arg(at + 1, target)? as usize <= len && len > 0)?;
            let overlaps = at + 2 + len;
            for overlap in overlaps..overlaps.checked_add(len)? {
                ensure((self.arg(overlap, target)? as usize) < len)?;
            }
            at = overlaps + len;
        }
        if flags.contains(SreInfo::CHARSET) {
            self.set(at, target)?;
            at = target;
        }
        ensure(at == target)?;
        Some(target)
    }

    /// A set of characters, which ends with `FAILURE`.
    fn set(&self, mut at: usize, end: usize) -> Option<()> {
        loop {
            at = match self.op(at, end)? {
                Op::FAILURE => return Some(()),
                Op::NEGATE => at + 1,
                Op::LITERAL => at + 2,
                Op::RANGE | Op::RANGE_UNI_IGNORE => at + 3,
                Op::CHARSET => at + 1 + 256 / 32,
                Op::CATEGORY => {
                    SreCatCode::try_from(self.arg(at + 1, end)?).ok()?;
                    at + 2
                }
                Op::BIGCHARSET => self.big_set(at + 1, end)?,
                _ => return None,
            };
        }
    }

    /// The place behind a set of 65536 characters: a number of blocks, 256 bytes that say which, the blocks.
    fn big_set(&self, at: usize, end: usize) -> Option<usize> {
        let blocks = self.arg(at, end)? as usize;
        let behind = (at + 1 + 256 / 4).checked_add(blocks.checked_mul(256 / 32)?)?;
        ensure(behind <= end)?;
        let indices = self.code.get(at + 1..at + 1 + 256 / 4)?;
        ensure(indices.iter().flat_map(|word| word.to_ne_bytes()).all(|index| usize::from(index) < blocks))?;
        Some(behind)
    }
}
