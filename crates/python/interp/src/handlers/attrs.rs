//! Attributes: by the shape of the object, through inline caches; the runtime for the rest.
//!
//! A cache is keyed by the shape's token, which changes whenever the type does; what it holds is a plan. In a trace
//! the shape is promoted and the plan consulted once, while recording.

use pv_machine::{Flow, Own, Slot, Typed};
use pv_object::{
    CodeRef, Header, InlineCache, Kind, LoadPlan, Module, Obj, ShapeRef, StorePlan, Type, desc, known, trusted,
};
use pv_runtime::{Thread, attr};
use pv_word::Word;

use crate::frame::Action;
use crate::frame::{CALLEE, ReturnInfo};
use crate::handlers::calls;
use crate::helpers;
use crate::operands::{FRAME_HEADER, Ops, Python, consume, done, frame_size, owned, reg, slot, write};
use crate::{unwind, view};

/// The object behind a register with its promoted shape and the plan for loading the instruction's name.
#[inline(always)]
fn plan_load<M: Python>(m: &mut M, value: M::Val, i: Ops) -> Option<(Typed<M::Val, Header>, ShapeRef, LoadPlan)> {
    let object = known::header(m, value)?;
    let shape = known::shape_of(m, object);
    let code = m.code();
    let cache = code.cache(i.y(code));
    let plan = match cache.load_plan(shape) {
        Some(plan) => plan,
        None => fill_load(m.cx(), cache, shape, code.name(i.x(code))),
    };
    Some((object, shape, plan))
}

#[cold]
#[inline(never)]
fn fill_load(cx: &Thread, cache: &InlineCache, shape: ShapeRef, name: Word) -> LoadPlan {
    let plan = attr::planned_load(cx, shape, Obj::of(&name));
    cache.set_load(shape, plan);
    plan
}

#[cold]
#[inline(never)]
fn fill_store(cx: &Thread, cache: &InlineCache, shape: ShapeRef, name: Word) -> StorePlan {
    let plan = attr::planned_store(cx, shape, Obj::of(&name));
    cache.set_store(shape, plan);
    plan
}

/// The object behind a register with its promoted shape.
#[inline(always)]
fn shaped<M: Python>(m: &mut M, value: M::Val) -> Option<(Typed<M::Val, Header>, ShapeRef)> {
    let object = known::header(m, value)?;
    let shape = known::shape_of(m, object);
    Some((object, shape))
}

/// `a = b.name`: from an inline slot here, by any other plan out of line.
#[inline(always)]
pub fn load<M: Python>(m: &mut M, i: Ops) -> Flow {
    let value = reg(m, i.b());
    let code = m.code();
    if let Some((object, shape)) = shaped(m, value)
        && let Some(slot) = code.cache(i.y(code)).load_slot(shape)
    {
        let found = known::inline_slot(m, trusted::by_shape(object.value()), slot as usize);
        if !m.is(found, Word::EMPTY) {
            let found = m.own(found);
            consume(m, i.b());
            write(m, i.a(), found);
            return done(m, i.next2());
        }
    }
    m.apart(move |m| load_planned(m, i))
}

#[inline(never)]
fn load_planned<M: Python>(m: &mut M, i: Ops) -> Flow {
    let value = reg(m, i.b());
    if let Some(found) = of_namespace(m, value, i) {
        let found = m.own(found);
        consume(m, i.b());
        write(m, i.a(), found);
        return done(m, i.next2());
    }
    let Some((object, shape, plan)) = plan_load(m, value, i) else { return load_slow(m, i) };
    let found = match plan {
        LoadPlan::Slot(index) => view::instance_slot(m, object, shape, index),
        LoadPlan::Constant(word) => m.word(word),
        LoadPlan::Cell(cell) => {
            let cell = view::global_cell(m, cell);
            m.load(cell, &desc::GLOBAL_VALUE)
        }
        LoadPlan::Property(getter) => return property(m, i, getter),
        LoadPlan::Method(function) => return bound(m, i, function),
        LoadPlan::BareMethod(function) => {
            let bare = m.call_int(&helpers::IS_BARE, &[value]);
            return if m.int_is(bare, 1) { bound(m, i, function) } else { load_slow(m, i) };
        }
        LoadPlan::ClassMethod(_) | LoadPlan::Generic => return load_slow(m, i),
    };
    if m.is(found, Word::EMPTY) {
        return load_slow(m, i);
    }
    let found = m.own(found);
    consume(m, i.b());
    write(m, i.a(), found);
    done(m, i.next2())
}

