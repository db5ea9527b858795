//! The heap under the interpreter's machine, from a crate without `unsafe`.
#![forbid(unsafe_code)]

use std::cell::Cell;
use std::rc::Rc;

use pv_machine::{Context, Direct, IntOp, Machine, Own, RegisterStack, Slot, State};
use pv_object::{
    BoundMethod, CellObj, Dict, Generator, GeneratorState, Heap, Instance, Kind, List, Obj, RangeIter, ThreadContext,
    Tuple, Type, TypeFlags, TypeSpec, desc, known,
};
use pv_word::Word;

struct Thread {
    heap: &'static Heap,
    state: Rc<State>,
    _stack: RegisterStack,
    boxed: Cell<u32>,
}

impl ThreadContext for Thread {
    type Code = u32;
    fn state(&self) -> &State {
        &self.state
    }
    fn heap(&self) -> &'static Heap {
        self.heap
    }
    fn depth_limit(&self) -> u32 {
        100 + self.boxed.get()
    }
}

pv_object::thread_context!(Thread);

fn thread() -> Thread {
    let heap = Heap::new();
    let stack = RegisterStack::new(64);
    let state = Rc::new(State::new(&stack));
    heap.attach(Rc::clone(&state));
    Thread { heap, state, _stack: stack, boxed: Cell::new(0) }
}

fn machine(thread: &Thread) -> Direct<'_, Thread> {
    let mut m = Direct::new(thread, 0);
    (0..64).for_each(|slot| m.init(Slot(slot), Own::new(Word::EMPTY)));
    m
}

fn class(name: &str) -> Obj {
    let object = Heap::current().shape_of(Kind::Instance).type_obj().clone();
    let flags = TypeFlags::HEAP | TypeFlags::BASE | TypeFlags::HAS_DICT;
    let spec = TypeSpec { name: name.into(), bases: vec![object], kind: None, flags, slots: 0, metatype: None };
    Type::create(spec).expect("a plain class")
}

#[test]
fn lists_are_read_and_written_through_proofs() {
    let thread = thread();
    let mut m = machine(&thread);
    let before = thread.heap.live_objects();
    m.put(Slot(0), List::create(vec![Obj::small(4), Obj::str("some text")]).into_own());
    let value = m.get(Slot(0));
    assert!(known::as_tuple(&mut m, value).is_none());
    let list = known::as_list(&mut m, value).expect("a list");
    let one = m.int(1);
    assert!(m.in_bounds(list, &desc::LIST_ITEMS, one));
    let old = m.replace_elem(list, &desc::LIST_ITEMS, one, Own::new(Word::small(5)));
    m.release(old);
    let items = m.int(0);
    let first = m.elem(list, &desc::LIST_ITEMS, items);
    let sum = m.tagged(IntOp::Add, first, Word::small(1));
    assert_eq!(sum, Some(Word::small(5)));
    let empty = Own::new(Word::EMPTY);
    m.put(Slot(0), empty);
    assert_eq!(thread.heap.live_objects(), before);
}

#[test]
fn objects_made_by_the_machine_are_like_the_heaps_own() {
    let thread = thread();
    let mut m = machine(&thread);
    let before = thread.heap.live_objects();
    let items = vec![Own::new(Word::small(1)), Obj::float(1e100).into_own()];
    let tuple = Obj::from_own(known::new_tuple(&mut m, items.into_iter()));
    assert_eq!(tuple.expect::<Tuple>().get(1).and_then(|item| item.as_float()), Some(1e100));
    let cell = known::new_cell(&mut m, tuple.clone().into_own());
    let cell = Obj::from_own(cell);
    assert!(cell.expect::<CellObj>().value.get().is_some_and(|value| value.same(&tuple)));
    let method = known::new_bound_method(&mut m, tuple.clone().into_own(), cell.into_own());
    let method = Obj::from_own(method);
    assert!(method.expect::<BoundMethod>().receiver.get().is_some());
    let iter = Obj::from_own(known::new_range_iter(&mut m, 5, 2, 2));
    let iter = iter.expect::<RangeIter>();
    assert_eq!([iter.advance(), iter.advance(), iter.advance()], [Some(5), Some(7), None]);
    drop((tuple, method));
    assert_eq!(thread.heap.live_objects(), before + 1);
}

#[test]
fn instances_grow_by_transitions() {
    let thread = thread();
    let mut m = machine(&thread);
    let ty = class("Point");
    let (x, y) = (thread.heap.intern("x"), thread.heap.intern("y"));
    let root = ty.expect::<Type>().root_shape();
    let obj = Obj::from_own(known::new_instance(&mut m, root));
    let instance = known::as_instance(&mut m, obj.word()).expect("an instance");
    known::add_slot(&mut m, instance, root.with(&x), Own::new(Word::small(1)));
    known::add_slot(&mut m, instance, root.with(&x).with(&y), Own::new(Word::small(2)));
    let header = known::header_of(instance);
    let shape = known::shape_of(&mut m, header);
    assert_eq!(shape.lookup(y.word()), Some(1));
    assert_eq!(known::slot(&mut m, instance, shape, 1), Word::small(2));
    assert_eq!(obj.expect::<Instance>().attr(&x).and_then(|value| value.as_i64()), Some(1));
    let dict = obj.expect::<Instance>().dict();
    assert_eq!(dict.expect::<Dict>().len(), 2);
}

#[test]
fn generators_keep_slots_and_are_closed_only_when_guarded() {
    let thread = thread();
    let mut m = machine(&thread);
    let shape = thread.heap.shape_of(Kind::Generator);
    let name = || Obj::str("generator name").into_own();
    let make = |m: &mut Direct<'_, Thread>| Obj::from_own(known::new_generator(m, name(), name(), name(), 3, shape));
    let generator = make(&mut m);
    let typed = known::exact::<_, Generator>(&mut m, generator.word()).expect("a generator");
    for (register, value) in [Obj::none(), Obj::none(), Obj::float(1e100)].into_iter().enumerate() {
        m.init(Slot(register as i32), value.into_own());
    }
    known::put_generator_slots(&mut m, typed, Slot(0), 3);
    known::set_generator_pc(&mut m, typed, 9);
    known::set_generator_state(&mut m, typed, GeneratorState::Guarded);
    let view = generator.expect::<Generator>();
    assert_eq!((view.pc(), view.state(), view.slots().len()), (9, GeneratorState::Guarded, 3));
    drop(generator);
    assert!(m.boundary());
    let queued = thread.heap.take_finalizers().pop().expect("queued alive");
    queued.expect::<Generator>().set_state(GeneratorState::Finished);
    drop(queued);
    assert!(thread.heap.take_finalizers().is_empty() && !m.boundary());
    drop(make(&mut m));
    assert!(thread.heap.take_finalizers().is_empty());
    assert_eq!(thread.heap.census()[Kind::Generator as usize], 0);
}

#[test]
fn the_context_is_complete() {
    let thread = thread();
    assert_eq!(thread.bool_word(true), Obj::bool(true).word());
    assert_eq!(thread.free_list(48).is_some(), !cfg!(pitviper_asan));
    assert!(thread.free_list(4096).is_none());
    let mut m = machine(&thread);
    let boxed = m.tag_float(1e100);
    assert!(known::as_boxed_float(&mut m, boxed.get()).is_some());
    m.release(boxed);
    assert_eq!(thread.heap.census()[Kind::Float as usize], 0);
}
