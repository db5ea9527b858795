"""Descriptors and classes where they are rarely looked at: wrappers with a dict, super as an attribute, data descriptors that cannot be
read, deleted dicts, changed classes, orders of a metaclass's own."""

import functools
import pickle
import types
import warnings


def tell(f):
    try:
        result = f()
    except Exception as e:
        print(f"{type(e).__name__} {e}".strip())
    else:
        print(repr(result))


def documented(x: int):
    "its text"


for wrapper in staticmethod(documented), classmethod(documented):
    print(wrapper.__dict__)
    wrapper.x = 42
    print(wrapper.x, wrapper.__annotations__, "__annotations__" in wrapper.__dict__)
    wrapper.__annotations__ = {"a": 1}
    print(wrapper.__annotations__)
    del wrapper.__annotations__
    print(wrapper.__annotations__, wrapper.__name__, wrapper.__doc__)
tell(lambda: classmethod(documented, kw=1))
tell(lambda: staticmethod())


class Lazy(staticmethod):
    def __init__(self, function):
        pass


print(repr(Lazy(documented)), Lazy(documented).__func__)


class A:
    def meth(self):
        return "A"


class B(A):
    def meth(self):
        return "B" + self._up.meth()


B._up = super(B)
print(B().meth())
a, b = A(), B()
b.method = a.meth.__get__(b, B)
print(b.method())


class WriteOnly:
    def __set__(self, obj, value):
        obj.__dict__["x"] = value


class C:
    x = WriteOnly()


c = C()
print(c.x is C.__dict__["x"])
c.x = 42
print(c.x)

c = C()
c.y = 1
del c.__dict__
print(c.__dict__, hasattr(c, "y"))
c.y = 2
print(c.__dict__)


class Meta(type):
    pass


class D(metaclass=Meta):
    pass


print(type(D.__dict__).__name__)
tell(lambda: setattr(D, "__dict__", {}))


class G:
    __slots__ = ["a", "b"]


class H:
    __slots__ = ["b", "a"]


class J:
    __slots__ = ["c", "b"]


g = G()
g.a = 1
g.__class__ = H
print(g.a, type(g).__name__)
tell(lambda: setattr(g, "__class__", J))
tell(lambda: g.b)
tell(lambda: delattr(g, "b"))
tell(lambda: setattr(3, "__class__", bool))


class Module(types.ModuleType):
    extra = 1

    @property
    def computed(self):
        return "computed"


module = types.ModuleType("m")
module.computed = "plain"


def read():
    return getattr(module, "computed")


print([read() for _ in range(3)])
module.__class__ = Module
print([read() for _ in range(3)], module.extra, type(module).__name__)
module.__class__ = types.ModuleType
print([read() for _ in range(3)], hasattr(module, "extra"))


class E:
    @classmethod
    def __new__(*args):
        return args


print(E(1, 2) == (E, E, 1, 2))
print(type(complex.real).__name__, type(float.real).__name__, type(G.a).__name__, isinstance(G.a, types.MemberDescriptorType))
tell(lambda: setattr(property(), "fget", 3))
tell(lambda: type(A).__dict__["__doc__"].__delete__(A))
tell(lambda: delattr(A, "__abstractmethods__"))
tell(lambda: int().__pow__())
tell(lambda: A(1))
tell(lambda: A().__init__(1))


class Order(type):
    def mro(cls):
        print("mro", cls.__mro__)
        return type.mro(cls)


class F(metaclass=Order):
    pass


with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    type("Odd", (), {1: 2})
print([str(w.message) for w in caught])


class Bound:
    def __init__(self, f):
        self.f = f

    def __get__(self, obj, owner):
        return functools.partial(self.f, "bound")


class Manager:
    __enter__ = Bound(lambda *args: print("enter", len(args)))
    __exit__ = staticmethod(lambda *args: print("exit", len(args)))


for _ in range(2):
    with Manager():
        pass


class Odd:
    __eq__ = property(lambda self: self.missing)


tell(lambda: Odd() == Odd())
p = functools.partial(pow, 2, mod=5)
q = pickle.loads(pickle.dumps(p))
print(q(3), q.func is pow, q.args, q.keywords)


def handling():
    import sys

    try:
        raise ValueError
    except ValueError:
        yield 1
    yield sys.exception()


steps = handling()
try:
    raise IndexError
except IndexError:
    next(steps)
print(next(steps))


def rethrown():
    import sys

    try:
        yield
    except Exception as e:
        yield
        yield repr(sys.exception())
        raise


steps = rethrown()
next(steps)
try:
    raise ValueError
except ValueError as e:
    steps.throw(e)
print(next(steps))
tell(lambda: next(steps))
