//! Listings of small programs: one idea each.

mod facts;

use std::rc::Rc;

use expect_test::{Expect, expect};

use crate::unit::{CodeUnit, Const};
use crate::verify::{nested, verify};
use crate::{Mode, Options, compile, disasm, parse};

fn unit(source: &str, mode: Mode) -> Rc<CodeUnit> {
    let ast = parse(source, mode, "test").expect("parses");
    let unit = compile(&ast, Options::default()).expect("compiles").unit;
    verify(&unit).expect("verifies");
    unit
}

/// The code of the first function of a source.
pub(crate) fn function(source: &str) -> CodeUnit {
    nested(&unit(source, Mode::Exec).consts).next().expect("defines something").clone()
}

/// The constants of a module.
pub(crate) fn constants(source: &str) -> Vec<Const> {
    unit(source, Mode::Exec).consts.clone()
}

fn check(source: &str, expected: Expect) {
    expected.assert_eq(&disasm::listing(&function(source)));
}

#[test]
fn arithmetic_goes_straight_into_its_local() {
    check(
        "def f(a, b):\n    x = a + b\n    x += 1\n    return x * (a - 2)\n",
        expect![[r#"
        code f (locals: r0=a r1=b r2=x; registers: 5)
            2     0 ADD              r2 r0 r1
            3     1 IADD_K           r2 r2 1
            4     2 SUB_K            t1 r0 2
                  3 MUL              t0 r2 t1
                  4 RETURN           t0
    "#]],
    );
}

#[test]
fn a_swap_evaluates_before_it_stores() {
    check(
        "def f(a, b):\n    a, b = b, a\n    return a\n",
        expect![[r#"
        code f (locals: r0=a r1=b; registers: 4)
            2     0 COPY             t0 r1
                  1 COPY             t1 r0
                  2 MOVE             r0 t0
                  3 MOVE             r1 t1
            3     4 RETURN           r0
    "#]],
    );
}

#[test]
fn an_operand_that_is_rebound_later_is_copied() {
    check(
        "def f(x):\n    return x + (x := 3)\n",
        expect![[r#"
        code f (locals: r0=x; registers: 3)
            2     0 COPY             t0 r0
                  1 LOAD_INT         r0 3
                  2 COPY             t1 r0
                  3 ADD              t0 t0 t1
                  4 RETURN           t0
    "#]],
    );
}

#[test]
fn loops_cost_one_header_and_one_step() {
    check(
        "def f(n):\n    for i, j in n:\n        if i < 3 and j is None:\n            continue\n        n()\n",
        expect![[r#"
            code f (locals: r0=n r1=i r2=j; registers: 7)
                2     0 GET_ITER         t0 r0
                      1 JUMP             ->14
                  *   3 LOOP             loop0
                      4 UNPACK_LOCALS    r1 t1 #2
                3     5 JUMP_LT          r1 3 false ->11
                      7 JUMP_IF_NOT_NONE r2 ->11
                4     9 JUMP             ->14
                5 *  11 COPY             t1 r0
                     12 CALL             t1 t1 #0
                     13 DROP             t1
                2 *  14 FOR_NEXT         t1 t0 ->3
                     16 RETURN_CONST     None
        "#]],
    );
    check(
        "def f(i):\n    while i < 10:\n        i += 1\n",
        expect![[r#"
        code f (locals: r0=i; registers: 1)
            2     0 JUMP             ->4
              *   2 LOOP             loop0
            3     3 IADD_K           r0 r0 1
            2 *   4 JUMP_LT          r0 10 true ->2
                  6 RETURN_CONST     None
    "#]],
    );
    check(
        "def f(i):\n    while True:\n        if i: break\n",
        expect![[r#"
        code f (locals: r0=i; registers: 1)
            2 *   0 LOOP             loop0
            3     1 JUMP_IF_FALSE    r0 ->0
            2     3 RETURN_CONST     None
    "#]],
    );
}

#[test]
fn calls_share_their_windows() {
    check(
        "def f(a, g):\n    return g(a, g(1), k=a.m(2))\n",
        expect![[r#"
        code f (locals: r0=a r1=g; registers: 12)
            2     0 COPY             t0 r1
                  1 COPY             t3 r0
                  2 COPY             t4 r1
                  3 LOAD_INT         t7 1
                  4 CALL             t4 t4 #1
                  5 LOAD_METHOD      t5 r0 .m
                  8 LOAD_INT         t9 2
                  9 CALL_METHOD      t5 t5 #1
                 10 CALL_KW          t0 t0 #3 ("k")
                 12 RETURN           t0
    "#]],
    );
    check(
        "def f(g, a, k):\n    g(1, *a, z=2, **k)\n    g(*a)\n",
        expect![[r#"
        code f (locals: r0=g r1=a r2=k; registers: 10)
            2     0 COPY             t0 r0
                  1 BUILD_LIST       t3 t4 #0
                  2 LOAD_INT         t4 1
                  3 LIST_APPEND      t3 t4
                  4 LIST_EXTEND      t3 r1
                  5 LIST_TO_TUPLE    t3 t3
                  6 BUILD_MAP        t4 t5 #0
                  7 LOAD_CONST       t5 "z"
                  8 LOAD_INT         t6 2
                  9 MAP_SET          t4 t5 t6
                 10 MAP_MERGE        t4 r2 t0
                 11 CALL_EX          t0 t0 #1
                 12 DROP             t0
            3    13 COPY             t0 r0
                 14 COPY             t3 r1
                 15 CALL_EX          t0 t0 #0
                 16 DROP             t0
                 17 RETURN_CONST     None
    "#]],
    );
}

#[test]
fn bound_checks_stand_only_where_needed() {
    check(
        "def f(c):\n    if c:\n        x = 1\n    print(x)\n    return x\n",
        expect![[r#"
        code f (locals: r0=c r1=x; registers: 6)
            2     0 JUMP_IF_FALSE    r0 ->3
            3     2 LOAD_INT         r1 1
            4 *   3 LOAD_GLOBAL      t0 .print
                  6 CHECK_BOUND      r1
                  7 COPY             t3 r1
                  8 CALL             t0 t0 #1
                  9 DROP             t0
            5    10 RETURN           r1
    "#]],
    );
    check(
        "def f(x):\n    del x\n    return x\n",
        expect![[r#"
        code f (locals: r0=x; registers: 1)
            2     0 DELETE_LOCAL     r0
            3     1 CHECK_BOUND      r0
                  2 RETURN           r0
    "#]],
    );
}

#[test]
fn comparisons_chain() {
    check(
        "def f(a, g):\n    if 0 < g() < a: return 1\n    return a < g() <= 3\n",
        expect![[r#"
        code f (locals: r0=a r1=g; registers: 6)
            2     0 LOAD_INT         t0 0
                  1 COPY             t1 r1
                  2 CALL             t1 t1 #0
                  3 COPY             t2 t1
                  4 JUMP_LT          t0 t2 false ->10
                  6 JUMP_LT          t1 r0 false ->14
                  8 JUMP             ->13
              *  10 DROP             t1
                 11 JUMP             ->14
              *  13 RETURN_CONST     1
            3 *  14 COPY             t1 r1
                 15 CALL             t1 t1 #0
                 16 COPY             t2 t1
                 17 LT               t0 r0 t2
                 18 JUMP_IF_FALSE_OR_DROP t0 ->24
                 20 LOAD_INT         t3 3
                 21 LE               t0 t1 t3
                 22 JUMP             ->25
              *  24 DROP             t1
              *  25 RETURN           t0
    "#]],
    );
}

#[test]
fn exceptions_and_finally() {
    check(
        "def f(g):\n    try:\n        g()\n    except ValueError as e:\n        return e\n    finally:\n        g(1)\n",
        expect![[r#"
            code f (locals: r0=g r1=e; registers: 9)
                3     0 COPY             t0 r0
                      1 CALL             t0 t0 #0
                      2 DROP             t0
                      3 JUMP             ->27
                  *   5 PUSH_EXC         t1 t0
                4     6 LOAD_GLOBAL      t2 .ValueError
                      9 JUMP_IF_NOT_EXC_MATCH t0 t2 ->23
                     11 COPY             r1 t0
                5    12 COPY             t2 r1
                     13 POP_EXC          t1
                     14 DROP             t0
                     15 DROP             r1
                7    16 COPY             t3 r0
                     17 LOAD_INT         t6 1
                     18 CALL             t3 t3 #1
                     19 DROP             t3
                5    20 RETURN           t2
                  *  21 DROP             r1
                     22 RERAISE          t2 earlier
                4 *  23 POP_EXC          t1
                     24 RERAISE          t0 here
                3 *  25 POP_EXC          t1
                     26 RERAISE          t2 earlier
                7 *  27 COPY             t0 r0
                     28 LOAD_INT         t3 1
                     29 CALL             t0 t0 #1
                     30 DROP             t0
                     31 JUMP             ->42
                  *  33 PUSH_EXC         t1 t0
                     34 COPY             t2 r0
                     35 LOAD_INT         t5 1
                     36 CALL             t2 t2 #1
                     37 DROP             t2
                     38 POP_EXC          t1
                     39 RERAISE          t0 here
                  *  40 POP_EXC          t1
                     41 RERAISE          t2 earlier
                  *  42 RETURN_CONST     None
                  except 0..3 -> 5 t0
                  except 3..6 -> 33 t0
                  except 6..12 -> 25 t2
                  except 12..13 -> 21 t2
                  except 13..16 -> 33 t0
                  except 21..23 -> 25 t2
                  except 23..27 -> 33 t0
                  except 34..38 -> 40 t2
        "#]],
    );
}

#[test]
fn with_blocks() {
    check(
        "def f(m):\n    with m as x:\n        x()\n",
        expect![[r#"
            code f (locals: r0=m r1=x; registers: 15)
                2     0 LOAD_SPECIAL     t0 r0 __exit__
                      1 LOAD_SPECIAL     t4 r0 __enter__
                      2 CALL_METHOD      t4 t4 #0
                      3 MOVE             r1 t4
                3     4 COPY             t4 r1
                      5 CALL             t4 t4 #0
                      6 DROP             t4
                2     7 LOAD_CONST       t4 None
                      8 LOAD_CONST       t5 None
                      9 LOAD_CONST       t6 None
                     10 CALL_METHOD      t0 t0 #3
                     11 DROP             t0
                     12 JUMP             ->29
                  *  14 PUSH_EXC         t5 t4
                     15 WITH_EXCEPT      t6 t0 t4
                     16 CALL_METHOD      t6 t6 #3
                     17 JUMP_IF_TRUE     t6 ->21
                     19 POP_EXC          t5
                     20 RERAISE          t4 earlier
                  *  21 POP_EXC          t5
                     22 DROP             t4
                     23 DROP             t3
                     24 DROP             t0
                     25 JUMP             ->29
                  *  27 POP_EXC          t5
                     28 RERAISE          t6 earlier
                  *  29 RETURN_CONST     None
                  except 3..7 -> 14 t4
                  except 15..19 -> 27 t6
        "#]],
    );
}

#[test]
fn closures_and_cells() {
    let unit = function(
        "def f(a):\n    def g():\n        nonlocal a\n        a += b\n        return a\n    b = 1\n    return g\n",
    );
    assert_eq!(unit.cellvars.iter().map(|(name, _)| &**name).collect::<Vec<_>>(), ["a", "b"]);
    expect![[r#"
        code f (locals: r0=a r1=g r2=b; registers: 5)
            1     0 MAKE_CELL        r0
                  1 MAKE_CELL        r2
            2     2 COPY             t0 r0
                  3 COPY             t1 r2
                  4 BUILD_TUPLE      t0 t0 #2
                  5 MAKE_FUNCTION    r1 t0 #8 <code g>
            6     7 LOAD_INT         t0 1
                  8 STORE_CELL       r2 t0
            7     9 RETURN           r1

        code f.<locals>.g (locals: ; registers: 2)
            4     0 LOAD_FREE        t0 ^a
                  1 LOAD_FREE        t1 ^b
                  2 IADD             t0 t0 t1
                  3 STORE_FREE       t0 ^a
            5     4 LOAD_FREE        t0 ^a
                  5 RETURN           t0
    "#]]
    .assert_eq(&disasm::listing(&unit));
}

#[test]
fn comprehensions_are_inlined() {
    check(
        "def f(n):\n    return [x + n for x in n if x]\n",
        expect![[r#"
            code f (locals: r0=n r1=x; registers: 5)
                2     0 GET_ITER         t1 r0
                      1 BUILD_LIST       t0 t2 #0
                      2 JUMP             ->9
                  *   4 LOOP             loop0
                      5 JUMP_IF_FALSE    r1 ->9
                      7 ADD              t2 r1 r0
                      8 LIST_APPEND      t0 t2
                  *   9 FOR_NEXT         r1 t1 ->4
                     11 DROP             r1
                     12 RETURN           t0
                  *  13 DROP             r1
                     14 RERAISE          t0 here
                  except 1..11 -> 13 t0
        "#]],
    );
    check(
        "def f(n):\n    return sum(x for x in n)\n",
        expect![[r#"
        code f (locals: r0=n; registers: 8)
            2     0 LOAD_GLOBAL      t0 .sum
                  3 MAKE_FUNCTION    t3 t4 #0 <code <genexpr>>
                  5 GET_ITER         t6 r0
                  6 CALL             t3 t3 #1
                  7 CALL             t0 t0 #1
                  8 RETURN           t0

        code f.<locals>.<genexpr> (locals: r0=.0 r1=x; registers: 4)
            2     0 RETURN_GENERATOR
                  1 MOVE             t0 r0
                  2 JUMP             ->7
              *   4 LOOP             loop0
                  5 YIELD            t1 r1 #0
                  6 DROP             t1
              *   7 FOR_NEXT         r1 t0 ->4
                  9 RETURN_CONST     None
    "#]],
    );
}

#[test]
fn generators_and_coroutines() {
    check(
        "def f(a):\n    x = yield a\n    return (yield from x)\n",
        expect![[r#"
        code f (locals: r0=a r1=x; registers: 4)
            1     0 RETURN_GENERATOR
            2     1 YIELD            r1 r0 #0
            3     2 GET_YIELD_FROM_ITER t1 r1
                  3 LOAD_CONST       t0 None
              *   4 SEND             t0 t1 ->10
                  6 YIELD_DELEGATE   t0 t1 ->10
                  8 JUMP             ->4
              *  10 RETURN           t0
    "#]],
    );
    check(
        "async def f(a):\n    async for x in a:\n        await x\n",
        expect![[r#"
        code f (locals: r0=a r1=x; registers: 5)
            1     0 RETURN_GENERATOR
            2     1 GET_AITER        t0 r0
              *   2 LOOP             loop0
                  3 GET_ANEXT        t2 t0
                  4 LOAD_CONST       t1 None
              *   5 SEND             t1 t2 ->11
                  7 YIELD_DELEGATE   t1 t2 ->11
                  9 JUMP             ->5
              *  11 MOVE             r1 t1
            3    12 GET_AWAITABLE    t2 r1 #0
                 13 LOAD_CONST       t1 None
              *  14 SEND             t1 t2 ->20
                 16 YIELD_DELEGATE   t1 t2 ->20
                 18 JUMP             ->14
              *  20 DROP             t1
            2    21 JUMP             ->2
              *  23 END_ASYNC_FOR    t1 t0
                 24 RETURN_CONST     None
              except 3..11 -> 23 t1
    "#]],
    );
}

#[test]
fn a_class_body() {
    check(
        "class C(B):\n    'doc'\n    def m(self): return super().m()\n",
        expect![[r#"
            code C (locals: r0=__class__; registers: 3)
                1     0 MAKE_CELL        r0
                      1 LOAD_NAME        t0 .__name__
                      4 STORE_NAME       t0 .__module__
                      7 LOAD_CONST       t0 "C"
                      8 STORE_NAME       t0 .__qualname__
                     11 LOAD_INT         t0 1
                     12 STORE_NAME       t0 .__firstlineno__
                2    15 LOAD_CONST       t0 "doc"
                     16 STORE_NAME       t0 .__doc__
                3    19 COPY             t1 r0
                     20 BUILD_TUPLE      t1 t1 #1
                     21 MAKE_FUNCTION    t0 t1 #8 <code m>
                     23 STORE_NAME       t0 .m
                     26 LOAD_CONST       t0 ()
                     27 STORE_NAME       t0 .__static_attributes__
                     30 COPY             t0 r0
                     31 STORE_NAME       t0 .__classcell__
                     34 COPY             t0 r0
                     35 RETURN           t0

            code C.m (locals: r0=self; registers: 5)
                3     0 LOAD_GLOBAL      t0 .super
                      3 LOAD_FREE        t1 ^__class__
                      4 COPY             t2 r0
                      5 LOAD_SUPER_METHOD t0 t0 #0 .m
                      8 CALL_METHOD      t0 t0 #0
                      9 RETURN           t0
        "#]],
    );
}

#[test]
fn patterns_drop_what_they_took() {
    check(
        "def f(v):\n    match v:\n        case [1, x] | {'k': x}: return x\n        case P(y=0): return v\n",
        expect![[r#"
            code f (locals: r0=v r1=x; registers: 8)
                2     0 COPY             t0 r0
                3     1 MATCH_SEQUENCE   t2 t0
                      2 JUMP_IF_FALSE    t2 ->19
                      4 GET_LEN          t2 t0
                      5 JUMP_EQ          t2 2 false ->19
                      7 COPY             t2 t0
                      8 UNPACK           t2 t2 #2
                      9 COPY             t4 t2
                     10 JUMP_EQ          t4 1 false ->17
                     12 COPY             t1 t3
                     13 DROP             t2
                     14 DROP             t3
                     15 JUMP             ->41
                  *  17 DROP             t2
                     18 DROP             t3
                  *  19 MATCH_MAPPING    t2 t0
                     20 JUMP_IF_FALSE    t2 ->44
                     22 GET_LEN          t2 t0
                     23 JUMP_GE          t2 1 false ->44
                     25 LOAD_CONST       t2 "k"
                     26 BUILD_TUPLE      t2 t2 #1
                     27 MATCH_KEYS       t3 t0 t2
                     28 COPY             t4 t3
                     29 JUMP_IF_NONE     t4 ->37
                     31 UNPACK           t4 t3 #1
                     32 COPY             t1 t4
                     33 DROP             t2
                     34 DROP             t4
                     35 JUMP             ->41
                  *  37 DROP             t2
                     38 DROP             t3
                     39 JUMP             ->44
                  *  41 MOVE             r1 t1
                     42 DROP             t0
                     43 RETURN           r1
                4 *  44 LOAD_GLOBAL      t1 .P
                     47 MATCH_CLASS      t1 t0 t1 ("y") #0
                     50 COPY             t2 t1
                     51 JUMP_IF_NONE     t2 ->60
                     53 UNPACK           t2 t1 #1
                     54 COPY             t3 t2
                     55 JUMP_EQ          t3 0 false ->63
                     57 DROP             t2
                     58 JUMP             ->66
                  *  60 DROP             t1
                     61 JUMP             ->68
                  *  63 DROP             t2
                     64 JUMP             ->68
                  *  66 DROP             t0
                     67 RETURN           r0
                2 *  68 DROP             t0
                     69 RETURN_CONST     None
        "#]],
    );
}

#[test]
fn strings_are_formatted_in_place() {
    check(
        "def f(a, w):\n    return f'<{a!r:>{w}}> {a=}'\n",
        expect![[r#"
        code f (locals: r0=a r1=w; registers: 6)
            2     0 LOAD_CONST       t0 "<"
                  1 CONVERT          t1 r0 #2
                  2 LOAD_CONST       t2 ">"
                  3 FORMAT_SIMPLE    t3 r1
                  4 BUILD_STRING     t2 t2 #2
                  5 FORMAT_SPEC      t1 t1 t2
                  6 LOAD_CONST       t2 "> a="
                  7 CONVERT          t3 r0 #2
                  8 FORMAT_SIMPLE    t3 t3
                  9 BUILD_STRING     t0 t0 #4
                 10 RETURN           t0
    "#]],
    );
}

#[test]
fn dead_code_is_dropped() {
    check(
        "def f():\n    if 0: a()\n    while 0: b()\n    return 1\n    c()\n",
        expect![[r#"
        code f (locals: ; registers: 3)
            4     0 RETURN_CONST     1
    "#]],
    );
}
