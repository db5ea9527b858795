//! Constants, moves, locals, cells, and names.

use pv_machine::{Flow, Own, Slot, Typed};
use pv_object::{Dict, GlobalCell, GlobalUse, InlineCache, Obj, desc, known, trusted};
use pv_word::Word;

use crate::frame::{CALLEE, EXTRA};
use crate::helpers;
use crate::operands::{Ops, Python, constant, done, owned, reg, slot, write, write_plain};
use crate::{unwind, view};

/// `a = constant d`.
#[inline(always)]
pub fn load_const<M: Python>(m: &mut M, i: Ops) -> Flow {
    let value = constant(m, i.d());
    let value = m.own(value);
    write(m, i.a(), value);
    done(m, i.next0())
}

/// `a = immediate d`.
#[inline(always)]
pub fn load_int<M: Python>(m: &mut M, i: Ops) -> Flow {
    let value = m.word(Word::small(i.signed()));
    write_plain(m, i.a(), value);
    done(m, i.next0())
}

/// `a = b`, b stays.
#[inline(always)]
pub fn copy<M: Python>(m: &mut M, i: Ops) -> Flow {
    let value = reg(m, i.b());
    let value = m.own(value);
    write(m, i.a(), value);
    done(m, i.next0())
}

/// `a = b`, b becomes empty.
#[inline(always)]
pub fn move_<M: Python>(m: &mut M, i: Ops) -> Flow {
    let value = m.take(slot(i.b()));
    write(m, i.a(), value);
    done(m, i.next0())
}

/// Releases a.
#[inline(always)]
pub fn drop<M: Python>(m: &mut M, i: Ops) -> Flow {
    let value = m.take(slot(i.a()));
    m.release(value);
    done(m, i.next0())
}

/// Raises UnboundLocalError when local a is empty.
#[inline(always)]
pub fn check_bound<M: Python>(m: &mut M, i: Ops) -> Flow {
    let value = reg(m, i.a());
    if m.is(value, Word::EMPTY) {
        return m.apart(move |m| unbound(m, i.a()));
    }
    m.set_pc(i.next0());
    Flow::Next
}

#[cold]
#[inline(never)]
fn unbound<M: Python>(m: &mut M, register: u32) -> Flow {
    let (callee, register) = (m.get(Slot(CALLEE)), m.word(Word::small(register as i32)));
    m.call_int(&helpers::UNBOUND_LOCAL, &[callee, register]);
    unwind::raise_empty(m)
}

#[cold]
#[inline(never)]
fn unbound_free<M: Python>(m: &mut M, index: u32) -> Flow {
    let (callee, index) = (m.get(Slot(CALLEE)), m.word(Word::small(index as i32)));
    m.call_int(&helpers::UNBOUND_FREE, &[callee, index]);
    unwind::raise_empty(m)
}

/// `del a` of a local.
pub fn delete_local<M: Python>(m: &mut M, i: Ops) -> Flow {
    let value = reg(m, i.a());
    if m.is(value, Word::EMPTY) {
        return m.apart(move |m| unbound(m, i.a()));
    }
    drop(m, i)
}

/// Local a becomes a cell around what it held.
pub fn make_cell<M: Python>(m: &mut M, i: Ops) -> Flow {
    let value = m.take(slot(i.a()));
    let cell = known::new_cell(m, value);
    m.init(slot(i.a()), cell);
    m.set_pc(i.next0());
    Flow::Next
}

/// `a =` contents of the cell in local b.
#[inline(always)]
pub fn load_cell<M: Python>(m: &mut M, i: Ops) -> Flow {
    let cell = reg(m, i.b());
    let cell = trusted::cell(cell);
    let value = m.load(cell, &desc::CELL_VALUE);
    if m.is(value, Word::EMPTY) {
        return m.apart(move |m| unbound(m, i.b()));
    }
    let value = m.own(value);
    write(m, i.a(), value);
    done(m, i.next0())
}

/// Contents of the cell in local a `= b`.
#[inline(always)]
pub fn store_cell<M: Python>(m: &mut M, i: Ops) -> Flow {
    let value = owned(m, i.b());
    let cell = reg(m, i.a());
    let cell = trusted::cell(cell);
    let old = m.replace(cell, &desc::CELL_VALUE, value);
    m.release(old);
    done(m, i.next0())
}

