//! Values and what is known of them.

use pv_ir::{Const, Imm, Inst, Op, ValueDef, ValueRef};
use pv_word::Word;

use super::{Count, Door};
use crate::fact::{Fact, Kinds, Known};
use crate::fold::{Family, family};
use crate::range::Range;

impl Door<'_> {
    /// The value of a constant.
    pub(crate) fn constant(&mut self, constant: Const) -> ValueRef {
        let value = self.out.constant(constant);
        self.sync();
        value
    }

    /// A constant truth value.
    pub(crate) fn truth(&mut self, value: bool) -> ValueRef {
        self.constant(Const::Bool(value))
    }

    /// The small-int word of an integer that has one.
    pub(crate) fn small_int(&mut self, value: i64) -> Option<ValueRef> {
        Word::from_i64(value).map(|word| self.constant(Const::Word(word)))
    }

    /// Brings the tables that run in parallel with the values up to date.
    pub(crate) fn sync(&mut self) {
        for index in self.state.known.len()..self.out.values.len() {
            let value = ValueRef(index as u32);
            let fact = match self.out.def(value) {
                ValueDef::Const(constant) => self.const_fact(constant),
                _ if self.is_word(value) => Fact::WORD,
                _ => Fact::RAW,
            };
            self.state.known.push(Known { fact, same: None, constant: None, fixed: false, soft: false });
            self.state.counts.push(Count::default());
        }
    }

    fn const_fact(&self, constant: &Const) -> Fact {
        match *constant {
            Const::Word(word) => match word.as_i64() {
                Some(value) => Fact::small_int(Range::of(value)),
                None => Fact::word(Kinds::of(word)),
            },
            Const::Int(value) => Fact::raw(Range::of(value)),
            Const::Object(word, _) => {
                let immortal = self.facts.immortal.is_some_and(|immortal| immortal(word))
                    || self.facts.truth.is_some_and(|words| words.iter().any(|&(truth, _)| truth == word));
                Fact { uncounted: immortal, ..Fact::word(Kinds::of(word)) }
            }
            Const::Addr(bits, _) => Fact::raw(Range::of(bits as i64)),
            Const::Float(_) | Const::Bool(_) => Fact::RAW,
        }
    }

    /// The value that stands for this one.
    pub(crate) fn resolve(&self, mut value: ValueRef) -> ValueRef {
        while let Some(same) = self.state.known[value.index()].same {
            value = same;
        }
        value
    }

    /// The instruction behind a value.
    pub(crate) fn def(&self, value: ValueRef) -> Option<(Op, &[ValueRef])> {
        self.out.inst(value).map(|inst| (inst.op, inst.args.as_slice()))
    }

    /// The operand of a unary instruction of this op, if the value is one.
    pub(crate) fn operand(&self, value: ValueRef, op: Op) -> Option<ValueRef> {
        match self.def(value) {
            Some((found, args)) if found == op => Some(self.resolve(args[0])),
            _ => None,
        }
    }

    /// The operand of `tag_int` or its guarded twin.
    pub(crate) fn tagged_of(&self, value: ValueRef) -> Option<ValueRef> {
        self.operand(value, Op::TagInt).or_else(|| self.operand(value, Op::TagIntOvf))
    }

    /// What is known of a value.
    pub(crate) fn fact(&self, value: ValueRef) -> Fact {
        let value = self.resolve(value);
        Fact { range: self.range(value), ..self.state.known[value.index()].fact }
    }

    /// The shapes a word may have.
    pub(crate) fn kinds(&self, value: ValueRef) -> Kinds {
        self.state.known[self.resolve(value).index()].fact.kinds
    }

    /// Bounds of an integer, or of a small int's payload. Tagged and raw forms of one integer share the fact.
    pub(crate) fn range(&self, value: ValueRef) -> Range {
        let value = self.resolve(value);
        let own = self.state.known[value.index()].fact.range;
        match self.integer_behind(value) {
            Some(source) => self.range(source).meet(own).unwrap_or(own),
            None => own,
        }
    }

    fn integer_behind(&self, value: ValueRef) -> Option<ValueRef> {
        self.operand(value, Op::UntagInt).or_else(|| self.tagged_of(value))
    }

    /// Sets what is known of a new value.
    pub(crate) fn set_fact(&mut self, value: ValueRef, fact: Fact) {
        self.state.known[value.index()].fact = fact;
    }

    /// Learns that a word has one of these shapes.
    pub(crate) fn refine_kinds(&mut self, value: ValueRef, kinds: Kinds) {
        let value = self.resolve(value);
        let fact = &mut self.state.known[value.index()].fact;
        let both = fact.kinds.and(kinds);
        // No shape left: the code that follows is never reached, and whatever is known will do.
        if both != Kinds(0) {
            fact.kinds = both;
            fact.uncounted |= both.excludes(Kinds::OBJECT);
        }
    }

    /// Learns bounds of an integer.
    pub(crate) fn refine_range(&mut self, value: ValueRef, range: Range) {
        let value = self.resolve(value);
        let fact = &mut self.state.known[value.index()].fact;
        let Some(both) = fact.range.meet(range) else { return };
        fact.range = both;
        if let Some(source) = self.integer_behind(value) {
            self.refine_range(source, range);
        }
    }

    /// Learns that `value` is `other` from here on.
    pub(crate) fn replace(&mut self, value: ValueRef, other: ValueRef) {
        let value = self.resolve(value);
        if value != other {
            self.state.known[value.index()].same = Some(other);
            // Snapshots list words, and raw values only under the words that hold them.
            self.state.version += u32::from(self.is_word(value));
        }
    }

    /// What is known of an op's result.
    pub(crate) fn result_fact(&self, op: Op, args: &[ValueRef]) -> Fact {
        let range = |index: usize| self.range(args[index]);
        match family(op) {
            Family::Tagged(op) => {
                let exact = Range::apply(op, range(0), range(1)).and_then(|it| it.meet(Range::TAGGED));
                Fact::small_int(exact.unwrap_or(Range::TAGGED))
            }
            Family::Raw(op) => {
                use pv_machine::IntOp::{Shl, Shr};
                let defined = !matches!(op, Shl | Shr) || Range::new(0, 63).includes(range(1));
                Fact::raw(if defined { Range::apply(op, range(0), range(1)) } else { None }.unwrap_or(Range::RAW))
            }
            _ => match op {
                Op::TagInt | Op::TagIntOvf => Fact::small_int(range(0).meet(Range::TAGGED).unwrap_or(Range::TAGGED)),
                Op::UntagInt => Fact::raw(range(0)),
                Op::INeg => {
                    let exact = Range::apply(pv_machine::IntOp::Sub, Range::of(0), range(0));
                    Fact::raw(exact.unwrap_or(Range::RAW))
                }
                Op::BoolWord => Fact { uncounted: true, ..Fact::word(Kinds::OBJECT) },
                Op::Select => self.fact(args[1]).join(self.fact(args[2])),
                Op::TagFloat => Fact::word(Kinds::FLOAT.or(Kinds::OBJECT)),
                _ => Fact::RAW,
            },
        }
    }

    /// Do ranges prove that a guarded op's guard holds?
    pub(crate) fn fits(&self, op: Op, args: &[ValueRef]) -> bool {
        let range = |index: usize| self.range(args[index]);
        match family(op) {
            Family::Tagged(op) => {
                use pv_machine::IntOp::{FloorDiv, Mod, Shl, Shr};
                let defined = match op {
                    Shl => Range::new(0, 61).includes(range(1)),
                    Shr => range(1).lo >= 0,
                    FloorDiv | Mod => !range(1).contains(0),
                    _ => true,
                };
                let always_fits = matches!(op, Shr | Mod);
                defined
                    && (always_fits
                        || Range::apply(op, range(0), range(1)).is_some_and(|it| Range::TAGGED.includes(it)))
            }
            _ => op == Op::TagIntOvf && Range::TAGGED.includes(range(0)),
        }
    }

    /// Notes which fields are lengths: they are not negative, and no array is longer than memory.
    pub(crate) fn learn_lengths(&mut self) {
        let raw = self.raw;
        let arrays = raw.values.iter().filter_map(|def| match def {
            ValueDef::Inst(Inst { imm: Imm::Array(array), .. }) => Some(array.len.name),
            _ => None,
        });
        self.lengths.extend(arrays);
    }
}
