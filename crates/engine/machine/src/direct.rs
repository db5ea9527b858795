//! The machine `Direct`: each primitive is the operation itself.

use std::cell::Cell;
use std::hint::cold_path;

use pv_word::{INT_SHIFT, Word};

use crate::context::{Context, Counted};
use crate::desc::{
    Array, ArrayData, ArrayInfo, CodeAddr, Effects, Field, FieldInfo, Helper, HelperInfo, Param, Repr, Target, Window,
};
use crate::machine::{BoolOp, Cmp, FloatOp, IntOp, Machine, Slot, Typed};
use crate::owned::Own;
use crate::state::State;

/// Raw memory access through erased descriptors, for the machines and the evaluator.
pub struct RawHeap;

impl RawHeap {
    /// Loads a cell as raw bits (integers extended, doubles as their bits).
    ///
    /// # Safety
    /// `addr` is the address of an initialised cell of `repr`.
    #[inline(always)]
    pub unsafe fn read(addr: usize, repr: Repr) -> u64 {
        // SAFETY: the caller vouches for the cell.
        unsafe {
            match repr {
                Repr::Word | Repr::I64 | Repr::F64 | Repr::Ptr => *(addr as *const u64),
                Repr::I32 => i64::from(*(addr as *const i32)) as u64,
                Repr::U32 => u64::from(*(addr as *const u32)),
                Repr::U16 => u64::from(*(addr as *const u16)),
                Repr::U8 => u64::from(*(addr as *const u8)),
            }
        }
    }

    /// Stores raw bits into a cell, truncated to its storage.
    ///
    /// # Safety
    /// `addr` is the address of a cell of `repr` that may be written.
    #[inline(always)]
    pub unsafe fn write(addr: usize, repr: Repr, bits: u64) {
        // SAFETY: the caller vouches for the cell.
        unsafe {
            match repr {
                Repr::Word | Repr::I64 | Repr::F64 | Repr::Ptr => *(addr as *mut u64) = bits,
                Repr::I32 | Repr::U32 => *(addr as *mut u32) = bits as u32,
                Repr::U16 => *(addr as *mut u16) = bits as u16,
                Repr::U8 => *(addr as *mut u8) = bits as u8,
            }
        }
    }

    /// Address of an array's first element.
    ///
    /// # Safety
    /// `object` is the address of an object that has the array.
    #[inline(always)]
    pub unsafe fn array_base(object: usize, array: &ArrayInfo) -> usize {
        match &array.data {
            ArrayData::Inline(offset) => object + *offset as usize,
            // SAFETY: the caller vouches for the object, the descriptor for the field.
            ArrayData::Buffer(field) => unsafe { Self::field(object, field) as usize },
        }
    }

    /// Loads a field as raw bits.
    ///
    /// # Safety
    /// `object` is the address of an object that has the field.
    #[inline(always)]
    pub unsafe fn field(object: usize, field: &FieldInfo) -> u64 {
        // SAFETY: the caller vouches for the object, the descriptor for the cell.
        unsafe { Self::read(object + field.offset as usize, field.repr) }
    }
}

/// The interpreter's machine.
pub struct Direct<'a, Cx: Context> {
    cx: &'a Cx,
    state: &'a State,
    base: *const Cell<Word>,
    pc: u32,
    code: Cx::Code,
}

impl<'a, Cx: Context> Direct<'a, Cx> {
    /// A machine over the frame that the state's base and program counter name, running `code`.
    pub fn new(cx: &'a Cx, code: Cx::Code) -> Self {
        let state = cx.state();
        Direct { cx, state, base: state.base.get(), pc: state.pc.get(), code }
    }

    /// A second machine in the same state: a driver's loop over a local copy, whose address is never taken, has it in registers.
    #[inline(always)]
    pub fn copy(&self) -> Self {
        Direct { cx: self.cx, state: self.state, base: self.base, pc: self.pc, code: self.code }
    }

    /// Takes over where a copy has come to.
    #[inline(always)]
    pub fn go_on_as(&mut self, copy: Self) {
        self.base = copy.base;
        self.pc = copy.pc;
        self.code = copy.code;
    }

