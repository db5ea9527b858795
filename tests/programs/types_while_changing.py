"""Built-in types that are changed, or change others, in the middle of what they do."""

import builtins
import operator
import pickle


def outcome(function, *args):
    try:
        return function(*args)
    except Exception as error:
        return type(error).__name__, str(error), getattr(error, "__notes__", [])


# Dictionaries: a key that goes and comes back is noticed.
def again(view):
    d = {0: 0}
    for _ in view(d):
        del d[0]
        d[0] = 0


for view in (iter, dict.values, dict.items):
    print(outcome(again, view))

d = dict.fromkeys(range(10))
for key in range(7):
    del d[key]
iterators = reversed(d), reversed(d.keys()), reversed(d.values()), reversed(d.items())
for iterator in iterators:
    next(iterator)
d.clear()
d.update(dict.fromkeys(range(10)))
for key in range(3, 10):
    del d[key]
for iterator in iterators:
    print(outcome(list, iterator))

d = {f"k{i}": i for i in range(100)}
for i in range(1, 100):
    del d[f"k{i}"]
iterator = reversed(d)
d.clear()
d["k0"] = 0
print(list(iterator))

d = dict.fromkeys(range(5))
iterator = iter(d)
next(iterator)
print(operator.length_hint(iterator))
d[9] = 9
print(operator.length_hint(iterator))
print(outcome(next, iterator))

# A dictionary used as a stack, and as a queue, keeps what it should.
for take in (lambda d: d.popitem(), lambda d: d.pop(next(iter(d)))):
    d = {}
    for i in range(1000):
        d[i] = i
        if i % 3:
            take(d)
    print(len(d), sum(d), list(d)[:3])


class Counted:
    def __init__(self, number):
        self.number = number
        self.hashed = self.compared = 0

    def __hash__(self):
        self.hashed += 1
        return 42

    def __eq__(self, other):
        self.compared += 1
        return self is other


one, two = Counted(1), Counted(2)
d = {one: 5}
d.setdefault(two, [])
print(one.hashed, two.hashed, one.compared + two.compared)
keys = [Counted(i) for i in range(3)]
d = dict.fromkeys(keys)
set(d).difference(d)
e = dict.fromkeys(frozenset(d))
e.update(d)
print([key.hashed for key in keys])
print(outcome({}.update, [object()]))
print(outcome({}.update, [(1, 2), "abc"]))


# Lists: an iterator that has ended stays ended.
def ends():
    a = [1, 2, 3]
    ended, other = iter(a), iter(a)
    for _ in ended:
        next(other)
    a.append(9)
    return list(ended), list(other)


for _ in range(50):
    result = ends()
print(result)


def let_go():
    things = [[object()] for _ in range(3)]
    iterator = iter(things)
    import weakref

    class Marked(list):
        pass

    marked = Marked([1])
    watch = weakref.ref(marked)
    iterator = iter(marked)
    del marked
    for _ in iterator:
        pass
    return watch() is None, things is not None


print(let_go())
for protocol in (0, 2, 5):
    iterator = reversed([1, 2, 3])
    next(iterator)
    print(list(pickle.loads(pickle.dumps(iterator, protocol))), end=" ")
iterator = reversed([1])
print(list(iterator), iterator.__reduce__())


class Clearing:
    def __init__(self, target):
        self.target = target

    def __eq__(self, other):
        self.target.clear()
        return NotImplemented


a, b, c = [], [], []
a.append(Clearing(b))
b.append(Clearing(a))
c.append(Clearing(c))
print(a == b, c == [1])


def meddle(*changes):
    import functools

    items = [2, 1]

    def compare(x, y):
        for change in changes:
            change(items)
        return (x > y) - (x < y)

    items.sort(key=functools.cmp_to_key(compare))


print(outcome(meddle))
print(outcome(meddle, lambda items: items.append(3), lambda items: items.pop()))
print(outcome(meddle, lambda items: items.append(3), lambda items: items.clear()))
print(outcome(meddle, lambda items: items.append(3), lambda items: items.__delitem__(slice(None))))

data = list(range(10))


class Killer:
    def __init__(self, x):
        self.x = x

    def __del__(self):
        data[:] = range(20)

    def __lt__(self, other):
        return self.x > other.x


print(outcome(lambda: data.sort(key=Killer)))


class First(list):
    pass


class Second(list):
    def __len__(self):
        return 99


one = First([1, 2])
one.extra = "kept"
one.__class__ = Second
print(type(one).__name__, len(one), one.extra, list(one))
print(outcome(setattr, one, "__class__", dict)[0])


class Mapping(dict):
    pass


print(outcome(setattr, one, "__class__", Mapping)[1])


# Byte arrays keep their size while their methods convert arguments.
class Evil:
    def __init__(self, array):
        self.array = array

    def __buffer__(self, flags):
        self.array.clear()
        return memoryview(b"A")

    def __index__(self):
        self.array.clear()
        return 65

    def __repr__(self):
        self.array.clear()
        return "E"


for method in "find", "rfind", "index", "rindex", "count", "split", "rsplit", "__contains__":
    array = bytearray(b"A")
    print(outcome(getattr(array, method), Evil(array))[:2])
array = bytearray(b"%a end")
print(outcome(array.__mod__, Evil(array))[:2])
array = bytearray(b",")


def pieces():
    array.clear()
    yield b"A"


print(outcome(array.join, pieces())[:2])


class Shown:
    def __init__(self, action=None):
        self.action = action

    def __buffer__(self, flags):
        if self.action:
            self.action()
        return memoryview(b"x")


items = [b"a", Shown(), b"c"]
print(b"-".join(items), bytearray(b"ab").find(Shown()), b"ax" + Shown(), bytes(Shown()))
items[1] = Shown(lambda: items.clear())
print(outcome(b"-".join, items)[:2])
array = bytearray(b"x" * 5)
array.extend(Shown(lambda: array.extend(b"yy")))
print(array)
array = bytearray(b"abc")
print(outcome(array.__init__, [256])[:2], array)
view = memoryview(array := bytearray(4))
array.resize(4)
array[1:3] = b"zz"
print(outcome(array.resize, 5)[:2], array)


class Blocked(bytes):
    __bytes__ = None


class Text(str):
    def __bytes__(self):
        return b"text"


print(outcome(bytes, Blocked(b"ab"))[0], bytes(Text("x")), bytes(Text("é"), "latin-1"))
a = b"123"
print(a * 1 is a, bytearray(a) * 1, b"" + a is a)


class Named(bytearray):
    pass


class Slotted(frozenset):
    __slots__ = ("x", "__dict__")


named = Named(b"abc")
named.x = [1]
slotted = Slotted("a")
slotted.x, slotted.y = 1, 2
for protocol in (0, 2, 3, 5):
    copy, other = pickle.loads(pickle.dumps((named, slotted), protocol))
    print(copy, copy.x, sorted(other), other.x, other.y)
print(bytearray(b"\xe9").__reduce__(), bytearray().__reduce_ex__(4))

# Names of the builtins that go while code remembers where they were.
original = iter


def use():
    return list(iter([1]))


use()
del builtins.iter
for _ in range(3):
    junk = [object() for _ in range(10)]
print(outcome(use)[:2])
builtins.iter = original
print(use())
