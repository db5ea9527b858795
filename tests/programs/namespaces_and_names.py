"""Builtins that are mappings, exec with closures, names in errors, dir(), type() and compile() with odd arguments."""
import sys
import types
import traceback
import warnings


def attempt(action):
    try:
        print(action())
    except BaseException as error:
        print(type(error).__name__, error, getattr(error, "name", "-"))


class Mapping:
    def __getitem__(self, name):
        if name == "superglobal":
            return 1
        raise KeyError(name)


class Strict(dict):
    def __getitem__(self, name):
        raise LookupError("get " + name)

    def __setitem__(self, name, value):
        raise LookupError("set " + name)


attempt(lambda: eval("superglobal", {"__builtins__": Mapping()}))
attempt(lambda: eval("other", {"__builtins__": Mapping()}))
attempt(lambda: exec("superglobal", {"__builtins__": 123}))
attempt(lambda: exec("class A: pass", {"__builtins__": {}}))
attempt(lambda: exec("x = 1", Strict()))
attempt(lambda: eval("dir()", {}, {"b": 1, "a": 2}))


def free():
    first, second = 1, 2

    def inner():
        global seen
        seen = first, second

    return inner


inner = free()
attempt(lambda: exec(inner.__code__, globals(), closure=inner.__closure__))
print(seen)
attempt(lambda: exec(inner.__code__, globals()))
attempt(lambda: exec(inner.__code__, globals(), closure=inner.__closure__[:1]))
attempt(lambda: exec("1", closure=inner.__closure__))
attempt(lambda: exec(attempt.__code__, closure=inner.__closure__))
attempt(lambda: eval(inner.__code__))

attempt(lambda: undefined_name)
try:
    from os import no_such_name
except ImportError as error:
    print(error.name, error.name_from)


class Lazy:
    def __getattr__(self, name):
        raise AttributeError


try:
    Lazy().thing
except AttributeError as error:
    print(error.name, type(error.obj).__name__)


class Odd:
    __slots__ = ["__class__", "__dict__"]


odd = Odd()
odd.bar = 1
print(dir(odd))
mixed = types.SimpleNamespace()
mixed.__dict__[1] = 2
attempt(lambda: len(dir(mixed)) > 0)
attempt(lambda: issubclass())
attempt(lambda: type("A\0B", (), {}))
attempt(lambda: type("A\udcdcB", (), {}))
attempt(lambda: type("A", (), {"__doc__": "x\udcdcy"}))
attempt(lambda: type("A", (int,), {"__slots__": "x"}))
attempt(lambda: list(type("C", (), {"b": 1, "a": 2}).__dict__)[:3])
A = type("A", (), {"__firstlineno__": 42})
A.__module__ = "elsewhere"
print("__firstlineno__" in A.__dict__)
attempt(lambda: type.__call__(type("M", (type,), {}), 5))

attempt(lambda: compile("1", b"name", "eval").co_filename)
attempt(lambda: compile(memoryview(b"1+1"), "name", "eval").co_name)
attempt(lambda: compile("1", "name", 5))
attempt(lambda: compile("1", 5, "eval"))
attempt(lambda: compile("1", "name", "eval", 0xFF))
attempt(lambda: exec(compile("x = 1; y = 2", "name", "single")))

proxy = types.MappingProxyType({"a": 1, "b": 2})
print(list(reversed(proxy)), types.MappingProxyType[int, str])
attempt(lambda: hash(proxy))
attempt(lambda: types.MappingProxyType([1]))
attempt(lambda: exec("proxy |= {}", {"proxy": proxy}))

frame = sys._getframe()
entry = types.TracebackType(None, frame, 8, 3)
print(entry.tb_next, entry.tb_lasti, entry.tb_lineno, entry.tb_frame is frame)
attempt(lambda: types.TracebackType(1, frame, 8, 3))
attempt(lambda: types.FunctionType(attempt.__code__, {}, "f", [1]))

print(sum([0.1 + 1j] * 10), sum([1, 0.5, 2j]))
attempt(lambda: zip(1))
attempt(lambda: int("1", 2**70))
attempt(lambda: int(memoryview(b"12")))


class Index:
    def __index__(self):
        return True


with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    print(int(Index()), caught[0].category.__name__, caught[0].message)


class Wrong(Exception):
    def __new__(cls):
        return cls


def generator():
    yield


running = generator()
attempt(lambda: running.throw(Wrong))
attempt(lambda: next(running, "over"))

for text in [
    "del (*x)",
    "(*x), y = 1, 2",
    "dict(a = i for i in range(10))",
    "def f(): (yield a) = 1",
    "1 <> 2",
    "x = pass if 1 else 1",
    "x = 1 if 1 else import a",
    "try: pass\nexcept E as a.b: pass",
    "match x:\n case y as a.b: pass",
    "'blech\\'",
    "a = 3 \\ 4",
    "x = 5\u200b7",
    "try: pass\nexcept E: pass\nexcept* F: pass",
    ", ".join("a%d" % i for i in range(256)) + ", *rest = x",
]:
    try:
        compile(text, "name", "exec")
    except SyntaxError as error:
        print(error.msg, error.lineno, error.offset)


class Counted:
    def __init__(self, truth):
        self.truth, self.asked = truth, 0

    def __bool__(self):
        self.asked += 1
        return self.truth


for truths in ["nyyy", "nnyyn"]:
    v = [Counted(letter == "y") for letter in truths]
    found = v[0] and v[1] or v[2] or v[3] if len(v) == 4 else v[0] or v[1] and v[2] or v[3] or v[4]
    print(v.index(found), [each.asked for each in v])


class Base:
    value = 1


class Meta(type):
    def mro(cls):
        return (cls, Base, object)


class Stranger(metaclass=Meta):
    pass


def read():
    return Stranger.value


print(read(), Base.__subclasses__())
Base.value = 2
print(read())


class Super:
    def method(self):
        return super().__class__


print(Super().method())
for text, mode in [("1 if 1else 2", "eval"), ("0x1for x in y", "eval"), ("if 1: pass", "single"), ("1" * 5000, "eval")]:
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            compile(text, "name", mode)
        except SyntaxError as error:
            print(error.msg, error.lineno)
        print([str(warning.message) for warning in caught])

import codeop

for text in ["with a and b:", "def f():", "x = (1,", "'''open", "x = 1", "x = = 1"]:
    try:
        print(codeop.compile_command(text, symbol="exec") is None)
    except SyntaxError as error:
        print(type(error).__name__)


class Unhashable(type):
    def __eq__(cls, other):
        return 1 / 0


attempt(lambda: Unhashable("a", (), {}) | Unhashable("b", (), {}))
attempt(lambda: hash(int | Unhashable("a", (), {})))
attempt(lambda: compile("1", "name", "eval", optimize=1 << 1000))
attempt(lambda: types.FunctionType(attempt.__code__, {}, "f", None, None, [1]))
