//! Generators and coroutines: suspending moves the frame's registers into the object, resuming copies them back.
//!
//! A running generator's frame owns the generator through its extra slot. The object keeps its function for ever; the frame's slot 0
//! holds a reference of its own. A suspended generator's program counter is that of the instruction that suspended it. One that delegates to
//! another generator is passed over ([`crate::handlers::delegation`]).

use pv_bytecode::Pc;
use pv_bytecode::op::Op;
use pv_bytecode::unit::flags;
use pv_machine::{Cmp, Direct, Flow, Machine, Own, Slot, Typed};
use pv_object::{CodeRef, Generator, GeneratorState, Heap, Kind, Obj, desc, known, trusted};
use pv_runtime::vm::Resumed;
use pv_runtime::{Thread, code};
use pv_word::Word;

use crate::frame::{Action, CALLEE, EXTRA, RETURN_INFO, ReturnInfo};
use crate::handlers::calls::{self, Site};
use crate::handlers::returns::{self, Resumer};
use crate::handlers::{delegation, feeding};
use crate::helpers;
use crate::operands::{FRAME_HEADER, Ops, Python, boundary, consume, done, owned, reg, slot, write, write_plain};
use crate::{step, unwind, view};

/// Generators with more registers are allocated by the runtime: blocks from free lists are not as large.
const MOST_INLINE: usize = 48;

/// `RETURN_GENERATOR`: moves the frame into a new generator and returns that.
pub fn make<M: Python>(m: &mut M, _: Ops) -> Flow {
    let to = returns::resumer(m);
    let callee = m.get(Slot(CALLEE));
    let made = new_generator(m, callee);
    let generator = trusted::generator(made.get());
    suspend(m, generator, GeneratorState::Created, None);
    unwind::clear(m, Slot(EXTRA));
    unwind::clear(m, Slot(CALLEE));
    returns::deliver(m, to, made)
}

/// A new generator, coroutine or async generator of the running function: a generator through the machine, so that traces see it.
fn new_generator<M: Python>(m: &mut M, callee: M::Val) -> Own<M::Val> {
    let registers = m.code().nregs() as usize;
    let plain = code::unit(&m.code()).flags & (flags::COROUTINE | flags::ASYNC_GENERATOR) == 0;
    if plain && registers <= MOST_INLINE {
        let function = trusted::function(callee);
        let [name, qualname] = [&desc::FUNCTION_NAME, &desc::FUNCTION_QUALNAME].map(|part| m.load(function, part));
        let [callee, name, qualname] = [callee, name, qualname].map(|part| m.own(part));
        return known::new_generator(m, callee, name, qualname, registers, Heap::current().shape_of(Kind::Generator));
    }
    if m.cx().notes_origins() {
        m.call_int(&helpers::NOTE_ORIGIN, &[callee]);
    }
    m.call(&helpers::NEW_GENERATOR, &[callee])
}

/// Moves the registers into the generator and notes where it stands, and which register holds what it delegates to.
#[inline(always)]
fn suspend<M: Python>(m: &mut M, generator: Typed<M::Val, Generator>, state: GeneratorState, delegate: Option<u16>) {
    known::put_generator_slots(m, generator, slot(0), m.code().nregs());
    let pc = m.pc();
    known::set_generator_pc(m, generator, pc);
    known::set_generator_state(m, generator, state);
    known::set_generator_delegate(m, generator, delegate);
}

/// `a = yield b`.
pub fn yield_value<M: Python>(m: &mut M, i: Ops) -> Flow {
    let to = returns::resumer(m);
    let value = if i.c() & 1 != 0 {
        let inner = m.get(slot(i.b()));
        let wrapped = m.call(&helpers::WRAP_ASYNC_YIELD, &[inner]);
        consume(m, i.b());
        wrapped
    } else {
        let value = reg(m, i.b());
        if M::INTERPRETING && feeding::feed(m, to.info, value) {
            return resume_at_once(m, i);
        }
        owned(m, i.b())
    };
    suspend_with(m, to, value, None)
}

/// Goes on behind a `yield` whose value has been taken without the generator's being suspended.
#[inline(always)]
fn resume_at_once<M: Python>(m: &mut M, i: Ops) -> Flow {
    consume(m, i.b());
    let none = m.cx().none_word();
    let none = m.word(none);
    write_plain(m, i.a(), none);
    done(m, i.next0())
}

