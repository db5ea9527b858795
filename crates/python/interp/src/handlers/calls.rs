//! Calls: pushing frames for Python functions, everything else by what the callee is.
//!
//! A window starts at register b with the callee; b+1 and b+2 are header room; arguments start at b+3. For a Python
//! function with matching positional arguments the window simply becomes the callee's frame.

use pv_machine::{Flow, Own, Slot, Typed};
use pv_object::{CallPlan, CodeRef, Function, Kind, ShapeRef, desc, known, trusted};
use pv_word::Word;

use crate::frame::{Action, EXTRA, RETURN_INFO, ReturnInfo};
use crate::handlers::{consume, intrinsics};
use crate::helpers;
use crate::operands::{FRAME_HEADER, Ops, Python, constant, done, frame_size, slot, write};
use crate::{unwind, view};

/// Where a call's result goes, and where the caller goes on.
#[derive(Clone, Copy)]
pub struct Site {
    /// Destination register.
    pub dst: u32,
    /// First register of the window.
    pub window: u32,
    /// Number of arguments from `window + 3`.
    pub count: u32,
    /// The next instruction.
    pub next: u32,
}

impl Site {
    /// The slot of argument `index`.
    #[inline(always)]
    pub fn arg(&self, index: u32) -> Slot {
        slot(self.window + FRAME_HEADER + index)
    }

    /// Distance from the caller's base to the frame that the window becomes.
    #[inline(always)]
    pub fn delta(&self) -> u32 {
        FRAME_HEADER + self.window
    }

    /// Return information of the frame that the window becomes.
    #[inline(always)]
    pub fn info(&self, action: Action) -> ReturnInfo {
        ReturnInfo::new(self.next, self.delta(), self.dst, action)
    }
}

/// `a = b(c arguments)`.
#[inline(always)]
pub fn call<M: Python>(m: &mut M, i: Ops) -> Flow {
    any(m, Site { dst: i.a(), window: i.b(), count: i.c(), next: i.next0() })
}

/// `a = b.method(c arguments)` as a method load prepared it.
#[inline(always)]
pub fn call_method<M: Python>(m: &mut M, i: Ops) -> Flow {
    let mut site = Site { dst: i.a(), window: i.b(), count: i.c() + 1, next: i.next0() };
    let receiver = m.get(site.arg(0));
    if m.is(receiver, Word::EMPTY) {
        site.count = i.c();
        m.apart(move |m| shift_down(m, site));
    }
    any(m, site)
}

/// Moves the arguments one slot down over an empty receiver.
fn shift_down<M: Python>(m: &mut M, site: Site) {
    for index in 0..site.count {
        let value = m.take(site.arg(index + 1));
        m.init(site.arg(index), value);
    }
}

#[inline(always)]
fn any<M: Python>(m: &mut M, site: Site) -> Flow {
    let callee = m.get(slot(site.window));
    match known::as_function(m, callee) {
        Some(function) => python(m, function, site),
        None => m.apart(move |m| other(m, site)),
    }
}

/// The code of the function that a frame's slot 0 holds.
#[inline(always)]
pub fn code_of_callee<M: Python>(m: &mut M, callee: M::Val) -> CodeRef {
    view::frame_code(m, callee)
}

/// Calls a Python function whose window is complete.
#[inline(always)]
pub fn python<M: Python>(m: &mut M, function: Typed<M::Val, Function>, site: Site) -> Flow {
    let code = trusted::code_of(m, function);
    if !has_room(m, site.delta(), code) {
        return m.apart(too_deep);
    }
    if !code.is_simple() || code.argcount() != site.count {
        return m.apart(move |m| bind_positional(m, function, code, site));
    }
    enter(m, code, site.info(Action::Store), site.count)
}

/// Does a frame of `code` fit `delta` slots above the current base, within the recursion limit?
#[inline(always)]
pub fn has_room<M: Python>(m: &mut M, delta: u32, code: CodeRef) -> bool {
    if !M::INTERPRETING {
        let key = m.cx().vm().recursion_limit_key();
        m.assume(key);
    }
    m.has_room((delta + frame_size(code)) as i32)
}

