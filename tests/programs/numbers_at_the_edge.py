"""Numbers where rules change: signs of zeros, infinities, sizes past 64 bits, deprecated conversions, f-strings of many pieces."""

import itertools
import operator
import warnings

warnings.simplefilter("always")
warnings.showwarning = lambda message, category, *rest: print(" ", category.__name__, message)


def show(what, *args, **keywords):
    try:
        print(what(*args, **keywords))
    except (TypeError, ValueError, OverflowError, ZeroDivisionError) as error:
        print(type(error).__name__, error)


class Returns:
    def __init__(self, value):
        self.value = value

    def __complex__(self):
        return self.value

    __float__ = __index__ = __complex__


class Complex(complex):
    pass


class Float(float):
    pass


# Complex numbers.
for args in [(1j, 2), (1, 1j), (0.0, -0.0), (-0.0, -0.0), (Returns(1j),), (Returns(1j), 1), (Returns(Complex(1j)),), (Returns(5),), ([],)]:
    show(complex, *args)
show(complex, real=1j)
show(complex, real="1")
infinity, nan = float("inf"), float("nan")
parts = [0.0, -0.0, 1.5, infinity, -infinity, nan]
numbers = [complex(*both) for both in itertools.product(parts, parts)]
for a, b in itertools.product(numbers[::5], numbers[::3] + parts):
    results = [operation(a, b) for operation in [operator.add, operator.sub, operator.mul]]
    print(*results, operator.truediv(a, b) if b else "zero")

# Conversions that return an instance of a subclass.
show(lambda: operator.index(Returns(True)) + 0)
show(float, Returns(Float(2.5)))
show(operator.invert, True)


# Keywords are for the `__init__` of a derived class, if it has one.
class WithInit(float):
    def __init__(self, value, more=None):
        self.more = more


class TupleWithInit(tuple):
    def __init__(self, value, more=None):
        self.more = more


show(Float, x=1)
show(type("Tuple", (tuple,), {}), x=1)
show(type("List", (list,), {}), x=1)
show(type("Frozen", (frozenset,), {}), x=1)
print(WithInit(2.5, more=3).more, TupleWithInit([1], more=4).more)

# Slices past 64 bits.
print(range(-3, 2**64)[-1:], range(0, 2**70, 3)[2**65::-(2**64)], range(10)[-(2**80) : 2**80])
print(slice(None, None, -1).indices(2**70), slice(-(2**66), 2**80, 2**90).indices(2**65))
show(slice(0, 1, 0).indices, 2**65)
show(slice(0, 1).indices, -1)
show(operator.mul, "a", -(2**64))
show(operator.mul, [1], 2**64)

# More pieces than an instruction counts.
x = 7
text = eval("f'" + "{x} " * 70000 + "'")
print(len(text), text[:4], text == "7 " * 70000)

print(~True, ~False)
