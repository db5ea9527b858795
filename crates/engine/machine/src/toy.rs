//! A toy context: one heap layout, arrays, boxes and helpers of every signature, for tests of the crates above.
//!
//! Two toys built alike behave alike, and [`Toy::dump`] describes slots and everything reachable from them without addresses, so
//! that two ways to run the same trace can be compared as text.
//!
//! Layouts, by header word 1: [`CELL`] (48 bytes: `toy.a` and `toy.b` words, `toy.n` I64, `toy.f` F64), [`BOX`] (32 bytes: a
//! double), [`LIST`] (32 bytes: `toy.len`, a buffer of words). Objects of kind [`FINAL`] are cells whose death sets
//! [`Breaker::FINALIZERS`].

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::fmt::Write;

use pv_word::{INT_SHIFT, Word};

use crate::context::{Context, Counted};
use crate::desc::{
    AliasClass, AliasSet, ArrayData, ArrayInfo, Effects, FieldInfo, Helper, HelperInfo, Mutability, Release, Repr,
    Target, Window,
};
use crate::direct::{RawHeap, drop_ref};
use crate::door::Door;
use crate::state::{Breaker, RegisterStack, State};

/// Kind of a cell.
pub const CELL: u64 = 0x10;
/// Kind of a boxed double.
pub const BOX: u64 = 0x20;
/// Kind of a list.
pub const LIST: u64 = 0x30;
/// Kind of a cell that has a finaliser.
pub const FINAL: u64 = 0x40;
/// Kind of true and false.
pub const TRUTH: u64 = 0x50;

const fn field(name: &'static str, offset: u32, repr: Repr, alias: u8) -> FieldInfo {
    FieldInfo { name, offset, repr, alias: AliasClass(alias), mutability: Mutability::Mutable }
}

/// A cell's first word.
pub static A: FieldInfo = field("toy.a", 16, Repr::Word, 1);
/// A cell's second word.
pub static B: FieldInfo = field("toy.b", 24, Repr::Word, 1);
/// A cell's integer.
pub static N: FieldInfo = field("toy.n", 32, Repr::I64, 3);
/// A cell's double.
pub static F: FieldInfo = field("toy.f", 40, Repr::F64, 4);
/// A box's double.
pub static BOXED: FieldInfo = field("toy.boxed", 16, Repr::F64, 5);
/// An object's kind.
pub static KIND: FieldInfo =
    FieldInfo { name: "toy.kind", offset: 8, repr: Repr::U32, alias: AliasClass(6), mutability: Mutability::Immutable };
/// A list's length.
pub static LEN: FieldInfo = field("toy.len", 16, Repr::I64, 7);
const BUFFER: FieldInfo = field("toy.buffer", 24, Repr::Ptr, 8);

const fn view(name: &'static str, elem: Repr, alias: u8) -> ArrayInfo {
    ArrayInfo {
        name,
        data: ArrayData::Buffer(BUFFER),
        len: &LEN,
        elem,
        alias: AliasClass(alias),
        mutability: Mutability::Mutable,
        release: Release::Ascending,
    }
}

/// A list's elements.
pub static ITEMS: ArrayInfo = view("toy.items", Repr::Word, 9);
/// A list's buffer as bytes (tests keep to lists of their own for each view).
pub static BYTES: ArrayInfo = view("toy.bytes", Repr::U8, 10);
/// A list's buffer as 16-bit integers.
pub static SHORTS: ArrayInfo = view("toy.shorts", Repr::U16, 11);
/// A list's buffer as signed 32-bit integers.
pub static INTS: ArrayInfo = view("toy.ints", Repr::I32, 12);
/// A list's buffer as unsigned 32-bit integers.
pub static UINTS: ArrayInfo = view("toy.uints", Repr::U32, 13);
/// A list's buffer as doubles.
pub static FLOATS: ArrayInfo = view("toy.floats", Repr::F64, 14);
/// A cell's two words as an inline array.
pub static PAIR: ArrayInfo = ArrayInfo {
    name: "toy.pair",
    data: ArrayData::Inline(16),
    len: &LEN,
    elem: Repr::Word,
    alias: AliasClass(1),
    mutability: Mutability::Mutable,
    release: Release::Descending,
};

/// The context.
pub struct Toy {
    state: State,
    stack: RegisterStack,
    truths: [Word; 2],
    free_cells: Cell<usize>,
    blocks: RefCell<Vec<Box<[u128]>>>,
    buffers: RefCell<Vec<Box<[u64]>>>,
    freed: Cell<usize>,
    /// What helpers were asked to do, in order.
    pub log: RefCell<Vec<String>>,
    /// The breaker bits that `toy.reenter` sets.
    pub surprise: Cell<u32>,
}

