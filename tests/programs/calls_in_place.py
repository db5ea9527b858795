"""Calls whose frames are pushed in place: callable instances, bound methods, classes with keywords and defaults, * and **."""

import functools
import sys


class Adder:
    def __init__(self, base, step=1, *, scale=1):
        self.base = base
        self.step = step
        self.scale = scale

    def __call__(self, value, extra=0, *more, **named):
        return (self.base + value * self.step + extra + sum(more) + sum(named.values())) * self.scale

    def method(self, a, b=2, *, c=3):
        return self.base, a, b, c


class Child(Adder):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.child = True


class Failing:
    def __init__(self, wanted):
        if wanted < 0:
            raise ValueError("negative")
        self.wanted = wanted


class Returning:
    def __init__(self, result=None):
        return result


class OnInstance:
    def __call__(self):
        return "class"


class NotThere:
    pass


def traced(function):
    @functools.wraps(function)
    def wrapper(*args, **kwargs):
        return function(*args, **kwargs)

    return wrapper


@traced
def three(a, b, c=30):
    return a + b + c


@traced
def keywords(a, *, b, **rest):
    return a, b, sorted(rest.items())


def attempt(action):
    try:
        return action()
    except Exception as error:
        return f"{type(error).__name__}: {error}"


def hot(n):
    add, method = Adder(10), Adder(1).method
    total = 0
    for number in range(n):
        total += add(number) + add(number, 1) + add(number, 1, 2, 3) + add(number, extra=4) + add(1, k=2)
        total += Adder(number, scale=2).scale + Adder(step=number, base=2).step + Child(number, 3, scale=4).scale
        total += method(1)[1] + method(1, 3)[2] + method(1, c=9)[3] + method(*(1, 2))[2] + method(**{"a": 4})[1]
        total += three(1, 2) + three(1, 2, 3) + three(*[1, 2, 3]) + three(c=1, b=2, a=3) + three(*(1, 2), **{"c": 5})
        total += keywords(1, b=2, z=3)[1] + three(*range(2)) + max(*[number, 2]) + Returning().__class__.__name__.count("R")
        if number % 50 == 49:
            total += len(str(attempt(lambda: Failing(-1))))
    return total


def errors():
    add = Adder(1)
    print(attempt(lambda: add()))
    print(attempt(lambda: Adder()))
    print(attempt(lambda: Adder(1, 2, 3)))
    print(attempt(lambda: Adder(1, base=2)))
    print(attempt(lambda: Adder(1, other=2)))
    print(attempt(lambda: add.method()))
    print(attempt(lambda: add.method(1, 2, 3)))
    print(attempt(lambda: add.method(1, d=3)))
    print(attempt(lambda: three(*[1])))
    print(attempt(lambda: three(*[1, 2, 3, 4])))
    print(attempt(lambda: three(*5)))
    print(attempt(lambda: three(**5)))
    print(attempt(lambda: three(1, 2, **{1: 2})))
    print(attempt(lambda: three(1, *[2], **{"b": 2})))
    print(attempt(lambda: keywords(*[1])))
    print(attempt(lambda: Returning(1)))
    print(attempt(lambda: Returning(result=1)))
    print(attempt(lambda: Failing(wanted=-1)))
    print(attempt(lambda: NotThere()()))
    print(attempt(lambda: NotThere(1)))
    print(attempt(lambda: NotThere(a=1)))
    print(attempt(lambda: object.__init__(NotThere(), 1)))


def changing():
    # What is called changes while the call is hot.
    thing = OnInstance()
    answers = []
    for step in range(300):
        if step == 100:
            thing.__call__ = lambda: "instance"
        if step == 200:
            OnInstance.__call__ = lambda self: "new class"
        answers.append(thing())
    del OnInstance.__call__
    answers.append(attempt(thing))
    return [answers[0], answers[150], answers[250], answers[-1], len(set(answers))]


def supers():
    class Base:
        pass

    class Derived(Base):
        def __init__(self):
            super().__init__()
            super(Derived, self).__init__()
            self.done = super().__repr__().startswith("<")

    class Listed(list):
        def __init__(self, *items):
            super().__init__(items)

        def append(self, item):
            super().append(item)
            return len(self)

        def total(self):
            result = 0
            for item in self:
                result += item
            return result

    class Iterated(list):
        def __iter__(self):
            return iter((7, 8))

    class Pair(tuple):
        pass

    seen = 0
    for number in range(300):
        listed = Listed(1, 2)
        seen += Derived().done + listed.append(3) + listed.total() + sum(x for x in Pair((1, 2)))
        for item in Iterated([1]):
            seen += item
        for item in Pair((1, number)):
            seen += item
    return seen, attempt(lambda: Listed(1).append(1, 2)), attempt(lambda: super(Derived, Derived()).__init__(1))


def deep():
    class Recursive:
        def __call__(self, depth):
            return self(depth + 1)

    class Nested:
        def __init__(self, depth=0):
            self.inner = Nested(depth + 1)

    def spread(*args):
        return spread(*args)

    sys.setrecursionlimit(400)
    for action in (lambda: Recursive()(0)), Nested, spread, (lambda: Nested(depth=3)):
        try:
            action()
        except RecursionError as error:
            print(error)
    sys.setrecursionlimit(1000)


def at_the_top(n):
    # Nothing of the frame lies above the window, which grows by what the call puts into it.
    total = 0
    for number in range(n):
        total += Adder(number, scale=2).scale
    return total


def at_the_top_bound(n, call):
    total = 0
    for number in range(n):
        total += call(number)
    return total


for n in 3, 400:
    print(hot(n), at_the_top(n), at_the_top_bound(n, Adder(1)), at_the_top_bound(n, lambda a, b=1: a + b))
errors()
print(changing(), supers())
deep()
