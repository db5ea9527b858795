//! Random traces over the toy context: well formed, terminating, and free of anything that depends on addresses.
//!
//! A trace loads slots 0 to 8 ([`slots`] says what must lie there), runs a loop a few times with a diamond inside, and leaves. Guards may
//! fail anywhere. Equal seeds give equal traces. All ops of the table occur, given enough seeds.

use pv_machine::toy;
use pv_word::Word;

use crate::{
    Builder, DelayedStore, EntryKind, Jump, Op, Place, ResumeKind, SlotVal, SnapRef, Snapshot, Trace, TraceId, Type,
    ValueRef, VirtualDesc,
};

/// Slots that an exit may write.
const SLOTS: u64 = 12;
/// Elements of the list in slot 7.
const ITEMS: i64 = 8;

/// Puts what a random trace expects into the slots of a toy: six small ints, a cell, a list and a float.
pub fn slots(toy: &toy::Toy, seed: u64) {
    let mut rng = Rng::new(seed ^ 0x5555);
    for slot in 0..6 {
        toy.slot(slot).set(rng.small_word());
    }
    toy.slot(6).set(toy.cell(rng.small_word(), rng.small_word(), rng.below(100) as i64, 2.5));
    let items: Vec<u64> = (0..ITEMS).map(|_| rng.small_word().0).collect();
    toy.slot(7).set(toy.list(&items));
    toy.slot(8).set(Word::from_f64(0.75).unwrap_or(Word::ZERO));
}

/// What is known of a value beyond its type.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Kind {
    /// A small-int word.
    IntWord,
    /// A small-int word within 16 bits, not negative.
    Tiny,
    /// A word of which nothing is known.
    AnyWord,
    /// A live cell's word.
    Cell,
    /// An integer.
    Int,
    /// An integer of at most 62 bits.
    SmallInt,
    Float,
    Bool,
}

impl Kind {
    fn ty(self) -> Type {
        match self {
            Kind::IntWord | Kind::Tiny | Kind::AnyWord | Kind::Cell => Type::Word,
            Kind::Int | Kind::SmallInt => Type::Int,
            Kind::Float => Type::Float,
            Kind::Bool => Type::Bool,
        }
    }

    fn includes(self, other: Kind) -> bool {
        self == other
            || match self {
                Kind::AnyWord => other.ty() == Type::Word,
                Kind::IntWord => other == Kind::Tiny,
                Kind::Int => other == Kind::SmallInt,
                _ => false,
            }
    }
}

const KINDS: [Kind; 8] =
    [Kind::IntWord, Kind::Tiny, Kind::AnyWord, Kind::Cell, Kind::Int, Kind::SmallInt, Kind::Float, Kind::Bool];

/// Marsaglia's xorshift.
struct Rng(u64);

impl Rng {
    fn new(seed: u64) -> Self {
        let mut rng = Rng(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1);
        (0..8).for_each(|_| {
            rng.next();
        });
        rng
    }

    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    fn below(&mut self, limit: u64) -> u64 {
        (self.next() >> 16) % limit
    }

    fn one_in(&mut self, count: u64) -> bool {
        self.below(count) == 0
    }

    fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[self.below(from.len() as u64) as usize]
    }

    /// A small int, often at a border.
    fn small(&mut self) -> i64 {
        let (any, near) = (self.next() as i64, self.below(8) as i64);
        self.pick(&[near, -near, any >> 2, any >> 34, any >> 50, pv_word::INT_MAX - near, pv_word::INT_MIN + near])
    }

    fn small_word(&mut self) -> Word {
        Word::from_i64(self.small()).unwrap_or(Word::ZERO)
    }
}

/// A random trace.
pub fn trace(seed: u64) -> Trace {
    let builder = Builder::new(TraceId(seed as u32), EntryKind::Header, format!("random {seed}"));
    let mut generator =
        Generator { b: builder, rng: Rng::new(seed), known: Vec::new(), list: ValueRef(0), snapshot: None };
    generator.whole();
    generator.b.finish()
}