impl Toy {
    /// A fresh context whose stack holds `slots` empty slots.
    pub fn new(slots: usize) -> Box<Toy> {
        let stack = RegisterStack::new(slots);
        let state = State::new(&stack);
        let toy = Toy {
            state,
            stack,
            truths: [Word::EMPTY; 2],
            free_cells: Cell::new(0),
            blocks: RefCell::default(),
            buffers: RefCell::default(),
            freed: Cell::new(0),
            log: RefCell::default(),
            surprise: Cell::new(0),
        };
        let mut toy = Box::new(toy);
        toy.truths = [false, true].map(|_| toy.object(16, u64::from(Counted::IMMORTAL), TRUTH));
        (0..slots).for_each(|slot| toy.slot(slot).set(Word::EMPTY));
        toy.state.cx.set(std::ptr::from_ref(&*toy).cast());
        toy
    }

    /// A door for traces that are written for the toy.
    pub fn door(&self) -> Door<'_, Toy> {
        // SAFETY: none beyond the caller's care: the toy exists for tests, whose traces are written by hand.
        unsafe { Door::open(self) }
    }

    /// A slot of the stack.
    pub fn slot(&self, index: usize) -> &Cell<Word> {
        let (first, limit) = self.stack.range();
        // SAFETY: checked against the stack's end.
        unsafe {
            assert!(first.add(index) < limit);
            &*first.add(index)
        }
    }

    /// The frame base as a slot number.
    pub fn base(&self) -> usize {
        // SAFETY: both lie on the same stack.
        unsafe { self.state.base.get().offset_from(self.stack.range().0) as usize }
    }

    /// Objects allocated and not freed: blocks ever made, less those on the free list, less others freed.
    pub fn live(&self) -> usize {
        let mut free = 0;
        let mut block = self.free_cells.get();
        while block != 0 {
            free += 1;
            // SAFETY: a free block's first word is the next one's address.
            block = unsafe { RawHeap::read(block, Repr::Ptr) } as usize;
        }
        self.blocks.borrow().len() - free - self.freed.get()
    }

    fn object(&self, size: usize, count: u64, kind: u64) -> Word {
        let addr = self.block(size);
        let word = Word::from_addr(addr);
        // SAFETY: the block has `size` bytes.
        unsafe {
            (0..size / 8).for_each(|index| (addr as *mut u64).add(index).write(Word::EMPTY.0));
            RawHeap::write(addr, Repr::I64, count);
            RawHeap::write(addr + 8, Repr::I64, kind);
        }
        word
    }

    fn block(&self, size: usize) -> usize {
        let mut block = vec![0_u128; size.div_ceil(16)].into_boxed_slice();
        let addr = block.as_mut_ptr() as usize;
        self.blocks.borrow_mut().push(block);
        addr
    }

    /// A new cell with one reference.
    pub fn cell(&self, a: Word, b: Word, n: i64, f: f64) -> Word {
        let cell = self.object(48, 1, CELL);
        for (field, bits) in [(&A, a.0), (&B, b.0), (&N, n as u64), (&F, f.to_bits())] {
            // SAFETY: a fresh cell.
            unsafe { RawHeap::write(cell.addr() + field.offset as usize, field.repr, bits) };
        }
        cell
    }

    /// A new list with one reference over a buffer of words.
    pub fn list(&self, items: &[u64]) -> Word {
        let list = self.object(32, 1, LIST);
        let mut buffer: Box<[u64]> = items.into();
        // SAFETY: a fresh list.
        unsafe {
            RawHeap::write(list.addr() + 16, Repr::I64, items.len() as u64);
            RawHeap::write(list.addr() + 24, Repr::Ptr, buffer.as_mut_ptr() as u64);
        }
        self.buffers.borrow_mut().push(buffer);
        list
    }

    fn read(object: Word, field: &FieldInfo) -> u64 {
        // SAFETY: objects of the toy have the fields of their kind.
        unsafe { RawHeap::field(object.addr(), field) }
    }

    /// An object's reference count.
    pub fn count(object: Word) -> u32 {
        Self::read(object, &field("toy.count", 0, Repr::U32, 0)) as u32
    }

    /// Frame base, program counter, depth and `slots` slots with everything that can be reached from them; then the
    /// number of live objects and the log.
    pub fn dump(&self, slots: usize) -> String {
        let mut out = format!("base {} pc {} depth {}\n", self.base(), self.state.pc.get(), self.state.depth.get());
        let mut seen = HashMap::new();
        for index in 0..slots {
            let text = self.describe(self.slot(index).get(), &mut seen);
            writeln!(out, "{index}: {text}").expect("strings grow");
        }
        writeln!(out, "live {} breaker {}", self.live(), self.state.breaker.bits()).expect("strings grow");
        self.log.borrow().iter().for_each(|line| out.extend([line.as_str(), "\n"]));
        out
    }

    fn describe(&self, word: Word, seen: &mut HashMap<u64, usize>) -> String {
        if !word.is_object() {
            return if word.is_float() { format!("{:#x}", word.0) } else { format!("{word:?}") };
        }
        if let Some(number) = seen.get(&word.0) {
            return format!("#{number}");
        }
        let number = seen.len();
        seen.insert(word.0, number);
        let contents = match Self::read(word, &KIND) {
            CELL | FINAL => {
                let (a, b) = (Word(Self::read(word, &A)), Word(Self::read(word, &B)));
                let (a, b) = (self.describe(a, seen), self.describe(b, seen));
                format!("cell({a}, {b}, {}, {:#x})", Self::read(word, &N) as i64, Self::read(word, &F))
            }
            BOX => format!("box({:#x})", Self::read(word, &BOXED)),
            TRUTH => format!("{}", word == self.truths[1]),
            LIST => self.describe_list(word, seen),
            other => format!("?{other:#x}"),
        };
        format!("#{number}={contents}*{}", Self::count(word))
    }

    fn describe_list(&self, list: Word, seen: &mut HashMap<u64, usize>) -> String {
        let base = Self::read(list, &BUFFER) as usize;
        // SAFETY: the buffer has `toy.len` words; those that are objects are live.
        let word = |index: u64| Word(unsafe { RawHeap::read(base + index as usize * 8, Repr::Word) });
        let items: Vec<String> =
            (0..Self::read(list, &LEN))
                .map(|index| {
                    if word(index).is_ptr() {
                        self.describe(word(index), seen)
                    } else {
                        format!("{:#x}", word(index).0)
                    }
                })
                .collect();
        format!("[{}]", items.join(", "))
    }
}