/// A method of the class, bound to b.
fn bound<M: Python>(m: &mut M, i: Ops, function: Word) -> Flow {
    let is_python = Obj::of(&function).heap_kind() == Some(Kind::Function);
    let (function, receiver) = (m.word(function), reg(m, i.b()));
    let bound = if is_python {
        let (function, receiver) = (m.own(function), m.own(receiver));
        known::new_bound_method(m, function, receiver)
    } else {
        m.call(&helpers::BIND_NATIVE, &[function, receiver])
    };
    consume(m, i.b());
    write(m, i.a(), bound);
    done(m, i.next2())
}

/// The value behind a name of a module, or of a class whose metatype is `type`: what the cache remembers, or learns now.
fn of_namespace<M: Python>(m: &mut M, value: M::Val, i: Ops) -> Option<M::Val> {
    match view::kind(m, value)? {
        (Kind::Module, true) => of_module(m, trusted::by_shape(value), i),
        (Kind::Type, true) => match of_class(m, value, i).1 {
            LoadPlan::Constant(word) => Some(m.word(word)),
            _ => None,
        },
        _ => None,
    }
}

/// Keyed on the version of the module's dict, which no other dict ever has.
fn of_module<M: Python>(m: &mut M, module: Typed<M::Val, Module>, i: Ops) -> Option<M::Val> {
    let dict = m.load(module, &desc::MODULE_DICT);
    let dict = known::as_dict(m, dict)?;
    let version = view::keys_version(m, dict);
    let code = m.code();
    let cache = code.cache(i.y(code));
    let cell = match cache.global(version) {
        Some(cell) => cell,
        None => {
            let module = m.promote(module.value());
            let LoadPlan::Cell(cell) = attr::plan_load_module(m.cx(), Obj::of(&module), Obj::of(&code.name(i.x(code))))
            else {
                return None;
            };
            cache.set_global(version, cell, false);
            cell
        }
    };
    let cell = view::global_cell(m, cell);
    let found = m.load(cell, &desc::GLOBAL_VALUE);
    if m.is(found, Word::EMPTY) { None } else { Some(found) }
}

/// The class, as a constant, and the plan for the name. Keyed on the token of the class's root shape, which no other class ever has.
fn of_class<M: Python>(m: &mut M, value: M::Val, i: Ops) -> (Word, LoadPlan) {
    let class = m.promote(value);
    let shape = Obj::of(&class).expect::<Type>().root_shape();
    if !M::INTERPRETING {
        known::assume_token(m, shape);
    }
    let code = m.code();
    let cache = code.cache(i.y(code));
    let plan = cache.of_class(shape).unwrap_or_else(|| {
        let plan = attr::plan_load_class(m.cx(), Obj::of(&class), Obj::of(&code.name(i.x(code))));
        cache.set_of_class(shape, plan);
        plan
    });
    (class, plan)
}

#[cold]
#[inline(never)]
fn load_slow<M: Python>(m: &mut M, i: Ops) -> Flow {
    let name = m.code().name(i.x(m.code()));
    let (object, name) = (reg(m, i.b()), m.word(name));
    let result = m.call(&helpers::GET_ATTR, &[object, name]);
    if m.raised(&result) {
        return unwind::raise(m, result);
    }
    consume(m, i.b());
    write(m, i.a(), result);
    done(m, i.next2())
}

/// A property whose getter is a plain Python function of one parameter: its frame is pushed.
fn property<M: Python>(m: &mut M, i: Ops, getter: Word) -> Flow {
    let code = CodeRef::of_function(Obj::of(&getter));
    let base = frame_size(m.code());
    if !calls::has_room(m, base, code) {
        return calls::too_deep(m);
    }
    let receiver = owned(m, i.b());
    let function = m.word(getter);
    let function = m.own(function);
    m.init(Slot(base as i32 + CALLEE), function);
    m.init(Slot((base + FRAME_HEADER) as i32), receiver);
    let info = ReturnInfo::new(i.next2(), base, i.a(), Action::Store);
    calls::enter(m, code, info, 1)
}

/// Looks up b.name for a call: function to a and receiver to a+3, or the value to a. A method of the class is found here, anything else
/// out of line.
#[inline(always)]
pub fn load_method<M: Python>(m: &mut M, i: Ops) -> Flow {
    let value = reg(m, i.b());
    let code = m.code();
    if let Some((_, shape)) = shaped(m, value)
        && let Some(function) = code.cache(i.y(code)).load_method(shape)
    {
        let function = m.word(function);
        let function = m.own(function);
        let receiver = owned(m, i.b());
        return place_method(m, i, function, Some(receiver));
    }
    m.apart(move |m| load_method_planned(m, i))
}

