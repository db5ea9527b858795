//! Lazy values: boxes of floats and objects that are not made until something needs them.
//!
//! A lazy value is an instruction that no block lists yet. It becomes real ([`Door::force`]) where something needs the
//! word itself: a store into a real object, a call, a comparison of bits, a safepoint. Snapshots do not need it: an exit boxes
//! the double, or makes the object, itself. A value that dies lazily was never made.
//!
//! Contract with languages: (1) every word cell of an object past its header owns what it holds, and the header owns
//! nothing, so that a virtual object's death releases exactly its word cells; (2) types whose death can be observed (a
//! finaliser) are not allocated through `new`; (3) two boxes of one double are the same value.

use pv_ir::{ArgKind, Const, Imm, Inst, Op, Place, Type, ValueRef};
use pv_machine::{ArrayInfo, FieldInfo, Release, Repr};
use pv_word::Word;
use smallvec::smallvec;

use super::{Args, Door};
use crate::config::Pass;
use crate::fact::{Fact, Kinds, Known};
use crate::hash::FastSet;
use crate::range::Range;

/// Most virtual objects that are searched for a cycle.
const REACH_LIMIT: usize = 64;

/// A value that is not made yet.
#[derive(Clone, Debug)]
pub(crate) enum Lazy {
    /// The box of the double that the instruction names, with the counts the trace would hold.
    Float {
        /// Counts.
        references: i32,
    },
    /// An object.
    Object {
        /// Bytes.
        size: u32,
        /// Contents past the header, as far as they were stored.
        cells: Vec<(Place, ValueRef)>,
        /// Counts.
        references: i32,
    },
    /// The address of the first element of a lazy object's inline array.
    Base {
        /// The object.
        object: ValueRef,
    },
}

/// A virtual object's build and contents.
#[derive(Clone, Debug)]
pub(crate) struct Virtual {
    pub(crate) size: u32,
    /// Header word 0.
    pub(crate) header: u64,
    /// Header word 1.
    pub(crate) kind: ValueRef,
    pub(crate) cells: Vec<(Place, ValueRef)>,
    pub(crate) references: i32,
}

impl Virtual {
    /// What lies at a place.
    pub(crate) fn at(&self, place: Place) -> Option<ValueRef> {
        self.cells.iter().find(|(known, _)| *known == place).map(|&(_, value)| value)
    }
}

/// Where a place lies in its object: first byte, and representation.
pub(crate) fn position(place: Place) -> (u32, Repr) {
    match place {
        Place::Field(field) => (field.offset, field.repr),
        Place::Elem(array, index) => {
            let first = match array.data {
                pv_machine::ArrayData::Inline(first) => first,
                pv_machine::ArrayData::Buffer(_) => 0,
            };
            (first + index * array.elem.size() as u32, array.elem)
        }
    }
}

/// Where in the order of releases a dying object's place comes.
fn release_order(place: Place) -> (bool, i64) {
    match place {
        Place::Elem(array, index) if array.release == Release::Descending => (true, -i64::from(index)),
        Place::Elem(_, index) => (true, i64::from(index)),
        Place::Field(field) => (false, i64::from(field.offset)),
    }
}