/// Empties the cell in local a.
pub fn delete_cell<M: Python>(m: &mut M, i: Ops) -> Flow {
    let cell = reg(m, i.a());
    let cell = trusted::cell(cell);
    let value = m.load(cell, &desc::CELL_VALUE);
    if m.is(value, Word::EMPTY) {
        return m.apart(move |m| unbound(m, i.a()));
    }
    let empty = m.word(Word::EMPTY);
    let old = m.replace(cell, &desc::CELL_VALUE, Own::new(empty));
    m.release(old);
    done(m, i.next0())
}

#[inline(always)]
fn free_cell<M: Python>(m: &mut M, index: u32) -> M::Val {
    let callee = m.get(Slot(CALLEE));
    let function = trusted::function(callee);
    view::closure_cell(m, function, index)
}

/// `a =` contents of closure cell d.
#[inline(always)]
pub fn load_free<M: Python>(m: &mut M, i: Ops) -> Flow {
    let cell = free_cell(m, i.d());
    let cell = trusted::cell(cell);
    let value = m.load(cell, &desc::CELL_VALUE);
    if m.is(value, Word::EMPTY) {
        return m.apart(move |m| unbound_free(m, i.d()));
    }
    let value = m.own(value);
    write(m, i.a(), value);
    done(m, i.next0())
}

/// Contents of closure cell d `= a`.
#[inline(always)]
pub fn store_free<M: Python>(m: &mut M, i: Ops) -> Flow {
    let cell = free_cell(m, i.d());
    let cell = trusted::cell(cell);
    let value = owned(m, i.a());
    let old = m.replace(cell, &desc::CELL_VALUE, value);
    m.release(old);
    done(m, i.next0())
}

/// Empties closure cell d.
pub fn delete_free<M: Python>(m: &mut M, i: Ops) -> Flow {
    let cell = free_cell(m, i.d());
    let cell = trusted::cell(cell);
    let value = m.load(cell, &desc::CELL_VALUE);
    if m.is(value, Word::EMPTY) {
        return m.apart(move |m| unbound_free(m, i.d()));
    }
    let empty = m.word(Word::EMPTY);
    let old = m.replace(cell, &desc::CELL_VALUE, Own::new(empty));
    m.release(old);
    done(m, i.next0())
}

/// `a =` closure cell d itself.
pub fn load_closure<M: Python>(m: &mut M, i: Ops) -> Flow {
    let cell = free_cell(m, i.d());
    let cell = m.own(cell);
    write(m, i.a(), cell);
    done(m, i.next0())
}

/// `a =` the name in globals, then builtins.
#[inline(always)]
pub fn load_global<M: Python>(m: &mut M, i: Ops) -> Flow {
    match cached_global(m, i) {
        Some(value) => {
            let value = m.own(value);
            write(m, i.a(), value);
            done(m, i.next2())
        }
        None => m.apart(move |m| global_slow(m, i)),
    }
}

/// The value behind the cell that the cache names, when the cache still holds for the running function's globals.
#[inline(always)]
fn cached_global<M: Python>(m: &mut M, i: Ops) -> Option<M::Val> {
    let callee = m.get(Slot(CALLEE));
    let function = trusted::function(callee);
    let globals = view::function_globals(m, function);
    if !M::INTERPRETING {
        return assumed_global(m, globals.value(), i);
    }
    let version = view::keys_version(m, globals);
    let code = m.code();
    let cell = code.cache(i.y(code)).global(version)?;
    let cell = view::global_cell(m, cell);
    let value = m.load(cell, &desc::GLOBAL_VALUE);
    if m.is(value, Word::EMPTY) { None } else { Some(value) }
}

/// As [`cached_global`], for a trace: it assumes that the namespace keeps its keys and, unless the variable is known to vary, that it
/// keeps its value, and so needs no guard (quasi-immutable fields, Bolz et al., "Runtime feedback in a meta-tracing JIT", 2011).
fn assumed_global<M: Python>(m: &mut M, globals: M::Val, i: Ops) -> Option<M::Val> {
    let cell = assumed_cell(m, globals, |cache, version| cache.global(version), i)?;
    let variable = Obj::of(&cell).expect::<GlobalCell>();
    if variable.assume() {
        m.assume(cell.addr() as u64);
        return variable.value().map(|value| m.word(value.word()));
    }
    let cell = view::global_cell(m, cell);
    let value = m.load(cell, &desc::GLOBAL_VALUE);
    if m.is(value, Word::EMPTY) { None } else { Some(value) }
}

