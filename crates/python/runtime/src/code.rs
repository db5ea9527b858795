//! Code objects: from the compiler's unit to [`pv_object::Code`], and back.
//!
//! Invariant: every code object of a program is made by [`new_variant`]; its payload is a [`CodePayload`].

use std::cell::Cell;
use std::rc::Rc;

use pv_bytecode::op::Role;
use pv_bytecode::unit::flags;
use pv_bytecode::{CodeUnit, Const, Decoded, Pc, Wtf8, instructions};
use pv_object::{
    BigInt, Bytes, Code, CodeSpec, Complex, FrozenSet, Obj, Payload, Slice, StrBuilder, Tuple, code_flags,
};

use crate::prelude::Copies;
use crate::text;

/// What the runtime keeps with a code object.
pub struct CodePayload {
    /// What the compiler made.
    pub unit: Rc<CodeUnit>,
    /// `co_name`, interned.
    pub name: Obj,
    /// `co_qualname`.
    pub qualname: Obj,
    /// Names of the local registers, interned.
    pub local_names: Box<[Obj]>,
    /// `co_freevars`, interned.
    pub freevars: Box<[Obj]>,
    /// The interpreter's own code (an embedded prelude): hidden from tracebacks and frames.
    pub hidden: Cell<bool>,
    /// The loops that consume this code's generators.
    pub consumers: Copies,
}

impl Payload for CodePayload {}

/// Makes a code object of a compiled unit; nested units are made with it.
pub fn new_code(unit: &Rc<CodeUnit>) -> Obj {
    new_variant(unit, None)
}

/// As [`new_code`], with other constants than the unit's.
pub fn new_variant(unit: &Rc<CodeUnit>, constants: Option<Vec<Obj>>) -> Obj {
    let intern = |names: &[Rc<str>]| names.iter().map(|name| text::intern(name)).collect::<Vec<_>>();
    let spec = CodeSpec {
        words: unit.code.clone(),
        constants: constants.unwrap_or_else(|| unit.consts.iter().map(constant).collect()),
        names: intern(&unit.names),
        caches: unit.caches,
        loops: unit.loops.len() as u32,
        nlocals: unit.nlocals,
        nregs: unit.nregs,
        argcount: unit.argcount,
        nparams: unit.nparams(),
        sweep: returning_sweep(unit),
        flags: call_flags(unit),
    };
    let payload = CodePayload {
        name: text::intern(&unit.name),
        qualname: text::new(&unit.qualname),
        local_names: intern(&unit.local_names).into(),
        freevars: intern(&unit.freevars).into(),
        hidden: Cell::new(false),
        consumers: Copies::default(),
        unit: Rc::clone(unit),
    };
    Code::create(spec, Rc::new(payload))
}

/// Registers that may hold something at a return. A temporary outlives a statement only inside a loop over an iterator, a `match`, or
/// a handler; all of these keep a temporary that they read.
fn returning_sweep(unit: &CodeUnit) -> u32 {
    let keeps = |insn: &Decoded| {
        let registers = [insn.a, insn.b, insn.c];
        let roles = insn.op.info().operands.iter().zip(registers);
        roles.into_iter().any(|(role, register)| {
            matches!(role, Role::Keep | Role::KeepOnJump | Role::KeepOnFall) && u32::from(register) >= unit.nlocals
        })
    };
    let all = !unit.exceptions.is_empty() || instructions(&unit.code).any(|insn| keeps(&insn));
    if all { unit.nregs } else { unit.nlocals }
}

/// What a call must know at once.
fn call_flags(unit: &CodeUnit) -> u32 {
    let generator = flags::GENERATOR | flags::COROUTINE | flags::ASYNC_GENERATOR;
    let mut bits = 0;
    if unit.flags & generator != 0 {
        bits |= code_flags::GENERATOR;
    }
    if unit.flags & (flags::VARARGS | flags::VARKEYWORDS) == 0 && unit.kwonly == 0 {
        bits |= code_flags::SIMPLE;
    }
    if !unit.exceptions.is_empty() {
        bits |= code_flags::HANDLERS;
    }
    bits
}

/// The runtime's part of a code object.
///
/// # Panics
/// When the code object was not made by [`new_variant`].
#[inline]
pub fn payload(code: &Code) -> &CodePayload {
    match code.payload::<CodePayload>() {
        Some(payload) => payload,
        None => unreachable!("code objects are made by `new_variant` only"),
    }
}

/// The compiler's unit of a code object.
#[inline]
pub fn unit(code: &Code) -> &Rc<CodeUnit> {
    &payload(code).unit
}

/// Line of the instruction at `pc`.
pub fn line(code: &Code, pc: u32) -> u32 {
    payload(code).unit.line(Pc(pc))
}

/// A constant as an object.
pub fn constant(value: &Const) -> Obj {
    match value {
        Const::None => Obj::none(),
        Const::Bool(value) => Obj::bool(*value),
        Const::Ellipsis => Obj::ellipsis(),
        Const::Int(value) => Obj::int(*value),
        Const::BigInt(digits) => Obj::big(big(digits)),
        Const::Float(value) => Obj::float(*value),
        Const::Complex(real, imag) => Complex::create(*real, *imag),
        Const::Str(value) => string(value),
        Const::Bytes(data) => Bytes::create(data),
        Const::Tuple(items) => Tuple::create(items.iter().map(constant).collect()),
        Const::FrozenSet(items) => frozen_set(items),
        Const::Slice(parts) => Slice::create(constant(&parts[0]), constant(&parts[1]), constant(&parts[2])),
        Const::Code(unit) => new_code(unit),
    }
}

/// A string; interned where it could be a name, as CPython does.
fn string(value: &Wtf8) -> Obj {
    match value.as_str() {
        Some(name) if name.bytes().all(|b| b == b'_' || b.is_ascii_alphanumeric()) => text::intern(name),
        Some(other) => text::new(other),
        None => value.code_points().collect::<StrBuilder>().finish(),
    }
}

/// Hexadecimal digits with an optional sign.
fn big(digits: &str) -> BigInt {
    match BigInt::parse(digits, 16) {
        Some(value) => value,
        None => unreachable!("the compiler writes hexadecimal digits"),
    }
}

/// Members are constants, which compare without Python.
fn frozen_set(items: &[Const]) -> Obj {
    let set = FrozenSet::create();
    let table = set.expect::<FrozenSet>().table();
    for item in items.iter().map(constant) {
        let hash = pv_object::quick_hash(&item).unwrap_or(0);
        if matches!(table.probe(&item, hash), pv_object::Probe::Absent) {
            table.insert_absent(item, hash);
        }
    }
    set
}
