"""Generators that delegate to generators, at any depth: what passes through a chain, and what can be seen of it."""

import sys
import traceback


class Tree:
    def __init__(self, left, value, right):
        self.left, self.value, self.right = left, value, right

    def __iter__(self):
        if self.left:
            yield from self.left
        yield self.value
        if self.right:
            yield from self.right


def tree(items):
    if not items:
        return None
    middle = len(items) // 2
    return Tree(tree(items[:middle]), items[middle], tree(items[middle + 1 :]))


def walk_trees():
    whole = tree(range(400))
    for _ in range(8):
        assert list(whole) == list(range(400))
        total = 0
        for value in whole:
            total += value
        assert total == 79800
    halves = tree([1, 2.5, "x", None, 4] * 30)
    print(sum(value for value in halves if isinstance(value, (int, float))))


def values(depth, log):
    """Sends go to the end of the chain, returns come back level by level."""
    if depth == 0:
        got = yield "first"
        log.append(got)
        got = yield "second"
        log.append(got)
        return [0]
    result = yield from values(depth - 1, log)
    got = yield f"between {depth}"
    log.append((depth, got))
    return result + [depth]


def driver(depth, log):
    result = yield from values(depth, log)
    return result


def send_through():
    log = []
    chain = driver(4, log)
    answers = [next(chain)]
    try:
        for number in range(100):
            answers.append(chain.send(number))
    except StopIteration as stop:
        answers.append(stop.value)
    print(answers)
    print(log)


def outer_send(generator):
    """SEND from a generator: the values sent are not None."""
    result = yield from generator
    return ("outer", result)


def send_by_generators():
    log = []
    generator = outer_send(driver(3, log))
    out = [generator.send(None)]
    while True:
        try:
            out.append(generator.send(len(out)))
        except StopIteration as stop:
            print(out, stop.value, log)
            break


class Quit(Exception):
    pass


def leaf(n):
    for i in range(n):
        yield i
    raise Quit(n)


def passes(inner, note):
    yield from inner
    note.append("not reached")


def catches(inner, note):
    try:
        yield from inner
    except Quit as quit:
        note.append(("caught", str(quit)))
        yield "after"
    note.append("on")


def finishes(inner, note):
    try:
        yield from inner
    finally:
        note.append("finally")


def exceptions_through():
    for n in range(40):
        note = []
        chain = passes(catches(passes(finishes(passes(leaf(n % 5), note), note), note), note), note)
        got = [item for item in chain]
        if n < 6:
            print(got, note)
    note = []
    try:
        for _ in passes(passes(leaf(3), note), note):
            pass
    except Quit:
        frames = traceback.extract_tb(sys.exc_info()[2])
        print([(frame.name, frame.line) for frame in frames], note)


def shows_frames():
    yield [sys._getframe(level).f_code.co_name for level in range(4)]
    yield [sys._getframe(level).f_code.co_name for level in range(4)]
    frame, names = sys._getframe(), []
    while frame.f_code.co_name != "frames":
        names.append((frame.f_code.co_name, frame.f_lineno - frame.f_code.co_firstlineno))
        frame = frame.f_back
    yield names[1:]


def middle_frame():
    marker = "kept"
    yield from shows_frames()
    assert marker == "kept"


def outer_frame():
    yield from middle_frame()


def frames():
    for names in outer_frame():
        print(names)


def states():
    """What runs, and what a chain delegates to, as those who look from inside and outside see it."""
    seen = []

    def inside():
        for _ in range(3):
            yield
            seen.append((first.gi_running, second.gi_running, first.gi_yieldfrom, second.gi_suspended))
            attempts = first.__next__, second.close, lambda: first.throw(Quit), lambda: [x for x in second], lambda: next(first)
            for attempt in attempts + (lambda: second.send(None),):
                try:
                    attempt()
                except ValueError as error:
                    seen.append(str(error))

    end = inside()

    def waits(inner):
        yield from inner

    second = waits(end)
    first = waits(second)
    for _ in first:
        seen.append((first.gi_running, second.gi_running, first.gi_yieldfrom is second, second.gi_yieldfrom is end))
    for row in seen[:6] + seen[-2:]:
        print(row)
    print(len(seen), first.gi_yieldfrom, end.gi_frame)


def advanced_elsewhere():
    """Members of a chain that others move on, or close, between two steps of the chain."""

    def count(n):
        for i in range(n):
            yield i
        return "done"

    def waits(inner, name):
        result = yield from inner
        yield (name, result)

    end = count(10)
    second = waits(end, "second")
    first = waits(second, "first")
    out = []
    for item in first:
        out.append(item)
        if item == 2:
            out.append(("from outside", next(end), next(second)))
        if item == 6:
            end.close()
    print(out)


def handled_in_chain():
    """A generator that handles an exception while it delegates: what it delegates to sees that one."""

    def looks():
        for _ in range(3):
            yield type(sys.exception()).__name__
        raise Quit("inside")

    def handles():
        try:
            raise KeyError("handled")
        except KeyError:
            yield from looks()

    def waits():
        yield from handles()

    for _ in range(3):
        try:
            raise IndexError
        except IndexError:
            out = []
            try:
                for name in waits():
                    out.append((name, type(sys.exception()).__name__))
            except Quit as quit:
                out.append((type(quit.__context__).__name__, type(quit.__context__.__context__).__name__))
            print(out, type(sys.exception()).__name__)


def closing():
    note = []

    def last():
        try:
            for i in range(100):
                yield i
        except GeneratorExit:
            note.append("exit")
            raise
        finally:
            note.append("last")

    def waits(name, inner):
        try:
            yield from inner
        finally:
            note.append(name)

    for i in range(30):
        chain = waits("a", passes(waits("b", last()), note))
        for item in chain:
            if item == i:
                break
        del chain
    print(len(note), note[:4])


def endless(depth):
    yield depth
    yield from endless(depth + 1)


def too_deep():
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(300)
    try:
        last = -1
        try:
            for last in endless(0):
                pass
        except RecursionError as error:
            print("recursion", str(error)[:32], 200 < last < 1000)
    finally:
        sys.setrecursionlimit(limit)


class Later:
    def __init__(self, value):
        self.value = value

    def __await__(self):
        got = yield self.value
        return (self.value, got)


async def awaits(depth):
    if depth == 0:
        total = 0
        for i in range(20):
            value, got = await Later(i)
            total += value + (got or 0)
        return total
    return depth + await awaits(depth - 1)


def coroutines():
    coroutine = awaits(6)
    value = coroutine.send(None)
    seen = [value]
    while True:
        try:
            seen.append(coroutine.send(value * 2))
            value = seen[-1]
        except StopIteration as stop:
            print(seen, stop.value)
            return


def mixed():
    """A chain's end that delegates to what is no generator."""

    def over(items):
        yield from items
        yield from iter(items)

    def waits(items):
        yield from over(items)
        yield from zip(items, over(items))

    for _ in range(20):
        out = list(waits([1, "a", None]))
    print(out)


for part in (
    walk_trees, send_through, send_by_generators, exceptions_through, frames, states, advanced_elsewhere, handled_in_chain, closing,
    too_deep, coroutines, mixed,
):
    print("--", part.__name__)
    part()