    /// The context, with the machine's own lifetime.
    #[inline(always)]
    pub fn context(&self) -> &'a Cx {
        self.cx
    }

    /// Writes base and program counter back to the state.
    #[inline(always)]
    pub fn sync(&self) {
        let state = self.state;
        state.base.set(self.base);
        state.pc.set(self.pc);
    }

    /// Reloads base and program counter from the state, running `code`.
    #[inline(always)]
    pub fn reload(&mut self, code: Cx::Code) {
        let state = self.state;
        self.base = state.base.get();
        self.pc = state.pc.get();
        self.code = code;
    }

    /// Address of the current frame's slot 0.
    #[inline(always)]
    pub fn base(&self) -> *const Cell<Word> {
        self.base
    }

    #[inline(always)]
    fn cell(&self, slot: Slot) -> &Cell<Word> {
        // SAFETY: the language's verifier keeps slots within the frame, and `has_room` the frame within the stack.
        unsafe { &*self.base.offset(slot.0 as isize) }
    }

    #[inline(always)]
    fn count(object: Word) -> *mut u32 {
        (object.addr() + Counted::OFFSET as usize) as *mut u32
    }

    /// Is this an object whose count moves (no immediate, not empty, not immortal)? The word comes from a machine.
    pub fn is_counted(word: Word) -> bool {
        // SAFETY: `Context` promises a live object that obeys `Counted`.
        word.is_object() && unsafe { *Self::count(word) } & Counted::IMMORTAL == 0
    }

    /// How many references an object has, if that is counted.
    pub fn references(word: Word) -> Option<u32> {
        // SAFETY: `Context` promises a live object that obeys `Counted`.
        Self::is_counted(word).then(|| unsafe { *Self::count(word) })
    }

    /// Takes a reference to whatever the word is.
    #[inline(always)]
    pub fn retain(word: Word) {
        if unlikely(word.is_ptr()) && !word.is_empty() {
            let count = Self::count(word);
            // SAFETY: `Context` promises a live object that obeys `Counted`.
            unsafe {
                if (*count as i32) >= 0 {
                    *count += 1;
                }
            }
        }
    }

    /// Drops a reference to whatever the word is.
    #[inline(always)]
    pub fn drop_ref(&self, word: Word) {
        drop_ref(self.cx, word);
    }

    #[inline(always)]
    fn field_addr<L>(object: Typed<Word, L>, field: &'static Field<L>) -> usize {
        object.value().addr() + field.offset as usize
    }

    #[inline(always)]
    fn load_bits<L>(object: Typed<Word, L>, field: &'static Field<L>) -> u64 {
        // SAFETY: the proof vouches for the object, the descriptor for the field.
        unsafe { RawHeap::read(Self::field_addr(object, field), field.repr) }
    }

    /// Address of word `index` of a run of word fields that lie one behind the other.
    #[inline(always)]
    fn nth_addr<L>(object: Typed<Word, L>, fields: &'static [Field<L>], index: usize) -> usize {
        debug_assert!(fields[index].offset == fields[0].offset + 8 * index as u32 && fields[index].repr == Repr::Word);
        object.value().addr() + fields[0].offset as usize + 8 * index
    }

    #[inline(always)]
    fn array_len<L>(object: Typed<Word, L>, array: &'static Array<L>) -> u64 {
        let addr = object.value().addr() + array.place.len_offset as usize;
        // SAFETY: the proof vouches for the object, the descriptor for the field.
        unsafe { RawHeap::read(addr, array.place.len_repr) }
    }

    #[inline(always)]
    fn elem_addr<L>(object: Typed<Word, L>, array: &'static Array<L>, index: i64) -> usize {
        debug_assert!((index as u64) < Self::array_len(object, array));
        let place = object.value().addr() + array.place.offset as usize;
        // SAFETY: the proof vouches for the object, the descriptor for the field.
        let first = if array.place.is_buffer { unsafe { RawHeap::read(place, Repr::Ptr) as usize } } else { place };
        first + index as usize * array.place.elem.size()
    }

    #[inline(always)]
    fn enter_helper(&self, helper: &Helper<Cx>) {
        if helper.info.effects.reenters {
            self.sync();
        }
    }
}

