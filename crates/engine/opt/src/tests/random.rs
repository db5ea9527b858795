//! Random loops over slots, objects, lists and calls: the optimised trace must leave the toy as the recording does.
//!
//! The generator writes what a recorder would: guards ahead of a step's effects, counts balanced, every slot listed in
//! every snapshot. Operands are mostly of the kind that their step wants, so that most guards hold for some trips.

use std::sync::Arc;

use pv_ir::{Builder, EntryKind, Op, ResumeKind, SlotVal, SnapRef, Snapshot, Trace, TraceId, Type, ValueRef};
use pv_machine::toy::{self, Toy};
use pv_word::Word;

use super::{outcome, set};
use crate::{OptConfig, Pass};

const SLOTS: usize = 10;
/// This slot holds a list that is only ever seen as bytes; no step writes it.
const BYTES: i32 = 13;

/// xorshift64*.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33) as usize % limit
    }

    fn chance(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }

    fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[self.below(from.len())]
    }
}

/// What a slot is believed to hold. Slot 0 counts down.
#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Int,
    Float,
    Cell,
    List,
    Unknown,
}

struct Writer {
    random: Random,
    b: Builder,
    slots: Vec<ValueRef>,
    bytes: ValueRef,
    kinds: Vec<Kind>,
    pc: u32,
    before: SnapRef,
    label: Arc<str>,
}

impl Writer {
    fn new(seed: u64) -> Self {
        let mut b = Builder::new(TraceId(0), EntryKind::Header, "random");
        let body = b.block(&[Type::Word; SLOTS]);
        let loads: Vec<ValueRef> = (0..SLOTS as i32).map(|slot| b.load_slot(slot)).collect();
        let bytes = b.load_slot(BYTES);
        b.jump(body, &loads);
        b.switch_to(body);
        let slots = (0..SLOTS).map(|index| b.param(body, index)).collect();
        let kinds = PREPARED.to_vec();
        let random = Random(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1);
        Writer { random, b, slots, bytes, kinds, pc: 0, before: SnapRef(0), label: "f".into() }
    }

    fn snapshot(&mut self, kind: ResumeKind, pc: u32) -> SnapRef {
        let mut snapshot = Snapshot::new(kind, pc, 17, self.label.clone());
        snapshot.slots =
            self.slots.iter().enumerate().map(|(slot, &value)| (slot as i32, SlotVal::Value(value))).collect();
        self.b.snapshot(snapshot)
    }

    fn begin(&mut self) {
        self.pc += 1;
        self.before = self.snapshot(ResumeKind::Before, self.pc);
    }

    fn guard(&mut self, condition: ValueRef, truth: bool) {
        self.b.guard(if truth { Op::GuardTrue } else { Op::GuardFalse }, &[condition], self.before);
    }

    /// A slot, mostly of the kind wanted.
    fn slot_of(&mut self, kind: Kind) -> usize {
        let fitting: Vec<usize> = (0..SLOTS).filter(|&slot| self.kinds[slot] == kind).collect();
        if fitting.is_empty() || self.random.chance(1) { self.random.below(SLOTS) } else { self.random.pick(&fitting) }
    }

    fn target(&mut self) -> usize {
        1 + self.random.below(SLOTS - 1)
    }

    fn put(&mut self, slot: usize, value: ValueRef, kind: Kind) {
        let old = std::mem::replace(&mut self.slots[slot], value);
        self.kinds[slot] = kind;
        self.b.op(Op::DecRef, &[old]);
    }

    fn small(&mut self) -> ValueRef {
        let value = self.random.below(7) as i32 - 2;
        self.b.word(Word::small(value))
    }

    fn int_operand(&mut self) -> ValueRef {
        if self.random.chance(30) {
            return self.small();
        }
        let slot = self.slot_of(Kind::Int);
        self.slots[slot]
    }

    fn ints(&mut self) {
        let (a, b) = (self.int_operand(), self.int_operand());
        let test = self.b.op(Op::BothInts, &[a, b]);
        self.guard(test, true);
        let op = self.random.pick(&[
            Op::TAdd,
            Op::TAdd,
            Op::TSub,
            Op::TSub,
            Op::TMul,
            Op::TAnd,
            Op::TOr,
            Op::TXor,
            Op::TShl,
            Op::TShr,
            Op::TFloorDiv,
            Op::TMod,
        ]);
        let b = match op {
            Op::TMul | Op::TShl | Op::TShr | Op::TFloorDiv | Op::TMod if self.random.chance(90) => {
                self.b.word(Word::small(1 + self.random.below(4) as i32))
            }
            _ => b,
        };
        let value = if op.is_guard() { self.b.guard(op, &[a, b], self.before) } else { self.b.op(op, &[a, b]) };
        let target = self.target();
        self.put(target, value, Kind::Int);
    }

