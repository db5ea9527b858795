"""Natives that bytecodes compute in place, on arguments where that is right and where it is not."""
import math

NAN = float("nan")
INF = float("inf")


class MyInt(int):
    def __abs__(self):
        return "abs of MyInt"

    def __floor__(self):
        return "floor of MyInt"


class MyFloat(float):
    def __lt__(self, other):
        return True

    def __gt__(self, other):
        return True


class MyStr(str):
    def upper(self):
        return "shouted"


class MyList(list):
    def pop(self, *args):
        return "popped", args


class Plain:
    pass


class Child(Plain):
    pass


class Liar:
    @property
    def __class__(self):
        return Plain


class Dynamic:
    def __getattribute__(self, name):
        return Plain if name == "__class__" else object.__getattribute__(self, name)


class Meta(type):
    def __instancecheck__(cls, value):
        return value == 3


class Odd(metaclass=Meta):
    pass


def attempt(f, *args):
    try:
        return f(*args)
    except Exception as error:
        return f"{type(error).__name__}: {error}"


def repeat(f, rows):
    """Every row many times in turn, so that traces meet what they were not recorded for."""
    first = None
    for turn in range(6):
        results = []
        for row in rows:
            for _ in range(5):
                result = attempt(f, *row)
            results.append(result)
        if first is None:
            first = results
        else:
            assert repr(results) == repr(first), (results, first)
    for row, result in zip(rows, first):
        print(f.__name__, row, repr(result))


NUMBERS = [(3,), (-3,), (0,), (2.5,), (-2.5,), (-0.0,), (NAN,), (INF,), (-INF,), (True,), (2**61 - 1,), (-(2**61),), (2**61,),
           (-(2**61) + 1,), (-(2**70),), (MyInt(-4),), (MyFloat(-4.5),), (1e300,), (-1e-310,), (3 + 4j,), ("x",), (None,)]


def absolute(x):
    return abs(x)


def to_int(x):
    return int(x)


def to_float(x):
    return float(x)


def floor(x):
    return math.floor(x)


def ceil(x):
    return math.ceil(x)


def trunc(x):
    return math.trunc(x)


def sqrt(x):
    return math.sqrt(x)


for f in absolute, to_int, to_float, floor, ceil, trunc, sqrt:
    repeat(f, NUMBERS + [(2.0**59 + 0.5,), (2.0**60,), (-(2.0**60),), (2.0**61,), (-(2.0**61),), (2.0**62,), (-0.5,), (0.5,), (-1e-20,),
                         (2**53 + 1,), ("12",), (" 1.5",)])


def reals(x):
    return [attempt(f, x) for f in (math.sin, math.cos, math.tan, math.exp, math.log, math.log2, math.log10, math.fabs, math.atan)]


def arcs(x):
    return [attempt(lambda x: math.acos(x), x), attempt(lambda x: math.asin(x), x)]


def logarithm(x, *base):
    return math.log(x, *base)


repeat(reals, [(0.5,), (0,), (1,), (-1.0,), (0.0,), (-0.0,), (INF,), (-INF,), (NAN,), (True,), (709.0,), (710.0,), ("x",)])
repeat(arcs, [(0.5,), (-1,), (1.5,), (NAN,), (INF,)])
repeat(logarithm, [(2.0,), (8.0, 2.0), (0.0,), (2**100,), (2.0, 1.0)])


def least(a, b):
    return min(a, b)


def most(a, b):
    return max(a, b)


PAIRS = [(1, 2), (2, 1), (1.0, 2.0), (2.0, 1.0), (0.0, -0.0), (-0.0, 0.0), (NAN, 1.0), (1.0, NAN), (1, 1.0), (1.0, 1), (True, 1),
         (1, True), (False, 0.0), (2**61 - 1, 2**61), (-(2**61), 5), (MyInt(3), 3), (3, MyInt(3)), (MyFloat(1.0), 2.0),
         (2.0, MyFloat(1.0)), ("a", "b"), ("a", 1), (None, 2), (INF, 1e308), (-INF, INF), (1e-320, 0.0)]
repeat(least, PAIRS)
repeat(most, PAIRS)


def three(a, b, c):
    return min(a, b, c), max(a, b, c)


repeat(three, [(1, 2, 3), (3, 2, 1), (2, 1, 3), (1.5, 0.5, 2.5), (NAN, 1.0, 2.0), (1.0, NAN, 0.5), (1, 2.0, 3), (0.0, -0.0, 0)])


