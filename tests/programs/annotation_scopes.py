"""Annotations, type parameters and the scopes in which they are evaluated."""

import types


def attempt(make):
    try:
        print(make())
    except Exception as error:
        print(type(error).__name__, error)


def refused(source):
    try:
        compile(source, "<source>", "exec")
    except SyntaxError as error:
        print(error.msg, error.lineno, error.offset)
    else:
        print("accepted")


def annotation_names(owner):
    return sorted(name for name in vars(owner) if "annot" in name)


# Where classes keep annotations.
class Plain:
    x: int


print(annotation_names(Plain), Plain.__annotations__, annotation_names(Plain))
del Plain.__annotations__
print(annotation_names(Plain), Plain.__annotate__)
Plain.__annotate__ = lambda format: {"q": 1}
print(annotation_names(Plain), Plain.__annotations__)
attempt(lambda: setattr(Plain, "__annotate__", 3))
attempt(lambda: delattr(Plain, "__annotate__"))
attempt(lambda: delattr(type("Bare", (), {}), "__annotations__"))
attempt(lambda: float.__annotations__)
attempt(lambda: setattr(float, "__annotations__", {}))


class Own:
    def __annotate__(format):
        return {"a": int}


print(Own.__annotations__, annotation_names(Own))
del Own.__annotations__
print(Own.__annotate__, Own.__annotations__)
Own.__annotate__ = lambda format: 3
attempt(lambda: Own.__annotations__)


def function(x: int) -> str:
    def nested(y: int): ...

    return nested


print(function.__annotate__.__qualname__, function(1).__annotate__.__qualname__)
attempt(lambda: setattr(function, "__annotate__", 3))
function.__annotate__ = lambda format: {"z": 1}
print(function.__annotations__)
attempt(lambda: setattr(function, "__annotations__", 3))
module = types.ModuleType("module")
exec("x: int\nfirst = __annotate__(1)\nz: str", vars(module))
print(module.first, module.__annotations__)
module.__annotate__ = lambda format: {5: 6}
print(module.__annotations__)

# The future import makes strings of them.
space = {}
exec("from __future__ import annotations\ndef f(x: int, *a: int | str) -> 'int': pass\nclass C:\n  y: unknown", space)
print(space["f"].__annotate__(1), space["C"].__annotations__)
exec("x = [0]\nx[0]: undefined\nclass C:\n  (y): undefined", space)

# What may not stand in them.
for source in (
    "(x): (yield)",
    "def f(): x: (await 1)",
    "def f(): (x): [y async for y in x]",
    "x[0]: (y := 3)",
    "class X[T]([(x := 3) for _ in a]): pass",
    "type T = [(x := 3) for _ in a]",
    "def f[T: [(x := 3) for _ in a]](): pass",
    "def f[T]():\n  def g():\n    nonlocal T",
    "class C[T]:\n  nonlocal T",
    "def f[T = int, U](): pass",
    "def f[**P: int](): pass",
    "class C[*Ts: (int, str)]: pass",
):
    refused(source)

# What the scopes see.
x = "global"


def outer():
    x = "nonlocal"

    class Inner:
        type Alias = (x, lambda: x)
        before = Alias.__value__[0]

        def method[T: x](self, arg: x): ...

        seen = method.__type_params__[0].__bound__, method.__annotations__["arg"]
        x = "class"

    class Declared:
        global x
        type Alias = x

    return Inner, Declared


inner, declared = outer()
print(inner.before, inner.seen, inner.Alias.__value__[1](), declared.Alias.__value__)


class Later:
    T = int

    def method[U: T](self): ...

    type Alias = T


Later.T = float
print(Later.method.__type_params__[0].__bound__, Later.Alias.__value__)


class __Base:
    def __init_subclass__(cls, **keywords):
        cls.keywords = keywords


class Derived[T](__Base, __keyword=1): ...


class Spread[T](*[__Base], a=1, **{"b": 2}): ...


class Hidden[__T, U: __T]:
    parameter = __T


print(Derived.__bases__, Derived.keywords, Spread.__bases__, Spread.keywords)
print(Hidden.parameter, Hidden.__type_params__[1].__bound__, type.__type_params__)

# Evaluators.
from annotationlib import Format, call_evaluate_function
from typing import TypeVar


def generic[T: (int, str) = int, *Ts = *tuple[int]](): ...


T, Ts = generic.__type_params__
print(T.evaluate_constraints(1), T.evaluate_default(1), T.evaluate_bound, Ts.evaluate_default.__qualname__)
print(call_evaluate_function(T.evaluate_constraints, Format.STRING), T.__constraints__, T.evaluate_constraints(1))
made = TypeVar("made", bound=int)
print(made.evaluate_bound, made.evaluate_bound(1), made.evaluate_bound(Format.STRING), made.evaluate_constraints)
attempt(type(made.evaluate_bound))
attempt(lambda: setattr(type(made.evaluate_bound), "attribute", 1))