/// The cell that the cache names for a namespace which is promoted and assumed to keep its keys. A cache that has not followed the
/// namespace learns first: what the trace makes of it lasts.
fn assumed_cell<M: Python>(
    m: &mut M,
    globals: M::Val,
    find: impl Fn(&InlineCache, u64) -> Option<Word>,
    i: Ops,
) -> Option<Word> {
    let globals = m.promote(globals);
    let dict = Obj::of(&globals).expect::<Dict>();
    let code = m.code();
    let cache = code.cache(i.y(code));
    let cell = find(cache, dict.version()).or_else(|| {
        let (globals, name) = (Obj::of(&globals), code.name(i.x(code)));
        if globals.is_exact() {
            crate::globals::remember(m.cx(), code, globals, Obj::of(&name), i.y(code));
        }
        find(cache, dict.version())
    })?;
    dict.assume_keys();
    m.assume(globals.addr() as u64);
    Some(cell)
}

#[cold]
#[inline(never)]
fn global_slow<M: Python>(m: &mut M, i: Ops) -> Flow {
    let name = m.code().name(i.x(m.code()));
    let cache = m.word(Word::small(i.y(m.code()) as i32));
    let (callee, name) = (m.get(Slot(CALLEE)), m.word(name));
    let value = m.call(&helpers::LOAD_GLOBAL, &[callee, name, cache]);
    if m.raised(&value) {
        return unwind::raise(m, value);
    }
    write(m, i.a(), value);
    done(m, i.next2())
}

/// The cell of a variable that the running function's globals have, if nobody has to be told of a store.
#[inline(always)]
fn own_cell<M: Python>(m: &mut M, i: Ops) -> Option<Typed<M::Val, GlobalCell>> {
    let callee = m.get(Slot(CALLEE));
    let function = trusted::function(callee);
    let globals = view::function_globals(m, function);
    if !M::INTERPRETING {
        let cell = assumed_cell(m, globals.value(), |cache, version| cache.own_global(version), i)?;
        Obj::of(&cell).expect::<GlobalCell>().vary();
        return Some(view::global_cell(m, cell));
    }
    let version = view::keys_version(m, globals);
    let code = m.code();
    let cell = code.cache(i.y(code)).own_global(version)?;
    let cell = view::global_cell(m, cell);
    let usage = m.load_int(cell, &desc::GLOBAL_USE);
    if m.int_is(usage, GlobalUse::Assumed as i64) { None } else { Some(cell) }
}

/// `globals[name] = a`.
#[inline(always)]
pub fn store_global<M: Python>(m: &mut M, i: Ops) -> Flow {
    if let Some(cell) = own_cell(m, i) {
        let value = owned(m, i.a());
        let old = m.replace(cell, &desc::GLOBAL_VALUE, value);
        m.release(old);
        return done(m, i.next2());
    }
    m.apart(move |m| store_global_slow(m, i))
}

#[cold]
#[inline(never)]
fn store_global_slow<M: Python>(m: &mut M, i: Ops) -> Flow {
    let name = m.code().name(i.x(m.code()));
    let cache = m.word(Word::small(i.y(m.code()) as i32));
    let (callee, name, value) = (m.get(Slot(CALLEE)), m.word(name), reg(m, i.a()));
    let result = m.call(&helpers::STORE_GLOBAL, &[callee, name, value, cache]);
    if m.raised(&result) {
        return unwind::raise(m, result);
    }
    m.release(result);
    crate::operands::consume(m, i.a());
    done(m, i.next2())
}

/// Is the frame's namespace its globals?
#[inline(always)]
fn namespace_is_globals<M: Python>(m: &mut M) -> bool {
    let extra = m.get(Slot(EXTRA));
    m.is(extra, Word::EMPTY)
}