def instance(x, c):
    return isinstance(x, c)


values = [1, True, 2.5, "s", None, (), [], {}, Plain(), Child(), Liar(), Dynamic(), MyInt(1), MyStr("s"), Plain, 3, 2**70]
for c in (int, float, str, bool, object, Plain, Child, type, Odd, list, (int, str), type(None)):
    print(c, [[instance(x, c) for _ in range(8)][-1] for x in values])
repeat(lambda: isinstance(1, 2), [()])
repeat(lambda: isinstance(1, list[int]), [()])


def changing():
    x = Plain()
    answers = []
    for i in range(60):
        answers.append(isinstance(x, Child))
        if i == 30:
            x.__class__ = Child
        if i == 45:
            x.__class__ = Plain
        if i == 50:
            Plain.__getattribute__ = lambda self, name: Child if name == "__class__" else object.__getattribute__(self, name)
    del Plain.__getattribute__
    return answers.index(True), answers.count(True), answers[-1], isinstance(x, Child)


print(changing())


def rebased():
    class Base: pass
    class Other: pass
    class Leaf(Base): pass
    x, answers = Leaf(), []
    for i in range(60):
        answers.append((isinstance(x, Base), isinstance(x, Other)))
        if i == 40:
            Leaf.__bases__ = (Other,)
    return answers.count((True, False)), answers.count((False, True))


print(rebased())


def ordinal(s):
    return ord(s)


def character(i):
    return chr(i)


repeat(ordinal, [("a",), ("é",), ("€",), ("😀",), ("",), ("ab",), (b"a",), (MyStr("z"),), (1,), (1.5,), (None,)])
repeat(character, [(97,), (0,), (255,), (256,), (0x10FFFF,), (0x110000,), (-1,), (True,), (2**40,), (2**70,), (1.0,), (MyInt(65),), ("a",)])


def pops(items):
    taken = []
    try:
        while True:
            taken.append(items.pop())
    except IndexError as error:
        taken.append(str(error))
    return taken, len(items)


print(pops([1, 2.5, "x", [3], None] * 4))
print(pops(list(range(50)))[0][-5:])
one = MyList([1, 2])
print([one.pop() for _ in range(12)][-1], one.pop(0), list.pop(one), len(one))


def stack():
    s, total = [], 0
    for i in range(200):
        s.append([i])
        s.append((i, str(i)))
        total += s.pop()[0] + len(s)
        if i % 3 == 0:
            s.pop()
    while s:
        total += s.pop()[0]
    return total


print(stack())


class Noisy:
    alive = 0

    def __init__(self):
        Noisy.alive += 1

    def __del__(self):
        Noisy.alive -= 1


def finalised():
    s = [Noisy() for _ in range(60)]
    for _ in range(50):
        s.pop()
    return Noisy.alive


print(finalised(), Noisy.alive)


def strings(s, t):
    return (s.startswith(t), s.endswith(t), s.upper(), s.lower(), s.strip(), s.strip(t), s.find(t), s.find(t, 1), s.count(t),
            s.replace(t, "-"), s.split(), s.isdigit(), s.partition("b"))


repeat(strings, [(" ab ", "a"), ("b", "b"), (MyStr("abc"), "b"), ("abc", MyStr("c")), ("abc", ("a", "b")), ("abc", 1), ("é€", "€"), ("x", "")])
repeat(lambda s, t: s.index(t), [("abc", "c"), ("abc", "d"), ("abc", 1)])
repeat(lambda s, t: s.startswith(t), [("abc", "a"), ("abc", ("x", "a")), ("abc", None)])


def growing():
    s, seen = "", []
    for i in range(40):
        s = s + "x" if len(s) != 1 else s + "y"
        seen.append(ord(s) if len(s) == 1 else len(s.upper()))
    return seen


print(growing())


def shadowed():
    results = []
    for i in range(40):
        results.append((abs(-i), min(i, 20), len("ab")))
        if i == 20:
            globals()["abs"] = lambda x: "mine"
            globals()["min"] = lambda *args: args
        if i == 30:
            del globals()["abs"], globals()["min"]
    return results[19:22] + results[30:32]


print(shadowed())


def arithmetic():
    low, total = 2**61 - 20, 0
    for i in range(40):
        total += abs(-low - i) - max(low, low + i) + min(low, low + i) + abs(low - i) + int(i * 0.5) + math.floor(-i / 3.0)
    return total


print(arithmetic())
