//! One bytecode: decoding and dispatch.
//!
//! [`step`] reads the instruction at the machine's program counter and runs its handler. On the interpreter's machine the common,
//! narrow form is dispatched inline in the driver's loop; prefixed instructions, and all of a recording, go through one out-of-line copy.

use pv_bytecode::op::{BinaryOp, Compare, byte};
use pv_machine::Flow;
use pv_object::CodeRef;

use crate::handlers::arith::{self, Right};
use crate::handlers::{
    attrs, build, calls, compare, exceptions, generators, items, iterate, loops, names, rare, returns, spreading,
};
use crate::helpers;
use crate::operands::{Ops, Python};

/// Executes the bytecode at the machine's program counter.
#[inline(always)]
pub fn step<M: Python>(m: &mut M) -> Flow {
    let (code, pc) = (m.code(), m.pc());
    let word = code.word(pc);
    if !M::INTERPRETING {
        return step_out_of_line(m);
    }
    dispatch(m, word as u8, Ops::narrow(word, pc))
}

#[inline(never)]
fn step_out_of_line<M: Python>(m: &mut M) -> Flow {
    let (op, i) = decode(m.code(), m.pc());
    debug_assert_ne!(op, byte::WIDE, "a prefix stands before an instruction");
    dispatch(m, op, i)
}

/// Opcode byte and operands of the instruction at `pc`, with its prefix applied.
pub fn decode(code: CodeRef, pc: u32) -> (u8, Ops) {
    let word = code.word(pc);
    if word as u8 == byte::WIDE {
        let main = code.word(pc + 1);
        (main as u8, Ops::wide(word, main, pc))
    } else {
        (word as u8, Ops::narrow(word, pc))
    }
}

/// Dispatches the four blocks of operator opcodes and the comparisons by name, the rest as listed. Rare bytecodes, and those whose
/// work is a call of the runtime anyhow, are `apart`: see [`pv_machine::Machine::apart`].
macro_rules! table {
    ($m:ident, $op:ident, $i:ident;
     operators { $($plain:ident $constant:ident $inplace:ident $inplace_constant:ident $kind:ident;)* }
     comparisons { $($value:ident $jump:ident $which:ident;)* }
     inlined { $($name:ident => $handler:expr;)* }
     apart { $($far:ident => $away:expr;)* }) => {
        match $op {
            $(byte::$plain => arith::binary($m, $i, BinaryOp::$kind, Right::Register, false),
              byte::$constant => arith::binary($m, $i, BinaryOp::$kind, Right::Constant, false),
              byte::$inplace => arith::binary($m, $i, BinaryOp::$kind, Right::Register, true),
              byte::$inplace_constant => arith::binary($m, $i, BinaryOp::$kind, Right::Constant, true),)*
            $(byte::$value => compare::value($m, $i, Compare::$which),
              byte::$jump => compare::jump($m, $i, Compare::$which),)*
            $(byte::$name => $handler,)*
            $(byte::$far => $m.apart(move |$m| $away),)*
            byte::WIDE => $m.apart(step_out_of_line),
            other => unknown(other),
        }
    };
}

#[cold]
#[inline(never)]
fn unknown(op: u8) -> Flow {
    panic!("opcode {op} is not in the table: the verifier let an invalid code object through")
}