/// `a =` the name in the namespace, globals, builtins.
#[inline(always)]
pub fn load_name<M: Python>(m: &mut M, i: Ops) -> Flow {
    if namespace_is_globals(m) {
        return load_global(m, i);
    }
    let name = m.code().name(i.x(m.code()));
    let (callee, namespace, name) = (m.get(Slot(CALLEE)), m.get(Slot(EXTRA)), m.word(name));
    let value = m.call(&helpers::LOAD_NAME, &[callee, namespace, name]);
    if m.raised(&value) {
        return unwind::raise(m, value);
    }
    write(m, i.a(), value);
    done(m, i.next2())
}

/// `namespace[name] = a`.
#[inline(always)]
pub fn store_name<M: Python>(m: &mut M, i: Ops) -> Flow {
    if namespace_is_globals(m) {
        return store_global(m, i);
    }
    let name = m.code().name(i.x(m.code()));
    let (namespace, name, value) = (m.get(Slot(EXTRA)), m.word(name), reg(m, i.a()));
    let status = m.call_int(&helpers::STORE_NAME, &[namespace, name, value]);
    if m.raised_int(status) {
        return unwind::raise_empty(m);
    }
    crate::operands::consume(m, i.a());
    done(m, i.next2())
}

/// The frame's namespace, or None where that is its globals.
pub fn namespace<M: Python>(m: &mut M) -> M::Val {
    if namespace_is_globals(m) {
        let none = m.cx().none_word();
        return m.word(none);
    }
    m.get(Slot(EXTRA))
}

/// Does nothing.
#[inline(always)]
pub fn nop<M: Python>(m: &mut M, i: Ops) -> Flow {
    m.set_pc(i.next0());
    Flow::Next
}

/// `del name` in the namespace or in globals.
fn delete<M: Python>(m: &mut M, i: Ops, namespace: M::Val) -> Flow {
    let name = m.code().name(i.x(m.code()));
    let (callee, name) = (m.get(Slot(CALLEE)), m.word(name));
    let status = m.call_int(&helpers::DELETE_NAME, &[callee, namespace, name]);
    if m.raised_int(status) {
        return unwind::raise_empty(m);
    }
    done(m, i.next1())
}

/// `del globals[name]`.
pub fn delete_global<M: Python>(m: &mut M, i: Ops) -> Flow {
    let none = m.cx().none_word();
    let none = m.word(none);
    delete(m, i, none)
}

/// `del namespace[name]`.
pub fn delete_name<M: Python>(m: &mut M, i: Ops) -> Flow {
    let namespace = namespace(m);
    delete(m, i, namespace)
}

/// `a =` the frame's namespace mapping.
pub fn load_locals<M: Python>(m: &mut M, i: Ops) -> Flow {
    let value = if namespace_is_globals(m) {
        let callee = m.get(Slot(CALLEE));
        let function = trusted::function(callee);
        view::function_globals(m, function).value()
    } else {
        m.get(Slot(EXTRA))
    };
    let value = m.own(value);
    write(m, i.a(), value);
    done(m, i.next0())
}

/// `a =` mapping b's item, or the global.
pub fn load_dict_or_global<M: Python>(m: &mut M, i: Ops) -> Flow {
    let name = m.code().name(i.x(m.code()));
    let (callee, mapping, name) = (m.get(Slot(CALLEE)), reg(m, i.b()), m.word(name));
    let value = m.call(&helpers::LOAD_NAME, &[callee, mapping, name]);
    if m.raised(&value) {
        return unwind::raise(m, value);
    }
    crate::operands::consume(m, i.b());
    write(m, i.a(), value);
    done(m, i.next2())
}

/// `a =` mapping b's item, or what closure cell c holds.
pub fn load_dict_or_free<M: Python>(m: &mut M, i: Ops) -> Flow {
    let name = m.code().name(i.x(m.code()));
    let index = m.word(Word::small(i.c() as i32));
    let (callee, mapping, name) = (m.get(Slot(CALLEE)), reg(m, i.b()), m.word(name));
    let value = m.call(&helpers::LOAD_DICT_OR_FREE, &[callee, mapping, name, index]);
    if m.raised(&value) {
        return unwind::raise(m, value);
    }
    crate::operands::consume(m, i.b());
    write(m, i.a(), value);
    done(m, i.next1())
}
