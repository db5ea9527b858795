//! Plans: what an access by name amounts to on all objects of a shape, for inline caches and traces.
//!
//! A plan made for a shape holds while the shape's token is the one it had; a class's plan while the token of the class's
//! root shape is. What a plan names is kept alive by the class under the same condition.

use pv_object::{
    ClassMethod, CodeRef, Dict, Form, Function, Held, Kind, LoadPlan, Member, Module, Obj, Property, ShapeRef,
    StaticMethod, StorePlan, Type, TypeFlags,
};

use std::cell::Cell;

use super::{GETATTR, GETATTRIBUTE, SETATTR, is_method};
use crate::slots::Slots;
use crate::thread::Thread;
use crate::types::descriptor;

fn kind_of(shape: ShapeRef) -> u8 {
    shape.kind_bits() as u8
}

/// A descriptor that classes may have holds something else: what plans have read out of it holds no longer, for any class.
pub(crate) fn renew_all_plans(cx: &Thread) {
    cx.vm().type_of_kind(Kind::Instance).expect::<Type>().changed();
}

/// How to read `name` (interned) from objects of `shape`.
pub fn plan_load(cx: &Thread, shape: ShapeRef, name: &Obj) -> LoadPlan {
    let ty = shape.ty();
    let kind = ty.instance_kind();
    debug_assert_eq!(kind as u8, kind_of(shape));
    let own_rules = matches!(kind, Kind::Type | Kind::Module | Kind::Super) || has_native_getter(ty);
    if ty.summary() & GETATTRIBUTE != 0 || own_rules {
        return LoadPlan::Generic;
    }
    let found = cx.lookup_type(ty, name);
    if let Some(found) = &found
        && descriptor::rules_reading(cx, found)
    {
        return plan_data_descriptor(kind, found);
    }
    if kind == Kind::Instance && shape.form() != Form::Dictionary {
        if let Some(slot) = shape.lookup(name.word()) {
            return LoadPlan::Slot(slot as u32);
        }
    } else if may_have_dict(shape, kind) {
        return match found.map(|found| plan_class_attribute(cx, &found)) {
            Some(LoadPlan::Method(function)) if kind != Kind::Instance => LoadPlan::BareMethod(function),
            _ => LoadPlan::Generic,
        };
    }
    match found {
        Some(found) => plan_class_attribute(cx, &found),
        None => LoadPlan::Generic,
    }
}

/// Does a type of a native module look attributes up in its own way?
pub(crate) fn has_native_getter(ty: &Type) -> bool {
    ty.operations::<Slots>().is_some_and(|slots| slots.get_attr.is_some())
}

/// May an object of this shape have attributes in a dict?
fn may_have_dict(shape: ShapeRef, kind: Kind) -> bool {
    match kind {
        Kind::Instance => shape.form() == Form::Dictionary,
        Kind::Function | Kind::Exception | Kind::StaticMethod | Kind::ClassMethod => true,
        _ => shape.ty().flags() & (TypeFlags::HEAP | TypeFlags::HAS_DICT) != 0,
    }
}

/// Has an object, which is no instance without a built-in layout, no attributes of its own?
pub fn is_bare(obj: &Obj) -> bool {
    super::own_dict(obj).is_none_or(|dict| dict.expect::<Dict>().is_empty())
}

fn plan_data_descriptor(kind: Kind, found: &Obj) -> LoadPlan {
    if let Some(member) = found.downcast::<Member>() {
        return if kind == Kind::Instance { LoadPlan::Slot(member.slot() as u32) } else { LoadPlan::Generic };
    }
    match found.exact::<Property>().and_then(|property| property.getter.get()) {
        Some(getter) if is_plain_getter(&getter) => LoadPlan::Property(getter.word()),
        _ => LoadPlan::Generic,
    }
}

/// A Python function of one plain parameter, no generator?
fn is_plain_getter(getter: &Obj) -> bool {
    getter.downcast::<Function>().is_some() && {
        let code = CodeRef::of_function(getter);
        code.is_simple() && code.argcount() == 1
    }
}

/// What a `staticmethod` holds; one that holds None may get a function yet.
fn plan_static_method(found: &Obj) -> LoadPlan {
    let function = found.expect::<StaticMethod>().function.peek();
    if Obj::of(&function).is_none() { LoadPlan::Generic } else { LoadPlan::Constant(function) }
}

/// A `classmethod` around a Python function?
fn is_plain_class_method(found: &Obj) -> bool {
    let function = found.exact::<ClassMethod>().and_then(|method| method.function.get());
    function.is_some_and(|function| function.heap_kind() == Some(Kind::Function))
}

