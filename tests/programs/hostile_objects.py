"""Programs that once took the interpreter down: each must end in an exception, or in nothing at all."""


def attempt(what, *args):
    try:
        print(repr(what(*args))[:40])
    except RecursionError:
        print("RecursionError")
    except (TypeError, AttributeError) as error:
        print(error)


class Hashed:
    """Its hash runs Python code, in the middle of a bytecode that stores into a dict."""

    def __init__(self, value):
        self.value = value

    def __hash__(self):
        return helper(self.value)

    def __eq__(self, other):
        return helper(self.value) == other.value


def helper(value):
    return value + 0


def store(count):
    table = {}
    for index in range(count):
        helper(index)
        table[Hashed(index % 7)] = index
    return sorted(table.values()), len({Hashed(1): 2, Hashed(1): 3}), {Hashed(n % 3): n for n in range(9)}[Hashed(2)]


print(store(100))
print(store(3000)[0])


# `__new__` of a class that lays out its objects differently.
class Borrowed(object):
    __new__ = list.__new__


class BorrowedBack(list):
    __new__ = object.__new__


print(type(Borrowed()).__name__, BorrowedBack())
attempt(list.__new__, object)
attempt(object.__new__, list)
attempt(object.__new__, memoryview)
attempt(object.__new__, OSError)
attempt(list.__new__, 5)
attempt(list.__new__)

# `__get__` with an owner that is no class.
print(helper.__get__(None, 5) is helper, helper.__get__(3, 4)())
print(classmethod(lambda cls: cls).__get__(None, 5)())


# Bases: cycles, classes derived from derived classes, orders that do not exist.
class C:
    pass


class C2:
    pass


class D(C):
    pass


class E(D):
    pass


class F(E):
    pass


for bases in [(D,), (E,), (F,), (C, C), (), 5, (5,), (object,)]:
    attempt(setattr, D, "__bases__", bases)
attempt(delattr, D, "__bases__")
D.__bases__ = (C2, C)
print([c.__name__ for c in F.__mro__], C2.__subclasses__(), C.__subclasses__())


class Y(D, C2, C):
    pass


attempt(setattr, D, "__bases__", (C, C2))
print([c.__name__ for c in F.__mro__], [c.__name__ for c in Y.__mro__])


class Meta(type):
    """Assigns bases while they are being assigned: the inner assignment stands."""

    armed = False

    def mro(cls):
        if Meta.armed:
            Meta.armed = False
            Inner.__bases__ = (Second,)
        return type.mro(cls)


class Top(metaclass=Meta):
    pass


class First(Top):
    pass


class Second(Top):
    pass


class Inner(Top):
    pass


Meta.armed = True
Inner.__bases__ = (First,)
First.__bases__ = (Inner,)
print(Inner.__bases__, First.__bases__, Second.__subclasses__(), First.__subclasses__())


# Native code that recurses without Python's doing.
def nested(make, seed, depth=200_000):
    for _ in range(depth):
        seed = make(seed)
    return seed


try:
    print(hash(nested(lambda x: (x,), (), 500_000)))
except RecursionError as error:
    print(str(error)[-21:])