/// Makes the window at `info.delta`, whose callee and first `filled` registers are in place, the current frame. There is room.
#[inline(always)]
pub fn enter<M: Python>(m: &mut M, code: CodeRef, info: ReturnInfo, filled: u32) -> Flow {
    let base = info.delta as i32;
    let word = m.word(info.pack());
    m.init(Slot(base + RETURN_INFO), Own::new(word));
    let empty = m.word(Word::EMPTY);
    m.init(Slot(base + EXTRA), Own::new(empty));
    // Slots above a frame hold anything: a trace's safepoints write frames home that it then pops without a store. Temporaries are
    // emptied too, because writing a register releases what it held.
    for register in filled..code.nregs() {
        m.init(Slot(base + (FRAME_HEADER + register) as i32), Own::new(empty));
    }
    m.switch_frame(base, code, 0);
    Flow::Entered
}

/// The RecursionError.
#[cold]
#[inline(never)]
pub fn too_deep<M: Python>(m: &mut M) -> Flow {
    let unused = m.word(Word::ZERO);
    m.call_int(&helpers::RECURSION_ERROR, &[unused]);
    unwind::raise_empty(m)
}

/// Positional arguments short of the parameters are filled from the defaults; anything else is bound by the runtime.
#[inline(never)]
fn bind_positional<M: Python>(m: &mut M, function: Typed<M::Val, Function>, code: CodeRef, site: Site) -> Flow {
    if code.is_simple() && site.count < code.argcount() {
        let missing = code.argcount() - site.count;
        if let Some(defaults) = view::function_defaults(m, function) {
            let have = view::tuple_len(m, defaults);
            let have = m.promote_int(have) as u32;
            if have >= missing {
                for index in 0..missing {
                    let value = view::tuple_item(m, defaults, have - missing + index);
                    let value = m.own(value);
                    m.init(site.arg(site.count + index), value);
                }
                return enter(m, code, site.info(Action::Store), code.argcount());
            }
        }
    }
    bind(m, code, site, None, site.info(Action::Store))
}

/// Lets the runtime bind the window's arguments to the parameters, then enters.
fn bind<M: Python>(m: &mut M, code: CodeRef, site: Site, names: Option<M::Val>, info: ReturnInfo) -> Flow {
    let callee = m.get(slot(site.window));
    let names = match names {
        Some(names) => names,
        None => {
            let none = m.cx().none_word();
            m.word(none)
        }
    };
    let bound = m.call_window(&helpers::BIND_ARGUMENTS, callee, site.arg(0), site.count, Some(names));
    forget_window(m, site.arg(0), site.count);
    if m.raised(&bound) {
        return unwind::raise(m, bound);
    }
    spread(m, bound, site.arg(0), code.nparams());
    enter(m, code, info, code.nparams())
}

/// Moves the items of a fresh tuple of known length into slots from `first`.
pub(super) fn spread<M: Python>(m: &mut M, tuple: Own<M::Val>, first: Slot, count: u32) {
    let items = trusted::tuple(tuple.get());
    for index in 0..count {
        let value = view::tuple_item(m, items, index);
        let value = m.own(value);
        m.init(Slot(first.0 + index as i32), value);
    }
    m.release(tuple);
}

/// Forgets slots whose contents a helper has moved out.
pub(crate) fn forget_window<M: Python>(m: &mut M, first: Slot, count: u32) {
    for index in 0..count {
        let moved = m.take(Slot(first.0 + index as i32));
        m.forget(moved);
    }
}

/// Everything that is not a Python function.
#[inline(never)]
fn other<M: Python>(m: &mut M, site: Site) -> Flow {
    let callee = m.get(slot(site.window));
    match view::kind(m, callee) {
        Some((Kind::NativeFunction, _)) => native(m, site),
        Some((Kind::BoundMethod, true)) => {
            let (function, receiver) = view::bound_method_parts(m, trusted::by_shape(callee));
            bound(m, function, receiver, site)
        }
        Some((Kind::Type, _)) => class(m, callee, site),
        Some((Kind::Instance, _)) => instance(m, callee, site),
        _ => generic(m, site),
    }
}

/// An instance of a Python class: its `__call__`, where that is a Python function.
fn instance<M: Python>(m: &mut M, callee: M::Val, site: Site) -> Flow {
    let shape = known::shape_of_value(m, callee);
    match crate::support::operators::function(m.cx(), shape, &m.cx().names().__call__) {
        Some(function) => {
            let function = m.word(function);
            bound(m, function, callee, site)
        }
        None => generic(m, site),
    }
}

