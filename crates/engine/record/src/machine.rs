//! `Recording` as a `Machine`.

use pv_ir::{Imm, Op, ResumeKind, ValueRef};
use pv_machine::{
    Array, BoolOp, Breaker, Cmp, Context, Direct, Field, FloatOp, Helper, IntOp, Machine, Own, Slot, Typed, refusal,
};
use pv_word::{INT_MAX, INT_MIN, Word};

use crate::abort::Abort;
use crate::facts::Kinds;
use crate::recording::Recording;

/// A word and its place in the trace.
#[derive(Clone, Copy, Debug)]
pub struct Val {
    pub(crate) word: Word,
    pub(crate) at: ValueRef,
}

/// An integer and its place in the trace.
#[derive(Clone, Copy, Debug)]
pub struct Int {
    pub(crate) value: i64,
    pub(crate) at: ValueRef,
}

/// A double and its place in the trace.
#[derive(Clone, Copy, Debug)]
pub struct Float {
    pub(crate) value: f64,
    pub(crate) at: ValueRef,
}

/// A truth value and its place in the trace.
#[derive(Clone, Copy, Debug)]
pub struct Bool {
    value: bool,
    at: ValueRef,
}

impl<Cx: Context> Recording<'_, Cx> {
    fn all_const(&self, values: &[ValueRef]) -> bool {
        self.aborted.is_none() && values.iter().all(|&value| self.is_const(value))
    }

    fn pure_int(&mut self, op: Op, args: &[ValueRef], value: i64) -> Int {
        let at = if self.all_const(args) { self.b.int(value) } else { self.op(op, args) };
        Int { value, at }
    }

    fn pure_float(&mut self, op: Op, args: &[ValueRef], value: f64) -> Float {
        let at = if self.all_const(args) { self.b.float(value) } else { self.op(op, args) };
        Float { value, at }
    }

    fn pure_bool(&mut self, op: Op, args: &[ValueRef], value: bool) -> Bool {
        let at = if self.all_const(args) { self.b.bool(value) } else { self.op(op, args) };
        Bool { value, at }
    }

    /// A number that is about to be held is tested at once, where the step can still be repeated: its reader will ask, and until then each
    /// count of it would have to ask too (loads carry their type, as in LuaJIT). Other kinds are left alone, because they mix in
    /// containers and a program may only pass them on.
    fn expect_float(&mut self, value: Val) {
        if value.word.is_float() && !self.step.effects && !self.step.branched {
            self.kind_test(value, Op::IsFloat, Kinds::FLOAT);
        }
    }

    /// Tests whether a word is of the given kinds; no guard where facts tell.
    fn kind_test(&mut self, value: Val, op: Op, kinds: Kinds) -> bool {
        let recorded = match op {
            Op::IsInt => value.word.is_int(),
            Op::IsFloat => value.word.is_float(),
            _ => value.word.is_ptr(),
        };
        let known = self.kinds(value.at);
        if self.aborted.is_none() && !known.within(kinds) && !known.excludes(kinds) {
            let condition = self.op(op, &[value.at]);
            self.guard_bool(condition, recorded);
            self.facts.narrow(value.at, if recorded { kinds } else { Kinds::ANY.without(kinds) });
        }
        recorded
    }

    /// An owned result that is now in flight.
    pub(crate) fn own_result(&mut self, word: Word, at: ValueRef) -> Own<Val> {
        if self.aborted.is_none() && self.may_count(at) {
            self.in_flight.push((at, None));
        }
        Own::new(Val { word, at })
    }

    pub(crate) fn land(&mut self, value: Own<Val>) -> Val {
        let value = value.into_inner();
        if self.aborted.is_none() {
            self.landed(value.at);
        }
        value
    }

    fn resolve(&self, value: Val) -> Val {
        Val { at: self.facts.resolve(value.at), ..value }
    }

    /// Emits a call of a helper that has been executed, with its effects on the step.
    fn emit_call(&mut self, helper: &'static Helper<Cx>, op: Op, args: &[ValueRef], imm: Imm) -> ValueRef {
        let effects = helper.info.effects;
        // A number that was only looked up is looked up again when the step is repeated.
        let repeatable = effects.elidable || (op == Op::CallInt && effects.only_reads());
        if !repeatable {
            self.effect();
        }
        let window = matches!(imm, Imm::Window { .. });
        let snapshot = (effects.reenters || window).then(|| self.safepoint());
        let at = self.emit(op, args, imm, snapshot);
        self.freed |= effects.frees;
        self.step.reentered |= effects.reenters || effects.invalidates;
        at
    }

    /// An elidable call on constants: its result is a constant too.
    fn folded_call(&mut self, word: Word) -> Own<Val> {
        let at = self.constant_word(word);
        if self.may_count(at) {
            self.pending.push(at);
        }
        self.own_result(word, at)
    }

    fn call_result(&mut self, helper: &'static Helper<Cx>, word: Word, at: ValueRef) -> Own<Val> {
        if self.aborted.is_none() && !helper.info.effects.raises {
            self.facts.narrow(at, Kinds::ANY.without(Kinds::EMPTY));
        }
        self.own_result(word, at)
    }

    fn refs<const N: usize, T: Copy>(args: &[T], value: impl Fn(T) -> ValueRef) -> ([ValueRef; N], usize) {
        let mut refs = [ValueRef(0); N];
        for (at, &arg) in args.iter().enumerate() {
            refs[at] = value(arg);
        }
        (refs, args.len())
    }

    fn words(args: &[Val]) -> [Word; 8] {
        let mut words = [Word::EMPTY; 8];
        for (at, arg) in args.iter().enumerate() {
            words[at] = arg.word;
        }
        words
    }
}