/// Moves the frame back into its generator and hands `value` to the resumer.
#[inline(always)]
fn suspend_with<M: Python>(m: &mut M, to: Resumer, value: Own<M::Val>, delegate: Option<u16>) -> Flow {
    let own = m.take(Slot(EXTRA));
    let generator = trusted::generator(own.get());
    if m.code().has_handlers() {
        m.call_int(&helpers::GENERATOR_LEAVE, &[own.get()]);
    }
    let guarded = m.code().has_handlers() && code::unit(&m.code()).handler(Pc(m.pc())).is_some();
    suspend(m, generator, if guarded { GeneratorState::Guarded } else { GeneratorState::Suspended }, delegate);
    unwind::clear(m, Slot(CALLEE));
    // Ahead of the end of the step: what an exit there leaves undone is never done.
    m.release(own);
    yielded(m, to, value)
}

/// Hands a yielded value to the resumer.
#[inline(always)]
fn yielded<M: Python>(m: &mut M, to: Resumer, value: Own<M::Val>) -> Flow {
    let info = to.info;
    if info.action() != Action::ForNext {
        return returns::deliver(m, to, value);
    }
    returns::pop(m, to);
    write(m, info.dst, value);
    jump_beside(m, info);
    returns::left(boundary(m))
}

/// Goes where the jump of the instruction that pushed a frame leads, the machine being in its own frame again.
pub fn jump_beside<M: Python>(m: &mut M, info: ReturnInfo) {
    let target = info.pc.wrapping_add(m.code().word(info.pc - 1));
    m.set_pc(target);
}

/// Ends the generator of the current frame and empties that.
pub fn end<M: Python>(m: &mut M) {
    let own = m.take(Slot(EXTRA));
    let generator = trusted::generator(own.get());
    known::set_generator_state(m, generator, GeneratorState::Finished);
    if m.code().has_handlers() {
        m.call_int(&helpers::GENERATOR_LEAVE, &[own.get()]);
    }
    unwind::sweep(m);
    m.release(own);
}

/// A generator's frame returns `value`: it is finished.
pub fn finish<M: Python>(m: &mut M, to: Resumer, value: Own<M::Val>) -> Flow {
    let info = to.info;
    end(m);
    match info.action() {
        Action::ForNext => {
            m.release(value);
            returns::pop(m, to);
        }
        Action::Send => {
            returns::pop(m, to);
            write(m, info.dst, value);
            jump_beside(m, info);
        }
        Action::Next => {
            returns::pop(m, to);
            m.set_pc(info.pc - 1);
            m.call_int(&helpers::STOP_ITERATION, &[value.get()]);
            m.release(value);
            return unwind::raise_empty(m);
        }
        _ => return returns::deliver(m, to, value),
    }
    // The frame stood right above the iterator that FOR_NEXT or SEND kept.
    unwind::clear(m, Slot(info.delta as i32 - 1));
    returns::left(boundary(m))
}

/// An exception leaves the current frame: if it is a generator's, that is finished, and StopIteration becomes RuntimeError.
pub fn abandon<M: Python>(m: &mut M) {
    if !m.code().is_generator() {
        return;
    }
    let own = m.take(Slot(EXTRA));
    m.call_int(&helpers::GENERATOR_RAISED, &[own.get()]);
    m.release(own);
}

/// The state of a generator, if it stands where bytecodes can resume it with the value of `sent`, or None.
#[inline(always)]
fn resumable<M: Python>(m: &mut M, generator: Typed<M::Val, Generator>, sent: Option<Slot>) -> Option<()> {
    let state = m.load_int(generator, &desc::GENERATOR_STATE);
    let state = m.promote_int(state);
    let is = |each: GeneratorState| each as i64 == state;
    match sent {
        Some(sent) if is(GeneratorState::Created) => {
            let (value, none) = (m.get(sent), m.cx().none_word());
            m.is(value, none).then_some(())
        }
        _ => [GeneratorState::Created, GeneratorState::Suspended, GeneratorState::Guarded]
            .into_iter()
            .find(|each| is(*each))
            .map(|_| ()),
    }
}

/// Resumes a generator for `FOR_NEXT`; `None` if it cannot be.
pub fn resume_for_next<M: Python>(m: &mut M, generator: Typed<M::Val, Generator>, i: Ops) -> Option<Flow> {
    resumable(m, generator, None)?;
    Some(resume(m, generator, i, Action::ForNext))
}

