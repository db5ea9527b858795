//! Counts, freeing, finalisers and classes: what no single layout owns.

use std::cell::Cell;
use std::rc::Rc;

use crate::types::SUMMARY;
use crate::*;

fn class(name: &str, bases: Vec<Obj>, flags: u32, slots: usize) -> Obj {
    let flags = flags | TypeFlags::HEAP | TypeFlags::BASE;
    Type::create(TypeSpec { name: name.to_owned(), bases, kind: None, flags, slots, metatype: None }).unwrap()
}

fn object() -> Obj {
    Heap::current().shape_of(Kind::Instance).type_obj().clone()
}

fn builtin(kind: Kind) -> Obj {
    Heap::current().shape_of(kind).type_obj().clone()
}

#[test]
fn a_heap_starts_with_a_type_per_kind() {
    let heap = Heap::new();
    for kind in Kind::ALL {
        let ty = heap.shape_of(*kind).ty();
        assert_eq!(ty.name_string(), kind.name());
        assert_eq!(
            ty.mro().expect::<Tuple>().len(),
            if *kind == Kind::Bool { 3 } else { 1 + usize::from(*kind != Kind::Instance) }
        );
    }
    assert!(Obj::bool(true).is_true() && !Obj::bool(false).is_true() && Obj::none().is_none());
    assert!(heap.shape_of(Kind::Type).type_obj().shape().type_obj().same(&builtin(Kind::Type)));
}

#[test]
fn dropping_the_last_reference_frees_at_once_and_memory_is_reused() {
    let heap = Heap::new();
    let before = heap.live_objects();
    let list = List::create(vec![Obj::str("a longer string"), Tuple::create(vec![Obj::small(1)]), Obj::float(1e100)]);
    assert_eq!(heap.live_objects(), before + 4);
    let address = list.word();
    assert_eq!(list.ref_count(), 1);
    let again = list.clone();
    assert_eq!(list.ref_count(), 2);
    drop(list);
    drop(again);
    assert_eq!(heap.live_objects(), before);
    assert_eq!(List::create(Vec::new()).word(), address);
}

#[test]
fn deep_nesting_is_freed_without_native_recursion() {
    let heap = Heap::new();
    let before = heap.live_objects();
    let mut nested = List::create(Vec::new());
    for _ in 0..1_000_000 {
        nested = List::create(vec![nested]);
    }
    drop(nested);
    assert_eq!(heap.live_objects(), before);
}

#[test]
fn finalisers_are_queued_alive_in_order_and_run_once() {
    let heap = Heap::new();
    let ty = class("Node", vec![object()], TypeFlags::HAS_DICT, 0);
    ty.expect::<Type>().set_attr(&heap.intern("__del__"), Obj::none());
    let make = |n: i32| {
        let obj = Instance::create(ty.expect::<Type>().root_shape());
        obj.expect::<Instance>().set_attr(&heap.intern("n"), Obj::small(n));
        obj
    };
    drop(List::create(vec![List::create(vec![make(1)]), make(2)]));
    let n = |obj: &Obj| obj.expect::<Instance>().attr(&heap.intern("n")).unwrap().as_i64().unwrap();
    let queued = heap.take_finalizers();
    assert_eq!(queued.iter().map(n).collect::<Vec<_>>(), [1, 2], "a list releases from its end; the oldest comes last");
    drop(queued);
    assert!(!heap.has_finalizers());
    assert_eq!(heap.census()[Kind::Instance as usize], 0);
}

#[test]
fn embedded_objects_announce_their_death() {
    let heap = Heap::new();
    let seen = Rc::new(Cell::new(None));
    let hook = Rc::clone(&seen);
    heap.set_death_hook(Rc::new(move |word| hook.set(Some(word))));
    let list = List::create(Vec::new());
    heap.embed(list.word());
    let word = list.word();
    drop(list);
    assert_eq!(seen.get(), Some(word));
}

#[test]
fn weak_references_are_emptied_and_callbacks_queued() {
    let heap = Heap::new();
    let shape = heap.shape_of(Kind::WeakRef);
    let set = Set::create();
    let plain = WeakRef::create(&set, None, shape);
    let called = WeakRef::create(&set, Some(Obj::none()), shape);
    assert_eq!(heap.weakrefs_of(&set).len(), 2);
    assert!(plain.expect::<WeakRef>().target().is_some_and(|target| target.same(&set)));
    drop(set);
    assert!(plain.expect::<WeakRef>().target().is_none());
    let queued = heap.take_finalizers();
    assert!(queued.len() == 1 && queued[0].same(&called));
}

