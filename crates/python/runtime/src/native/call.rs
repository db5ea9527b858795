//! Calling natives: arity checks, binding, dispatch on the implementation.

use pv_bytecode::op::BinaryOp;
use pv_object::{NativeFunction, Obj, Tuple, Type};

use super::signature::Source;
use super::{Args, Imp, NativeDef, NativeExt};
use crate::error::{PyResult, Raised};
use crate::protocol::native_power_modulo;
use crate::slots::SlotImp;
use crate::thread::Thread;

/// Functions with at most this many parameters are called without collecting their arguments on the heap.
const FEW: usize = 6;

/// Calls a native with all its arguments, `self` (checked) first where it is a method.
#[inline]
pub fn invoke(cx: &Thread, native: &NativeFunction, args: &Args<'_>) -> PyResult {
    let def = native.def();
    if args.has_keywords() {
        return invoke_slow(cx, native, def, args);
    }
    match (def.imp, args.values()) {
        (Imp::F0(f), []) => f(cx),
        (Imp::F1(f), [a]) => f(cx, a),
        (Imp::F2(f), [a, b]) => f(cx, a, b),
        (Imp::F3(f), [a, b, c]) => f(cx, a, b, c),
        (Imp::O1(f), []) => f(cx, None),
        (Imp::O1(f), [a]) => f(cx, Some(a)),
        (Imp::O2(f), [a]) => f(cx, a, None),
        (Imp::O2(f), [a, b]) => f(cx, a, Some(b)),
        (Imp::O3(f), [a, b]) => f(cx, a, b, None),
        (Imp::O3(f), [a, b, c]) => f(cx, a, b, Some(c)),
        (Imp::Raw(f), _) => f(cx, args),
        (Imp::Slot(slot), [_, ..]) => invoke_slot(cx, def, slot, args),
        (Imp::Bound(f), values) => match native.signature().places_of(values.len()) {
            Some(total) if total <= FEW => {
                let mut places = [const { None }; FEW];
                places.iter_mut().zip(values).for_each(|(place, value)| *place = Some(value.clone()));
                f(cx, &places[..total])
            }
            _ => invoke_slow(cx, native, def, args),
        },
        _ => invoke_slow(cx, native, def, args),
    }
}

/// Calls a method of a built-in type with a receiver still to be checked.
pub fn invoke_unbound(cx: &Thread, native: &NativeFunction, args: &Args<'_>) -> PyResult {
    let (def, owner) = (native.def(), native.owner.peek());
    let ty = if owner.is_empty() { None } else { Obj::of(&owner).downcast::<Type>() };
    let Some(ty) = ty else { return invoke(cx, native, args) };
    match args.positional().first() {
        Some(receiver) if receiver.shape().ty().is_subtype(ty) => invoke(cx, native, args),
        receiver => Err(bad_receiver(cx, def, ty, receiver)),
    }
}

#[cold]
fn bad_receiver(cx: &Thread, def: &NativeDef, ty: &Type, receiver: Option<&Obj>) -> Raised {
    let slot = matches!(def.imp, Imp::Slot(_));
    let (name, owner) = (def.name, ty.name_string());
    let Some(receiver) = receiver else {
        return match slot {
            true => cx.type_error(format_args!("descriptor '{name}' of '{owner}' object needs an argument")),
            false => cx.type_error(format_args!("unbound method {owner}.{name}() needs an argument")),
        };
    };
    let found = cx.type_name(receiver);
    match slot {
        true => cx.type_error(format_args!("descriptor '{name}' requires a '{owner}' object but received a '{found}'")),
        false => {
            cx.type_error(format_args!("descriptor '{name}' for '{owner}' objects doesn't apply to a '{found}' object"))
        }
    }
}

/// Keywords, wrong arity, and implementations with bound arguments.
fn invoke_slow(cx: &Thread, native: &NativeFunction, def: &'static NativeDef, args: &Args<'_>) -> PyResult {
    match def.imp {
        Imp::Raw(f) => return f(cx, args),
        Imp::Slot(slot) => return invoke_slot(cx, def, slot, args),
        _ => {}
    }
    let places = bind(cx, native, def, args)?;
    let get = |i: usize| places.get(i).and_then(Option::as_ref);
    match (def.imp, places.as_slice()) {
        (Imp::Bound(f), _) => f(cx, &places),
        (Imp::F0(f), []) => f(cx),
        (Imp::F1(f), [Some(a)]) => f(cx, a),
        (Imp::F2(f), [Some(a), Some(b)]) => f(cx, a, b),
        (Imp::F3(f), [Some(a), Some(b), Some(c)]) => f(cx, a, b, c),
        (Imp::O1(f), [_]) => f(cx, get(0)),
        (Imp::O2(f), [Some(a), _]) => f(cx, a, get(1)),
        (Imp::O3(f), [Some(a), Some(b), _]) => f(cx, a, b, get(2)),
        _ => Err(cx.system_error(format_args!("the signature of {} does not fit its implementation", def.name))),
    }
}

