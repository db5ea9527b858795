//! Assignment to `__bases__`, and resolution orders that metaclasses compute.
//!
//! A metaclass's `mro` is Python code, which may assign `__bases__` again, of the same class or of another. The innermost assignment
//! stands: the outer one finds that the class has other bases, or another order, than it gave it, and leaves it alone.

use pv_object::{Function, Kind, Obj, Tuple, Type, TypeError, TypeFlags};

use super::create::{brings_dict, creation_error};
use crate::error::PyResult;
use crate::protocol::{call_special, collect};
use crate::thread::Thread;

/// `class.__bases__ = bases`, a tuple of classes that is not empty.
pub(crate) fn assign(cx: &Thread, class: &Obj, bases: &Obj) -> PyResult<()> {
    let ty = class.expect::<Type>();
    let wanted = bases.expect::<Tuple>().items();
    let best = ty.best_of(wanted).map_err(|error| assignment_error(cx, ty, error, wanted))?;
    let (old, old_best) = (ty.bases(), ty.base().unwrap_or_else(Obj::none));
    if best.expect::<Type>().has(TypeFlags::HEAP) != old_best.expect::<Type>().has(TypeFlags::HEAP) {
        return Err(differs(cx, "deallocator", &best, &old_best));
    }
    ty.set_bases(bases.clone(), best);
    let is_ours = || ty.bases().same(bases);
    let mut replaced = Vec::new();
    if let Err(raised) = reorder(cx, class, &mut replaced) {
        replaced.iter().for_each(|(class, order)| class.expect::<Type>().set_mro(order.clone()));
        if is_ours() {
            ty.set_bases(old, old_best);
        }
        return Err(raised);
    }
    if is_ours() {
        ty.move_subclass(old.expect::<Tuple>().items(), wanted);
        ty.changed();
    }
    Ok(())
}

/// Fresh orders for a class and all classes derived from it; what they replace is noted.
fn reorder(cx: &Thread, class: &Obj, replaced: &mut Vec<(Obj, Obj)>) -> PyResult<()> {
    let ty = class.expect::<Type>();
    let old = ty.mro();
    let order = match custom_order(cx, class)? {
        Some(order) => order,
        None => Tuple::create(
            ty.compute_mro().map_err(|error| creation_error(cx, error, ty.bases().expect::<Tuple>().items()))?,
        ),
    };
    if !ty.mro().same(&old) {
        return Ok(());
    }
    ty.set_mro(order);
    replaced.push((class.clone(), old));
    ty.subclasses().iter().try_for_each(|sub| reorder(cx, sub, replaced))
}

/// The order that a metaclass's own `mro` gives.
pub(super) fn custom_order(cx: &Thread, class: &Obj) -> PyResult<Option<Obj>> {
    let Some(method) = cx.lookup_special(class, &cx.names().mro) else { return Ok(None) };
    if method.downcast::<Function>().is_none() {
        return Ok(None);
    }
    let order = call_special(cx, &method, class, &[])?;
    let order = collect(cx, &order)?;
    if let Some(stranger) = order.iter().find(|class| class.downcast::<Type>().is_none()) {
        let found = cx.type_name(stranger);
        return Err(cx.type_error(format_args!("mro() returned a non-class ('{found}')")));
    }
    let own = class.expect::<Type>().instance_kind();
    let fits = |base: &&Obj| [Kind::Instance, own].contains(&base.expect::<Type>().instance_kind());
    if let Some(stranger) = order.iter().find(|base| !fits(base)) {
        let name = stranger.expect::<Type>().name_string();
        return Err(cx.type_error(format_args!("mro() returned base with unsuitable layout ('{name}')")));
    }
    Ok(Some(Tuple::create(order)))
}

/// May an instance of one of the classes become one of the other: do both add the same slots to the same class?
pub(crate) fn same_layout(a: &Type, b: &Type) -> bool {
    let (a_root, b_root) = (layout_root(a), layout_root(b));
    let same = |x: Option<&Obj>, y: Option<&Obj>| match (x, y) {
        (Some(x), Some(y)) => x.same(y),
        (x, y) => x.is_none() && y.is_none(),
    };
    let of = |root: &Option<Obj>, class: &Type| match root {
        Some(root) => (additions(root.expect()), root.expect::<Type>().base()),
        None => (additions(class), class.base()),
    };
    if std::ptr::eq(a, b) || (a_root.is_some() && same(a_root.as_ref(), b_root.as_ref())) {
        return true;
    }
    let ((a_adds, a_base), (b_adds, b_base)) = (of(&a_root, a), of(&b_root, b));
    a_adds == b_adds && same(a_base.as_ref(), b_base.as_ref())
}

/// The nearest base that adds to the layout, of a class that does not.
fn layout_root(class: &Type) -> Option<Obj> {
    if !additions(class).is_empty() {
        return None;
    }
    let base = class.base()?;
    Some(layout_root(base.expect()).unwrap_or(base))
}

/// What instances have beyond those of the class's base: the names of slots, `__dict__`, `__weakref__`.
fn additions(class: &Type) -> Vec<String> {
    let Some(base) = class.base() else { return Vec::new() };
    let base = base.expect::<Type>();
    let own = class.dict();
    let slots = own.expect::<pv_object::Dict>().values();
    let mut members: Vec<_> = slots.iter().filter_map(|value| value.downcast::<pv_object::Member>()).collect();
    members.retain(|member| member.slot() >= base.slot_count());
    members.sort_by_key(|member| member.slot());
    let mut names: Vec<String> =
        members.iter().filter_map(|member| member.name.get()).map(|name| crate::text::to_string(&name)).collect();
    let has_weakrefs = |ty: &Type| ty.has(TypeFlags::WEAKREF) || ty.instance_kind() == Kind::Module;
    if brings_dict(class) && !brings_dict(base) {
        names.push("__dict__".to_owned());
    }
    if has_weakrefs(class) && !has_weakrefs(base) {
        names.push("__weakref__".to_owned());
    }
    names
}

fn assignment_error(cx: &Thread, ty: &Type, error: TypeError, bases: &[Obj]) -> crate::Raised {
    match (error, ty.base()) {
        (TypeError::LayoutConflict, Some(old)) if bases.len() == 1 => differs(cx, "object layout", &bases[0], &old),
        _ => creation_error(cx, error, bases),
    }
}

fn differs(cx: &Thread, what: &str, new: &Obj, old: &Obj) -> crate::Raised {
    let [new, old] = [new, old].map(|class| class.expect::<Type>().name_string());
    cx.type_error(format_args!("__bases__ assignment: '{new}' {what} differs from '{old}'"))
}