fn plan_class_attribute(cx: &Thread, found: &Obj) -> LoadPlan {
    match found.heap_kind() {
        Some(Kind::Function) => LoadPlan::Method(found.word()),
        Some(Kind::NativeFunction) if is_method(found) => LoadPlan::Method(found.word()),
        Some(Kind::ClassMethod) if is_plain_class_method(found) => LoadPlan::ClassMethod(found.word()),
        Some(Kind::StaticMethod) => plan_static_method(found),
        _ if descriptor::has_get(cx, found) => LoadPlan::Generic,
        _ => LoadPlan::Constant(found.word()),
    }
}

/// How to read `name` (interned) from this class; keyed on the class and the token of its root shape.
pub fn plan_load_class(cx: &Thread, class: &Obj, name: &Obj) -> LoadPlan {
    let metatype = class.shape().ty();
    if metatype.summary() & (GETATTRIBUTE | GETATTR) != 0 || cx.lookup_type(metatype, name).is_some() {
        return LoadPlan::Generic;
    }
    match cx.lookup_type(class.expect::<Type>(), name) {
        Some(found) if found.heap_kind() == Some(Kind::Function) || is_method(&found) => {
            LoadPlan::Constant(found.word())
        }
        Some(found) => plan_class_attribute(cx, &found),
        None => LoadPlan::Generic,
    }
}

/// How to read `name` (interned) from this module: keyed on the module.
pub fn plan_load_module(cx: &Thread, module: &Obj, name: &Obj) -> LoadPlan {
    let ty = module.shape().ty();
    if ty.summary() & GETATTRIBUTE != 0 || cx.lookup_type(ty, name).is_some() {
        return LoadPlan::Generic;
    }
    let dict = module.expect::<Module>().dict();
    match dict.expect::<Dict>().cell_of(name) {
        Some(cell) => LoadPlan::Cell(cell.word()),
        None => LoadPlan::Generic,
    }
}

/// How to write `name` (interned) to objects of `shape`.
pub fn plan_store(cx: &Thread, shape: ShapeRef, name: &Obj) -> StorePlan {
    let ty = shape.ty();
    if ty.summary() & SETATTR != 0 || ty.instance_kind() != Kind::Instance {
        return StorePlan::Generic;
    }
    if let Some(found) = cx.lookup_type(ty, name)
        && descriptor::is_data(cx, &found)
    {
        return match found.downcast::<Member>() {
            Some(member) => StorePlan::Slot(member.slot() as u32),
            None => StorePlan::Generic,
        };
    }
    match (shape.form(), shape.lookup(name.word())) {
        (Form::Slots, Some(slot)) => StorePlan::Slot(slot as u32),
        (Form::Slots, None) if shape.len() < shape.inline() => StorePlan::Add(shape.len() as u32, shape.with(name)),
        _ => StorePlan::Generic,
    }
}

/// The plan for loading `name` (interned) from objects of `shape`, from the machine's memory where it has one: instructions that meet
/// objects of several shapes ask often.
pub fn planned_load(cx: &Thread, shape: ShapeRef, name: &Obj) -> LoadPlan {
    cx.vm().plans.loads.get(shape, name, || plan_load(cx, shape, name))
}

/// The plan for storing `name` (interned), as [`planned_load`].
pub fn planned_store(cx: &Thread, shape: ShapeRef, name: &Obj) -> StorePlan {
    cx.vm().plans.stores.get(shape, name, || plan_store(cx, shape, name))
}

/// Plans by token and name. A plan holds while its token is some shape's, and who asks has that shape.
pub(crate) struct PlanCache {
    loads: Plans<LoadPlan>,
    stores: Plans<StorePlan>,
}

impl PlanCache {
    pub(crate) fn new() -> PlanCache {
        PlanCache { loads: Plans::new(LoadPlan::Generic), stores: Plans::new(StorePlan::Generic) }
    }
}

struct Plans<P> {
    entries: Box<[PlanEntry<P>]>,
}

struct PlanEntry<P> {
    token: Cell<u32>,
    name: Held,
    plan: Cell<P>,
}

impl<P: Copy> Plans<P> {
    const SIZE: usize = 1024;

    fn new(plan: P) -> Plans<P> {
        let entry = || PlanEntry { token: Cell::new(0), name: Held::empty(), plan: Cell::new(plan) };
        Plans { entries: (0..Self::SIZE).map(|_| entry()).collect() }
    }

    #[inline]
    fn get(&self, shape: ShapeRef, name: &Obj, make: impl FnOnce() -> P) -> P {
        let token = shape.token();
        let place = (name.word().0 >> 4) as usize ^ token as usize;
        let entry = &self.entries[place % Self::SIZE];
        if entry.token.get() == token && entry.name.peek() == name.word() {
            return entry.plan.get();
        }
        let plan = make();
        entry.token.set(token);
        entry.name.set(name.clone());
        entry.plan.set(plan);
        plan
    }
}