/// One place per parameter, `self` first where there is one.
fn bind(cx: &Thread, native: &NativeFunction, def: &'static NativeDef, args: &Args<'_>) -> PyResult<Vec<Option<Obj>>> {
    let signature = native.signature();
    let lead = usize::from(signature.has_self);
    let Some(given) = args.positional().len().checked_sub(lead) else {
        let wanted = lead + signature.positional_range().0;
        let plural = if wanted == 1 { "" } else { "s" };
        return Err(cx.type_error(format_args!("{} expected {wanted} argument{plural}, got 0", def.name)));
    };
    let values = &args.values()[lead..];
    let names: Vec<String> = args.names().iter().map(crate::text::to_string).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let sources = signature.bind(given, &names, def.name, &native.qualified()).map_err(|text| cx.type_error(text))?;
    let mut places: Vec<Option<Obj>> = args.values()[..lead].iter().cloned().map(Some).collect();
    for source in sources {
        places.push(match source {
            Source::Missing => None,
            Source::Value(i) => Some(values[i].clone()),
            Source::Rest(from) => Some(Tuple::create(values[from.min(given)..given].to_vec())),
            Source::Keywords(indices) => {
                let dict = crate::types::dict::new();
                for i in indices {
                    crate::types::dict::set_str(&dict, &args.names()[i - given], values[i].clone());
                }
                Some(dict)
            }
        });
    }
    Ok(places)
}

/// Calls a special method made from a slot.
fn invoke_slot(cx: &Thread, def: &'static NativeDef, slot: SlotImp, args: &Args<'_>) -> PyResult {
    let (receiver, rest) = match args.values() {
        [receiver, ..] if !args.positional().is_empty() => (receiver, args.rest()),
        _ => return Err(cx.type_error(format_args!("descriptor '{}' needs an argument", def.name))),
    };
    match slot {
        SlotImp::New(f) => return crate::class::checked_new(cx, f, receiver, &rest),
        SlotImp::Init(f) => return f(cx, receiver, &rest).map(|()| Obj::none()),
        SlotImp::Call(f) => return f(cx, receiver, &rest),
        _ => {}
    }
    if args.has_keywords() {
        return Err(cx.type_error(format_args!("wrapper {}() takes no keyword arguments", def.name)));
    }
    let done = |()| Obj::none();
    let given = rest.values().len();
    match (slot, rest.values()) {
        (SlotImp::Unary(f), []) => f(cx, receiver),
        (SlotImp::Hash(f), []) => f(cx, receiver).map(Obj::int),
        (SlotImp::Truth(f), []) => f(cx, receiver).map(Obj::bool),
        (SlotImp::Len(f), []) => f(cx, receiver).map(Obj::usize),
        (SlotImp::Next(f), []) => match f(cx, receiver)? {
            Some(value) => Ok(value),
            None => Err(cx.stop_iteration(None)),
        },
        (SlotImp::GetAttr(f), [name]) => f(cx, receiver, name),
        (SlotImp::SetAttr(f), [name, value]) => f(cx, receiver, name, Some(value)).map(done),
        (SlotImp::DelAttr(f), [name]) => f(cx, receiver, name, None).map(done),
        (SlotImp::Compare(f, op), [other]) => f(cx, op, receiver, other),
        (SlotImp::Binary(f, op), [other]) => f(cx, op, receiver, other),
        (SlotImp::Binary(f, op @ BinaryOp::Pow), [other, modulus]) => match modulus.is_none() {
            true => f(cx, op, receiver, other),
            false => native_power_modulo(cx, receiver, receiver, other, modulus),
        },
        (SlotImp::Reflected(f, op @ BinaryOp::Pow), [other, modulus]) => match modulus.is_none() {
            true => f(cx, op, other, receiver),
            false => native_power_modulo(cx, receiver, other, receiver, modulus),
        },
        (SlotImp::Reflected(f, op), [other]) => f(cx, op, other, receiver),
        (SlotImp::InPlace(f, op), [other]) => f(cx, op, receiver, other),
        (SlotImp::Concat(f) | SlotImp::Repeat(f) | SlotImp::GetItem(f), [other]) => f(cx, receiver, other),
        (SlotImp::SetItem(f), [key, value]) => f(cx, receiver, key, Some(value)).map(done),
        (SlotImp::DelItem(f), [key]) => f(cx, receiver, key, None).map(done),
        (SlotImp::Contains(f), [item]) => f(cx, receiver, item).map(Obj::bool),
        (SlotImp::DescrGet(f), [instance]) => f(cx, receiver, not_none(instance), None),
        (SlotImp::DescrGet(f), [instance, owner]) => f(cx, receiver, not_none(instance), not_none(owner)),
        (SlotImp::DescrSet(f), [instance, value]) => f(cx, receiver, instance, Some(value)).map(done),
        (SlotImp::DescrDelete(f), [instance]) => f(cx, receiver, instance, None).map(done),
        _ => Err(slot_arity(cx, slot, given)),
    }
}

fn not_none(obj: &Obj) -> Option<&Obj> {
    if obj.is_none() { None } else { Some(obj) }
}

#[cold]
fn slot_arity(cx: &Thread, slot: SlotImp, given: usize) -> Raised {
    if matches!(slot, SlotImp::Binary(_, BinaryOp::Pow) | SlotImp::Reflected(_, BinaryOp::Pow)) {
        return cx.type_error(format_args!("expected 1 or 2 arguments, got {given}"));
    }
    let wanted = match slot {
        SlotImp::Unary(_) | SlotImp::Hash(_) | SlotImp::Truth(_) | SlotImp::Len(_) | SlotImp::Next(_) => 0,
        SlotImp::SetAttr(_) | SlotImp::SetItem(_) | SlotImp::DescrSet(_) => 2,
        _ => 1,
    };
    let plural = if wanted == 1 { "" } else { "s" };
    cx.type_error(format_args!("expected {wanted} argument{plural}, got {given}"))
}
