//! Filling a built-in type's dictionary from its table.

use std::rc::Rc;

use pv_bytecode::op::{BinaryOp, Compare};
use pv_machine::Effects;
use pv_object::{GetSet, Member, NativeFunction, Obj, StaticMethod, Type};

use super::TypeTable;
use super::descriptor::GetSetPayload;
use crate::native::{Flavor, Imp, NativeDef, new_native};
use crate::slots::{SlotImp, Slots, compare_dunder, dunders};
use crate::text;
use crate::vm::Vm;

/// Fills `class` from `table`.
pub(crate) fn fill(vm: &Vm, class: &Obj, table: &'static TypeTable) {
    let ty = class.expect::<Type>();
    add_slots(vm, class, &table.slots);
    for def in table.methods {
        ty.set_attr(&text::intern(def.name), new_native(vm, def, Flavor::Method, Some(class.clone())));
    }
    for def in table.class_methods {
        ty.set_attr(&text::intern(def.name), new_native(vm, def, Flavor::ClassMethod, Some(class.clone())));
    }
    for def in table.static_methods {
        let function = new_native(vm, def, Flavor::Function, Some(class.clone()));
        let shape = vm.heap.shape_of(pv_object::Kind::StaticMethod);
        ty.set_attr(&text::intern(def.name), StaticMethod::create(function, shape));
    }
    for def in table.getsets {
        add_getset(class, def.name, GetSetPayload::Def(def));
    }
    let computed = table.getsets.iter().any(|def| def.name == "__doc__");
    if !table.doc.is_empty() && !computed {
        ty.set_attr(&vm.names.__doc__, text::new(table.doc));
    }
}

pub(crate) fn add_getset(class: &Obj, name: &'static str, payload: GetSetPayload) {
    let (owner, key, is_member) = (class.clone(), text::intern(name), payload.is_member());
    let descriptor = match is_member {
        true => Member::create_computed(owner, key, Rc::new(payload)),
        false => GetSet::create(Some(owner), key, Rc::new(payload)),
    };
    class.expect::<Type>().set_attr(&text::intern(name), descriptor);
}

/// The special methods that the slots amount to.
fn add_slots(vm: &Vm, class: &Obj, slots: &'static Slots) {
    let ty = class.expect::<Type>();
    let add = |name: &'static str, slot: SlotImp| {
        let def = NativeDef::new(name, signature(slot), Imp::Slot(slot), Effects::ANY, "");
        let method = new_native(vm, Box::leak(Box::new(def)), Flavor::SlotWrapper, Some(class.clone()));
        ty.set_attr(&text::intern(name), method);
    };
    if let Some(f) = slots.new {
        let def =
            NativeDef::new("__new__", "", Imp::Slot(SlotImp::New(f)), Effects::ANY, "Create and return a new object.");
        let new = new_native(vm, Box::leak(Box::new(def)), Flavor::Function, Some(class.clone()));
        new.expect::<NativeFunction>().receiver.set(class.clone());
        ty.set_attr(&vm.names.__new__, new);
    }
    add_basic(slots, &add);
    add_numeric(slots, &add);
    add_containers(slots, &add);
    if slots.unhashable {
        ty.set_attr(&vm.names.__hash__, Obj::none());
    }
}

fn add_basic(slots: &'static Slots, add: &dyn Fn(&'static str, SlotImp)) {
    let unary = [
        ("__repr__", slots.repr),
        ("__str__", slots.str),
        ("__iter__", slots.iter),
        ("__neg__", slots.neg),
        ("__pos__", slots.pos),
        ("__abs__", slots.abs),
        ("__invert__", slots.invert),
        ("__int__", slots.int),
        ("__float__", slots.float),
        ("__index__", slots.index),
    ];
    unary.into_iter().filter_map(|(name, f)| Some((name, f?))).for_each(|(name, f)| add(name, SlotImp::Unary(f)));
    if let Some(f) = slots.init {
        add("__init__", SlotImp::Init(f));
    }
    if let Some(f) = slots.call {
        add("__call__", SlotImp::Call(f));
    }
    if let Some(f) = slots.hash {
        add("__hash__", SlotImp::Hash(f));
    }
    if let Some(f) = slots.get_attr {
        add("__getattribute__", SlotImp::GetAttr(f));
    }
    if let Some(f) = slots.set_attr {
        add("__setattr__", SlotImp::SetAttr(f));
        add("__delattr__", SlotImp::DelAttr(f));
    }
    if let Some(f) = slots.next {
        add("__next__", SlotImp::Next(f));
    }
    if let Some(f) = slots.descr_get {
        add("__get__", SlotImp::DescrGet(f));
    }
    if let Some(f) = slots.descr_set {
        add("__set__", SlotImp::DescrSet(f));
        add("__delete__", SlotImp::DescrDelete(f));
    }
    if let Some(f) = slots.compare {
        Compare::ALL.iter().for_each(|op| add(compare_dunder(*op), SlotImp::Compare(f, *op)));
    }
}

fn add_numeric(slots: &'static Slots, add: &dyn Fn(&'static str, SlotImp)) {
    if let Some((f, ops)) = slots.binary {
        for op in ops {
            let (plain, reflected, _) = dunders(*op);
            add(plain, SlotImp::Binary(f, *op));
            add(reflected, SlotImp::Reflected(f, *op));
        }
    }
    if let Some((f, ops)) = slots.inplace {
        ops.iter().for_each(|op| add(dunders(*op).2, SlotImp::InPlace(f, *op)));
    }
    if let Some(f) = slots.truth {
        add("__bool__", SlotImp::Truth(f));
    }
    if let Some(f) = slots.concat {
        add(dunders(BinaryOp::Add).0, SlotImp::Concat(f));
    }
    if let Some(f) = slots.repeat {
        let (plain, reflected, _) = dunders(BinaryOp::Mul);
        add(plain, SlotImp::Repeat(f));
        add(reflected, SlotImp::Repeat(f));
    }
}

fn add_containers(slots: &'static Slots, add: &dyn Fn(&'static str, SlotImp)) {
    if let Some(f) = slots.len {
        add("__len__", SlotImp::Len(f));
    }
    if let Some(f) = slots.get_item {
        add("__getitem__", SlotImp::GetItem(f));
    }
    if let Some(f) = slots.set_item {
        add("__setitem__", SlotImp::SetItem(f));
        add("__delitem__", SlotImp::DelItem(f));
    }
    if let Some(f) = slots.contains {
        add("__contains__", SlotImp::Contains(f));
    }
}

/// The signature that a special method shows.
fn signature(slot: SlotImp) -> &'static str {
    match slot {
        SlotImp::New(_) => "",
        SlotImp::Init(_) | SlotImp::Call(_) => "(self, /, *args, **kwargs)",
        SlotImp::Unary(_) | SlotImp::Hash(_) | SlotImp::Truth(_) | SlotImp::Len(_) | SlotImp::Next(_) => "(self, /)",
        SlotImp::GetAttr(_) | SlotImp::DelAttr(_) => "(self, name, /)",
        SlotImp::SetAttr(_) => "(self, name, value, /)",
        SlotImp::GetItem(_) | SlotImp::DelItem(_) | SlotImp::Contains(_) => "(self, key, /)",
        SlotImp::SetItem(_) => "(self, key, value, /)",
        SlotImp::DescrGet(_) => "(self, instance, owner=None, /)",
        SlotImp::DescrSet(_) => "(self, instance, value, /)",
        SlotImp::DescrDelete(_) => "(self, instance, /)",
        _ => "(self, value, /)",
    }
}