#[inline(never)]
fn load_method_planned<M: Python>(m: &mut M, i: Ops) -> Flow {
    let value = reg(m, i.b());
    let found = match view::kind(m, value) {
        Some((Kind::Module, true)) => of_module(m, trusted::by_shape(value), i).map(Callee::Value),
        Some((Kind::Type, true)) => callee_of_class(m, value, i),
        _ => None,
    };
    let Some(found) = found.or_else(|| plan_method(m, value, i)) else { return load_method_slow(m, i) };
    match found {
        Callee::Method(function) => {
            let function = m.own(function);
            let receiver = owned(m, i.b());
            place_method(m, i, function, Some(receiver))
        }
        Callee::OfClass(function, class) => {
            let function = m.own(function);
            let class = m.word(class);
            let class = m.own(class);
            consume(m, i.b());
            place_method(m, i, function, Some(class))
        }
        Callee::Value(value) => {
            let value = m.own(value);
            consume(m, i.b());
            place_method(m, i, value, None)
        }
    }
}

/// What a call by name calls.
enum Callee<M: Python> {
    /// A function whose first argument is the object.
    Method(M::Val),
    /// A function whose first argument is this class.
    OfClass(M::Val, Word),
    /// Any object.
    Value(M::Val),
}

fn callee_of_class<M: Python>(m: &mut M, value: M::Val, i: Ops) -> Option<Callee<M>> {
    match of_class(m, value, i) {
        (_, LoadPlan::Constant(word)) => Some(Callee::Value(m.word(word))),
        (class, LoadPlan::ClassMethod(method)) => Some(Callee::OfClass(class_function(m, method), class)),
        _ => None,
    }
}

/// The function of a class method.
fn class_function<M: Python>(m: &mut M, method: Word) -> M::Val {
    let method = m.word(method);
    m.load(trusted::class_method(method), &desc::CLASS_FUNCTION)
}

#[inline(always)]
fn plan_method<M: Python>(m: &mut M, value: M::Val, i: Ops) -> Option<Callee<M>> {
    let (object, shape, plan) = plan_load(m, value, i)?;
    let found = match plan {
        LoadPlan::Method(function) => return Some(Callee::Method(m.word(function))),
        LoadPlan::BareMethod(function) => {
            let bare = m.call_int(&helpers::IS_BARE, &[value]);
            return m.int_is(bare, 1).then(|| Callee::Method(m.word(function)));
        }
        LoadPlan::ClassMethod(method) => {
            return Some(Callee::OfClass(class_function(m, method), shape.type_word()));
        }
        LoadPlan::Slot(index) => view::instance_slot(m, object, shape, index),
        LoadPlan::Constant(word) => m.word(word),
        LoadPlan::Cell(cell) => {
            let cell = view::global_cell(m, cell);
            m.load(cell, &desc::GLOBAL_VALUE)
        }
        LoadPlan::Property(_) | LoadPlan::Generic => return None,
    };
    if m.is(found, Word::EMPTY) { None } else { Some(Callee::Value(found)) }
}

#[inline(always)]
fn place_method<M: Python>(m: &mut M, i: Ops, callee: Own<M::Val>, receiver: Option<Own<M::Val>>) -> Flow {
    write(m, i.a(), callee);
    let receiver = match receiver {
        Some(receiver) => receiver,
        None => Own::new(m.word(Word::EMPTY)),
    };
    m.init(slot(i.a() + FRAME_HEADER), receiver);
    done(m, i.next2())
}

#[cold]
#[inline(never)]
fn load_method_slow<M: Python>(m: &mut M, i: Ops) -> Flow {
    let name = m.code().name(i.x(m.code()));
    let (object, name) = (reg(m, i.b()), m.word(name));
    let result = m.call(&helpers::GET_ATTR, &[object, name]);
    if m.raised(&result) {
        return unwind::raise(m, result);
    }
    consume(m, i.b());
    place_method(m, i, result, None)
}

/// `a.name = b`: into an inline slot here, by any other plan out of line.
#[inline(always)]
pub fn store<M: Python>(m: &mut M, i: Ops) -> Flow {
    let target = reg(m, i.a());
    let code = m.code();
    if let Some((object, shape)) = shaped(m, target)
        && let Some(slot) = code.cache(i.y(code)).store_slot(shape)
    {
        let value = owned(m, i.b());
        let old = known::replace_inline_slot(m, trusted::by_shape(object.value()), slot as usize, value);
        m.release(old);
        consume(m, i.a());
        return done(m, i.next2());
    }
    m.apart(move |m| store_planned(m, i))
}

