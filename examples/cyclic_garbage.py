"""Cyclic garbage: counting alone cannot free objects that refer to one another; the collector finds them."""

import gc
import weakref


class Node:
    def __init__(self, name):
        self.name = name
        self.other = None

    def __repr__(self):
        return f"Node({self.name!r})"


class Finalised(Node):
    def __del__(self):
        print("finalised", self.name, "beside", self.other.name)


gc.disable()
gc.collect()

print("-- a list that contains itself")
itself = []
itself.append(itself)
print(itself, gc.is_tracked(itself))
del itself
print("collected:", gc.collect())

print("-- two objects that hold one another")
left, right = Node("left"), Node("right")
left.other, right.other = right, left
watch = weakref.ref(left)
del left, right
print("counting did not free them:", watch())
print("collected:", gc.collect())
print("now:", watch())

print("-- finalisers of a cycle, weak references with callbacks first")
a, b = Finalised("a"), Finalised("b")
a.other, b.other = b, a
watchers = [weakref.ref(each, lambda ref: print("callback, object is", ref())) for each in (a, b)]
del a, b
gc.collect()

print("-- a finaliser may save its whole cycle")
saved = []


class Survivor(Node):
    def __del__(self):
        print("saving", self.name)
        saved.append(self)


x, y = Survivor("x"), Node("y")
x.other, y.other = y, x
del x, y
print("collected:", gc.collect())
print("saved with its friend:", saved, saved[0].other)
saved.clear()
print("collected at last:", gc.collect())

print("-- generations: what survives moves up")
print("thresholds", gc.get_threshold())
gc.collect()
young = [Node("young")]
print([any(each is young for each in gc.get_objects(generation)) for generation in range(3)])
gc.collect(0)
print([any(each is young for each in gc.get_objects(generation)) for generation in range(3)])
gc.collect(1)
print([any(each is young for each in gc.get_objects(generation)) for generation in range(3)])

print("-- the counts")
gc.collect()
before = gc.get_count()[0]
many = [[] for _ in range(100)]
print("more allocations than frees:", gc.get_count()[0] - before >= 100)
del many

print("-- it starts by itself")
found = []


def phase(name, info):
    if name == "stop" and info["collected"]:
        found.append(info["collected"])


gc.callbacks.append(phase)
gc.enable()
for _ in range(20_000):
    cycle = Node("garbage")
    cycle.other = cycle
gc.disable()
gc.callbacks.remove(phase)
print("collections by allocation:", len(found) > 3)
print("most of it is gone:", sum(found) > 15_000)

print("-- it can be turned off")
gc.collect()
cycle = Node("kept")
cycle.other = cycle
watch = weakref.ref(cycle)
del cycle
for _ in range(10_000):
    [[]]
    Node("no cycle")
print("still there:", watch())
gc.collect()
print("gone:", watch())

print("-- who refers to whom")
target = Node("target")
holder = [target]
print(any(each is holder for each in gc.get_referrers(target)))
print(any(each is target for each in gc.get_referents(holder)))

print("-- frozen objects are left alone")
cycle = Node("frozen")
cycle.other = cycle
watch = weakref.ref(cycle)
gc.freeze()
del cycle
gc.collect()
print(watch(), gc.get_freeze_count() > 0)
gc.unfreeze()
gc.collect()
print(watch(), gc.get_freeze_count())

print("-- everything that would be freed can be looked at instead")
gc.set_debug(gc.DEBUG_SAVEALL)
odd = Node("odd")
odd.other = odd
del odd
gc.collect()
print([each for each in gc.garbage if isinstance(each, Node)])
gc.garbage.clear()
gc.set_debug(0)
