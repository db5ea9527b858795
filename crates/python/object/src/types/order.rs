//! Resolution orders, and which base lays out the instances.

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
