"""Weak references, callbacks, proxies, and the library's weak containers."""
import weakref


class Thing:
    def __init__(self, name):
        self.name = name

    def __call__(self, n):
        return self.name * n

    def method(self):
        return "method of " + self.name


class Slotted:
    __slots__ = ("x",)


class Slotted2:
    __slots__ = ("x", "__weakref__")


def attempt(function, *args):
    try:
        print(function(*args))
    except Exception as error:
        print(type(error).__name__, error)


thing = Thing("a")
ref = weakref.ref(thing)
print(ref() is thing, weakref.ref(thing) is ref, ref == weakref.ref(thing, print), hash(ref) == hash(thing))
order = []
callbacks = [weakref.ref(thing, lambda _, n=n: order.append(n)) for n in range(4)]
print(weakref.getweakrefcount(thing), len(weakref.getweakrefs(thing)), callbacks[0].__callback__ is None)
del callbacks[1]
del thing
print(ref(), order, repr(ref)[-6:], callbacks[0].__callback__)

for value in [1, "", (), [], {}, set(), print, Thing, weakref, lambda: 0, object(), ValueError(), Slotted(), Slotted2(), 1.5]:
    try:
        print(type(value).__name__, type(weakref.ref(value)).__name__)
    except TypeError as error:
        print(error)
attempt(weakref.ref)
attempt(hash, weakref.ref(Thing("gone")))

thing = Thing("b")
proxy = weakref.proxy(thing)
print(proxy.name, proxy.method(), proxy(3), type(proxy).__name__)
proxy.name = "c"
print(thing.name, bool(proxy), isinstance(proxy, Thing))
numbers = weakref.proxy(set([1, 2, 3]))
attempt(len, numbers)
kept = {1, 2, 3}
numbers = weakref.proxy(kept)
print(len(numbers), 2 in numbers, sorted(numbers), numbers | {4}, numbers == {1, 2, 3})
del thing
attempt(lambda: proxy.name)

values = weakref.WeakValueDictionary()
keys = weakref.WeakKeyDictionary()
members = weakref.WeakSet()
thing = Thing("d")
values["x"] = thing
keys[thing] = "y"
members.add(thing)
print(list(values), list(values.values()) == [thing], keys[thing], len(members), thing in members)
bound = weakref.WeakMethod(thing.method)
print(bound()())
del thing
print(list(values), len(keys), len(members), bound())


class Loud(weakref.ref):
    __slots__ = ("label",)

    def __new__(cls, target, label):
        return super().__new__(cls, target)

    def __init__(self, target, label):
        super().__init__(target)
        self.label = label


thing = Thing("e")
loud = Loud(thing, "tag")
print(loud.label, loud() is thing, loud is weakref.ref(thing))
try:
    loud.other = 1
    print("has a dict")
except AttributeError:
    print("has no dict")
