"""The cycle collector as programs see it: order, resurrection, generators, classes, callbacks, figures."""
import gc
import sys
import weakref

died = 0


class Ring:
    def __init__(self):
        self.me = self

    def __del__(self):
        global died
        died += 1


for _ in range(20000):
    Ring()
print("garbage is collected by itself:", died > 10000, gc.get_threshold())

gc.disable()
gc.collect()


class Node:
    def __init__(self, name, **links):
        self.name = name
        self.__dict__.update(links)


class Loud(Node):
    def __del__(self):
        print("del", self.name)


def report(label, value):
    print(label, value)


print("== what collect returns")
a = []
a.append(a)
del a
report("list", gc.collect())
d = {}
d["self"] = d
del d
report("dict", gc.collect())
n = Node("n")
n.me = n
del n
report("instance", gc.collect())
n = Node("n")
n.__dict__
n.me = n
del n
report("instance with its dict", gc.collect())


def closure():
    def inner():
        return inner

    return inner


closure()
report("closure", gc.collect())
try:
    1 / 0
except ZeroDivisionError as e:
    kept = e
kept.me = kept
del kept
report("exception", gc.collect() > 0)
for bad in (3, -1, "x"):
    try:
        gc.collect(bad)
    except (ValueError, TypeError) as e:
        print(type(e).__name__, e)

print("== order")
chain = [Loud(f"c{i}") for i in range(5)]
for left, right in zip(chain, chain[1:] + chain[:1]):
    left.next = right
del chain, left, right
gc.collect()
first, second = Loud("older"), Loud("younger")
second.other, first.other = first, second
refs = [weakref.ref(second, lambda r: print("cb 1")), weakref.ref(second, lambda r: print("cb 2"))]
refs.append(weakref.ref(first, lambda r: print("cb 3")))
first.ref = weakref.ref(second, lambda r: print("never: its reference is garbage too"))
del first, second
gc.collect()
print([r() for r in refs])

print("== what hangs on garbage goes too, but not what others hold")
outside = Loud("outside")
x = Node("x", inside=Loud("inside"), outside=outside)
x.me = x
del x
gc.collect()
print("outside is", outside.name)
del outside

print("== resurrection")
saved = []


class Saver(Node):
    def __del__(self):
        saved.append(self)
        print("saved", self.name)


s = Saver("s")
s.me, s.friend = s, Loud("friend")
s.friend.back = s
del s
report("collected", gc.collect())
print(saved[0].friend.name, gc.is_finalized(saved[0]), gc.is_finalized(saved[0].friend))
watch = weakref.ref(saved[0])
saved.clear()
report("collected", gc.collect())
print(watch())

print("== generators in cycles")


def stubborn(box):
    try:
        yield box
    finally:
        print("finally", box["name"])


box = {"name": "in a cycle"}
box["gen"] = stubborn(box)
next(box["gen"])
del box
gc.collect()
box = {"name": "not started"}
box["gen"] = stubborn(box)
del box
report("collected", gc.collect())


def catcher(box):
    try:
        yield 1
    except GeneratorExit:
        print("exit")
        box["keep"] = saved
        raise


box = {}
box["gen"] = catcher(box)
next(box["gen"])
del box
gc.collect()

print("== classes")


class Meta(type):
    def __del__(cls):
        print("class", cls.__name__, "is gone")


class Base(metaclass=Meta):
    pass


class Derived(Base):
    def method(self):
        return __class__


print([c.__name__ for c in Base.__subclasses__()])
obj = Derived()
del Derived
gc.collect()
print([c.__name__ for c in Base.__subclasses__()], obj.method().__name__)
del obj
gc.collect()
print(Base.__subclasses__())
del Base
gc.collect()
ref = weakref.ref(type("Temporary", (), {}))
print(ref() is not None)
gc.collect()
print(ref())


def many():
    for i in range(200):
        cls = type(f"C{i}", (), {"v": i, "get": lambda self: self.v})
        o = cls()
        o.a = o
        yield o.get() + o.a.v
    del cls, o


print(sum(many()), gc.collect() > 1000, len(object.__subclasses__()) > 10)
print(any(c.__name__.startswith("C1") for c in object.__subclasses__()))

print("== callbacks and figures")
log = []
gc.callbacks.append(lambda phase, info: log.append((phase, info["generation"], info["collected"])))
n = Node("n")
n.me = n
del n
gc.collect(1)
gc.collect(0)
print(log)
gc.callbacks.clear()
before = gc.get_stats()[1]["collections"]
gc.collect(1)
print(gc.get_stats()[1]["collections"] - before, sorted(gc.get_stats()[0]))


def bad(phase, info):
    raise ValueError(phase)


print("== settings")
old = gc.get_threshold()
gc.set_threshold(5)
print(gc.get_threshold())
gc.set_threshold(7, 8)
print(gc.get_threshold())
gc.set_threshold(7, 8, 9)
print(gc.get_threshold(), gc.isenabled(), gc.get_debug())
gc.set_threshold(*old)
try:
    gc.set_threshold()
except TypeError as e:
    print(e)
try:
    gc.get_objects(7)
except ValueError as e:
    print(e)
gc.collect()
gc.collect(0)
gc.collect(0)
print(gc.get_count()[1:])
gc.collect(1)
print(gc.get_count()[1:])

print("== tracked")
for value in (1, 1.5, "a", b"", None, (), (1, "x"), ([],), [], {}, set(), object(), Node("n"), Node, int, len, iter([]), range(3)):
    print(type(value).__name__, gc.is_tracked(value))

print("== by itself")
gc.enable()
dead = 0


def count(ref):
    global dead
    dead += 1


refs = []
for i in range(20_000):
    n = Node("n")
    n.me = n
    if i % 100 == 0:
        refs.append(weakref.ref(n, count))
print(dead > 150)
gc.disable()

print("== a collection within a collection does nothing")


class Nested(Node):
    def __del__(self):
        print("nested", gc.collect())


n = Nested("n")
n.me = n
del n
gc.collect()

print("== referrers and referents")
target = Node("target")
by_list, by_dict, by_tuple = [target], {"k": target}, (target,)
found = gc.get_referrers(target)
print([any(f is each for f in found) for each in (by_list, by_dict, by_tuple, globals(), [])])
print(gc.get_referents([1, "a"], {"k": 2.5}))
print(Node in gc.get_referents(target))

print("== at the end")
end = Loud("end")
end.me = end