impl<Cx: Context> Machine for Recording<'_, Cx> {
    type Cx = Cx;
    type Val = Val;
    type Int = Int;
    type Float = Float;
    type Bool = Bool;

    const INTERPRETING: bool = false;

    fn cx(&self) -> &Cx {
        self.direct.cx()
    }

    // -- Frame -----------------------------------------------------------------------------------------------

    fn pc(&self) -> u32 {
        self.direct.pc()
    }
    fn set_pc(&mut self, pc: u32) {
        self.direct.set_pc(pc);
    }
    fn code(&self) -> Cx::Code {
        self.direct.code()
    }
    fn known_frame(&self, delta: i32) -> Option<Cx::Code> {
        let base = self.base + delta;
        self.frames.iter().rev().find(|frame| frame.0 == base).map(|frame| frame.1)
    }
    fn switch_frame(&mut self, delta: i32, code: Cx::Code, pc: u32) {
        self.direct.switch_frame(delta, code, pc);
        self.base += delta;
        self.depth += if delta > 0 { 1 } else { -1 };
        let base = self.base;
        self.surfaced |= delta < 0 && !self.frames.iter().any(|frame| frame.0 == base);
        self.frames.retain(|frame| frame.0 < base);
        self.frames.push((base, code));
        self.stack = None;
    }
    fn has_room(&mut self, slots: i32) -> bool {
        let fits = self.direct.has_room(slots);
        if fits {
            self.room = (self.room.0.max(self.base + slots), self.room.1.max((self.depth + 1).max(0) as u32));
        } else {
            self.abort(Abort::TooDeep);
        }
        fits
    }
    fn get(&mut self, slot: Slot) -> Val {
        let at = self.read_slot(self.base + slot.0);
        Val { word: self.direct.get(slot), at: self.facts.resolve(at) }
    }
    fn take(&mut self, slot: Slot) -> Own<Val> {
        let index = self.base + slot.0;
        let at = self.read_slot(index);
        let at = self.facts.resolve(at);
        let word = self.direct.take(slot).into_inner();
        if self.aborted.is_none() {
            let empty = self.b.word(Word::EMPTY);
            self.slots.set(index, empty);
            if self.may_count(at) {
                self.in_flight.push((at, Some(index)));
            }
        }
        Own::new(Val { word, at })
    }
    fn put(&mut self, slot: Slot, value: Own<Val>) {
        let index = self.base + slot.0;
        let old = self.read_slot(index);
        let old = self.facts.resolve(old);
        let value = self.land(value);
        self.direct.put(slot, Own::new(value.word));
        if self.aborted.is_none() {
            self.slots.set(index, value.at);
            self.drop_value(old);
        }
    }
    fn init(&mut self, slot: Slot, value: Own<Val>) {
        let value = self.land(value);
        self.direct.init(slot, Own::new(value.word));
        if self.aborted.is_none() {
            self.slots.set(self.base + slot.0, value.at);
        }
    }

    // -- Constants and promotion --------------------------------------------------------------------------------

    fn word(&mut self, word: Word) -> Val {
        Val { word, at: self.constant_word(word) }
    }
    fn int(&mut self, value: i64) -> Int {
        Int { value, at: self.b.int(value) }
    }
    fn float(&mut self, value: f64) -> Float {
        Float { value, at: self.b.float(value) }
    }
    fn promote(&mut self, value: Val) -> Word {
        self.is(value, value.word);
        value.word
    }
    fn promote_int(&mut self, value: Int) -> i64 {
        self.int_is(value, value.value);
        value.value
    }
    fn assume(&mut self, key: u64) {
        self.keys.push(key);
    }

    // -- Tests ----------------------------------------------------------------------------------------------------

    fn is_int(&mut self, value: Val) -> bool {
        self.kind_test(value, Op::IsInt, Kinds::INT)
    }
    fn is_float(&mut self, value: Val) -> bool {
        self.kind_test(value, Op::IsFloat, Kinds::FLOAT)
    }
    fn is_ptr(&mut self, value: Val) -> bool {
        self.kind_test(value, Op::IsPtr, Kinds::POINTER)
    }
    fn both_ints(&mut self, a: Val, b: Val) -> bool {
        let recorded = Word::both_int(a.word, b.word);
        let decided = |kinds: Kinds| kinds.within(Kinds::INT) || kinds.excludes(Kinds::INT);
        if !recorded || decided(self.kinds(a.at)) || decided(self.kinds(b.at)) {
            return self.is_int(a) && self.is_int(b);
        }
        if self.aborted.is_none() {
            let condition = self.op(Op::BothInts, &[a.at, b.at]);
            self.guard_bool(condition, true);
            self.facts.narrow(a.at, Kinds::INT);
            self.facts.narrow(b.at, Kinds::INT);
        }
        true
    }
    fn is(&mut self, value: Val, word: Word) -> bool {
        let recorded = value.word == word;
        let value = self.resolve(value);
        if self.aborted.is_some() || self.is_const(value.at) {
            return recorded;
        }
        if word.is_empty() && self.kinds(value.at).excludes(Kinds::EMPTY) {
            return recorded;
        }
        let constant = self.constant_word(word);
        let condition = self.op(Op::WEq, &[value.at, constant]);
        self.guard_bool(condition, recorded);
        if recorded {
            self.facts.equate(value.at, constant);
            let kinds = self.kinds(constant);
            self.facts.narrow(value.at, kinds);
        } else if word.is_empty() {
            self.facts.narrow(value.at, Kinds::ANY.without(Kinds::EMPTY));
        }
        recorded
    }
    fn int_is(&mut self, value: Int, constant: i64) -> bool {
        let recorded = value.value == constant;
        if self.aborted.is_none() && !self.is_const(value.at) {
            let constant = match self.b.trace().inst(value.at).map(|inst| inst.imm) {
                Some(Imm::Field(field)) => self.constant_int(field, constant),
                _ => self.b.int(constant),
            };
            let condition = self.op(Op::IEq, &[value.at, constant]);
            self.guard_bool(condition, recorded);
        }
        recorded
    }
    fn test(&mut self, value: Bool) -> bool {
        self.guard_bool(value.at, value.value);
        value.value
    }
    fn branch(&mut self, value: Bool, then: u32, otherwise: u32) {
        self.direct.set_pc(if value.value { then } else { otherwise });
        if self.aborted.is_some() || self.is_const(value.at) {
            return;
        }
        self.flush_counts();
        let snapshot = self.after_snapshot(if value.value { otherwise } else { then });
        self.guard_at(if value.value { Op::GuardTrue } else { Op::GuardFalse }, &[value.at], snapshot);
        self.step.branched = true;
    }
    fn checkpoint(&mut self, continuation: u8) {
        if self.aborted.is_some() {
            return;
        }
        self.flush_counts();
        let mut place = self.place();
        place.pc |= u32::from(continuation) << 24;
        self.commit(place);
    }
    fn checkpoint_raising(&mut self, continuation: u8) {
        if self.aborted.is_some() {
            return;
        }
        self.flush_counts();
        let mut place = self.place();
        place.pc |= u32::from(continuation) << 24;
        self.commit(place);
        self.step.kind = ResumeKind::Raising;
    }
    fn raised(&mut self, result: &Own<Val>) -> bool {
        let Val { word, at } = result.get();
        let raised = word.is_empty();
        if self.aborted.is_some() || self.kinds(at).excludes(Kinds::EMPTY) {
            return raised;
        }
        if raised {
            self.abort(Abort::Raised);
            return true;
        }
        let snapshot = self.raising_snapshot(at);
        self.guard_at(Op::GuardNotRaised, &[at], snapshot);
        self.facts.narrow(at, Kinds::ANY.without(Kinds::EMPTY));
        false
    }
    fn raised_int(&mut self, result: Int) -> bool {
        let raised = result.value < 0;
        if self.aborted.is_some() || self.is_const(result.at) {
            return raised;
        }
        if raised {
            self.abort(Abort::Raised);
            return true;
        }
        let snapshot = self.raising_snapshot(result.at);
        self.guard_at(Op::GuardNotRaisedInt, &[result.at], snapshot);
        false
    }
    fn boundary(&mut self) -> bool {
        // A collection waits for the trace's next poll: were it served here, no loop that allocates could be recorded while one is due.
        if self.direct.cx().state().breaker.bits() & Breaker::BOUNDARY != 0 {
            self.abort(Abort::Boundary);
            return true;
        }
        if self.freed && self.aborted.is_none() {
            self.flush_counts();
            let snapshot = self.after_snapshot(self.direct.pc());
            self.guard_at(Op::Boundary, &[], snapshot);
            self.freed = false;
        }
        false
    }

    // -- Integers ---------------------------------------------------------------------------------------------------

    fn untag_int(&mut self, value: Val) -> Int {
        self.pure_int(Op::UntagInt, &[value.at], value.word.untag_int())
    }
    fn tag_int(&mut self, value: Int) -> Option<Val> {
        let Some(word) = Word::from_i64(value.value) else {
            let offset = self.int(-INT_MIN);
            let limit = self.int(INT_MAX - INT_MIN);
            let shifted = self.int_op(IntOp::Add, value, offset);
            let fits = self.pure_bool(Op::IUlt, &[limit.at, shifted.at], true);
            self.guard_bool(fits.at, true);
            return None;
        };
        if self.all_const(&[value.at]) {
            return Some(self.word(word));
        }
        let at = self.guard(Op::TagIntOvf, &[value.at]);
        self.facts.narrow(at, Kinds::INT);
        Some(Val { word, at })
    }
    fn tagged(&mut self, op: IntOp, a: Val, b: Val) -> Option<Val> {
        let result = self.direct.tagged(op, a.word, b.word);
        let args = [a.at, b.at];
        let Some(word) = result else {
            if !self.all_const(&args) {
                let refused = self.emit(Op::CallInt, &args, Imm::Helper(refusal(op)), None);
                self.int_is(Int { value: 1, at: refused }, 1);
            }
            return None;
        };
        if self.all_const(&args) {
            return Some(self.word(word));
        }
        let op = Op::tagged_int(op);
        let at = if op.is_guard() { self.guard(op, &args) } else { self.op(op, &args) };
        if self.aborted.is_none() {
            self.facts.narrow(at, Kinds::INT);
        }
        Some(Val { word, at })
    }
    fn int_op(&mut self, op: IntOp, a: Int, b: Int) -> Int {
        let value = self.direct.int_op(op, a.value, b.value);
        self.pure_int(Op::raw_int(op), &[a.at, b.at], value)
    }
    fn cmp_ints(&mut self, cmp: Cmp, a: Int, b: Int) -> Bool {
        let value = self.direct.cmp_ints(cmp, a.value, b.value);
        self.pure_bool(Op::cmp_int(cmp), &[a.at, b.at], value)
    }
    fn cmp_words(&mut self, cmp: Cmp, a: Val, b: Val) -> Bool {
        let value = self.direct.cmp_words(cmp, a.word, b.word);
        self.pure_bool(Op::cmp_word(cmp), &[a.at, b.at], value)
    }

    // -- Floats -------------------------------------------------------------------------------------------------------

    fn untag_float(&mut self, value: Val) -> Float {
        self.pure_float(Op::UntagFloat, &[value.at], value.word.untag_float())
    }
    fn tag_float(&mut self, value: Float) -> Own<Val> {
        let word = self.direct.tag_float(value.value).into_inner();
        if word.is_float() && self.all_const(&[value.at]) {
            return Own::new(self.word(word));
        }
        let immediate = word.is_float() && !self.step.effects && !self.step.branched;
        if immediate {
            let fits = self.op(Op::FloatFits, &[value.at]);
            self.guard_bool(fits, true);
        }
        let at = self.op(Op::TagFloat, &[value.at]);
        if self.aborted.is_none() {
            self.facts.narrow(at, if immediate { Kinds::FLOAT } else { Kinds::FLOAT.or(Kinds::COUNTED) });
        }
        self.own_result(word, at)
    }
    fn float_op(&mut self, op: FloatOp, a: Float, b: Float) -> Float {
        let value = self.direct.float_op(op, a.value, b.value);
        let op = Op::float(op);
        self.pure_float(op, &[a.at, b.at][..op.info().args.len()], value)
    }
    fn cmp_floats(&mut self, cmp: Cmp, a: Float, b: Float) -> Bool {
        let value = self.direct.cmp_floats(cmp, a.value, b.value);
        match Op::cmp_float(cmp) {
            Some(op) => self.pure_bool(op, &[a.at, b.at], value),
            None => Bool { value, at: self.b.bool(value) },
        }
    }
    fn int_to_float(&mut self, value: Int) -> Float {
        self.pure_float(Op::IntToFloat, &[value.at], value.value as f64)
    }
    fn float_to_int(&mut self, value: Float) -> Int {
        self.pure_int(Op::FloatToInt, &[value.at], value.value as i64)
    }

    // -- Truth values -------------------------------------------------------------------------------------------------

    fn bool_word(&mut self, value: Bool) -> Val {
        let word = self.direct.bool_word(value.value);
        if self.all_const(&[value.at]) {
            return self.word(word);
        }
        let at = self.op(Op::BoolWord, &[value.at]);
        if self.aborted.is_none() {
            self.facts.narrow(at, Kinds::IMMORTAL.or(Kinds::INT));
        }
        Val { word, at }
    }
    fn not(&mut self, value: Bool) -> Bool {
        self.pure_bool(Op::Not, &[value.at], !value.value)
    }
    fn select(&mut self, condition: Bool, then: Val, otherwise: Val) -> Val {
        if self.all_const(&[condition.at]) || then.at == otherwise.at {
            return if condition.value { then } else { otherwise };
        }
        let word = if condition.value { then.word } else { otherwise.word };
        let kinds = self.kinds(then.at).or(self.kinds(otherwise.at));
        let at = self.op(Op::Select, &[condition.at, then.at, otherwise.at]);
        if self.aborted.is_none() {
            self.facts.narrow(at, kinds);
        }
        Val { word, at }
    }
    fn bool_op(&mut self, op: BoolOp, a: Bool, b: Bool) -> Bool {
        let value = self.direct.bool_op(op, a.value, b.value);
        let op = match op {
            BoolOp::And => Op::And,
            BoolOp::Or => Op::Or,
        };
        self.pure_bool(op, &[a.at, b.at], value)
    }

    // -- Heap: see `heap` ---------------------------------------------------------------------------------------------

    fn load<L>(&mut self, object: Typed<Val, L>, field: &'static Field<L>) -> Val {
        self.do_load(object, field)
    }
    fn load_int<L>(&mut self, object: Typed<Val, L>, field: &'static Field<L>) -> Int {
        self.do_load_int(object, field)
    }
    fn load_float<L>(&mut self, object: Typed<Val, L>, field: &'static Field<L>) -> Float {
        self.do_load_float(object, field)
    }
    fn replace<L>(&mut self, object: Typed<Val, L>, field: &'static Field<L>, value: Own<Val>) -> Own<Val> {
        self.do_replace(object, field, value)
    }
    #[allow(unsafe_code)]
    unsafe fn store_int<L>(&mut self, object: Typed<Val, L>, field: &'static Field<L>, value: Int) {
        self.do_store_int(object, field, value);
    }
    fn store_float<L>(&mut self, object: Typed<Val, L>, field: &'static Field<L>, value: Float) {
        self.do_store_float(object, field, value);
    }
    fn in_bounds<L>(&mut self, object: Typed<Val, L>, array: &'static Array<L>, index: Int) -> bool {
        let (within, condition) = self.do_in_bounds(object, array, index);
        let condition = self.pure_bool(Op::IUlt, &[index.at, condition], within);
        self.test(condition)
    }
    fn elem<L>(&mut self, object: Typed<Val, L>, array: &'static Array<L>, index: Int) -> Val {
        self.do_elem(object, array, index)
    }
    fn elem_int<L>(&mut self, object: Typed<Val, L>, array: &'static Array<L>, index: Int) -> Int {
        self.do_elem_int(object, array, index)
    }
    fn elem_float<L>(&mut self, object: Typed<Val, L>, array: &'static Array<L>, index: Int) -> Float {
        self.do_elem_float(object, array, index)
    }
    fn replace_elem<L>(
        &mut self,
        object: Typed<Val, L>,
        array: &'static Array<L>,
        index: Int,
        value: Own<Val>,
    ) -> Own<Val> {
        self.do_replace_elem(object, array, index, value)
    }
    fn store_elem_int<L>(&mut self, object: Typed<Val, L>, array: &'static Array<L>, index: Int, value: Int) {
        self.do_store_elem_int(object, array, index, value);
    }
    fn store_elem_float<L>(&mut self, object: Typed<Val, L>, array: &'static Array<L>, index: Int, value: Float) {
        self.do_store_elem_float(object, array, index, value);
    }
    #[allow(unsafe_code)]
    unsafe fn allocate(&mut self, size: usize, header: [u64; 2]) -> Own<Val> {
        self.do_allocate(size, header)
    }

    // -- Counts and calls ---------------------------------------------------------------------------------------------

    fn own(&mut self, value: Val) -> Own<Val> {
        let value = self.resolve(value);
        self.expect_float(value);
        Direct::<Cx>::retain(value.word);
        if self.aborted.is_none() && self.may_count(value.at) {
            self.pending.push(value.at);
        }
        self.own_result(value.word, value.at)
    }
    fn forget(&mut self, value: Own<Val>) {
        let value = self.land(value);
        if self.aborted.is_none() && self.may_count(value.at) {
            self.op(Op::Disown, &[value.at]);
        }
    }
    fn release(&mut self, value: Own<Val>) {
        let value = self.land(value);
        let value = self.resolve(value);
        self.direct.release(Own::new(value.word));
        self.drop_value(value.at);
    }
    fn call(&mut self, helper: &'static Helper<Cx>, args: &[Val]) -> Own<Val> {
        let (refs, count) = Self::refs::<8, _>(args, |arg: Val| arg.at);
        let refs = &refs[..count];
        let word = self.direct.call(helper, &Self::words(args)[..count]).into_inner();
        if helper.info.effects.elidable && !word.is_empty() && self.all_const(refs) {
            return self.folded_call(word);
        }
        let at = self.emit_call(helper, Op::CallWord, refs, Imm::Helper(&helper.info));
        self.call_result(helper, word, at)
    }
    fn call_int(&mut self, helper: &'static Helper<Cx>, args: &[Val]) -> Int {
        let (refs, count) = Self::refs::<8, _>(args, |arg: Val| arg.at);
        let refs = &refs[..count];
        let value = self.direct.call_int(helper, &Self::words(args)[..count]);
        let effects = helper.info.effects;
        if effects.elidable && !(effects.raises && value < 0) && self.all_const(refs) {
            return self.int(value);
        }
        let at = self.emit_call(helper, Op::CallInt, refs, Imm::Helper(&helper.info));
        Int { value, at }
    }
    fn call_float(&mut self, helper: &'static Helper<Cx>, args: &[Float]) -> Float {
        let (refs, count) = Self::refs::<4, _>(args, |arg: Float| arg.at);
        let refs = &refs[..count];
        let mut doubles = [0.0; 4];
        for (at, arg) in args.iter().enumerate() {
            doubles[at] = arg.value;
        }
        let value = self.direct.call_float(helper, &doubles[..count]);
        if helper.info.effects.elidable && self.all_const(refs) {
            return self.float(value);
        }
        let at = self.emit_call(helper, Op::CallFloat, refs, Imm::Helper(&helper.info));
        Float { value, at }
    }
    fn call_window(
        &mut self,
        helper: &'static Helper<Cx>,
        callee: Val,
        first: Slot,
        count: u32,
        extra: Option<Val>,
    ) -> Own<Val> {
        let root_first = self.base + first.0;
        let imm = Imm::Window { helper: &helper.info, first: root_first, count };
        let word =
            self.direct.call_window(helper, callee.word, first, count, extra.map(|extra| extra.word)).into_inner();
        let args = [callee.at, extra.map_or(ValueRef(0), |extra| extra.at)];
        let args = &args[..1 + usize::from(extra.is_some())];
        let at = self.emit_call(helper, Op::CallWord, args, imm);
        self.call_result(helper, word, at)
    }
}
