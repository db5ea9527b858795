//! Resolution orders, other bases, and which base lays out the instances.

use pv_word::Word;

use crate::layouts::Tuple;
use crate::obj::{Obj, to_obj};
use crate::types::{Type, TypeError};

impl Type {
    /// The resolution order by C3: this class, then the merge of the bases' orders and the bases.
    pub fn compute_mro(&self) -> Result<Vec<Obj>, TypeError> {
        let bases = self.bases_list();
        let mut sequences: Vec<Vec<Obj>> =
            bases.iter().map(|base| base.expect::<Type>().mro().expect::<Tuple>().items().to_vec()).collect();
        sequences.push(bases);
        let mut order = vec![to_obj(self)];
        loop {
            sequences.retain(|sequence| !sequence.is_empty());
            if sequences.is_empty() {
                return Ok(order);
            }
            let blocked = |class: &Obj| sequences.iter().any(|each| each[1..].iter().any(|other| other.same(class)));
            let heads = sequences.iter().map(|sequence| &sequence[0]);
            let next = heads.into_iter().find(|class| !blocked(class)).cloned().ok_or(TypeError::InconsistentOrder)?;
            for sequence in &mut sequences {
                if sequence[0].same(&next) {
                    sequence.remove(0);
                }
            }
            order.push(next);
        }
    }

    /// The one of these possible bases that would lay out the instances; the layout must be the one that the class has.
    pub fn best_of(&self, bases: &[Obj]) -> Result<Obj, TypeError> {
        let base = best_base(bases)?.ok_or(TypeError::LayoutConflict)?;
        if bases.iter().any(|base| base.expect::<Type>().inherits(self)) {
            return Err(TypeError::Cycle);
        }
        let ty = base.expect::<Type>();
        if ty.kind == self.kind && ty.slots <= self.slots { Ok(base) } else { Err(TypeError::LayoutConflict) }
    }

    /// Is this class the other one, or has it among its bases, whatever the resolution order says?
    pub(super) fn inherits(&self, other: &Type) -> bool {
        std::ptr::eq(self, other) || self.bases_list().iter().any(|base| base.expect::<Type>().inherits(other))
    }

    /// Replaces bases and best base, which [`Type::best_of`] has found to fit. Whoever does it sees to resolution orders and to
    /// [`Type::move_subclass`].
    pub fn set_bases(&self, bases: Obj, best: Obj) {
        self.bases.set(bases);
        self.base.set(best);
    }

    /// Makes the class known to its new bases as a subclass, and no longer to the old ones.
    pub fn move_subclass(&self, old: &[Obj], new: &[Obj]) {
        let me = to_obj(self).word();
        old.iter().for_each(|base| base.expect::<Type>().forget_subclass(me));
        new.iter().for_each(|base| base.expect::<Type>().note_subclass(me));
    }

    pub(super) fn note_subclass(&self, word: Word) {
        let mut known = self.subclasses.borrow_mut();
        if !known.contains(&word) {
            known.push(word);
        }
    }

    pub(super) fn forget_subclass(&self, word: Word) {
        self.subclasses.borrow_mut().retain(|each| *each != word);
    }
}

/// The base whose layout contains that of all the others.
pub(super) fn best_base(bases: &[Obj]) -> Result<Option<Obj>, TypeError> {
    let mut best: Option<&Obj> = None;
    for (index, base) in bases.iter().enumerate() {
        if bases[..index].iter().any(|other| other.same(base)) {
            return Err(TypeError::DuplicateBase);
        }
        best = Some(match best {
            None => base,
            Some(winner) if extends(winner.expect::<Type>(), base.expect::<Type>()) => winner,
            Some(winner) if extends(base.expect::<Type>(), winner.expect::<Type>()) => base,
            Some(_) => return Err(TypeError::LayoutConflict),
        });
    }
    Ok(best.cloned())
}

/// Does `ty`'s layout begin with `other`'s?
fn extends(ty: &Type, other: &Type) -> bool {
    solid_base(ty).expect::<Type>().is_subtype(solid_base(other).expect::<Type>())
}

/// The class at or above `ty` that last added to the layout.
fn solid_base(ty: &Type) -> Obj {
    match ty.base() {
        Some(base) if base.expect::<Type>().kind == ty.kind && base.expect::<Type>().slots == ty.slots => {
            solid_base(base.expect::<Type>())
        }
        _ => to_obj(ty),
    }
}
