"""Weak references: callbacks and their order, equality, proxies, subclasses, and what cannot be referred to weakly."""

import _weakref as w


class A:
    def __init__(self, x):
        self.x = x

    def __del__(self):
        print("del", self.x)

    def __call__(self):
        return "called"

    def __len__(self):
        return 3

    def __eq__(self, other):
        return isinstance(other, A) and self.x == other.x

    def __hash__(self):
        return hash(self.x)

    def __add__(self, other):
        return ("add", other)


a = A(1)
r = w.ref(a)
print(r() is a, r is w.ref(a), w.getweakrefcount(a), a.__weakref__ is r)
r2 = w.ref(a, lambda r: print("second", r() is None, r is r2))
r3 = w.ref(a, lambda r: print("third", r() is None))
p = w.proxy(a)
print(type(p).__name__, p.x, p(), len(p), p + 1, p == a, bool(p), isinstance(p, A))
p.y = 5
print(a.y)
b = A(1)
print(w.ref(b) == r, hash(r) == hash(1), w.ref(b) != r)
print(len(w.getweakrefs(a)), w.getweakrefs(a)[0] is r, w.getweakrefs(a)[1] is p)
del a
print(r(), r2.__callback__)


def attempt(action):
    try:
        print(action())
    except (TypeError, ReferenceError) as error:
        print(type(error).__name__, error)


attempt(lambda: p.x)
attempt(lambda: p())
attempt(lambda: w.ref(1))
attempt(lambda: w.ref([]))
attempt(lambda: w.ref(b, callback=1))
attempt(lambda: hash(w.ref(A(3))))
attempt(lambda: w.ref(Exception()))


class Keyed(w.ref):
    __slots__ = ("key",)

    def __new__(cls, target, callback, key):
        self = super().__new__(cls, target, callback)
        self.key = key
        return self

    def __init__(self, target, callback, key):
        super().__init__(target, callback)


for _ in range(3):
    k = Keyed(b, None, "key")
    print(k.key, k() is b, k == w.ref(b), k is w.ref(b))


class Sealed:
    __slots__ = ("x",)


class Open:
    __slots__ = ("x", "__weakref__")


class Number(int):
    pass


class Text(str):
    pass


print(w.ref(Open())(), w.ref(Text())())
attempt(lambda: w.ref(Sealed()))
attempt(lambda: w.ref(Number()))
attempt(lambda: type("X", (A,), {"__slots__": ("__weakref__",)}))
attempt(lambda: type("X", (), {"__slots__": ("__weakref__", "__weakref__")}))


def f():
    pass


for target in (f, A, len, f.__code__, set(), frozenset(), (i for i in ()), w):
    assert w.ref(target)() is target
del b
print("done")