/// A class: its instances are made here where that is a plain allocation, with `__init__` as a frame of its own.
fn class<M: Python>(m: &mut M, callee: M::Val, site: Site) -> Flow {
    let class = m.promote(callee);
    let made = match call_plan(m, class) {
        CallPlan::Instance { shape, init } => instantiate(m, site, shape, init, None),
        CallPlan::Generic => intrinsics::class(m, class, site),
    };
    made.unwrap_or_else(|| generic(m, site))
}

/// How to call a class; a trace relies on it.
fn call_plan<M: Python>(m: &mut M, class: Word) -> CallPlan {
    let plan = crate::support::classes::call_plan(m.cx(), class);
    if let CallPlan::Instance { shape, .. } = plan
        && !M::INTERPRETING
    {
        known::assume_token(m, shape);
    }
    plan
}

/// A native function: as an intrinsic where there is one, else as a residual call.
fn native<M: Python>(m: &mut M, site: Site) -> Flow {
    let callee = m.get(slot(site.window));
    let receiver = m.load(trusted::native(callee), &desc::NATIVE_RECEIVER);
    if !m.is(receiver, Word::EMPTY) {
        return bound_native(m, callee, receiver, site);
    }
    let identity = m.promote(callee);
    if let Some(flow) = intrinsics::call(m, identity, site) {
        return flow;
    }
    generic(m, site)
}

/// A bound native function: the receiver is put before the arguments, and the method called that it was made of. That is a constant; the bound
/// one is often made for the call, and would be gone with it.
fn bound_native<M: Python>(m: &mut M, callee: M::Val, receiver: M::Val, site: Site) -> Flow {
    let function = m.load(trusted::native(callee), &desc::NATIVE_FUNCTION);
    if m.is(function, Word::EMPTY) || !m.has_room((site.delta() + FRAME_HEADER + site.count + 1) as i32) {
        return generic(m, site);
    }
    let identity = m.promote(function);
    let receiver = m.own(receiver);
    put_receiver(m, site, receiver);
    // The bound one stays in the window and is released with it.
    let site = Site { count: site.count + 1, ..site };
    intrinsics::call(m, identity, site).unwrap_or_else(|| through(m, function, site))
}

/// Makes `receiver` the first argument, ahead of the others.
fn put_receiver<M: Python>(m: &mut M, site: Site, receiver: Own<M::Val>) {
    for index in (0..site.count).rev() {
        let value = m.take(site.arg(index));
        m.init(site.arg(index + 1), value);
    }
    m.init(site.arg(0), receiver);
}

/// Ends a call that was computed in place: releases the window and stores the result.
pub fn finish<M: Python>(m: &mut M, site: Site, result: Own<M::Val>) -> Flow {
    release_window(m, site);
    write(m, site.dst, result);
    done(m, site.next)
}

fn release_window<M: Python>(m: &mut M, site: Site) {
    for index in 0..site.count {
        unwind::clear(m, site.arg(index));
    }
    unwind::clear(m, slot(site.window));
}

/// Calls through the runtime.
#[inline(never)]
pub fn generic<M: Python>(m: &mut M, site: Site) -> Flow {
    let callee = m.get(slot(site.window));
    through(m, callee, site)
}

/// Calls `callee` through the runtime with the window's arguments.
fn through<M: Python>(m: &mut M, callee: M::Val, site: Site) -> Flow {
    let result = m.call_window(&helpers::CALL, callee, site.arg(0), site.count, None);
    if m.raised(&result) {
        return unwind::raise(m, result);
    }
    finish(m, site, result)
}

/// A bound method of a Python function: the receiver is put before the arguments and the function called. Other methods are
/// left to the runtime.
fn bound<M: Python>(m: &mut M, callee: M::Val, receiver: M::Val, site: Site) -> Flow {
    let Some(function) = known::as_function(m, callee) else { return generic(m, site) };
    let code = trusted::code_of(m, function);
    if !has_room(m, site.delta(), code) {
        return too_deep(m);
    }
    let (function, receiver) = (m.own(callee), m.own(receiver));
    put_receiver(m, site, receiver);
    let method = m.take(slot(site.window));
    m.init(slot(site.window), function);
    m.release(method);
    let site = Site { count: site.count + 1, ..site };
    enter_exactly(m, code, site, None, site.info(Action::Store))
}