// SAFETY: all objects come from `Toy::block`, are 16-byte aligned and stay allocated as long as the toy.
unsafe impl Context for Toy {
    type Code = u32;

    fn state(&self) -> &State {
        &self.state
    }
    fn bool_word(&self, value: bool) -> Word {
        self.truths[usize::from(value)]
    }
    fn box_float() -> &'static Helper<Self> {
        &BOX_FLOAT
    }
    fn dealloc() -> &'static Helper<Self> {
        &DEALLOC
    }
    fn alloc() -> &'static Helper<Self> {
        &ALLOC
    }
    fn free_list(&self, size: usize) -> Option<&Cell<usize>> {
        (size == 48).then_some(&self.free_cells)
    }
    fn embed(&self, _: Word) {}
    fn depth_limit(&self) -> u32 {
        100
    }
}

static BOX_FLOAT: Helper<Toy> = Helper::new("toy.box_float", Effects::PURE, Target::FW(box_float));
static DEALLOC: Helper<Toy> = Helper::new("toy.dealloc", Effects::ANY, Target::I1(dealloc));
static ALLOC: Helper<Toy> = Helper::new("toy.alloc", Effects::PURE, Target::I1(alloc));
/// Adds small ints; raises on anything else.
pub static ADD: Helper<Toy> = Helper::new("toy.add", Effects { raises: true, ..Effects::PURE }, Target::W2(add));
/// An owned word without arguments: a new list of one element.
pub static MAKE: Helper<Toy> = Helper::new("toy.make", Effects::writing(AliasSet::NONE), Target::W0(make));
/// Five words to a logged sum.
pub static SUM5: Helper<Toy> = Helper::new("toy.sum5", Effects::writing(AliasSet::NONE), Target::W5(sum5));
/// Logs the thread state, then answers its argument, owned.
pub static REENTER: Helper<Toy> = Helper::new("toy.reenter", Effects::ANY, Target::W1(reenter));
/// Negative unless the argument is a small int.
pub static CHECK: Helper<Toy> = Helper::new("toy.check", Effects::reading(AliasSet::NONE), Target::I1(check));
/// Compares bits.
pub static DIFFERENCE: Helper<Toy> = Helper::new("toy.difference", Effects::PURE, Target::I2(difference));
/// Sums a window and a callee.
pub static WINDOW: Helper<Toy> = Helper::new("toy.window", Effects::ANY, Target::Win(window));
/// Sums a window, a callee and one more word.
pub static WINDOW_AND: Helper<Toy> = Helper::new("toy.window_and", Effects::ANY, Target::WinW(window_and));
/// Halves.
pub static HALF: Helper<Toy> = Helper::new("toy.half", Effects::PURE, Target::F1(half));
/// Multiplies and adds one.
pub static MIX: Helper<Toy> = Helper::new("toy.mix", Effects::PURE, Target::F2(mix));