    fn raw_ints(&mut self) {
        let (a, b) = (self.int_operand(), self.int_operand());
        for word in [a, b] {
            let test = self.b.op(Op::IsInt, &[word]);
            self.guard(test, true);
        }
        let (x, y) = (self.b.op(Op::UntagInt, &[a]), self.b.op(Op::UntagInt, &[b]));
        let op = self.random.pick(&[Op::IAdd, Op::ISub, Op::IMul, Op::IAnd, Op::IOr, Op::IXor, Op::IMod]);
        let value = self.b.op(op, &[x, y]);
        let word = self.b.guard(Op::TagIntOvf, &[value], self.before);
        let target = self.target();
        self.put(target, word, Kind::Int);
    }

    fn float_operand(&mut self) -> ValueRef {
        if self.random.chance(20) {
            let value = self.random.pick(&[1.0, 0.5, -2.0, 3.25]);
            return self.b.float(value);
        }
        let slot = self.slot_of(Kind::Float);
        let word = self.slots[slot];
        let test = self.b.op(Op::IsFloat, &[word]);
        self.guard(test, true);
        self.b.op(Op::UntagFloat, &[word])
    }

    fn floats(&mut self) {
        let (a, b) = (self.float_operand(), self.float_operand());
        let op = self.random.pick(&[Op::FAdd, Op::FSub, Op::FAdd, Op::FSub, Op::FAbs, Op::FFloor, Op::FNeg]);
        let args = [a, b];
        let value = self.b.op(op, &args[..op.info().args.len()]);
        let value = if self.random.chance(20) { self.b.call(&toy::HALF.info, &[value], None) } else { value };
        let word = self.b.op(Op::TagFloat, &[value]);
        let target = self.target();
        self.put(target, word, Kind::Float);
    }

    fn copy(&mut self) {
        let from = self.random.below(SLOTS);
        let (value, kind) = (self.slots[from], self.kinds[from]);
        self.b.op(Op::IncRef, &[value]);
        let target = self.target();
        self.put(target, value, kind);
    }

    fn swap(&mut self) {
        let (a, b) = (self.target(), self.target());
        self.slots.swap(a, b);
        self.kinds.swap(a, b);
    }

    fn new_cell(&mut self) {
        let (a, b) = (self.random.below(SLOTS), self.random.below(SLOTS));
        let kind = self.b.int(toy::CELL as i64);
        let cell = self.b.new_object(48, 1, kind);
        let (zero, half) = (self.b.int(5), self.b.float(0.5));
        self.b.store_field(cell, &toy::N, zero);
        self.b.store_field(cell, &toy::F, half);
        for (field, slot) in [(&toy::A, a), (&toy::B, b)] {
            if self.random.chance(80) {
                let value = self.slots[slot];
                self.b.op(Op::IncRef, &[value]);
                self.b.store_field(cell, field, value);
            }
        }
        let target = self.target();
        self.put(target, cell, Kind::Cell);
    }

    /// The word of a slot, guarded to be an object of the kind.
    fn object(&mut self, kind: Kind) -> ValueRef {
        let slot = self.slot_of(kind);
        let word = self.slots[slot];
        let test = self.b.op(Op::IsPtr, &[word]);
        self.guard(test, true);
        let empty = self.b.word(Word::EMPTY);
        let test = self.b.op(Op::WEq, &[word, empty]);
        self.guard(test, false);
        let found = self.b.load_field(word, &toy::KIND);
        let wanted = self.b.int(if kind == Kind::List { toy::LIST } else { toy::CELL } as i64);
        let test = self.b.op(Op::IEq, &[found, wanted]);
        self.guard(test, true);
        word
    }

    fn load_field(&mut self) {
        let cell = self.object(Kind::Cell);
        let field = self.random.pick(&[&toy::A, &toy::B]);
        let value = self.b.load_field(cell, field);
        self.b.op(Op::IncRef, &[value]);
        let target = self.target();
        self.put(target, value, Kind::Unknown);
    }