/// Enters a frame whose window is complete; arguments that are not just the parameters are bound by the runtime.
fn enter_exactly<M: Python>(m: &mut M, code: CodeRef, site: Site, names: Option<M::Val>, info: ReturnInfo) -> Flow {
    if names.is_none() && code.is_simple() && code.argcount() == site.count {
        return enter(m, code, info, site.count);
    }
    bind(m, code, site, names, info)
}

/// Calls a class whose instances are made by `object.__new__`, running `__init__` as a frame of its own. `None`: the runtime has to.
fn instantiate<M: Python>(
    m: &mut M,
    site: Site,
    shape: ShapeRef,
    init: Option<Word>,
    names: Option<M::Val>,
) -> Option<Flow> {
    let Some(init) = init else {
        if site.count != 0 {
            return None;
        }
        let instance = known::new_instance(m, shape);
        return Some(finish(m, site, instance));
    };
    let code = CodeRef::of_function(pv_object::Obj::of(&init));
    if code.is_generator() {
        return None;
    }
    if !has_room(m, site.delta() + 1, code) {
        return Some(too_deep(m));
    }
    let instance = known::new_instance(m, shape);
    // [class, -, -, args…] becomes [instance, function, info, extra, instance, args…].
    for index in (0..site.count).rev() {
        let value = m.take(site.arg(index));
        m.init(site.arg(index + 2), value);
    }
    let receiver = m.own(instance.get());
    m.init(site.arg(1), receiver);
    let class = m.take(slot(site.window));
    m.init(slot(site.window), instance);
    let function = m.word(init);
    let function = m.own(function);
    m.init(slot(site.window + 1), function);
    m.release(class);
    let info = site.info(Action::Init).at(site.delta() + 1);
    let site = Site { window: site.window + 1, count: site.count + 1, ..site };
    Some(enter_exactly(m, code, site, names, info))
}

/// The TypeError for an `__init__` that returned something.
#[cold]
#[inline(never)]
pub fn wrong_init_result<M: Python>(m: &mut M, value: M::Val) -> Flow {
    m.call_int(&helpers::INIT_RESULT_ERROR, &[value]);
    unwind::raise_empty(m)
}

/// `a = b(…)` with keyword arguments whose names are constant x.
pub fn call_kw<M: Python>(m: &mut M, i: Ops) -> Flow {
    let site = Site { dst: i.a(), window: i.b(), count: i.c(), next: i.next1() };
    keywords(m, i, site)
}

/// `a = b.method(…)` with keyword arguments.
pub fn call_method_kw<M: Python>(m: &mut M, i: Ops) -> Flow {
    let mut site = Site { dst: i.a(), window: i.b(), count: i.c() + 1, next: i.next1() };
    let receiver = m.get(site.arg(0));
    if m.is(receiver, Word::EMPTY) {
        site.count = i.c();
        m.apart(move |m| shift_down(m, site));
    }
    keywords(m, i, site)
}

fn keywords<M: Python>(m: &mut M, i: Ops, site: Site) -> Flow {
    let index = i.x(m.code());
    let names = constant(m, index);
    let callee = m.get(slot(site.window));
    if let Some(function) = known::as_function(m, callee) {
        let code = trusted::code_of(m, function);
        if !has_room(m, site.delta(), code) {
            return too_deep(m);
        }
        return bind(m, code, site, Some(names), site.info(Action::Store));
    }
    if let Some(flow) = instance_by_names(m, callee, names, site) {
        return flow;
    }
    if let Some(flow) = consume::by_key(m, callee, m.code().constant(index), site) {
        return flow;
    }
    let result = m.call_window(&helpers::CALL_KEYWORDS, callee, site.arg(0), site.count, Some(names));
    if m.raised(&result) {
        return unwind::raise(m, result);
    }
    finish(m, site, result)
}

/// A call with keywords of a class whose instances are made here.
fn instance_by_names<M: Python>(m: &mut M, callee: M::Val, names: M::Val, site: Site) -> Option<Flow> {
    if !matches!(view::kind(m, callee), Some((Kind::Type, _))) {
        return None;
    }
    let class = m.promote(callee);
    let CallPlan::Instance { shape, init } = call_plan(m, class) else { return None };
    instantiate(m, site, shape, init, Some(names))
}