struct Generator {
    b: Builder,
    rng: Rng,
    /// Values usable here.
    known: Vec<(ValueRef, Kind)>,
    list: ValueRef,
    /// The last snapshot, while it may be used again.
    snapshot: Option<SnapRef>,
}

impl Generator {
    fn whole(&mut self) {
        self.entry();
        let carried: Vec<Kind> = (0..self.rng.below(5)).map(|_| self.rng.pick(&KINDS)).collect();
        let mut types = vec![Type::Int];
        types.extend(carried.iter().map(|kind| kind.ty()));
        let head = self.b.block(&types);
        let trips = 1 + self.rng.below(4) as i64;
        let trips = self.b.int(trips);
        let args = self.carry(trips, &carried);
        self.b.jump(head, &args);
        self.b.switch_to(head);
        for (index, &kind) in carried.iter().enumerate() {
            let param = self.b.param(head, index + 1);
            self.known.push((param, kind));
        }
        self.guard(Op::Poll, &[]);
        self.some_ops();
        self.diamond();
        self.some_ops();
        let (counter, one, zero) = (self.b.param(head, 0), self.b.int(1), self.b.int(0));
        let left = self.b.op(Op::ISub, &[counter, one]);
        let more = self.b.op(Op::IGt, &[left, zero]);
        let again = self.carry(left, &carried);
        let end = self.b.block(&[]);
        self.b.branch(more, Jump::new(head, &again), Jump::new(end, &[]));
        self.b.switch_to(end);
        self.some_ops();
        let snapshot = self.exit_snapshot(ResumeKind::Before);
        if self.rng.one_in(4) { self.b.link(TraceId(1), snapshot) } else { self.b.exit(snapshot) }
    }

    fn entry(&mut self) {
        for slot in 0..6 {
            let value = self.b.load_slot(slot);
            self.known.push((value, Kind::IntWord));
        }
        let cell = self.b.load_slot(6);
        self.known.push((cell, Kind::Cell));
        self.list = self.b.load_slot(7);
        let float = self.b.load_slot(8);
        let (float, mask, first) =
            (self.b.op(Op::UntagFloat, &[float]), self.b.word(Word(0xffff << 2)), self.known[0].0);
        self.known.push((float, Kind::Float));
        let tiny = self.b.op(Op::TAnd, &[first, mask]);
        self.known.push((tiny, Kind::Tiny));
        let small = self.b.op(Op::UntagInt, &[tiny]);
        self.known.push((small, Kind::SmallInt));
        let odd = self.b.op(Op::IsInt, &[cell]);
        self.known.push((odd, Kind::Bool));
        let room = self.exit_snapshot(ResumeKind::Before);
        let (slots, frames) = (self.rng.below(14) as i32, self.rng.below(3) as u32);
        self.b.guard_room(slots, frames, room);
    }

    fn carry(&mut self, counter: ValueRef, kinds: &[Kind]) -> Vec<ValueRef> {
        let mut args = vec![counter];
        args.extend(kinds.iter().map(|kind| self.value(*kind)).collect::<Vec<_>>());
        args
    }

    fn diamond(&mut self) {
        let cond = self.value(Kind::Bool);
        let (then, otherwise) = (self.b.block(&[]), self.b.block(&[Type::Int]));
        let joined = self.rng.pick(&KINDS);
        let join = self.b.block(&[joined.ty()]);
        let argument = self.value(Kind::Int);
        self.b.branch(cond, Jump::new(then, &[]), Jump::new(otherwise, &[argument]));
        let outside = self.known.len();
        for arm in [then, otherwise] {
            self.b.switch_to(arm);
            self.snapshot = None;
            if arm == otherwise {
                self.known.push((self.b.param(arm, 0), Kind::Int));
            }
            self.some_ops();
            let result = self.value(joined);
            self.b.jump(join, &[result]);
            self.known.truncate(outside);
        }
        self.snapshot = None;
        self.b.switch_to(join);
        self.known.push((self.b.param(join, 0), joined));
    }

