"""Loops that only collect, test or add up what a generator yields: the generator is not suspended for them, and nobody can tell."""

import gc
import sys


def count(n):
    for number in range(n):
        yield number


def sums():
    print(sum(count(10)), sum(count(10), 5), sum(x > 3 for x in range(10)), sum((x / 2 for x in range(10)), 1))
    print(sum(x if x < 3 else x / 2 for x in range(6)), sum(x for x in (1, 2**61, 2**62, -1, True)), sum(count(4), 0.5))
    print(sum([x] if x > 1 else [] for x in range(4)) if False else sum(([x] for x in range(4)), []))
    print(sum((Whole(x) for x in range(4))), sum(0.1 for _ in range(10)), sum(1 if x else 0.1 for x in range(9)))
    print(type(sum(Whole(x) for x in range(1))).__name__, sum(x for x in [2.5, 2**70, 1j]))


class Whole(int):
    def __radd__(self, other):
        return Whole(int(self) + other + 100)


def collections():
    print(list(count(5)), set(x % 3 for x in count(9)), tuple(x for x in count(5)), frozenset(count(3)))
    print([x for x in count(5)], {x % 2 for x in count(5)}, sorted(-x for x in count(5)), ",".join(str(x) for x in count(4)))
    print(all(x + 1 for x in count(4)), all(x for x in count(4)), any(x for x in count(4)), any(0 for x in count(4)))
    print(all(x for x in ([1], "a", 2.5, True, None, 3)), any(x for x in ([], "", 0.0, False, None, (0,))))
    target = [-1]
    target.extend(x * x for x in count(5))
    print(target, {x: y for x, y in zip(count(3), count(3))}, [[y for y in count(x)] for x in count(4)])


def sent_and_kept():
    def talks():
        got = yield 1
        print("got", got)
        try:
            got = yield from count(3)
            yield got
        finally:
            print("finally")

    print(list(talks()), sum(x or 0 for x in talks()))
    first = talks()
    print(next(first), first.send("hello"), [x for x in first])


def raises():
    def fails():
        yield 1
        raise ValueError("from the generator")

    for function in list, tuple, set, sum, all, sorted:
        try:
            print(function(fails()))
        except ValueError as error:
            lines = []
            trace = error.__traceback__
            while trace:
                lines.append(trace.tb_frame.f_code.co_name)
                trace = trace.tb_next
            print(function.__name__, error, lines)
    for items in (x if x else "a" for x in range(2)), (x if x < 2 else None for x in range(4)):
        try:
            print(sum(items))
        except TypeError as error:
            print(error, items.gi_frame is None)
        print(list(items))


def states():
    # What runs while the loop takes an item finds the generator suspended.
    class Looks:
        def __init__(self, number):
            self.number = number

        def __hash__(self):
            seen.append((self.number, generator.gi_running, generator.gi_frame.f_lineno - first_line))
            return 1

        def __eq__(self, other):
            return isinstance(other, Looks) and self.number == other.number

        def __bool__(self):
            seen.append(generator.gi_running)
            return True

    def makes():
        yield 1
        yield Looks(1)
        yield Looks(2)
        yield Looks(1)

    first_line = makes.__code__.co_firstlineno
    for function in set, all, frozenset:
        seen = []
        generator = makes()
        function(generator)
        print(function.__name__, seen)


def deaths():
    # The last item dies when the next one comes, and finds the generator suspended.
    class Dying:
        def __hash__(self):
            return 1

        def __eq__(self, other):
            return True

        def __radd__(self, other):
            return other

        def __del__(self):
            seen.append(generator.gi_running)

    def makes():
        for _ in range(3):
            yield Dying()
            yield 1
            yield 1

    for function in all, set, any, list:
        seen = []
        generator = makes()
        function(generator)
        assert seen and not any(seen), (function, seen)


def lifetimes():
    class Noisy:
        def __init__(self, number):
            self.number = number

        def __del__(self):
            print("del", self.number)

        def __hash__(self):
            return 0

        def __eq__(self, other):
            return True

    def makes(n):
        for number in range(n):
            print("make", number)
            yield Noisy(number)

    held = [x for x in makes(3)]
    print(sys.getrefcount(held[0]) - sys.getrefcount(object()))
    del held
    print(len({x for x in makes(3)}), all(True for x in makes(2)))
    ring = [[x] for x in makes(2)]
    ring.append(ring)
    del ring
    gc.collect()


def watched():
    events = []

    def note(frame, event, arg):
        if frame.f_code.co_name in ("count", "watched_loop"):
            events.append((frame.f_code.co_name, event, arg if event == "return" else None))
        return note

    def watched_loop():
        return [x for x in count(2)]

    sys.settrace(note)
    watched_loop()
    sys.settrace(None)
    print(events)


def many_registers():
    # So many variables that operands are wide.
    names = [f"v{number}" for number in range(300)]
    source = "def wide(items):\n    " + " = ".join(names) + " = 1\n    return [x for x in items], v299\n"
    space = {}
    exec(source, space)
    print(space["wide"](count(4)))


def captured():
    return [f() for f in [lambda: x for x in count(3)]], [(lambda: x)() for x in count(3)]


def hot():
    total = 0
    for _ in range(300):
        total += sum(x for x in count(7)) + len([x for x in count(5)]) + sum(x > 2 for x in count(6))
        total += all(x < 9 for x in count(8)) + len({x & 3 for x in count(9)})
    return total


for part in sums, collections, sent_and_kept, raises, states, deaths, lifetimes, watched, many_registers:
    print(part.__name__)
    part()
print(captured(), hot())