/// All fields.
pub fn fields() -> Vec<&'static FieldInfo> {
    vec![&A, &B, &N, &F, &BOXED, &KIND, &LEN]
}

/// All arrays.
pub fn arrays() -> Vec<&'static ArrayInfo> {
    vec![&ITEMS, &BYTES, &SHORTS, &INTS, &UINTS, &FLOATS, &PAIR]
}

/// All helpers that traces may call.
pub fn helpers() -> Vec<&'static HelperInfo> {
    let all = [&ADD, &MAKE, &SUM5, &REENTER, &CHECK, &DIFFERENCE, &WINDOW, &WINDOW_AND, &HALF, &MIX, &BOX_FLOAT];
    all.map(|helper| &helper.info).to_vec()
}

extern "C" fn box_float(toy: &Toy, value: f64) -> Word {
    let boxed = toy.object(32, 1, BOX);
    // SAFETY: a fresh box.
    unsafe { RawHeap::write(boxed.addr() + 16, Repr::F64, value.to_bits()) };
    boxed
}

extern "C" fn dealloc(toy: &Toy, object: Word) -> i64 {
    let kind = Toy::read(object, &KIND);
    if kind == FINAL {
        toy.state.breaker.set(Breaker::FINALIZERS);
    }
    if kind == CELL || kind == FINAL {
        drop_ref(toy, Word(Toy::read(object, &A)));
        drop_ref(toy, Word(Toy::read(object, &B)));
        // SAFETY: the block is dead; its first word becomes the free list's link.
        unsafe { RawHeap::write(object.addr(), Repr::Ptr, toy.free_cells.get() as u64) };
        toy.free_cells.set(object.addr());
    } else {
        toy.freed.set(toy.freed.get() + 1);
    }
    0
}

extern "C" fn alloc(toy: &Toy, size: Word) -> i64 {
    toy.block(size.untag_int() as usize) as i64
}

extern "C" fn add(_: &Toy, a: Word, b: Word) -> Word {
    match (a.as_i64(), b.as_i64()) {
        (Some(a), Some(b)) => Word::from_i64(a.wrapping_add(b)).unwrap_or(Word::EMPTY),
        _ => Word::EMPTY,
    }
}

extern "C" fn make(toy: &Toy) -> Word {
    toy.list(&[7 << INT_SHIFT])
}

extern "C" fn sum5(toy: &Toy, a: Word, b: Word, c: Word, d: Word, e: Word) -> Word {
    let sum =
        [a, b, c, d, e].iter().enumerate().map(|(i, w)| (i as i64 + 1) * (w.as_i64().unwrap_or(0) % (1 << 40))).sum();
    toy.log.borrow_mut().push(format!("sum5 {sum}"));
    Word::from_i64(sum).unwrap_or(Word::ZERO)
}

extern "C" fn reenter(toy: &Toy, value: Word) -> Word {
    let state = &toy.state;
    let shown: Vec<String> = (0..6).map(|i| toy.describe(toy.slot(i).get(), &mut HashMap::new())).collect();
    let line = format!(
        "reenter base {} pc {} depth {} slots {}",
        toy.base(),
        state.pc.get(),
        state.depth.get(),
        shown.join(" ")
    );
    toy.log.borrow_mut().push(line);
    state.breaker.set(toy.surprise.get());
    crate::Direct::<Toy>::retain(value);
    value
}

extern "C" fn check(_: &Toy, value: Word) -> i64 {
    value.as_i64().map_or(-1, i64::abs)
}

extern "C" fn difference(_: &Toy, a: Word, b: Word) -> i64 {
    (a.0 as i64).wrapping_sub(b.0 as i64)
}

extern "C" fn window(toy: &Toy, callee: Word, slots: Window<'_>) -> Word {
    window_and(toy, callee, slots, Word::ZERO)
}

extern "C" fn window_and(toy: &Toy, callee: Word, slots: Window<'_>, extra: Word) -> Word {
    let int = |word: Word| word.as_i64().unwrap_or(1000) % (1 << 40);
    let sum = slots.cells().iter().map(|cell| int(cell.get())).sum::<i64>();
    toy.log.borrow_mut().push(format!("window {} of {}", sum, slots.cells().len()));
    Word::from_i64(sum + 10 * int(callee) + 100 * int(extra)).unwrap_or(Word::EMPTY)
}

extern "C" fn half(value: f64) -> f64 {
    value * 0.5
}

extern "C" fn mix(a: f64, b: f64) -> f64 {
    a * b + 1.0
}