impl Door<'_> {
    /// The word of a double.
    pub(crate) fn tag_float(&mut self, float: ValueRef) -> ValueRef {
        let float = self.resolve(float);
        if self.runs(Pass::Tags) {
            if let Some(word) = self.operand(float, Op::UntagFloat) {
                self.stats.hit(Pass::Tags);
                return word;
            }
            if let Some(word) = self.immediate(float) {
                self.stats.hit(Pass::Fold);
                return self.constant(Const::Word(word));
            }
        }
        let inst = Inst { op: Op::TagFloat, args: smallvec![float], imm: Imm::None, snapshot: None };
        self.lazily(Pass::Boxes, inst, Fact::word(Kinds::FLOAT.or(Kinds::OBJECT)), Lazy::Float { references: 1 })
    }

    fn immediate(&self, float: ValueRef) -> Option<Word> {
        let constant = self.out.as_const(float)?;
        Word::from_f64(f64::from_bits(constant.bits()))
    }

    /// A new object.
    pub(crate) fn new_object(&mut self, size: u32, header: u64, kind: ValueRef) -> ValueRef {
        let kind = self.resolve(kind);
        self.force(kind);
        let inst = Inst { op: Op::New, args: smallvec![kind], imm: Imm::New { size, header }, snapshot: None };
        let lazy = Lazy::Object { size, cells: Vec::new(), references: 1 };
        // The header word of an object with more than one count would not survive being made by an exit.
        let pass = if header as u32 == 1 { Some(Pass::Virtuals) } else { None };
        match pass {
            Some(pass) => self.lazily(pass, inst, Fact::word(Kinds::OBJECT), lazy),
            None => self.at_once(inst, Fact::word(Kinds::OBJECT)),
        }
    }

    fn lazily(&mut self, pass: Pass, inst: Inst, fact: Fact, lazy: Lazy) -> ValueRef {
        if !self.runs(pass) {
            return self.at_once(inst, fact);
        }
        let value = self.create(inst);
        self.set_fact(value, fact);
        self.state.lazies.insert(value, lazy);
        self.stats.hit(pass);
        value
    }

    fn at_once(&mut self, inst: Inst, fact: Fact) -> ValueRef {
        let value = self.append(inst.op, inst.args, inst.imm, None);
        self.set_fact(value, fact);
        self.state.counts[value.index()].owned = 1;
        value
    }

    /// A box of one of these kinds for a double that the loop carries unboxed, held `references` times.
    pub(crate) fn boxed(&mut self, float: ValueRef, references: i32, kinds: Kinds) -> ValueRef {
        let inst = Inst { op: Op::TagFloat, args: smallvec![float], imm: Imm::None, snapshot: None };
        let value = self.create(inst);
        self.set_fact(value, Fact::word(kinds));
        self.state.lazies.insert(value, Lazy::Float { references });
        value
    }

    /// The double behind a lazy box.
    pub(crate) fn unboxed(&self, value: ValueRef) -> Option<ValueRef> {
        match self.state.lazies.get(&value)? {
            Lazy::Float { .. } => self.operand(value, Op::TagFloat),
            _ => None,
        }
    }

    /// The double behind a lazy box, in exchange for some of the box's counts.
    pub(crate) fn unbox(&mut self, value: ValueRef, counts: i32) -> Option<ValueRef> {
        match self.state.lazies.get_mut(&value)? {
            Lazy::Float { references } => *references -= counts,
            _ => return None,
        }
        self.operand(value, Op::TagFloat)
    }

    /// The object behind a lazy array base.
    pub(crate) fn lazy_base(&self, value: ValueRef) -> Option<ValueRef> {
        match self.state.lazies.get(&value)? {
            Lazy::Base { object } => Some(*object),
            _ => None,
        }
    }

    /// The virtual object that a value is.
    pub(crate) fn virtual_object(&self, value: ValueRef) -> Option<Virtual> {
        let Some(Lazy::Object { size, cells, references }) = self.state.lazies.get(&value) else { return None };
        let inst = self.out.inst(value)?;
        let Imm::New { header, .. } = inst.imm else { return None };
        let kind = self.resolve(inst.args[0]);
        Some(Virtual { size: *size, header, kind, cells: cells.clone(), references: *references })
    }

    /// A virtual object that the loop carries in parts.
    pub(crate) fn carried_object(&mut self, object: Virtual) -> ValueRef {
        let Virtual { size, header, kind, cells, references } = object;
        let value =
            self.create(Inst { op: Op::New, args: smallvec![kind], imm: Imm::New { size, header }, snapshot: None });
        self.set_fact(value, Fact::word(Kinds::OBJECT));
        self.state.lazies.insert(value, Lazy::Object { size, cells, references });
        value
    }

    pub(crate) fn is_virtual(&self, value: ValueRef) -> bool {
        matches!(self.state.lazies.get(&value), Some(Lazy::Object { .. }))
    }

    /// Makes a lazy value real, here.
    pub(crate) fn force(&mut self, value: ValueRef) {
        let value = self.resolve(value);
        let Some(lazy) = self.state.lazies.remove(&value) else { return };
        self.state.version += 1;
        let block = self.block.index();
        match lazy {
            Lazy::Float { references } => {
                self.out.blocks[block].insts.push(value);
                self.made(value, references);
            }
            Lazy::Object { cells, references, .. } => {
                self.out.blocks[block].insts.push(value);
                self.made(value, references);
                self.fill(value, cells);
            }
            Lazy::Base { object } => {
                self.force(object);
                self.out.blocks[block].insts.push(value);
            }
        }
    }

    /// Gives every lazy value a new name, since a block of another branch may list it under the old one.
    pub(crate) fn rename_lazies(&mut self) {
        let mut lazies: Vec<(ValueRef, Lazy)> = self.state.lazies.drain().collect();
        // Bases come last: they name their object.
        lazies.sort_unstable_by_key(|(value, lazy)| (matches!(lazy, Lazy::Base { .. }), *value));
        for (value, mut lazy) in lazies {
            let Some(mut inst) = self.out.inst(value).cloned() else { continue };
            inst.args.iter_mut().for_each(|arg| *arg = self.resolve(*arg));
            if let Lazy::Base { object } = &mut lazy {
                *object = self.resolve(*object);
            }
            let renamed = self.create(inst);
            self.state.known[renamed.index()] = Known { same: None, ..self.state.known[value.index()] };
            self.state.known[value.index()].same = Some(renamed);
            self.state.lazies.insert(renamed, lazy);
        }
    }

    fn made(&mut self, value: ValueRef, references: i32) {
        self.state.counts[value.index()].owned = 1;
        self.postpone(value, (references - 1).max(0));
    }

    fn fill(&mut self, object: ValueRef, cells: Vec<(Place, ValueRef)>) {
        for (place, value) in cells {
            self.force(value);
            self.filling = true;
            match place {
                Place::Field(field) => self.store_field(object, field, value),
                Place::Elem(array, index) => {
                    let base = self.array_base(object, array);
                    let index = self.constant(Const::Int(i64::from(index)));
                    self.store_elem(base, array, index, value)
                }
            };
            self.filling = false;
        }
    }

    /// A lazy value has lost its last count.
    pub(crate) fn bury(&mut self, value: ValueRef) {
        // A double outlives its box: others may have borrowed it from memory.
        if self.is_virtual(value)
            && let Some(Lazy::Object { mut cells, .. }) = self.state.lazies.remove(&value)
        {
            cells.sort_by_key(|&(place, _)| release_order(place));
            for (place, content) in cells {
                if position(place).1 == Repr::Word {
                    self.decref(content);
                }
            }
        }
    }

    /// A pure op on a lazy value that needs no word.
    pub(crate) fn on_lazy(&mut self, op: Op, args: &[ValueRef]) -> Option<ValueRef> {
        if self.state.lazies.is_empty() || !matches!(op.info().args.first(), Some(ArgKind::Is(Type::Word))) {
            return None;
        }
        let float = self.unboxed(args[0]);
        if float.is_some()
            && matches!(op, Op::IsFloat | Op::IsPtr)
            && let Some(answer) = self.kinds(args[0]).decide(Kinds::FLOAT)
        {
            return Some(self.truth(answer == (op == Op::IsFloat)));
        }
        match (op, float) {
            (Op::IsInt, Some(_)) => Some(self.truth(false)),
            (Op::IsFloat, Some(float)) => Some(self.fits_a_word(float)),
            (Op::IsPtr, Some(float)) => {
                let fits = self.fits_a_word(float);
                Some(self.pure(Op::Not, &[fits], None))
            }
            (Op::UntagFloat, Some(float)) => Some(float),
            (Op::WEq | Op::WNe, None) => self.compare_lazily(op, args[0], args[1]),
            (Op::IsInt | Op::IsFloat | Op::IsPtr, None) if self.is_virtual(args[0]) => {
                Some(self.truth(op == Op::IsPtr))
            }
            _ => None,
        }
    }

    fn fits_a_word(&mut self, float: ValueRef) -> ValueRef {
        let fits = self.pure(Op::FloatFits, &[float], None);
        if self.out.as_const(fits).is_none() {
            self.state.known[fits.index()].soft = true;
        }
        fits
    }

    /// A virtual object is no other value: nothing else can have its address.
    fn compare_lazily(&mut self, op: Op, a: ValueRef, b: ValueRef) -> Option<ValueRef> {
        (self.is_virtual(a) || self.is_virtual(b)).then(|| self.truth((a == b) == (op == Op::WEq)))
    }

    // -- Contents of virtual objects -----------------------------------------------------------------------------

    /// Loads from a virtual object; `None` if the object must become real for it.
    pub(crate) fn virtual_load(&mut self, object: ValueRef, place: Place) -> Option<ValueRef> {
        let Some(Lazy::Object { size, cells, .. }) = self.state.lazies.get(&object) else { return None };
        let (offset, repr) = position(place);
        if let Some(&(_, value)) = cells.iter().find(|(known, _)| *known == place) {
            return Some(value);
        }
        let end = offset + repr.size() as u32;
        let overlaps = cells.iter().any(|&(known, _)| {
            let (first, known_repr) = position(known);
            first < end && offset < first + known_repr.size() as u32
        });
        if overlaps || end > *size {
            return None;
        }
        match (offset, repr) {
            (0..16, _) => match place {
                Place::Field(field) => self.header_field(object, field),
                Place::Elem(..) => None,
            },
            (_, Repr::Word) => Some(self.constant(Const::Word(Word::EMPTY))),
            (_, Repr::I64 | Repr::Ptr) => Some(self.constant(Const::Int(Word::EMPTY.0 as i64))),
            _ => None,
        }
    }

    /// A field within the header of an object that the trace allocates, as long as nothing has stored to it. Counts are not
    /// answered.
    pub(crate) fn header_field(&mut self, object: ValueRef, field: &'static FieldInfo) -> Option<ValueRef> {
        let inst = self.out.inst(object)?;
        let Imm::New { header, .. } = inst.imm else { return None };
        let kind = self.resolve(inst.args[0]);
        if field.offset == 8 && field.repr.size() == 8 && pv_ir::cell_type(field.repr) == self.out.ty(kind) {
            return Some(kind);
        }
        let (word, first) = match field.offset {
            4..8 => (header, 0),
            8..16 => (self.out.as_const(kind)?.bits(), 8),
            _ => return None,
        };
        let bits = word >> ((field.offset - first) * 8);
        let value = match field.repr {
            Repr::U8 => i64::from(bits as u8),
            Repr::U16 => i64::from(bits as u16),
            Repr::U32 => i64::from(bits as u32),
            Repr::I32 => i64::from(bits as i32),
            Repr::Word | Repr::I64 | Repr::F64 | Repr::Ptr => return None,
        };
        Some(self.constant(Const::Int(value)))
    }

    /// Stores into a virtual object; false if the object must become real for it.
    pub(crate) fn virtual_store(&mut self, object: ValueRef, place: Place, value: ValueRef) -> bool {
        let (offset, repr) = position(place);
        if (offset, repr.size()) == (8, 8) && self.is_virtual(object) {
            return self.change_kind(object, value);
        }
        // Cycles are left to the language's collector: virtual ones would vanish with the counts they hold.
        let whole = self.survives(value, repr) && !self.reaches(value, object);
        let Some(Lazy::Object { size, cells, .. }) = self.state.lazies.get_mut(&object) else { return false };
        if !whole || offset < 16 || offset + repr.size() as u32 > *size {
            return false;
        }
        match cells.iter_mut().find(|(known, _)| *known == place) {
            Some((_, held)) => *held = value,
            None => cells.push((place, value)),
        }
        self.state.version += 1;
        true
    }

    /// A virtual object's second header word changes (its shape grows, for instance): it will be made with the new one.
    fn change_kind(&mut self, object: ValueRef, kind: ValueRef) -> bool {
        if !matches!(self.out.ty(kind), Type::Int | Type::Word) || self.state.lazies.contains_key(&kind) {
            return false;
        }
        if let pv_ir::ValueDef::Inst(inst) = &mut self.out.values[object.index()] {
            inst.args[0] = kind;
        }
        self.state.version += 1;
        true
    }

    /// Does a lazy value hold another, directly or through what it holds? Large structures count as if they did.
    fn reaches(&self, value: ValueRef, other: ValueRef) -> bool {
        let mut work = vec![value];
        let mut seen = FastSet::default();
        while let Some(value) = work.pop() {
            if value == other || seen.len() > REACH_LIMIT {
                return true;
            }
            if let Some(Lazy::Object { cells, .. }) = self.state.lazies.get(&value)
                && seen.insert(value)
            {
                work.extend(cells.iter().map(|&(_, content)| self.resolve(content)));
            }
        }
        false
    }

    /// Does a value come back from a cell as it was?
    pub(crate) fn survives(&self, value: ValueRef, repr: Repr) -> bool {
        match repr {
            Repr::Word | Repr::I64 | Repr::Ptr | Repr::F64 => true,
            Repr::I32 | Repr::U32 | Repr::U16 | Repr::U8 => {
                Fact::of_cell(repr).range.includes(if self.is_word(value) { Range::RAW } else { self.range(value) })
            }
        }
    }

    /// The place of an element with a constant index.
    pub(crate) fn element(&self, array: &'static ArrayInfo, index: ValueRef) -> Option<Place> {
        let index = u32::try_from(self.integer(index)?).ok()?;
        Some(Place::Elem(array, index))
    }

    /// The place of a field.
    pub(crate) fn field(field: &'static FieldInfo) -> Place {
        Place::Field(field)
    }

    /// The lazy address of a virtual object's inline array.
    pub(crate) fn virtual_base(&mut self, object: ValueRef, array: &'static ArrayInfo) -> ValueRef {
        let args: Args = smallvec![object];
        let value = self.create(Inst { op: Op::ArrayBase, args, imm: Imm::Array(array), snapshot: None });
        self.state.lazies.insert(value, Lazy::Base { object });
        value
    }
}
