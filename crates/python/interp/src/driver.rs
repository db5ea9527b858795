//! Drivers: running frames on the interpreter's machine, with or without an upper tier.
//!
//! A driver starts one frame whose return action is `Exit` and runs until that frame has returned or an exception has left it. Native
//! code that calls Python starts a nested driver above the current frame.

use pv_bytecode::op::Op;
use pv_machine::{Direct, Flow, Machine, Own, Slot, Tier, TierAction};
use pv_object::{CodeRef, Generator, GeneratorState, Obj};
use pv_runtime::vm::{Resume, Resumed};
use pv_runtime::{Args, PyResult, Raised, Thread};
use pv_word::Word;

use crate::continuation;
use crate::frame::{Action, CALLEE, EXTRA, RETURN_INFO, ReturnInfo};
use crate::handlers::{calls, generators};
use crate::language::PythonLanguage;
use crate::operands::{frame_size, slot};
use crate::{bind, inspect, step, unwind};

/// The machine over the innermost frame; the thread's root frame has an empty slot 0.
pub fn innermost(cx: &Thread) -> Direct<'_, Thread> {
    let mut m = Direct::new(cx, CodeRef::root());
    let code = code_of_frame(&mut m);
    m.reload(code);
    m
}

/// The machine over the frame that waits for the innermost one, which is over.
fn caller(cx: &Thread) -> Direct<'_, Thread> {
    let mut m = Direct::new(cx, CodeRef::root());
    let info = ReturnInfo::unpack(m.get(Slot(RETURN_INFO)));
    step_out(&mut m, info);
    m
}

/// Moves an inspecting machine to the caller of its frame; nothing is popped.
pub fn step_out(m: &mut Direct<'_, Thread>, info: ReturnInfo) {
    let depth = m.cx().state().depth.get();
    m.switch_frame(-(info.delta as i32), m.code(), 0);
    let code = code_of_frame(m);
    m.switch_frame(0, code, info.pc.saturating_sub(1));
    m.cx().state().depth.set(depth);
}

fn code_of_frame(m: &mut Direct<'_, Thread>) -> CodeRef {
    let callee = m.get(Slot(CALLEE));
    if callee.is_empty() || callee.is_int() { CodeRef::root() } else { calls::code_of_callee(m, callee) }
}

/// Runs the machine's frame, entered with return action `Exit`, from what the last step came to, to its end; its result is owned by
/// the caller.
fn run<T: Tier<PythonLanguage>>(m: &mut Direct<'_, Thread>, tier: &T, flow: Flow) -> PyResult {
    // The loop works on a copy of the machine, which lives in registers: nothing inlined into it lends it out.
    let mut local = m.copy();
    let result = run_local(&mut local, tier, flow);
    m.go_on_as(local);
    result
}

/// Runs a driver whose first frame is the machine's.
fn drive<T: Tier<PythonLanguage>>(cx: &Thread, m: &mut Direct<'_, Thread>, tier: &T, flow: Flow) -> PyResult {
    let outer = cx.begin_driver(m.base() as usize);
    let result = cx.nested_driver(|| run(m, tier, flow));
    cx.end_driver(outer);
    result
}

/// Steps until something else than a step is to be done; in a program that is watched, one step at a time. That leaves the loop's path by
/// way of [`settle`], so that nothing but the next bytecode's dispatch stands between two handlers.
#[inline(always)]
fn run_local<T: Tier<PythonLanguage>>(m: &mut Direct<'_, Thread>, tier: &T, mut flow: Flow) -> PyResult {
    loop {
        if let Some(end) = m.apart(move |m| settle(m, tier, flow)) {
            return end;
        }
        if m.cx().is_observed() {
            flow = m.apart(crate::observe::step);
            continue;
        }
        flow = loop {
            match step::step(m) {
                Flow::Next | Flow::Left => continue,
                Flow::Header(index) if !m.code().loop_counter(index).hit() => continue,
                Flow::Entered if !m.code().entry_counter().hit() => continue,
                other => break other,
            }
        };
    }
}

/// Does what the last step's flow asks for, until the next step is due: then `None`, else what the driver's frame came to.
#[inline(never)]
fn settle<T: Tier<PythonLanguage>>(m: &mut Direct<'_, Thread>, tier: &T, mut flow: Flow) -> Option<PyResult> {
    loop {
        flow = match flow {
            Flow::Next | Flow::Left => return None,
            Flow::Header(index) => at_header(m, tier, index),
            Flow::Entered => at_entry(m, tier),
            Flow::Boundary => at_boundary(m),
            Flow::Done => return Some(Ok(Obj::from_own(m.take(Slot(CALLEE))))),
            Flow::Raised => return Some(Err(m.cx().raised())),
        };
    }
}

fn at_header<T: Tier<PythonLanguage>>(m: &mut Direct<'_, Thread>, tier: &T, index: u32) -> Flow {
    let code = m.code();
    let counter = code.loop_counter(index);
    if !counter.hit() {
        return Flow::Next;
    }
    m.sync();
    m.context().set_in_tier(true);
    let action = tier.at_header(m.context(), m.code(), index, counter);
    follow(m, action)
}

fn at_entry<T: Tier<PythonLanguage>>(m: &mut Direct<'_, Thread>, tier: &T) -> Flow {
    let code = m.code();
    let counter = code.entry_counter();
    // A generator that is resumed stands elsewhere.
    if m.pc() != 0 || !counter.hit() {
        return Flow::Next;
    }
    m.sync();
    m.context().set_in_tier(true);
    let action = tier.at_entry(m.context(), m.code(), counter);
    follow(m, action)
}