    fn replace_field(&mut self) {
        let cell = self.object(Kind::Cell);
        // No cycles: a cell takes what is no cell.
        let from = self.random.pick(&[Kind::Int, Kind::Float, Kind::List]);
        let slot = self.slot_of(from);
        let value = self.slots[slot];
        let field = self.random.pick(&[&toy::A, &toy::B]);
        let old = self.b.load_field(cell, field);
        self.b.op(Op::IncRef, &[value]);
        self.b.store_field(cell, field, value);
        self.b.op(Op::DecRef, &[old]);
    }

    fn count_field(&mut self) {
        let cell = self.object(Kind::Cell);
        let (old, one) = (self.b.load_field(cell, &toy::N), self.b.int(1));
        let limit = self.b.int(30);
        let test = self.b.op(Op::ILt, &[old, limit]);
        self.guard(test, true);
        let new = self.b.op(Op::IAdd, &[old, one]);
        self.b.store_field(cell, &toy::N, new);
        if self.random.chance(50) {
            let word = self.b.guard(Op::TagIntOvf, &[new], self.before);
            let target = self.target();
            self.put(target, word, Kind::Int);
        }
    }

    fn float_field(&mut self) {
        let cell = self.object(Kind::Cell);
        let old = self.b.load_field(cell, &toy::F);
        let one = self.b.float(1.5);
        let new = self.b.op(Op::FAdd, &[old, one]);
        self.b.store_field(cell, &toy::F, new);
        let word = self.b.op(Op::TagFloat, &[old]);
        let target = self.target();
        self.put(target, word, Kind::Float);
    }

    /// A list's base and an index within it.
    fn element(&mut self) -> (ValueRef, ValueRef) {
        let list = self.object(Kind::List);
        let index = if self.random.chance(50) { self.small_index() } else { self.int_operand() };
        let test = self.b.op(Op::IsInt, &[index]);
        self.guard(test, true);
        let raw = self.b.op(Op::UntagInt, &[index]);
        let three = self.b.int(3);
        let raw = if self.random.chance(50) { self.b.op(Op::IMod, &[raw, three]) } else { raw };
        let len = self.b.load_field(list, &toy::LEN);
        let test = self.b.op(Op::IUlt, &[raw, len]);
        self.guard(test, true);
        (self.b.emit(Op::ArrayBase, &[list], pv_ir::Imm::Array(&toy::ITEMS), None), raw)
    }

    fn small_index(&mut self) -> ValueRef {
        let index = self.random.below(3) as i32;
        self.b.word(Word::small(index))
    }

    fn load_elem(&mut self) {
        let (base, index) = self.element();
        let value = self.b.load_elem(base, &toy::ITEMS, index);
        self.b.op(Op::IncRef, &[value]);
        let target = self.target();
        self.put(target, value, Kind::Unknown);
    }

    fn replace_elem(&mut self) {
        let (base, index) = self.element();
        let kind = self.random.pick(&[Kind::Int, Kind::Float, Kind::Cell]);
        let slot = self.slot_of(kind);
        let value = self.slots[slot];
        if self.kinds[slot] == Kind::List || self.kinds[slot] == Kind::Unknown {
            return;
        }
        let old = self.b.load_elem(base, &toy::ITEMS, index);
        self.b.op(Op::IncRef, &[value]);
        self.b.store_elem(base, &toy::ITEMS, index, value);
        self.b.op(Op::DecRef, &[old]);
    }

    /// A byte's index, guarded to be in bounds.
    fn byte_index(&mut self, near: Option<ValueRef>) -> ValueRef {
        let index = match near {
            Some(index) => {
                let one = self.b.word(Word::small(1 + self.random.below(2) as i32));
                self.b.guard(Op::TAdd, &[index, one], self.before)
            }
            None => self.int_operand(),
        };
        let test = self.b.op(Op::IsInt, &[index]);
        self.guard(test, true);
        let raw = self.b.op(Op::UntagInt, &[index]);
        let len = self.b.load_field(self.bytes, &toy::LEN);
        let test = self.b.op(Op::IUlt, &[raw, len]);
        self.guard(test, true);
        index
    }