#[test]
fn instances_share_shapes_and_spill() {
    let heap = Heap::new();
    let ty = class("Point", vec![object()], TypeFlags::HAS_DICT, 0);
    let names: Vec<Obj> = (0..70).map(|n| heap.intern(&format!("attr{n}"))).collect();
    let root = ty.expect::<Type>().root_shape();
    let fill = || {
        let obj = Instance::create(root);
        let set = |(n, name): (usize, &Obj)| obj.expect::<Instance>().set_attr(name, Obj::usize(n));
        assert!(names.iter().enumerate().all(set));
        obj
    };
    let (a, b) = (fill(), fill());
    assert!(std::ptr::eq(a.shape(), b.shape()));
    let view = a.expect::<Instance>();
    assert!(names.iter().enumerate().all(|(n, name)| view.attr(name).unwrap().as_i64() == Some(n as i64)));
    assert!(ty.expect::<Type>().root_shape().inline() > root.inline());
    assert_eq!(view.delete_attr(&names[3]).unwrap().as_i64(), Some(3));
    assert!(view.attr(&names[3]).is_none() && view.attr(&names[69]).is_some());
    assert_eq!(view.shape().form(), Form::Dictionary);
    assert_eq!(view.attrs().len(), 69);
    let before = heap.census()[Kind::Spill as usize];
    drop(b);
    assert_eq!(heap.census()[Kind::Spill as usize], before - 1);
}

#[test]
fn instances_used_as_dicts_become_such() {
    let heap = Heap::new();
    let ty = class("Bag", vec![object()], TypeFlags::HAS_DICT, 0);
    let root = ty.expect::<Type>().root_shape();
    let forms = (0..100).map(|n| {
        let obj = Instance::create(root);
        assert!(obj.expect::<Instance>().set_attr(&heap.intern(&format!("only{n}")), Obj::small(n)));
        assert_eq!(obj.expect::<Instance>().attrs().len(), 1);
        obj.shape().form()
    });
    assert_eq!(forms.filter(|form| *form == Form::Dictionary).count(), 36);
    let many = Instance::create(root);
    let names: Vec<Obj> = (0..300).map(|n| heap.intern(&format!("many{n}"))).collect();
    assert!(names.iter().all(|name| many.expect::<Instance>().set_attr(name, name.clone())));
    assert!(names.iter().all(|name| many.expect::<Instance>().attr(name).unwrap().same(name)));
    assert_eq!(many.shape().form(), Form::Dictionary);
}

#[test]
fn many_slots_spill_at_once() {
    Heap::new();
    let ty = class("Wide", vec![object()], 0, 50);
    let obj = Instance::create(ty.expect::<Type>().root_shape());
    assert!(obj.expect::<Instance>().slot(49).is_none());
    assert!(obj.expect::<Instance>().set_slot(49, Some(Obj::small(1))).is_none());
    assert_eq!(obj.expect::<Instance>().slot(49).unwrap().as_i64(), Some(1));
}

#[test]
fn coroutines_never_awaited_are_queued() {
    let heap = Heap::new();
    let spec = TypeSpec::builtin("coroutine", vec![object()], Some(Kind::Generator));
    let ty = Type::create(spec).unwrap();
    let shape = Some(ty.expect::<Type>().root_shape());
    let make = |shape| Generator::create(Obj::none(), Obj::none(), Obj::none(), 1, shape);
    drop(make(None));
    assert!(!heap.has_finalizers());
    drop(make(shape));
    assert!(heap.has_finalizers());
}

#[test]
fn boxes_of_equal_value_are_the_same() {
    Heap::new();
    let pairs = [
        (Obj::float(1e100), Obj::float(1e100)),
        (Obj::big(BigInt::from(3).pow(90)), Obj::big(BigInt::from(3).pow(90))),
        (Complex::create(1.0, 0.0), Complex::create(1.0, 0.0)),
        (Obj::small(5), Obj::small(5)),
    ];
    for (a, b) in &pairs {
        assert!(is_same(a, b) && identity(a) == identity(b), "{a:?}");
    }
    let different = [Complex::create(1.0, -0.0), Obj::float(2e100), Obj::float(5.0), List::create(Vec::new())];
    for (a, _) in &pairs {
        assert!(different.iter().all(|b| !is_same(a, b) && identity(a) != identity(b)));
    }
}

#[test]
fn attributes_are_found_along_the_resolution_order() {
    let heap = Heap::new();
    let base = class("Base", vec![object()], TypeFlags::HAS_DICT, 0);
    let sub = class("Sub", vec![base.clone()], TypeFlags::HAS_DICT, 0);
    let name = heap.intern("attribute");
    let look = || sub.expect::<Type>().lookup(&name).and_then(|value| value.as_i64());
    assert_eq!(look(), None);
    base.expect::<Type>().set_attr(&name, Obj::small(1));
    assert_eq!(look(), Some(1));
    sub.expect::<Type>().set_attr(&name, Obj::small(2));
    assert_eq!(look(), Some(2));
    sub.expect::<Type>().delete_attr(&name);
    base.expect::<Type>().delete_attr(&name);
    assert_eq!(look(), None);
}

#[test]
fn slots_make_sealed_shapes() {
    let heap = Heap::new();
    let base = class("Base", vec![object()], 0, 1);
    let ty = class("Sub", vec![base], 0, 1);
    let obj = Instance::create(ty.expect::<Type>().root_shape());
    let view = obj.expect::<Instance>();
    assert_eq!(view.shape().len(), 2);
    assert!(!view.set_attr(&heap.intern("x"), Obj::small(1)));
    assert!(view.set_slot(1, Some(Obj::small(7))).is_none());
    assert_eq!(view.slot(1).unwrap().as_i64(), Some(7));
}