/// Return information of a frame that is pushed right above the register b of an instruction with a jump.
pub fn above(i: Ops, action: Action) -> ReturnInfo {
    ReturnInfo::new(i.next1(), FRAME_HEADER + i.b() + 1, i.a(), action)
}

/// Pushes a suspended generator's frame for `FOR_NEXT` or `SEND` and goes on in it, or in the one that it waits for.
fn resume<M: Python>(m: &mut M, generator: Typed<M::Val, Generator>, i: Ops, action: Action) -> Flow {
    let info = above(i, action);
    let Some(place) = Place::of(m, generator, info.delta) else { return calls::too_deep(m) };
    if place.delegates() {
        return delegation::resume(m, generator, i);
    }
    let own = m.own(generator.value());
    enter(m, own, &place, i, info)
}

/// Pushes the frame of the generator `own` and goes on in it. Its `yield` gets what `SEND` sends, or None.
#[inline(always)]
pub fn enter<M: Python>(m: &mut M, own: Own<M::Val>, place: &Place<M>, i: Ops, info: ReturnInfo) -> Flow {
    let value = sent_value(m, (info.action() == Action::Send).then_some(slot(i.a())));
    push(m, own, place, info);
    go_on(m, place, info, value)
}

/// Calls `next(generator)` or `generator.send(value)`: `sent` is the window's second argument, if there is one. `None` if the generator
/// cannot be resumed. The frame takes the window's place.
pub fn resume_call<M: Python>(m: &mut M, site: Site, sent: Option<Slot>) -> Option<Flow> {
    let generator: Typed<M::Val, Generator> = trusted::by_shape(m.get(site.arg(0)));
    resumable(m, generator, sent)?;
    let info = site.info(Action::Next);
    let Some(place) = Place::of(m, generator, info.delta) else { return Some(calls::too_deep(m)) };
    if place.delegates() && delegation::runs(m, generator) {
        return None;
    }
    let value = sent_value(m, sent);
    let (own, callee) = (m.take(site.arg(0)), m.take(slot(site.window)));
    push(m, own, &place, info);
    m.release(callee);
    Some(go_on(m, &place, info, value))
}

/// What a `yield` is resumed with.
#[inline(always)]
fn sent_value<M: Python>(m: &mut M, sent: Option<Slot>) -> Own<M::Val> {
    match sent {
        Some(sent) => m.take(sent),
        None => {
            let none = m.cx().none_word();
            Own::new(m.word(none))
        }
    }
}

/// Where a suspended generator goes on.
pub struct Place<M: Python> {
    function: M::Val,
    /// Its code.
    pub code: CodeRef,
    /// The instruction that suspended it.
    pub at: u32,
}

impl<M: Python> Place<M> {
    /// `None` where there is no room for the frame.
    #[inline(always)]
    pub fn of(m: &mut M, generator: Typed<M::Val, Generator>, delta: u32) -> Option<Self> {
        let place = Self::unchecked(m, generator);
        calls::has_room(m, delta, place.code).then_some(place)
    }

    /// Of a generator for whose frame there is room.
    #[inline(always)]
    pub fn unchecked(m: &mut M, generator: Typed<M::Val, Generator>) -> Self {
        let function = m.load(generator, &desc::GENERATOR_FUNCTION);
        let code = calls::code_of_callee(m, function);
        let at = m.load_int(generator, &desc::GENERATOR_PC);
        let at = m.promote_int(at) as u32;
        Place { function, code, at }
    }

    /// Does it wait for something that it delegates to?
    #[inline(always)]
    pub fn delegates(&self) -> bool {
        let (op, _): (u8, Ops) = step::decode(self.code, self.at);
        op == Op::YieldDelegate as u8
    }
}

/// Goes on behind the instruction that suspended a generator, whose frame has been pushed.
#[inline(always)]
fn go_on<M: Python>(m: &mut M, place: &Place<M>, info: ReturnInfo, value: Own<M::Val>) -> Flow {
    let (op, suspended): (u8, Ops) = step::decode(place.code, place.at);
    let delegates = place.delegates();
    m.switch_frame(info.delta as i32, place.code, if delegates { suspended.next1() } else { suspended.next0() });
    if delegates || op == Op::Yield as u8 {
        write(m, suspended.a(), value);
    } else {
        m.release(value);
    }
    Flow::Entered
}