/// Drops a reference to whatever the word is.
#[inline(always)]
pub(crate) fn drop_ref<Cx: Context>(cx: &Cx, word: Word) {
    if unlikely(word.is_ptr()) && !word.is_empty() {
        let count = (word.addr() + Counted::OFFSET as usize) as *mut u32;
        // SAFETY: `Context` promises a live object that obeys `Counted`.
        unsafe {
            if (*count as i32) >= 0 {
                *count -= 1;
                if *count == 0 {
                    free(cx, word);
                }
            }
        }
    }
}

#[cold]
#[inline(never)]
fn free<Cx: Context>(cx: &Cx, word: Word) {
    match Cx::dealloc().target {
        Target::I1(dealloc) => dealloc(cx, word),
        _ => wrong_signature(Cx::dealloc().info.name),
    };
}

/// The word of a double, boxed where it has no immediate form.
#[inline(always)]
pub(crate) fn tag_float<Cx: Context>(cx: &Cx, value: f64) -> Word {
    match Word::from_f64(value) {
        Some(word) => word,
        None => boxed_float(cx, value),
    }
}

#[cold]
#[inline(never)]
fn boxed_float<Cx: Context>(cx: &Cx, value: f64) -> Word {
    match &Cx::box_float().target {
        Target::FW(boxed) => boxed(cx, value),
        _ => wrong_signature(Cx::box_float().info.name),
    }
}

/// What is mostly not come to: a value whose path stays a branch of its own, which the optimiser does not turn into arithmetic.
#[inline(always)]
pub fn rare<T>(value: T) -> T {
    cold_path();
    barrier();
    value
}

/// A condition whose answer is mostly no. What depends on it stays a branch of its own, out of the way: the optimiser neither merges it
/// with the conditions before it nor turns it into arithmetic.
#[inline(always)]
pub fn unlikely(condition: bool) -> bool {
    if condition {
        cold_path();
        barrier();
    }
    condition
}

/// An instruction of no length that the optimiser cannot see through.
#[inline(always)]
fn barrier() {
    // SAFETY: the assembly is empty.
    #[cfg(not(miri))]
    unsafe {
        std::arch::asm!("", options(nomem, nostack, preserves_flags));
    }
}

/// Allocates `size` bytes with these header words, every further word empty.
///
/// # Safety
/// As for [`Machine::allocate`].
#[inline(always)]
pub(crate) unsafe fn allocate<Cx: Context>(cx: &Cx, size: usize, header: [u64; 2]) -> Word {
    let addr = match cx.free_list(size) {
        Some(head) if head.get() != 0 => {
            let addr = head.get();
            // SAFETY: `Context` promises that a free block's first word is the next block's address.
            head.set(unsafe { *(addr as *const usize) });
            addr
        }
        _ => allocate_slow(cx, size),
    };
    // SAFETY: the block has `size` bytes.
    unsafe {
        let words = addr as *mut u64;
        words.write(header[0]);
        words.add(1).write(header[1]);
        for index in 2..size / 8 {
            words.add(index).write(Word::EMPTY.0);
        }
    }
    Word::from_addr(addr)
}

#[cold]
#[inline(never)]
fn allocate_slow<Cx: Context>(cx: &Cx, size: usize) -> usize {
    match Cx::alloc().target {
        Target::I1(alloc) => alloc(cx, Word((size as u64) << INT_SHIFT)) as usize,
        _ => wrong_signature(Cx::alloc().info.name),
    }
}

#[inline(always)]
fn compare<T: PartialOrd>(cmp: Cmp, a: T, b: T) -> bool {
    match cmp {
        Cmp::Eq => a == b,
        Cmp::Ne => a != b,
        Cmp::Lt => a < b,
        Cmp::Le => a <= b,
        Cmp::Gt => a > b,
        Cmp::Ge => a >= b,
        Cmp::Ult => false,
    }
}

/// Compares doubles; see [`Machine::cmp_floats`].
#[inline(always)]
pub fn compare_floats(cmp: Cmp, a: f64, b: f64) -> bool {
    compare(cmp, a, b)
}