    fn some_ops(&mut self) {
        for _ in 0..self.rng.below(8) {
            self.any_op();
        }
    }

    // -- Values --------------------------------------------------------------------------------------------------

    fn value(&mut self, kind: Kind) -> ValueRef {
        if self.rng.one_in(5) && kind != Kind::Cell {
            return self.constant(kind);
        }
        let fitting: Vec<ValueRef> =
            self.known.iter().filter(|(_, known)| kind.includes(*known)).map(|(value, _)| *value).collect();
        // Recent ones twice as often.
        let from = if self.rng.one_in(2) { fitting.len() / 2 } else { 0 };
        self.rng.pick(&fitting[from..])
    }

    fn constant(&mut self, kind: Kind) -> ValueRef {
        match kind {
            Kind::IntWord | Kind::AnyWord | Kind::Cell => {
                let word = self.rng.small_word();
                self.b.word(word)
            }
            Kind::Tiny => {
                let value = self.rng.below(100) as i32;
                self.b.word(Word::small(value))
            }
            Kind::Int | Kind::SmallInt => {
                let value = self.rng.small();
                self.b.int(value)
            }
            Kind::Float => {
                let value = self.rng.pick(&[0.0, -0.0, 1.5, -3.25, 1e78, 1e-80, 1e300, f64::INFINITY]);
                self.b.float(value)
            }
            Kind::Bool => {
                let value = self.rng.one_in(2);
                self.b.bool(value)
            }
        }
    }

    fn op(&mut self, op: Op, args: &[Kind], result: Kind) {
        let args: Vec<ValueRef> = args.iter().map(|kind| self.value(*kind)).collect();
        let value = if op.is_guard() { self.guard(op, &args) } else { self.b.op(op, &args) };
        self.known.push((value, result));
    }

    fn guard(&mut self, op: Op, args: &[ValueRef]) -> ValueRef {
        let snapshot = match self.snapshot {
            Some(snapshot) if self.rng.one_in(2) => snapshot,
            _ => {
                let kind = self.rng.pick(&[ResumeKind::Before, ResumeKind::After, ResumeKind::Raising]);
                self.exit_snapshot(kind)
            }
        };
        self.snapshot = Some(snapshot);
        self.b.guard(op, args, snapshot)
    }

    // -- Ops -----------------------------------------------------------------------------------------------------