/// Takes up where the tier left the state.
fn follow(m: &mut Direct<'_, Thread>, action: TierAction) -> Flow {
    let cx = m.context();
    cx.set_in_tier(false);
    if cx.has_deferred() {
        // Of a driver's frame that is over nothing is left but its return information.
        let over = matches!(action, TierAction::Ended(Flow::Done | Flow::Raised));
        inspect::write_deferred(cx, if over { caller } else { innermost });
    }
    if action == TierAction::Continue {
        return Flow::Next;
    }
    if let TierAction::Ended(flow @ (Flow::Done | Flow::Raised)) = action {
        // The driver's frame is over: its slot 0 holds the result, or nothing.
        m.reload(CodeRef::root());
        return flow;
    }
    m.reload(m.code());
    let code = code_of_frame(m);
    m.reload(code);
    match action {
        TierAction::Continue => Flow::Next,
        TierAction::Resume => continuation::resume(m),
        TierAction::ResumeRaising => unwind::raise_empty(m),
        TierAction::Ended(flow) => flow,
    }
}

/// Serves what waits: finalisers, signals, collection.
#[cold]
#[inline(never)]
fn at_boundary(m: &mut Direct<'_, Thread>) -> Flow {
    m.sync();
    match m.context().run_pending() {
        Ok(()) => Flow::Next,
        Err(Raised { .. }) => unwind::raise_empty(m),
    }
}

/// Calls a Python function from native code.
pub fn call_function<T: Tier<PythonLanguage>>(cx: &Thread, tier: &T, function: &Obj, args: &Args<'_>) -> PyResult {
    let code = CodeRef::of_function(function);
    call_in(cx, tier, function, code, Word::EMPTY, |m, base| bind::into_slots(m, function, code, args, base))
}

/// Runs a function's code with a namespace of its own: module bodies, class bodies, `exec`.
pub fn run_in_namespace<T: Tier<PythonLanguage>>(
    cx: &Thread,
    tier: &T,
    function: &Obj,
    namespace: Option<&Obj>,
) -> PyResult {
    let code = CodeRef::of_function(function);
    let extra = namespace.map_or(Word::EMPTY, |namespace| namespace.clone().into_word());
    call_in(cx, tier, function, code, extra, |_, _| Ok(0))
}

/// Pushes a frame above the innermost one, lets `fill` fill its first registers, and runs it.
fn call_in<T: Tier<PythonLanguage>>(
    cx: &Thread,
    tier: &T,
    function: &Obj,
    code: CodeRef,
    extra: Word,
    fill: impl FnOnce(&mut Direct<'_, Thread>, u32) -> PyResult<u32>,
) -> PyResult {
    let mut m = innermost(cx);
    let base = frame_size(m.code());
    if !calls::has_room(&mut m, base, code) {
        drop(Obj::from_result(extra));
        return Err(cx.recursion_error("maximum recursion depth exceeded"));
    }
    let filled = match fill(&mut m, base) {
        Ok(filled) => filled,
        Err(raised) => {
            drop(Obj::from_result(extra));
            return Err(raised);
        }
    };
    let below = (m.code(), m.pc());
    m.init(Slot(base as i32 + CALLEE), function.clone().into_own());
    let info = exit_to(&m, base);
    calls::enter(&mut m, code, info, filled);
    m.init(Slot(EXTRA), Own::new(extra));
    let result = drive(cx, &mut m, tier, Flow::Entered);
    m.switch_frame(-(base as i32), below.0, below.1);
    m.sync();
    result
}

/// Return information of a driver's frame: the result goes to the driver, and whoever looks at the frames finds the caller at the
/// instruction whose native code runs the driver.
fn exit_to(m: &Direct<'_, Thread>, base: u32) -> ReturnInfo {
    ReturnInfo::new((m.pc() & crate::continuation::PC_MASK) + 1, base, 0, Action::Exit)
}

/// Resumes a suspended generator from native code.
pub fn resume_generator<T: Tier<PythonLanguage>>(
    cx: &Thread,
    tier: &T,
    object: &Obj,
    with: Resume,
) -> PyResult<Resumed> {
    let mut m = innermost(cx);
    let base = frame_size(m.code());
    let generator = object.expect::<Generator>();
    let function = generator.function.get().expect("a generator has a function");
    let code = CodeRef::of_function(&function);
    if !calls::has_room(&mut m, base, code) {
        return Err(cx.recursion_error("maximum recursion depth exceeded"));
    }
    let below = (m.code(), m.pc());
    let info = exit_to(&m, base);
    generators::restore(&mut m, object, &function, code, info);
    let flow = deliver(&mut m, with);
    let result = drive(cx, &mut m, tier, flow);
    m.switch_frame(-(base as i32), below.0, below.1);
    m.sync();
    let value = result?;
    Ok(if generator.state() == GeneratorState::Finished { Resumed::Returned(value) } else { Resumed::Yielded(value) })
}

/// Gives a resumed frame, which stands at the instruction that suspended it, what it is resumed with.
fn deliver(m: &mut Direct<'_, Thread>, with: Resume) -> Flow {
    let pc = m.pc();
    let (op, i) = step::decode(m.code(), pc);
    let delegates = op == Op::YieldDelegate as u8;
    match with {
        Resume::Send(value) => {
            if op != Op::ReturnGenerator as u8 {
                m.put(slot(i.a()), value.into_own());
            }
            m.set_pc(if delegates { i.next1() } else { i.next0() });
            Flow::Next
        }
        Resume::Throw(exception) if delegates => generators::throw_into(m, i, exception),
        Resume::Throw(exception) => {
            let _ = m.context().raise(exception);
            unwind::raise_empty(m)
        }
    }
}
