"""What exceptions have beside their arguments: fields, their checks, their texts; copies of them; groups as they show themselves."""

import copy
import pickle


def tell(f):
    try:
        result = f()
    except BaseException as e:
        print(type(e).__name__, e)
    else:
        print(repr(result))


tell(lambda: SyntaxError("bad", ("b", 1, 2)))
tell(lambda: SyntaxError("bad", ("b", 1, 2, 4, 5, 6, 7, 8)))
tell(lambda: SyntaxError("bad", ("b", 1, 2, 3, 5)))
tell(lambda: SyntaxError("bad", 3))
tell(lambda: UnicodeEncodeError(1))
tell(lambda: UnicodeEncodeError(1, 2, 3, 4, 5))
tell(lambda: UnicodeEncodeError("a", "b", "c", 4, 5))
tell(lambda: UnicodeDecodeError("a", "b", 1, 4, "5"))
tell(lambda: UnicodeTranslateError("a", "b", 1, 4, "5"))
tell(lambda: str(UnicodeTranslateError("xyz", 0, 2, "r")))
tell(lambda: str(UnicodeEncodeError("utf-8", "", -3, 2, "r")))
tell(lambda: UnicodeDecodeError("a", bytearray(b"xy"), 0, 1, "r").object)


def change(kind, name):
    e = kind("a", "b" if kind is UnicodeEncodeError else b"b", 0, 1, "r")

    def by_none():
        setattr(e, name, None)
        return str(e)

    def by_deletion():
        delattr(e, name)
        return str(e), getattr(e, name)

    tell(by_none)
    tell(by_deletion)


for kind in UnicodeEncodeError, UnicodeDecodeError:
    for name in "encoding object start end reason".split():
        change(kind, name)

for e in (
    ImportError("a", name=3, path=4),
    ImportError("a"),
    AttributeError("a", name="b", obj=4),
    NameError("a", name="b"),
    OSError(2, "b", "c"),
    OSError(2, "b", "c", None, "d"),
    OSError(2, "b"),
    SyntaxError("b"),
):
    print(e.__reduce__())
    for again in copy.copy(e), pickle.loads(pickle.dumps(e)):
        print(repr(again), getattr(again, "name", None), getattr(again, "filename", None))

e = Exception(42)
e.__setstate__({"a": 1, "args": (1, 2)})
print(e.a, e.args, e.__setstate__(None))
tell(lambda: e.__setstate__(3))
e = ImportError("m", name="n")
e.__init__()
print(e.msg, e.name, e.args)
for e, name in (StopIteration(3), "value"), (SystemExit(3), "code"):
    e.args = (4,)
    print(getattr(e, name))
    delattr(e, name)
    print(getattr(e, name))


def assign(e, name, value):
    def change():
        setattr(e, name, value)

    tell(change)


group = ExceptionGroup("g", [ValueError(1)])
assign(group, "message", 3)
assign(group, "exceptions", ())
assign(group, "__suppress_context__", 1)
tell(lambda: ExceptionGroup("a", {1: 2}))
tell(lambda: ExceptionGroup("a", set()))
tell(lambda: ExceptionGroup("a", "abc"))
members = [ValueError(1), TypeError(2)]
group = ExceptionGroup("g", members)
members.clear()
print(repr(group), group.args)
group.args = ()
print(repr(group))
group.__notes__ = 123
print([hasattr(part, "__notes__") for part in group.split(TypeError)])

try:
    try:
        raise ExceptionGroup("g", [ValueError(1)])
    except* ValueError:
        raise SyntaxError(3)
except SyntaxError as e:
    print(repr(e), repr(e.__context__))
try:
    raise ValueError
except* ValueError as e:
    print(repr(e))
try:
    try:
        raise ValueError
    except (ValueError, 42):
        pass
except TypeError as e:
    print(e)