    fn any_op(&mut self) {
        use Kind::{AnyWord, Bool, Float, Int, IntWord, SmallInt, Tiny};
        match self.rng.below(14) {
            0 => {
                let op = self.rng.pick(&[Op::TAdd, Op::TSub, Op::TMul, Op::TAnd, Op::TOr, Op::TXor]);
                self.op(op, &[IntWord, IntWord], IntWord);
            }
            1 => {
                let op = self.rng.pick(&[Op::TShl, Op::TShr, Op::TFloorDiv, Op::TMod]);
                let right = self.rng.pick(&[IntWord, Tiny]);
                self.op(op, &[IntWord, right], IntWord);
            }
            2 => self.fitting(),
            3 => {
                let ops = [Op::IAdd, Op::ISub, Op::IMul, Op::IAnd, Op::IOr, Op::IXor, Op::IShl, Op::IShr];
                let op = self.rng.pick(&[&ops[..], &[Op::IFloorDiv, Op::IMod]].concat());
                self.op(op, &[Int, Int], Int);
            }
            4 => {
                let ops = [Op::IEq, Op::INe, Op::ILt, Op::ILe, Op::IGt, Op::IGe, Op::IUlt];
                let op = self.rng.pick(&ops);
                self.op(op, &[Int, Int], Bool);
            }
            5 => {
                let ops = [Op::WEq, Op::WNe, Op::WLt, Op::WLe, Op::WGt, Op::WGe, Op::WUlt, Op::BothInts];
                let op = self.rng.pick(&ops);
                self.op(op, &[IntWord, IntWord], Bool);
            }
            6 => {
                let op = self.rng.pick(&[Op::FAdd, Op::FSub, Op::FMul, Op::FDiv]);
                self.op(op, &[Float, Float], Float);
                let op = self.rng.pick(&[Op::FEq, Op::FNe, Op::FLt, Op::FLe, Op::FGt, Op::FGe]);
                self.op(op, &[Float, Float], Bool);
            }
            7 => {
                let (op, from, to) = self.rng.pick(&[
                    (Op::FNeg, Float, Float),
                    (Op::FAbs, Float, Float),
                    (Op::FSqrt, Float, Float),
                    (Op::FFloor, Float, Float),
                    (Op::IntToFloat, Int, Float),
                    (Op::FloatToInt, Float, Int),
                    (Op::FloatFits, Float, Bool),
                    (Op::TagFloat, Float, AnyWord),
                    (Op::INeg, Int, Int),
                ]);
                self.op(op, &[from], to);
            }
            8 => {
                let (op, from, to) = self.rng.pick(&[
                    (Op::IsInt, AnyWord, Bool),
                    (Op::IsFloat, AnyWord, Bool),
                    (Op::IsPtr, AnyWord, Bool),
                    (Op::UntagInt, IntWord, SmallInt),
                    (Op::TagInt, SmallInt, IntWord),
                    (Op::TagIntOvf, Int, IntWord),
                    (Op::Not, Bool, Bool),
                    (Op::BoolWord, Bool, AnyWord),
                ]);
                self.op(op, &[from], to);
            }
            9 => {
                let op = self.rng.pick(&[Op::And, Op::Or]);
                self.op(op, &[Bool, Bool], Bool);
                let kind = self.rng.pick(&KINDS);
                self.op(Op::Select, &[Bool, kind, kind], kind);
            }
            10 => self.some_guard(),
            11 => self.heap(),
            12 => self.objects(),
            _ => self.call(),
        }
    }

    /// The unguarded twins, within their facts.
    fn fitting(&mut self) {
        use Kind::{IntWord, Tiny};
        let op = self.rng.pick(&[Op::TAddFit, Op::TSubFit, Op::TMulFit]);
        self.op(op, &[Tiny, Tiny], IntWord);
        let (left, count) = (self.value(Tiny), 1 + self.rng.below(40) as i32);
        let count = self.b.word(Word::small(count));
        let op = self.rng.pick(&[Op::TShlFit, Op::TShrFit, Op::TFloorDivFit, Op::TModFit]);
        let value = self.b.op(op, &[left, count]);
        self.known.push((value, IntWord));
        let mask = self.b.word(Word(0xffff << 2));
        let tiny = self.b.op(Op::TAnd, &[value, mask]);
        self.known.push((tiny, Tiny));
    }

    fn some_guard(&mut self) {
        let (op, kind) = self.rng.pick(&[
            (Op::GuardTrue, Some(Kind::Bool)),
            (Op::GuardFalse, Some(Kind::Bool)),
            (Op::GuardNotRaised, Some(Kind::AnyWord)),
            (Op::GuardNotRaisedInt, Some(Kind::Int)),
            (Op::GuardNotInvalidated, None),
            (Op::Poll, None),
            (Op::Boundary, None),
        ]);
        let args: Vec<ValueRef> = kind.map(|kind| self.value(kind)).into_iter().collect();
        self.guard(op, &args);
    }