#[inline(always)]
fn dispatch<M: Python>(m: &mut M, op: u8, i: Ops) -> Flow {
    table! { m, op, i;
        operators {
            ADD ADD_K IADD IADD_K Add;
            SUB SUB_K ISUB ISUB_K Sub;
            MUL MUL_K IMUL IMUL_K Mul;
            MATMUL MATMUL_K IMATMUL IMATMUL_K MatMul;
            TRUEDIV TRUEDIV_K ITRUEDIV ITRUEDIV_K TrueDiv;
            FLOORDIV FLOORDIV_K IFLOORDIV IFLOORDIV_K FloorDiv;
            MOD MOD_K IMOD IMOD_K Mod;
            POW POW_K IPOW IPOW_K Pow;
            LSHIFT LSHIFT_K ILSHIFT ILSHIFT_K LShift;
            RSHIFT RSHIFT_K IRSHIFT IRSHIFT_K RShift;
            AND AND_K IAND IAND_K And;
            OR OR_K IOR IOR_K Or;
            XOR XOR_K IXOR IXOR_K Xor;
        }
        comparisons {
            EQ JUMP_EQ Eq;
            NE JUMP_NE Ne;
            LT JUMP_LT Lt;
            LE JUMP_LE Le;
            GT JUMP_GT Gt;
            GE JUMP_GE Ge;
        }
        inlined {
            NOP => names::nop(m, i);
            LOAD_CONST => names::load_const(m, i);
            LOAD_INT => names::load_int(m, i);
            COPY => names::copy(m, i);
            MOVE => names::move_(m, i);
            DROP => names::drop(m, i);
            CHECK_BOUND => names::check_bound(m, i);
            LOAD_GLOBAL => names::load_global(m, i);
            STORE_GLOBAL => names::store_global(m, i);
            LOAD_CELL => names::load_cell(m, i);
            STORE_CELL => names::store_cell(m, i);
            LOAD_FREE => names::load_free(m, i);
            STORE_FREE => names::store_free(m, i);
            LOAD_ATTR => attrs::load(m, i);
            STORE_ATTR => attrs::store(m, i);
            LOAD_METHOD => attrs::load_method(m, i);
            GET_ITEM => items::get(m, i);
            GET_ITEM_K => items::get_k(m, i);
            SET_ITEM => items::set(m, i);
            NEG => arith::negate(m, i);
            INVERT => arith::invert(m, i);
            NOT => compare::not(m, i);
            IS => compare::is(m, i, false);
            IS_NOT => compare::is(m, i, true);
            JUMP => loops::jump(m, i);
            JUMP_IF_TRUE => compare::jump_if(m, i, true);
            JUMP_IF_FALSE => compare::jump_if(m, i, false);
            JUMP_IF_TRUE_OR_DROP => compare::jump_or_drop(m, i, true);
            JUMP_IF_FALSE_OR_DROP => compare::jump_or_drop(m, i, false);
            JUMP_IF_NONE => compare::jump_if_none(m, i, true);
            JUMP_IF_NOT_NONE => compare::jump_if_none(m, i, false);
            JUMP_IS => compare::jump_is(m, i);
            LOOP => loops::header(m, i);
            FOR_NEXT => iterate::for_next(m, i);
            CALL => calls::call(m, i);
            CALL_METHOD => calls::call_method(m, i);
            RETURN => returns::register(m, i);
            RETURN_CONST => returns::constant_value(m, i);
            UNPACK => items::unpack(m, i);
            UNPACK_LOCALS => items::unpack(m, i);
        }
        apart {
            DELETE_LOCAL => names::delete_local(m, i);
            DELETE_GLOBAL => names::delete_global(m, i);
            LOAD_NAME => names::load_name(m, i);
            STORE_NAME => names::store_name(m, i);
            DELETE_NAME => names::delete_name(m, i);
            LOAD_LOCALS => names::load_locals(m, i);
            LOAD_DICT_OR_GLOBAL => names::load_dict_or_global(m, i);
            LOAD_DICT_OR_FREE => names::load_dict_or_free(m, i);
            MAKE_CELL => names::make_cell(m, i);
            DELETE_CELL => names::delete_cell(m, i);
            DELETE_FREE => names::delete_free(m, i);
            LOAD_CLOSURE => names::load_closure(m, i);
            MAKE_FUNCTION => build::function(m, i);
            LOAD_BUILD_CLASS => rare::load_build_class(m, i);
            LOAD_COMMON => rare::load_common(m, i);
            DELETE_ATTR => attrs::delete(m, i);
            LOAD_SUPER_ATTR => attrs::load_super(m, i);
            LOAD_SUPER_METHOD => attrs::load_super_method(m, i);
            LOAD_SPECIAL => exceptions::load_special(m, i);
            DEL_ITEM => items::delete(m, i);
            GET_SLICE => items::get_slice(m, i);
            SET_SLICE => items::set_slice(m, i);
            BUILD_SLICE => build::slice(m, i);
            POS => arith::positive(m, i);
            IN => compare::contains(m, i, false);
            NOT_IN => compare::contains(m, i, true);
            JUMP_IN => compare::jump_in(m, i);
            GET_ITER => iterate::get_iter(m, i);
            CALL_KW => calls::call_kw(m, i);
            CALL_METHOD_KW => calls::call_method_kw(m, i);
            CALL_EX => spreading::call_ex(m, i);
            RETURN_GENERATOR => generators::make(m, i);
            YIELD => generators::yield_value(m, i);
            GET_YIELD_FROM_ITER => rare::get_yield_from_iter(m, i);
            GET_AWAITABLE => rare::get_awaitable(m, i);
            SEND => generators::send(m, i);
            YIELD_DELEGATE => generators::yield_delegate(m, i);
            GET_AITER => arith::unary(m, i, &helpers::GET_AITER);
            GET_ANEXT => rare::get_anext(m, i);
            END_ASYNC_FOR => exceptions::end_async_for(m, i);
            BUILD_TUPLE => build::tuple(m, i);
            BUILD_LIST => build::window(m, i, &helpers::BUILD_LIST, i.c());
            BUILD_SET => build::window(m, i, &helpers::BUILD_SET, i.c());
            BUILD_MAP => build::window(m, i, &helpers::BUILD_MAP, 2 * i.c());
            BUILD_STRING => build::window(m, i, &helpers::BUILD_STRING, i.c());
            LIST_APPEND => build::list_append(m, i);
            SET_ADD => build::update(m, i, &helpers::SET_ADD);
            MAP_SET => build::map_set(m, i);
            LIST_EXTEND => build::update(m, i, &helpers::LIST_EXTEND);
            SET_UPDATE => build::update(m, i, &helpers::SET_UPDATE);
            MAP_UPDATE => build::update(m, i, &helpers::MAP_UPDATE);
            MAP_MERGE => build::map_merge(m, i);
            LIST_TO_TUPLE => arith::unary(m, i, &helpers::LIST_TO_TUPLE);
            UNPACK_EX => items::unpack_ex(m, i);
            FORMAT_SIMPLE => arith::unary(m, i, &helpers::FORMAT_SIMPLE);
            FORMAT_SPEC => rare::binary(m, i, &helpers::FORMAT_SPEC);
            CONVERT => rare::convert(m, i);
            BUILD_INTERPOLATION => build::window(m, i, &helpers::BUILD_INTERPOLATION, 3);
            BUILD_TEMPLATE => rare::binary(m, i, &helpers::BUILD_TEMPLATE);
            RAISE => exceptions::raise(m, i);
            RAISE_FROM => exceptions::raise_from(m, i);
            RAISE_CURRENT => exceptions::raise_current(m, i);
            RERAISE => exceptions::reraise(m, i);
            PUSH_EXC => exceptions::push(m, i);
            POP_EXC => exceptions::pop(m, i);
            JUMP_IF_NOT_EXC_MATCH => exceptions::jump_if_no_match(m, i);
            EG_MATCH => exceptions::group_match(m, i);
            WITH_EXCEPT => exceptions::with_except(m, i);
            IMPORT_NAME => rare::import_name(m, i);
            IMPORT_FROM => rare::import_from(m, i);
            IMPORT_STAR => rare::import_star(m, i);
            MATCH_SEQUENCE => rare::keep(m, i, &helpers::MATCH_SEQUENCE);
            MATCH_MAPPING => rare::keep(m, i, &helpers::MATCH_MAPPING);
            GET_LEN => rare::keep(m, i, &helpers::GET_LEN);
            MATCH_KEYS => rare::match_keys(m, i);
            MATCH_CLASS => rare::match_class(m, i);
            INTRINSIC => rare::intrinsic(m, i);
        }
    }
}