    fn bytes(&mut self) {
        let first = self.byte_index(None);
        let second = self.byte_index(Some(first));
        let base = self.b.emit(Op::ArrayBase, &[self.bytes], pv_ir::Imm::Array(&toy::BYTES), None);
        let indices = [first, second, if self.random.chance(50) { first } else { second }];
        let mut last = self.b.int(0);
        for index in indices {
            let old = self.b.load_elem(base, &toy::BYTES, index);
            let change = self.random.pick(&[1, -1, 200]);
            let change = self.b.int(change);
            last = self.b.op(Op::IAdd, &[old, change]);
            self.b.store_elem(base, &toy::BYTES, index, last);
        }
        let read = self.b.load_elem(base, &toy::BYTES, indices[self.pc as usize % 3]);
        let sum = self.b.op(Op::IAdd, &[read, last]);
        let word = self.b.op(Op::TagInt, &[sum]);
        let target = self.target();
        self.put(target, word, Kind::Int);
    }

    fn compare(&mut self) {
        let (a, b) = (self.int_operand(), self.int_operand());
        let test = self.b.op(Op::BothInts, &[a, b]);
        self.guard(test, true);
        let op = self.random.pick(&[Op::WLt, Op::WLe, Op::WGt, Op::WGe, Op::WEq, Op::WNe, Op::WUlt]);
        let condition = self.b.op(op, &[a, b]);
        if self.random.chance(30) {
            let truth = self.random.chance(50);
            self.guard(condition, truth);
        }
        let condition = if self.random.chance(30) { self.b.op(Op::Not, &[condition]) } else { condition };
        let word = self.b.op(Op::BoolWord, &[condition]);
        let target = self.target();
        self.put(target, word, Kind::Unknown);
    }

    fn pick_one(&mut self) {
        let (a, b) = (self.random.below(SLOTS), self.random.below(SLOTS));
        let (x, y) = (self.slots[a], self.slots[b]);
        // The choice must not hang on addresses.
        let (m, n) = (self.int_operand(), self.int_operand());
        let test = self.b.op(Op::BothInts, &[m, n]);
        self.guard(test, true);
        let condition = self.b.op(Op::WLt, &[m, n]);
        self.b.op(Op::IncRef, &[x]);
        self.b.op(Op::IncRef, &[y]);
        let (one, other) = (self.b.op(Op::Select, &[condition, x, y]), self.b.op(Op::Select, &[condition, y, x]));
        let target = self.target();
        self.put(target, one, Kind::Unknown);
        self.b.op(Op::DecRef, &[other]);
    }

    fn call(&mut self) {
        let slot = self.random.below(SLOTS);
        let (value, kind) = (self.slots[slot], self.kinds[slot]);
        let safepoint = self.before;
        let (result, kind) = match self.random.below(4) {
            0 => (self.b.call(&toy::REENTER.info, &[value], Some(safepoint)), kind),
            1 => (self.b.call(&toy::MAKE.info, &[], None), Kind::List),
            2 => {
                let (x, y) = (self.int_operand(), self.int_operand());
                (self.b.call(&toy::ADD.info, &[x, y], None), Kind::Int)
            }
            _ => {
                let x = self.int_operand();
                let checked = self.b.call(&toy::CHECK.info, &[x], None);
                self.b.guard(Op::GuardNotRaisedInt, &[checked], safepoint);
                (self.b.guard(Op::TagIntOvf, &[checked], safepoint), Kind::Int)
            }
        };
        let raising = self.snapshot(ResumeKind::Raising, self.pc);
        self.b.guard(Op::GuardNotRaised, &[result], raising);
        if self.random.chance(50) {
            self.b.guard(Op::GuardNotInvalidated, &[], raising);
        }
        let target = self.target();
        self.put(target, result, kind);
    }

    fn boundary(&mut self) {
        let after = self.snapshot(ResumeKind::After, self.pc);
        self.b.guard(Op::Boundary, &[], after);
    }

    fn step(&mut self) {
        self.begin();
        match self.random.below(21) {
            0 | 1 => self.ints(),
            2 => self.raw_ints(),
            3 | 4 => self.floats(),
            5 => self.copy(),
            6 => self.swap(),
            7 | 8 => self.new_cell(),
            9 => self.load_field(),
            10 => self.replace_field(),
            11 => self.count_field(),
            12 => self.float_field(),
            13 => self.load_elem(),
            14 => self.replace_elem(),
            15 => self.compare(),
            16 => self.pick_one(),
            17 => self.call(),
            18 | 19 => self.bytes(),
            _ => self.boundary(),
        }
    }