    fn heap(&mut self) {
        let cell = self.value(Kind::Cell);
        match self.rng.below(6) {
            0 => {
                let (field, kind) =
                    self.rng.pick(&[(&toy::N, Kind::Int), (&toy::F, Kind::Float), (&toy::B, Kind::AnyWord)]);
                let value = self.b.load_field(cell, field);
                self.known.push((value, kind));
            }
            1 => {
                let (field, kind) =
                    self.rng.pick(&[(&toy::N, Kind::Int), (&toy::F, Kind::Float), (&toy::B, Kind::Cell)]);
                let value = self.value(kind);
                self.b.store_field(cell, field, value);
            }
            2 => {
                let index = self.index();
                let base = self.b.array_base(self.list, &toy::ITEMS);
                let value = self.b.load_elem(base, &toy::ITEMS, index);
                self.known.push((value, Kind::IntWord));
            }
            3 => {
                let (index, value) = (self.index(), self.value(Kind::IntWord));
                let base = self.b.array_base(self.list, &toy::ITEMS);
                self.b.store_elem(base, &toy::ITEMS, index, value);
            }
            4 => {
                let base = self.b.array_base(cell, &toy::PAIR);
                let index = self.b.int(0);
                let value = self.b.load_elem(base, &toy::PAIR, index);
                self.known.push((value, Kind::AnyWord));
            }
            _ => {
                let value = self.b.load_field(cell, &toy::KIND);
                self.known.push((value, Kind::SmallInt));
            }
        }
    }

    fn index(&mut self) -> ValueRef {
        let mask = ITEMS - 1;
        if self.rng.one_in(2) {
            let (value, mask) = (self.value(Kind::Int), self.b.int(mask));
            self.b.op(Op::IAnd, &[value, mask])
        } else {
            let (value, mask) = (self.value(Kind::IntWord), self.b.word(Word::small(mask as i32)));
            self.b.op(Op::TAnd, &[value, mask])
        }
    }

    fn objects(&mut self) {
        let kind = self.b.addr(toy::CELL, "cell");
        match self.rng.below(4) {
            0 => {
                let object = self.b.new_object(48, 1, kind);
                let (n, a) = (self.value(Kind::Int), self.value(Kind::AnyWord));
                self.b.store_field(object, &toy::N, n);
                if self.rng.one_in(2) {
                    self.b.store_field(object, &toy::A, a);
                }
                self.known.push((object, Kind::Cell));
            }
            1 => {
                let object = self.b.new_object(48, 1, kind);
                self.b.op(Op::DecRef, &[object]);
            }
            2 => {
                let value = self.value(Kind::AnyWord);
                self.b.op(Op::IncRef, &[value]);
                self.b.op(Op::DecRef, &[value]);
                self.b.op(Op::IncRef, &[value]);
                self.b.op(Op::Disown, &[value]);
            }
            _ => {
                let value = self.value(Kind::Cell);
                self.b.op(Op::IncRefPtr, &[value]);
                self.b.op(Op::IncRefPtr, &[value]);
                self.b.op(Op::DecRefPtr, &[value]);
            }
        }
    }

    fn call(&mut self) {
        use Kind::{AnyWord, Float, Int, IntWord};
        let (helper, args, result): (_, &[Kind], _) = self.rng.pick(&[
            (&toy::ADD, &[IntWord, AnyWord][..], AnyWord),
            (&toy::SUM5, &[IntWord, AnyWord, IntWord, IntWord, IntWord][..], IntWord),
            (&toy::CHECK, &[AnyWord][..], Int),
            (&toy::DIFFERENCE, &[IntWord, IntWord][..], Int),
            (&toy::HALF, &[Float][..], Float),
            (&toy::MIX, &[Float, Float][..], Float),
            (&toy::REENTER, &[AnyWord][..], AnyWord),
            (&toy::WINDOW, &[AnyWord][..], AnyWord),
            (&toy::WINDOW_AND, &[AnyWord, AnyWord][..], AnyWord),
        ]);
        let args: Vec<ValueRef> = args.iter().map(|kind| self.value(*kind)).collect();
        let takes_window = helper.info.params.contains(&pv_machine::Param::Window);
        let safepoint = (helper.info.effects.reenters || takes_window || self.rng.one_in(4)).then(|| self.safepoint());
        let value = match safepoint.filter(|_| takes_window) {
            Some(safepoint) => {
                let (first, count) = (self.rng.below(6) as i32, self.rng.below(5) as u32);
                self.b.call_window(&helper.info, &args, first, count, safepoint)
            }
            None => self.b.call(&helper.info, &args, safepoint),
        };
        self.known.push((value, result));
    }