#[test]
fn a_change_of_a_base_renews_the_tokens_of_subclasses() {
    let heap = Heap::new();
    let base = class("Base", vec![object()], TypeFlags::HAS_DICT, 0);
    let sub = class("Sub", vec![base.clone()], TypeFlags::HAS_DICT, 0);
    let obj = Instance::create(sub.expect::<Type>().root_shape());
    obj.expect::<Instance>().set_attr(&heap.intern("x"), Obj::small(1));
    let token = obj.shape().token();
    base.expect::<Type>().set_attr(&heap.intern("__eq__"), Obj::none());
    assert_ne!(obj.shape().token(), token);
    assert_eq!(sub.expect::<Type>().summary(), summary_bit("__eq__"));
    builtin(Kind::Type).expect::<Type>().set_attr(&heap.intern("__getattribute__"), Obj::none());
    assert!(!builtin(Kind::Type).expect::<Type>().summary_has("__getattribute__"));
    assert!(SUMMARY.len() <= 32);
}

#[test]
fn resolution_order_is_c3_and_layouts_may_conflict() {
    Heap::new();
    let [a, b] = ["A", "B"].map(|name| class(name, vec![object()], TypeFlags::HAS_DICT, 0));
    let c = class("C", vec![a.clone(), b.clone()], TypeFlags::HAS_DICT, 0);
    let d = class("D", vec![a.clone()], TypeFlags::HAS_DICT, 0);
    let e = class("E", vec![c.clone(), d.clone()], TypeFlags::HAS_DICT, 0);
    let names: Vec<String> =
        e.expect::<Type>().mro().expect::<Tuple>().items().iter().map(|ty| ty.expect::<Type>().name_string()).collect();
    assert_eq!(names, ["E", "C", "D", "A", "B", "object"]);
    let spec =
        |bases| TypeSpec { name: "X".into(), bases, kind: None, flags: TypeFlags::HEAP, slots: 0, metatype: None };
    assert_eq!(Type::create(spec(vec![a.clone(), c])).err(), Some(TypeError::InconsistentOrder));
    let conflict = spec(vec![builtin(Kind::List), builtin(Kind::Dict)]);
    assert_eq!(Type::create(conflict).err(), Some(TypeError::LayoutConflict));
    let mixed = Type::create(spec(vec![a, builtin(Kind::List)])).unwrap();
    assert_eq!(mixed.expect::<Type>().instance_kind(), Kind::List);
}

#[test]
fn subclasses_of_built_in_types_have_room_for_attributes() {
    let heap = Heap::new();
    let ty = class("Text", vec![builtin(Kind::Str)], TypeFlags::HAS_DICT, 0);
    let obj = Obj::str("hello, world").expect::<Str>().with_shape(ty.expect::<Type>().root_shape());
    assert!(!obj.is_exact() && Heap::attrs_of(&Obj::str("plain")).is_none());
    let attrs = Heap::attrs_of(&obj).unwrap();
    assert!(attrs.is_empty());
    attrs.set(Dict::create());
    assert!(obj.expect::<Str>().is("hello, world"));
    let before = heap.census()[Kind::Dict as usize];
    drop(obj);
    assert_eq!(heap.census()[Kind::Dict as usize], before - 1);
}

#[test]
fn global_cells_outlive_their_entry_empty() {
    let heap = Heap::new();
    let dict = Dict::create_for_cells();
    let view = dict.expect::<Dict>();
    let name = heap.intern("x");
    view.set_str(&name, Obj::small(1));
    let cell = view.cell_of(&name).unwrap();
    view.set_str(&name, Obj::small(2));
    assert_eq!(cell.expect::<GlobalCell>().value.get().unwrap().as_i64(), Some(2));
    assert_eq!(view.delete_str(&name).unwrap().as_i64(), Some(2));
    assert!(cell.expect::<GlobalCell>().value.is_empty());
    view.set_str(&name, Obj::small(3));
    assert!(cell.expect::<GlobalCell>().value.is_empty());
    assert_eq!(view.items().len(), 1);
}

#[test]
fn instances_made_after_a_spill_have_more_slots_inline() {
    let heap = Heap::new();
    let ty = class("Wide", vec![object()], TypeFlags::HAS_DICT, 0);
    let ty = ty.expect::<Type>();
    let first = ty.root_shape();
    ty.set_call_plan(CallPlan::Instance { shape: first, init: None });
    let token = first.token();
    let instance = Instance::create(first);
    for number in 0..=first.inline() {
        let name = heap.intern(&format!("a{number}"));
        assert!(instance.expect::<Instance>().set_attr(&name, Obj::int(number as i64)));
    }
    assert!(ty.root_shape().inline() > first.inline());
    assert!(ty.call_plan().is_none(), "calls would go on making instances of the old shape");
    assert_ne!(first.token(), token, "and so would traces");
}