/// Compares integers; see [`Machine::cmp_ints`].
#[inline(always)]
pub fn compare_ints(cmp: Cmp, a: i64, b: i64) -> bool {
    match cmp {
        Cmp::Ult => (a as u64) < (b as u64),
        _ => compare(cmp, a, b),
    }
}

/// Floor division and remainder of integers; zero for a zero divisor.
#[inline(always)]
pub fn floor_div_mod(a: i64, b: i64) -> (i64, i64) {
    if b == 0 {
        return (0, 0);
    }
    let (quotient, remainder) = (a.wrapping_div(b), a.wrapping_rem(b));
    if remainder != 0 && (remainder < 0) != (b < 0) { (quotient - 1, remainder + b) } else { (quotient, remainder) }
}

macro_rules! refusals {
    ($($op:ident $name:literal $function:ident;)*) => {
        /// The helper that answers 1 where [`Machine::tagged`] refuses the operation and 0 where it does not: the test
        /// with which a trace stays on the path that was recorded when it refused. Pure.
        pub fn refusal(op: IntOp) -> &'static HelperInfo {
            match op {
                $(IntOp::$op => {
                    extern "C" fn $function(_: *const (), a: Word, b: Word) -> i64 {
                        i64::from(tagged_op(IntOp::$op, a, b).is_none())
                    }
                    static INFO: HelperInfo = HelperInfo {
                        name: $name,
                        effects: Effects::PURE,
                        addr: CodeAddr($function as *const ()),
                        params: &[Param::Cx, Param::Word, Param::Word],
                        result: Param::Int,
                    };
                    &INFO
                })*
            }
        }
    };
}

refusals! {
    Add "engine.add_refused" add_refused;
    Sub "engine.sub_refused" sub_refused;
    Mul "engine.mul_refused" mul_refused;
    And "engine.and_refused" and_refused;
    Or "engine.or_refused" or_refused;
    Xor "engine.xor_refused" xor_refused;
    Shl "engine.shl_refused" shl_refused;
    Shr "engine.shr_refused" shr_refused;
    FloorDiv "engine.floordiv_refused" floordiv_refused;
    Mod "engine.mod_refused" mod_refused;
}

/// Arithmetic on tagged small integers; see [`Machine::tagged`].
#[inline(always)]
pub fn tagged_op(op: IntOp, a: Word, b: Word) -> Option<Word> {
    let (x, y) = (a.0 as i64, b.0 as i64);
    match op {
        IntOp::Add => x.checked_add(y).map(|w| Word(w as u64)),
        IntOp::Sub => x.checked_sub(y).map(|w| Word(w as u64)),
        IntOp::Mul => (x >> INT_SHIFT).checked_mul(y).map(|w| Word(w as u64)),
        IntOp::And => Some(Word(a.0 & b.0)),
        IntOp::Or => Some(Word(a.0 | b.0)),
        IntOp::Xor => Some(Word(a.0 ^ b.0)),
        IntOp::Shl => {
            let count = b.untag_int();
            let shifted = if (0..62).contains(&count) { x << count } else { return None };
            (shifted >> count == x).then_some(Word(shifted as u64))
        }
        IntOp::Shr => {
            let count = b.untag_int();
            (count >= 0).then(|| Word(((x >> INT_SHIFT >> count.min(63)) << INT_SHIFT) as u64))
        }
        IntOp::FloorDiv if y != 0 => Word::from_i64(floor_div_mod(a.untag_int(), b.untag_int()).0),
        IntOp::Mod if y != 0 => Word::from_i64(floor_div_mod(a.untag_int(), b.untag_int()).1),
        IntOp::FloorDiv | IntOp::Mod => None,
    }
}

/// Wrapping arithmetic on raw integers; see [`Machine::int_op`].
#[inline(always)]
pub fn raw_op(op: IntOp, a: i64, b: i64) -> i64 {
    match op {
        IntOp::Add => a.wrapping_add(b),
        IntOp::Sub => a.wrapping_sub(b),
        IntOp::Mul => a.wrapping_mul(b),
        IntOp::And => a & b,
        IntOp::Or => a | b,
        IntOp::Xor => a ^ b,
        IntOp::Shl => a.wrapping_shl(b as u32),
        IntOp::Shr => a.wrapping_shr(b as u32),
        IntOp::FloorDiv => floor_div_mod(a, b).0,
        IntOp::Mod => floor_div_mod(a, b).1,
    }
}