/// Lays a suspended generator's frame out at `info.delta`, giving it the reference `own`; the machine stays in the current frame.
#[inline(always)]
pub fn push<M: Python>(m: &mut M, own: Own<M::Val>, place: &Place<M>, info: ReturnInfo) {
    let generator: Typed<M::Val, Generator> = trusted::generator(own.get());
    let base = info.delta as i32;
    let callee = m.own(place.function);
    m.init(Slot(base + CALLEE), callee);
    let word = m.word(info.pack());
    m.init(Slot(base + RETURN_INFO), Own::new(word));
    m.init(Slot(base + EXTRA), own);
    known::set_generator_state(m, generator, GeneratorState::Running);
    known::take_generator_slots(m, generator, Slot(base + FRAME_HEADER as i32), place.code.nregs());
    if place.code.has_handlers() {
        m.call_int(&helpers::GENERATOR_ENTER, &[generator.value()]);
    }
}

/// Makes a suspended generator's frame the current one, standing at the instruction that suspended it.
pub fn restore(m: &mut Direct<'_, Thread>, object: &Obj, function: &Obj, code: CodeRef, info: ReturnInfo) {
    let place = Place { function: function.word(), code, at: object.expect::<Generator>().pc() };
    push(m, object.clone().into_own(), &place, info);
    m.switch_frame(info.delta as i32, code, place.at);
}

/// Throws into a frame that stands at a `YIELD_DELEGATE`: the exception goes to the iterator delegated to.
pub fn throw_into(m: &mut Direct<'_, Thread>, i: Ops, exception: Obj) -> Flow {
    let iterator = Obj::retained(m.get(slot(i.b())));
    let generator = Obj::retained(m.get(Slot(EXTRA)));
    m.sync();
    match pv_runtime::types::generator::throw_delegate(m.context(), &generator, &iterator, exception) {
        Ok(Resumed::Yielded(value)) => {
            m.put(slot(i.a()), value.into_own());
            yield_delegate(m, i)
        }
        Ok(Resumed::Returned(value)) => {
            m.put(slot(i.a()), value.into_own());
            unwind::clear(m, slot(i.b()));
            let target = i.target(m.code());
            m.set_pc(target);
            Flow::Next
        }
        Err(_) => unwind::raise_empty(m),
    }
}

/// Sends a to iterator b: a = what it yields, or, when it returns, a = the result and on to x without b. A suspended generator's frame
/// is pushed.
pub fn send<M: Python>(m: &mut M, i: Ops) -> Flow {
    let iterator = reg(m, i.b());
    if let Some((Kind::Generator, _)) = view::kind(m, iterator) {
        let generator = trusted::by_shape(iterator);
        let sent = Some(slot(i.a()));
        if resumable(m, generator, sent).is_some() {
            return resume(m, generator, i, Action::Send);
        }
    }
    send_elsewhere(m, i)
}

/// Sends by way of the runtime.
pub fn send_elsewhere<M: Python>(m: &mut M, i: Ops) -> Flow {
    let (value, iterator) = (reg(m, i.a()), reg(m, i.b()));
    let result = m.call(&helpers::SEND, &[iterator, value]);
    if m.raised(&result) {
        return unwind::raise(m, result);
    }
    write(m, i.a(), result);
    // The helper noted whether the iterator returned; only then is it released.
    let unused = m.word(Word::ZERO);
    let returned = m.call_int(&helpers::SEND_RETURNED, &[unused]);
    let one = m.int(1);
    let returned = m.cmp_ints(Cmp::Eq, returned, one);
    let held = m.take(slot(i.b())).into_inner();
    let empty = m.word(Word::EMPTY);
    let kept = m.select(returned, empty, held);
    let dropped = m.select(returned, held, empty);
    m.init(slot(i.b()), Own::new(kept));
    m.release(Own::new(dropped));
    let (target, fall) = (i.target(m.code()), i.next1());
    m.branch(returned, target, fall);
    boundary(m)
}

/// Suspends on behalf of iterator b with value a.
pub fn yield_delegate<M: Python>(m: &mut M, i: Ops) -> Flow {
    let to = returns::resumer(m);
    let value = m.take(slot(i.a()));
    suspend_with(m, to, value, delegation::register(m, i))
}
