"""What a frame that an exception has left held lives as long as the traceback."""
import sys


class Loud:
    def __init__(self, name):
        self.name = name

    def __del__(self):
        print("del", self.name)


def inner(n):
    a = Loud(f"a{n}")
    b = Loud(f"b{n}")
    raise ValueError(n)


def outer(n):
    c = Loud(f"c{n}")
    inner(n)


for n in range(2):
    try:
        outer(n)
    except ValueError as e:
        print("caught", e)
        tb = e.__traceback__
        names = []
        while tb is not None:
            names.append((tb.tb_frame.f_code.co_name, tb.tb_lineno))
            last, tb = tb, tb.tb_next
        print(names)
        print(sorted(last.tb_frame.f_locals), last.tb_frame.f_locals["a"].name, last.tb_frame.f_globals is globals())
        print(last.tb_frame.f_back.f_code.co_name)
        del last, tb
    print("after", n)

try:
    outer(7)
except ValueError as e:
    kept = e
print("kept")
kept.__traceback__.tb_next.tb_next.tb_frame.clear()
print("cleared")
kept = None
print("gone")


def captured(x):
    y = Loud("captured")

    def use():
        return x, y

    raise KeyError("k")


try:
    captured(1)
except KeyError as e:
    print({k: type(v).__name__ for k, v in e.__traceback__.tb_next.tb_frame.f_locals.items()})
print("-")


def gen():
    z = Loud("in a generator")
    yield 1
    raise IndexError


def drive():
    g = gen()
    next(g)
    try:
        next(g)
    except IndexError:
        print("handled")
    print("left the handler")


drive()
print("-")


def ignore(n):
    try:
        outer(n)
    except ValueError:
        pass


for n in range(3):
    ignore(n)
print("-")


def total(count):
    seen = 0
    for n in range(count):
        try:
            quiet(n)
        except ValueError:
            seen += 1
    return seen


def quiet(n):
    held = [n]
    if n % 3 == 0:
        raise ValueError(held)


print(total(5000))