/// Arithmetic on doubles; see [`Machine::float_op`].
#[inline(always)]
pub fn float_op(op: FloatOp, a: f64, b: f64) -> f64 {
    match op {
        FloatOp::Add => a + b,
        FloatOp::Sub => a - b,
        FloatOp::Mul => a * b,
        FloatOp::Div => a / b,
        FloatOp::Neg => -a,
        FloatOp::Abs => a.abs(),
        FloatOp::Sqrt => a.sqrt(),
        FloatOp::Floor => a.floor(),
    }
}

#[cold]
#[inline(never)]
fn wrong_signature(name: &str) -> ! {
    panic!("helper {name} was called with a signature it does not have")
}

impl<Cx: Context> Machine for Direct<'_, Cx> {
    type Cx = Cx;
    type Val = Word;
    type Int = i64;
    type Float = f64;
    type Bool = bool;

    const INTERPRETING: bool = true;

    #[inline(always)]
    fn apart<R>(&mut self, step: impl FnOnce(&mut Self) -> R) -> R {
        let mut copy = self.copy();
        let result = step(&mut copy);
        self.go_on_as(copy);
        result
    }

    #[inline(always)]
    fn cx(&self) -> &Cx {
        self.cx
    }

    #[inline(always)]
    fn pc(&self) -> u32 {
        self.pc
    }
    #[inline(always)]
    fn set_pc(&mut self, pc: u32) {
        self.pc = pc;
    }
    #[inline(always)]
    fn code(&self) -> Cx::Code {
        self.code
    }
    #[inline(always)]
    fn known_frame(&self, _: i32) -> Option<Cx::Code> {
        None
    }
    #[inline(always)]
    fn switch_frame(&mut self, delta: i32, code: Cx::Code, pc: u32) {
        self.base = self.base.wrapping_offset(delta as isize);
        self.code = code;
        self.pc = pc;
        let depth = &self.state.depth;
        depth.set(if delta > 0 { depth.get() + 1 } else { depth.get().wrapping_sub(1) });
    }
    #[inline(always)]
    fn has_room(&mut self, slots: i32) -> bool {
        let state = self.state;
        self.base.wrapping_offset(slots as isize) <= state.limit.get() && state.depth.get() < self.cx.depth_limit()
    }
    #[inline(always)]
    fn get(&mut self, slot: Slot) -> Word {
        self.cell(slot).get()
    }
    #[inline(always)]
    fn take(&mut self, slot: Slot) -> Own<Word> {
        Own::new(self.cell(slot).replace(Word::EMPTY))
    }
    #[inline(always)]
    fn put(&mut self, slot: Slot, value: Own<Word>) {
        let old = self.cell(slot).replace(value.into_inner());
        self.drop_ref(old);
    }
    #[inline(always)]
    fn init(&mut self, slot: Slot, value: Own<Word>) {
        self.cell(slot).set(value.into_inner());
    }

    #[inline(always)]
    fn word(&mut self, word: Word) -> Word {
        word
    }
    #[inline(always)]
    fn int(&mut self, value: i64) -> i64 {
        value
    }
    #[inline(always)]
    fn float(&mut self, value: f64) -> f64 {
        value
    }
    #[inline(always)]
    fn promote(&mut self, value: Word) -> Word {
        value
    }
    #[inline(always)]
    fn promote_int(&mut self, value: i64) -> i64 {
        value
    }
    #[inline(always)]
    fn assume(&mut self, _: u64) {}

    #[inline(always)]
    fn is_int(&mut self, value: Word) -> bool {
        value.is_int()
    }
    #[inline(always)]
    fn is_float(&mut self, value: Word) -> bool {
        value.is_float()
    }
    #[inline(always)]
    fn is_ptr(&mut self, value: Word) -> bool {
        value.is_ptr()
    }
    #[inline(always)]
    fn both_ints(&mut self, a: Word, b: Word) -> bool {
        Word::both_int(a, b)
    }
    #[inline(always)]
    fn is(&mut self, value: Word, word: Word) -> bool {
        value == word
    }
    #[inline(always)]
    fn int_is(&mut self, value: i64, constant: i64) -> bool {
        value == constant
    }
    #[inline(always)]
    fn test(&mut self, value: bool) -> bool {
        value
    }
    #[inline(always)]
    fn branch(&mut self, value: bool, then: u32, otherwise: u32) {
        self.pc = if value { then } else { otherwise };
    }
    #[inline(always)]
    fn checkpoint(&mut self, _: u8) {}
    #[inline(always)]
    fn checkpoint_raising(&mut self, _: u8) {}
    #[inline(always)]
    fn raised(&mut self, result: &Own<Word>) -> bool {
        result.get().is_empty()
    }
    #[inline(always)]
    fn raised_int(&mut self, result: i64) -> bool {
        result < 0
    }
    #[inline(always)]
    fn boundary(&mut self) -> bool {
        let watched = crate::Breaker::BOUNDARY | crate::Breaker::COLLECT | crate::Breaker::OBSERVED;
        self.state.breaker.bits() & watched != 0
    }

    #[inline(always)]
    fn untag_int(&mut self, value: Word) -> i64 {
        value.untag_int()
    }
    #[inline(always)]
    fn tag_int(&mut self, value: i64) -> Option<Word> {
        Word::from_i64(value)
    }
    #[inline(always)]
    fn tagged(&mut self, op: IntOp, a: Word, b: Word) -> Option<Word> {
        tagged_op(op, a, b)
    }
    #[inline(always)]
    fn int_op(&mut self, op: IntOp, a: i64, b: i64) -> i64 {
        raw_op(op, a, b)
    }
    #[inline(always)]
    fn cmp_ints(&mut self, cmp: Cmp, a: i64, b: i64) -> bool {
        compare_ints(cmp, a, b)
    }
    #[inline(always)]
    fn cmp_words(&mut self, cmp: Cmp, a: Word, b: Word) -> bool {
        compare_ints(cmp, a.0 as i64, b.0 as i64)
    }

    #[inline(always)]
    fn untag_float(&mut self, value: Word) -> f64 {
        value.untag_float()
    }
    #[inline(always)]
    fn tag_float(&mut self, value: f64) -> Own<Word> {
        Own::new(tag_float(self.cx, value))
    }
    #[inline(always)]
    fn float_op(&mut self, op: FloatOp, a: f64, b: f64) -> f64 {
        float_op(op, a, b)
    }
    #[inline(always)]
    fn cmp_floats(&mut self, cmp: Cmp, a: f64, b: f64) -> bool {
        compare(cmp, a, b)
    }
    #[inline(always)]
    fn int_to_float(&mut self, value: i64) -> f64 {
        value as f64
    }
    #[inline(always)]
    fn float_to_int(&mut self, value: f64) -> i64 {
        value as i64
    }

    #[inline(always)]
    fn bool_word(&mut self, value: bool) -> Word {
        self.cx.bool_word(value)
    }
    #[inline(always)]
    fn not(&mut self, value: bool) -> bool {
        !value
    }
    #[inline(always)]
    fn select(&mut self, condition: bool, then: Word, otherwise: Word) -> Word {
        if condition { then } else { otherwise }
    }
    #[inline(always)]
    fn bool_op(&mut self, op: BoolOp, a: bool, b: bool) -> bool {
        match op {
            BoolOp::And => a & b,
            BoolOp::Or => a | b,
        }
    }

    #[inline(always)]
    fn load<L>(&mut self, object: Typed<Word, L>, field: &'static Field<L>) -> Word {
        Word(Self::load_bits(object, field))
    }
    #[inline(always)]
    fn load_int<L>(&mut self, object: Typed<Word, L>, field: &'static Field<L>) -> i64 {
        Self::load_bits(object, field) as i64
    }
    #[inline(always)]
    fn load_float<L>(&mut self, object: Typed<Word, L>, field: &'static Field<L>) -> f64 {
        f64::from_bits(Self::load_bits(object, field))
    }
    #[inline(always)]
    fn replace<L>(&mut self, object: Typed<Word, L>, field: &'static Field<L>, value: Own<Word>) -> Own<Word> {
        let addr = Self::field_addr(object, field);
        let old = Self::load_bits(object, field);
        // SAFETY: the proof vouches for the object, the descriptor for the field.
        unsafe { RawHeap::write(addr, Repr::Word, value.into_inner().0) };
        Own::new(Word(old))
    }
    #[inline(always)]
    fn load_nth<L>(&mut self, object: Typed<Word, L>, fields: &'static [Field<L>], index: usize) -> Word {
        // SAFETY: the proof vouches for the object, the descriptors for the field.
        Word(unsafe { RawHeap::read(Self::nth_addr(object, fields, index), Repr::Word) })
    }
    #[inline(always)]
    fn replace_nth<L>(
        &mut self,
        object: Typed<Word, L>,
        fields: &'static [Field<L>],
        index: usize,
        value: Own<Word>,
    ) -> Own<Word> {
        let addr = Self::nth_addr(object, fields, index);
        // SAFETY: the proof vouches for the object, the descriptors for the field.
        unsafe {
            let old = RawHeap::read(addr, Repr::Word);
            RawHeap::write(addr, Repr::Word, value.into_inner().0);
            Own::new(Word(old))
        }
    }
    #[inline(always)]
    unsafe fn store_int<L>(&mut self, object: Typed<Word, L>, field: &'static Field<L>, value: i64) {
        let addr = Self::field_addr(object, field);
        // SAFETY: the proof vouches for the object, the descriptor for the field, the caller for the value.
        unsafe { RawHeap::write(addr, field.repr, value as u64) };
    }
    #[inline(always)]
    fn store_float<L>(&mut self, object: Typed<Word, L>, field: &'static Field<L>, value: f64) {
        let addr = Self::field_addr(object, field);
        // SAFETY: the proof vouches for the object, the descriptor for the field.
        unsafe { RawHeap::write(addr, Repr::F64, value.to_bits()) };
    }
    #[inline(always)]
    fn in_bounds<L>(&mut self, object: Typed<Word, L>, array: &'static Array<L>, index: i64) -> bool {
        (index as u64) < Self::array_len(object, array)
    }
    #[inline(always)]
    fn elem<L>(&mut self, object: Typed<Word, L>, array: &'static Array<L>, index: i64) -> Word {
        // SAFETY: `elem_addr` gives an initialised element.
        Word(unsafe { RawHeap::read(Self::elem_addr(object, array, index), Repr::Word) })
    }
    #[inline(always)]
    fn elem_int<L>(&mut self, object: Typed<Word, L>, array: &'static Array<L>, index: i64) -> i64 {
        // SAFETY: `elem_addr` gives an initialised element.
        unsafe { RawHeap::read(Self::elem_addr(object, array, index), array.place.elem) as i64 }
    }
    #[inline(always)]
    fn elem_float<L>(&mut self, object: Typed<Word, L>, array: &'static Array<L>, index: i64) -> f64 {
        // SAFETY: `elem_addr` gives an initialised element.
        f64::from_bits(unsafe { RawHeap::read(Self::elem_addr(object, array, index), Repr::F64) })
    }
    #[inline(always)]
    fn replace_elem<L>(
        &mut self,
        object: Typed<Word, L>,
        array: &'static Array<L>,
        index: i64,
        value: Own<Word>,
    ) -> Own<Word> {
        let addr = Self::elem_addr(object, array, index);
        // SAFETY: `elem_addr` gives an initialised element.
        unsafe {
            let old = RawHeap::read(addr, Repr::Word);
            RawHeap::write(addr, Repr::Word, value.into_inner().0);
            Own::new(Word(old))
        }
    }
    #[inline(always)]
    fn save_slots<L>(&mut self, object: Typed<Word, L>, array: &'static Array<L>, first: Slot, count: u32) {
        if count == 0 {
            return;
        }
        debug_assert!(u64::from(count) <= Self::array_len(object, array));
        let to = Self::elem_addr(object, array, 0) as *mut Word;
        let from: *const Cell<Word> = self.cell(first);
        for each in 0..count as usize {
            // SAFETY: the frame has the slots, and `elem_addr` gives the first of at least `count` elements.
            unsafe { to.add(each).write((*from.add(each)).replace(Word::EMPTY)) };
        }
    }
    #[inline(always)]
    fn restore_slots<L>(&mut self, object: Typed<Word, L>, array: &'static Array<L>, first: Slot, count: u32) {
        if count == 0 {
            return;
        }
        debug_assert!(u64::from(count) <= Self::array_len(object, array));
        let from = Self::elem_addr(object, array, 0) as *mut Word;
        let to: *const Cell<Word> = self.cell(first);
        for each in 0..count as usize {
            // SAFETY: as above.
            unsafe { (*to.add(each)).set(std::ptr::replace(from.add(each), Word::EMPTY)) };
        }
    }
    #[inline(always)]
    fn store_elem_int<L>(&mut self, object: Typed<Word, L>, array: &'static Array<L>, index: i64, value: i64) {
        // SAFETY: `elem_addr` gives an initialised element.
        unsafe { RawHeap::write(Self::elem_addr(object, array, index), array.place.elem, value as u64) };
    }
    #[inline(always)]
    fn store_elem_float<L>(&mut self, object: Typed<Word, L>, array: &'static Array<L>, index: i64, value: f64) {
        // SAFETY: `elem_addr` gives an initialised element.
        unsafe { RawHeap::write(Self::elem_addr(object, array, index), Repr::F64, value.to_bits()) };
    }
    #[inline(always)]
    unsafe fn allocate(&mut self, size: usize, header: [u64; 2]) -> Own<Word> {
        // SAFETY: the caller vouches for size and headers.
        Own::new(unsafe { allocate(self.cx, size, header) })
    }

    #[inline(always)]
    fn own(&mut self, value: Word) -> Own<Word> {
        Self::retain(value);
        Own::new(value)
    }
    #[inline(always)]
    fn release(&mut self, value: Own<Word>) {
        self.drop_ref(value.into_inner());
    }
    #[inline(always)]
    fn forget(&mut self, value: Own<Word>) {
        let _ = value.into_inner();
    }
    #[inline(always)]
    fn call(&mut self, helper: &'static Helper<Cx>, args: &[Word]) -> Own<Word> {
        self.enter_helper(helper);
        let cx = self.cx;
        Own::new(match (&helper.target, args) {
            (Target::W0(f), []) => f(cx),
            (Target::W1(f), &[a]) => f(cx, a),
            (Target::W2(f), &[a, b]) => f(cx, a, b),
            (Target::W3(f), &[a, b, c]) => f(cx, a, b, c),
            (Target::W4(f), &[a, b, c, d]) => f(cx, a, b, c, d),
            (Target::W5(f), &[a, b, c, d, e]) => f(cx, a, b, c, d, e),
            _ => wrong_signature(helper.info.name),
        })
    }
    #[inline(always)]
    fn call_int(&mut self, helper: &'static Helper<Cx>, args: &[Word]) -> i64 {
        self.enter_helper(helper);
        match (&helper.target, args) {
            (Target::I1(f), &[a]) => f(self.cx, a),
            (Target::I2(f), &[a, b]) => f(self.cx, a, b),
            (Target::I3(f), &[a, b, c]) => f(self.cx, a, b, c),
            _ => wrong_signature(helper.info.name),
        }
    }
    #[inline(always)]
    fn call_float(&mut self, helper: &'static Helper<Cx>, args: &[f64]) -> f64 {
        match (&helper.target, args) {
            (Target::F1(f), &[a]) => f(a),
            (Target::F2(f), &[a, b]) => f(a, b),
            _ => wrong_signature(helper.info.name),
        }
    }
    #[inline(always)]
    fn call_window(
        &mut self,
        helper: &'static Helper<Cx>,
        callee: Word,
        first: Slot,
        count: u32,
        extra: Option<Word>,
    ) -> Own<Word> {
        self.enter_helper(helper);
        // SAFETY: the language's verifier keeps windows within the frame.
        let cells = unsafe { std::slice::from_raw_parts(self.cell(first), count as usize) };
        let window = Window::new(cells);
        Own::new(match (&helper.target, extra) {
            (Target::Win(f), None) => f(self.cx, callee, window),
            (Target::WinW(f), Some(extra)) => f(self.cx, callee, window, extra),
            _ => wrong_signature(helper.info.name),
        })
    }
}