#[inline(never)]
fn store_planned<M: Python>(m: &mut M, i: Ops) -> Flow {
    let target = reg(m, i.a());
    let Some(object) = known::header(m, target) else { return store_slow(m, i) };
    let shape: ShapeRef = known::shape_of(m, object);
    let code = m.code();
    let cache = code.cache(i.y(code));
    let plan = match cache.store_plan(shape) {
        Some(plan) => plan,
        None => fill_store(m.cx(), cache, shape, code.name(i.x(code))),
    };
    match plan {
        StorePlan::Slot(index) => {
            let value = owned(m, i.b());
            let old = view::replace_instance_slot(m, object, shape, index, value);
            m.release(old);
        }
        StorePlan::Add(_, next) => {
            let value = owned(m, i.b());
            known::add_slot(m, trusted::by_shape(object.value()), next, value);
        }
        StorePlan::Generic => return store_slow(m, i),
    }
    consume(m, i.a());
    done(m, i.next2())
}

#[cold]
#[inline(never)]
fn store_slow<M: Python>(m: &mut M, i: Ops) -> Flow {
    let name = m.code().name(i.x(m.code()));
    let (object, name, value) = (reg(m, i.a()), m.word(name), reg(m, i.b()));
    let status = m.call_int(&helpers::SET_ATTR, &[object, name, value]);
    if m.raised_int(status) {
        return unwind::raise_empty(m);
    }
    consume(m, i.a());
    consume(m, i.b());
    done(m, i.next2())
}

/// `del a.name`.
pub fn delete<M: Python>(m: &mut M, i: Ops) -> Flow {
    let name = m.code().name(i.x(m.code()));
    let (object, name) = (reg(m, i.a()), m.word(name));
    let status = m.call_int(&helpers::DELETE_ATTR, &[object, name]);
    if m.raised_int(status) {
        return unwind::raise_empty(m);
    }
    consume(m, i.a());
    done(m, i.next1())
}

/// `a = super(…).name`.
pub fn load_super<M: Python>(m: &mut M, i: Ops) -> Flow {
    let name = m.code().name(i.x(m.code()));
    let name = m.word(name);
    let flags = m.word(Word::small(i.c() as i32));
    let result = m.call_window(&helpers::LOAD_SUPER_ATTR, name, slot(i.b()), 3, Some(flags));
    if m.raised(&result) {
        return unwind::raise(m, result);
    }
    release_three(m, i.b());
    write(m, i.a(), result);
    done(m, i.next2())
}

/// As [`load_super`], with the result as a method load leaves it. A function found for an instance is handed out with its receiver.
pub fn load_super_method<M: Python>(m: &mut M, i: Ops) -> Flow {
    let name = m.code().name(i.x(m.code()));
    if let Some(function) = super_function(m, i, name) {
        let function = m.word(function);
        let function = m.own(function);
        let receiver = m.take(slot(i.b() + 2));
        release_three(m, i.b());
        return place_method(m, i, function, Some(receiver));
    }
    let name = m.word(name);
    let flags = m.word(Word::small(i.c() as i32));
    let result = m.call_window(&helpers::LOAD_SUPER_ATTR, name, slot(i.b()), 3, Some(flags));
    if m.raised(&result) {
        return unwind::raise(m, result);
    }
    release_three(m, i.b());
    place_method(m, i, result, None)
}

/// The function that the window `super`, class, instance finds, where `super` is the built-in one and the instance no class.
fn super_function<M: Python>(m: &mut M, i: Ops, name: Word) -> Option<Word> {
    let (callee, class, receiver) = (m.get(slot(i.b())), m.get(slot(i.b() + 1)), m.get(slot(i.b() + 2)));
    let built_in = m.cx().vm().type_of_kind(Kind::Super).word();
    if !m.is(callee, built_in) || !matches!(view::kind(m, class), Some((Kind::Type, _))) {
        return None;
    }
    if matches!(view::kind(m, receiver), None | Some((Kind::Type, _))) {
        return None;
    }
    let class = m.promote(class);
    let shape = known::shape_of_value(m, receiver);
    crate::support::classes::super_function(class, shape, name)
}

fn release_three<M: Python>(m: &mut M, first: u32) {
    for register in first..first + 3 {
        unwind::clear(m, slot(register));
    }
}
