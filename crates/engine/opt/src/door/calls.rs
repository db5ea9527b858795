//! Calls of helpers.

use pv_ir::{Imm, Inst, Op, SnapRef, ValueRef};
use pv_machine::{AliasSet, Counted, Effects, HelperInfo};

use super::{Args, Door, Key};
use crate::config::Pass;

impl Door<'_> {
    /// `call_word`, `call_int`, `call_float`.
    pub(crate) fn call(&mut self, op: Op, args: &[ValueRef], imm: Imm, snapshot: Option<SnapRef>) -> ValueRef {
        let args: Args = args.iter().map(|&arg| self.resolve(arg)).collect();
        args.iter().for_each(|&arg| self.force(arg));
        let helper = imm.helper();
        let key = helper.filter(|it| it.effects.elidable).and_then(|it| Key::call(op, address(it), &args));
        if let Some(known) = key.and_then(|key| self.known_call(op, key)) {
            return known;
        }
        let effects = helper.map_or(Effects::ANY, |helper| helper.effects);
        let safepoint = snapshot.map(|snapshot| self.safepoint(snapshot));
        self.before_call(effects);
        let value = self.append_translated(Inst { op, args, imm, snapshot: safepoint });
        self.after_call(effects);
        if let Some(snapshot) = snapshot.filter(|_| effects.reenters) {
            self.forget_homes_above(snapshot);
        }
        if op == Op::CallWord {
            self.state.counts[value.index()].owned = 1;
        }
        if let Some(key) = key {
            self.state.pure.insert(key, value);
        }
        value
    }

    /// The result of an earlier call with the same arguments, with a count of its own.
    fn known_call(&mut self, op: Op, key: Key) -> Option<ValueRef> {
        let value = self.resolve(*self.state.pure.get(&key).filter(|_| self.runs(Pass::Reuse))?);
        let alive =
            op != Op::CallWord || self.is_uncounted(value) || self.state.counts[self.holder(value).index()].owned > 0;
        if !alive {
            return None;
        }
        if op == Op::CallWord {
            self.incref(value);
        }
        self.stats.hit(Pass::Reuse);
        Some(value)
    }

    /// The language's own code runs in frames above the current one, over homes that deeper inlined frames had: nothing is known of
    /// those any more. Where the current frame ends is not known here; slots past the last one listed are taken for outside.
    fn forget_homes_above(&mut self, raw: SnapRef) {
        let raw = self.raw.snapshot(raw);
        let last = raw.slots.iter().map(|&(slot, _)| slot).max().unwrap_or(raw.base);
        self.state.home.retain(|&slot, _| slot <= last);
    }

    fn before_call(&mut self, effects: Effects) {
        self.break_classes(if effects.reenters { AliasSet::ALL } else { effects.writes });
        if effects.reenters || effects.reads.contains(Counted::ALIAS) || effects.writes.contains(Counted::ALIAS) {
            self.settle_all();
        } else if effects.frees {
            self.settle_borrowed();
        }
    }

    fn after_call(&mut self, effects: Effects) {
        self.state.heap.forget(if effects.reenters { AliasSet::ALL } else { effects.writes });
        if effects.reenters {
            self.state.held.clear();
        }
        if effects.reenters || effects.invalidates {
            self.state.valid = false;
        }
        if effects.reenters || effects.frees {
            self.state.quiet = false;
        }
    }
}

fn address(helper: &'static HelperInfo) -> usize {
    std::ptr::from_ref(helper).addr()
}