    // -- Snapshots -------------------------------------------------------------------------------------------------

    fn frame(&mut self, kind: ResumeKind) -> Snapshot {
        let pc = self.rng.below(100) as u32;
        let mut snapshot = Snapshot::new(kind, pc, 0, "f");
        snapshot.base = self.rng.below(4) as i32;
        snapshot.depth = self.rng.below(3) as i32;
        snapshot
    }

    fn safepoint(&mut self) -> SnapRef {
        let mut snapshot = self.frame(ResumeKind::Before);
        for slot in 0..SLOTS {
            if self.rng.one_in(4) {
                let kind = self.rng.pick(&[Kind::AnyWord, Kind::SmallInt, Kind::Bool]);
                let value = self.value(kind);
                snapshot.slots.push((slot as i32, SlotVal::Value(value)));
            }
        }
        self.b.snapshot(snapshot)
    }

    fn exit_snapshot(&mut self, kind: ResumeKind) -> SnapRef {
        let mut snapshot = self.frame(kind);
        for slot in 0..SLOTS {
            if self.rng.one_in(3) {
                let value = self.written();
                snapshot.slots.push((slot as i32, value));
                // What is taken may be given up again.
                if let SlotVal::Acquire(value) = value
                    && self.rng.one_in(2)
                {
                    snapshot.drops.push(value);
                }
            }
        }
        if self.rng.one_in(4) {
            let (object, value) = (self.value(Kind::Cell), self.written());
            snapshot.stores.push(DelayedStore { object, place: Place::Field(&toy::B), value });
            let n = SlotVal::Value(self.value(Kind::Int));
            snapshot.stores.push(DelayedStore { object, place: Place::Field(&toy::N), value: n });
            let item = SlotVal::Value(self.value(Kind::SmallInt));
            let place = Place::Elem(&toy::ITEMS, self.rng.below(ITEMS as u64) as u32);
            snapshot.stores.push(DelayedStore { object: self.list, place, value: item });
        }
        self.b.snapshot(snapshot)
    }

    fn written(&mut self) -> SlotVal {
        let kind = self.rng.pick(&[Kind::AnyWord, Kind::SmallInt, Kind::Float, Kind::Bool, Kind::Cell]);
        match self.rng.below(8) {
            0 => SlotVal::Acquire(self.value(Kind::AnyWord)),
            1 => SlotVal::Virtual(self.virtual_object()),
            _ => SlotVal::Value(self.value(kind)),
        }
    }

    fn virtual_object(&mut self) -> crate::VirtualRef {
        let made = self.b.trace().virtuals.len() as u32;
        let nested = if made > 0 && self.rng.one_in(2) {
            // Reaching for an earlier one is safe only where that one's values are known: rebuild it here instead.
            SlotVal::Value(self.value(Kind::AnyWord))
        } else if self.rng.one_in(3) {
            let kind = self.b.int(toy::BOX as i64);
            let boxed = SlotVal::Value(self.value(Kind::Float));
            let fields = vec![(Place::Field(&toy::BOXED), boxed)];
            SlotVal::Virtual(self.b.virtual_object(VirtualDesc { size: 32, header: 1, kind, fields }))
        } else {
            SlotVal::Acquire(self.value(Kind::Cell))
        };
        let kind = self.b.addr(toy::CELL, "cell");
        let n = SlotVal::Value(self.value(Kind::Int));
        let fields = vec![
            (Place::Field(&toy::A), nested),
            (Place::Elem(&toy::PAIR, 1), nested),
            (Place::Field(&toy::N), n),
            (Place::Field(&toy::F), SlotVal::Value(self.value(Kind::Float))),
        ];
        self.b.virtual_object(VirtualDesc { size: 48, header: 1, kind, fields })
    }
}