    fn finish(mut self, steps: usize) -> Trace {
        for _ in 0..steps {
            self.step();
        }
        self.begin();
        let (counter, one) = (self.slots[0], self.b.word(Word::small(1)));
        let test = self.b.op(Op::IsInt, &[counter]);
        self.guard(test, true);
        let next = self.b.guard(Op::TSub, &[counter, one], self.before);
        let zero = self.b.word(Word::ZERO);
        let test = self.b.op(Op::WGt, &[next, zero]);
        self.put(0, next, Kind::Int);
        let after = self.snapshot(ResumeKind::After, 99);
        self.b.guard(Op::GuardTrue, &[test], after);
        self.b.guard(Op::Poll, &[], after);
        let (body, slots) = (self.b.current(), self.slots.clone());
        self.b.jump(body, &slots);
        self.b.finish()
    }
}

const PREPARED: [Kind; SLOTS] = [
    Kind::Int,
    Kind::Int,
    Kind::Int,
    Kind::Float,
    Kind::Float,
    Kind::Cell,
    Kind::Cell,
    Kind::List,
    Kind::List,
    Kind::Unknown,
];

fn prepare(toy: &Toy) {
    let float = |value: f64| Word::from_f64(value).expect("an everyday magnitude");
    let inner = toy.cell(Word::small(1), float(2.0), 3, 4.0);
    let cell = toy.cell(Word::small(7), inner, 8, 9.0);
    let list = toy.list(&[Word::small(4).0, float(0.25).0, toy.cell(Word::EMPTY, Word::EMPTY, 0, 0.0).0]);
    let shared = toy.cell(Word::small(1), Word::small(2), 3, 4.0);
    pv_machine::Direct::<Toy>::retain(shared);
    let other = toy.list(&[Word::small(1).0, shared.0, Word::small(3).0, Word::small(2).0]);
    let words = [Word::small(9), Word::small(3), Word::small(-4), float(1.5), float(-2.0), cell, shared, list, other];
    set(toy, &words);
    toy.slot(BYTES as usize).set(toy.list(&[0x0102_0304_05fe_ff00; 32]));
}

fn run(trace: &Trace) -> String {
    let toy = Toy::new(16);
    prepare(&toy);
    outcome(&toy, trace, 200_000).unwrap_or_else(|error| panic!("{error}\n{trace}"))
}

fn differ(seed: u64, config: &OptConfig) -> Option<String> {
    let mut writer = Writer::new(seed);
    let steps = 1 + writer.random.below(12);
    let raw = writer.finish(steps);
    let facts = crate::Facts::default();
    pv_ir::verify(&raw).unwrap_or_else(|error| panic!("seed {seed}: {error}"));
    let result = crate::optimize(&raw, &facts, config);
    if let Err(error) = pv_ir::verify(&result.trace) {
        return Some(format!("seed {seed}: {error}\n{raw}\n{}", result.trace));
    }
    let (before, after) = (run(&raw), run(&result.trace));
    (before != after).then(|| format!("seed {seed}\nbefore {before}\nafter {after}\n{raw}\n{}", result.trace))
}

fn check_seeds(seeds: std::ops::Range<u64>, config: &OptConfig) {
    for seed in seeds {
        if let Some(difference) = differ(seed, config) {
            panic!("{difference}");
        }
    }
}

#[test]
fn random_loops_behave_as_recorded() {
    check_seeds(0..800, &OptConfig::default());
}

#[test]
fn random_loops_behave_with_any_pass_off() {
    for &pass in Pass::ALL {
        check_seeds(10_000..10_060, &OptConfig::default().without(pass));
    }
}

#[test]
fn random_loops_behave_with_a_single_pass() {
    for &pass in Pass::ALL {
        check_seeds(20_000..20_040, &OptConfig::none().with(pass));
    }
}

#[test]
fn every_pass_of_the_door_is_exercised() {
    let (mut hits, mut retries) = ([0; Pass::ALL.len()], 0);
    for seed in 0..300 {
        let mut writer = Writer::new(seed);
        let steps = 1 + writer.random.below(12);
        let result = crate::optimize(&writer.finish(steps), &crate::Facts::default(), &OptConfig::default());
        result.stats.by_pass().for_each(|(pass, count)| hits[pass as usize] += count);
        retries += u32::from(result.stats.loop_tries > 1);
    }
    for &pass in Pass::ALL {
        assert!(hits[pass as usize] > 0, "{} never changed anything", pass.name());
    }
    assert!(retries > 0, "no loop had to be tried again");
}
