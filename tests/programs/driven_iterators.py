"""What `next`, `send`, `enumerate`, `zip`, `map`, `reversed` and key functions do while loops over them run hot."""

import sys


def show(f, *arguments):
    try:
        print(repr(f(*arguments)))
    except BaseException as error:
        print(type(error).__name__, error, places(error))


def places(error):
    found, entry = [], error.__traceback__
    while entry:
        found.append((entry.tb_frame.f_code.co_name, entry.tb_lineno - entry.tb_frame.f_code.co_firstlineno))
        entry = entry.tb_next
    return found


def counter(n):
    got = []
    for i in range(n):
        got.append((yield i))
    return got


def by_next(n):
    generator, total = counter(n), 0
    for _ in range(n):
        total += next(generator)
    try:
        next(generator)
    except StopIteration as stop:
        return total, stop.value, places(stop)


def by_send(n):
    generator, total = counter(n), 0
    try:
        value = generator.send(None)
        while True:
            total += value
            value = generator.send(value * 2)
    except StopIteration as stop:
        return total, stop.value


def by_dunder(n):
    generator, total = counter(n), 0
    while True:
        try:
            total += generator.__next__()
        except StopIteration:
            return total


def with_default(n):
    generator, total = counter(n), 0
    while (value := next(generator, None)) is not None:
        total += value
    return total


for n in (3, 300):
    show(by_next, n)
    show(by_send, n)
    show(by_dunder, n)
    show(with_default, n)


def started(value):
    generator = counter(3)
    return generator.send(value)


show(started, 1)
show(started, None)
show(next, 5)
show(next, iter([]))
show(lambda: next(counter(0)))


def raising():
    yield 1
    raise KeyError("inside")


def out_of_next():
    generator = raising()
    next(generator)
    next(generator)


show(out_of_next)


def stops():
    yield 1
    raise StopIteration(5)


def out_of_stops():
    generator = stops()
    return next(generator), next(generator)


show(out_of_stops)


def tuple_result():
    return (1, 2)
    yield


show(lambda: next(tuple_result()))


def enumerated(items, start=0):
    found = []
    for index, item in enumerate(items, start):
        if len(found) < 5:
            found.append((index, item))
        last = index, item
    return found, last


def kept(n):
    pairs = []
    for pair in enumerate(range(n)):
        pairs.append(pair)
    return pairs[:2], pairs[-1], len(set(pairs))


def zipped(*iterables):
    total, count = 0, 0
    for parts in zip(*iterables):
        total += sum(parts)
        count += 1
    return total, count


def shared(n):
    iterator = iter(list(range(n)))
    total = 0
    for a, b in zip(iterator, iterator):
        total += a * b
    return total, list(iterator)


def rest(n):
    first, second = iter(range(n)), iter(list(range(n // 2)))
    for pair in zip(first, second):
        pass
    return pair, next(first, "none"), next(second, "none")


def strict(n):
    total = 0
    for a, b in zip(range(n), list(range(n + 1)), strict=True):
        total += a + b
    return total


for n in (4, 400):
    show(enumerated, range(n))
    show(enumerated, list(range(n)), 7)
    show(enumerated, tuple(range(n)), -1)
    show(enumerated, [str(i) for i in range(n)], 1 << 61)
    show(enumerated, (i * i for i in range(n)))
    show(kept, n)
    show(zipped, range(n), list(range(n)))
    show(zipped, range(n), list(range(n // 2)), tuple(range(n)))
    show(zipped, range(n))
    show(zipped)
    show(zipped, [1] * n, [2] * n, [3] * n, [4] * n, [5] * n)
    show(shared, n)
    show(rest, n)
    show(strict, n)


def growing():
    items = [1]
    total = 0
    for index, item in enumerate(items):
        if index < 300:
            items.append(item + 1)
        total += item
    return total, len(items)


show(growing)


def mapped(n):
    total = 0
    for value in map(lambda x: x * 2, range(n)):
        total += value
    return total


def mapped_two(n):
    return [value for value in map(lambda a, b: a - b, range(n), [1] * n)][-3:]


def wrong(n):
    for value in map(lambda a, b: a, range(n)):
        pass


def fails(n):
    def check(x):
        if x == n - 1:
            raise ValueError(x)
        return x

    for value in map(check, range(n)):
        pass


def names(n):
    def name(x):
        return sys._getframe(1).f_code.co_name

    found = set()
    for value in map(name, range(n)):
        found.add(value)
    return found, set(map(name, range(n)))


def makes_generators(n):
    def make(x):
        yield x
        yield -x

    return sum(next(made) + sum(made) for made in map(make, range(n)))


def inside_try(n):
    caught = 0
    for turn in range(n):
        try:
            for value in map(lambda x: 1 // (5 - x), range(10)):
                pass
        except ZeroDivisionError:
            caught += 1
    return caught


for n in (3, 300):
    show(mapped, n)
    show(mapped_two, n)
    show(wrong, n)
    show(fails, n)
    show(names, n)
    show(makes_generators, n)
    show(inside_try, n)
    show(lambda: sum(map(lambda x: x + 0.5, range(n))))
    show(lambda: ",".join(map(lambda x: str(x), range(n)))[:20])
    show(lambda: any(map(lambda x: x > n, range(n))))


def backwards(n):
    return [i for i in reversed(range(n))], [i for i in reversed(range(1, n, 3))], [i for i in reversed(range(n, 0, -2))]


for n in (0, 1, 7):
    for _ in range(60):
        result = backwards(n)
    print(result)
print([i for i in range(0, 1 << 66, 1 << 60)][-2:], [i for i in reversed(range(0, -1 << 66, -1 << 60))][:2])
print(type(reversed(range(3))), list(reversed(range(1 << 70, (1 << 70) + 2))))


class Record:
    def __init__(self, value):
        self.value = value

    def __repr__(self):
        return f"Record({self.value})"


def keyed(n):
    records = [Record(i * 7919 % 101) for i in range(n)]
    ordered = sorted(records, key=lambda record: record.value)
    records.sort(key=lambda record: -record.value)
    low = min(records, key=lambda record: record.value)
    high = max(records, key=lambda record: record.value % 10)
    stable = sorted(range(n), key=lambda i: i % 3)
    pairs = sorted(((i % 5, -i) for i in range(n)), key=lambda pair: pair[1])
    return ordered[:3], records[:3], low, high, stable[:4], pairs[:2]


def keyed_errors():
    show(lambda: sorted([1, 2], key=lambda x: 1 // 0))
    show(lambda: sorted([1, 2, 3], key=lambda x: "a" if x == 2 else x))
    show(lambda: sorted(5, key=lambda x: x))
    show(lambda: sorted([1, 2], key=lambda: 0))
    show(lambda: max([], key=lambda x: x))
    show(lambda: min((), key=lambda x: x))
    show(lambda: max(5, key=lambda x: x))

    def meddle(x):
        items.append(x)
        return x

    items = [3, 1, 2]
    show(lambda: items.sort(key=meddle))
    print(items)

    def fail(x):
        if x == 2:
            raise OSError(x)
        return x

    items = [3, 1, 2]
    show(lambda: items.sort(key=fail))
    print(items)
    seen = []
    items = [3, 1, 2]
    items.sort(key=lambda x: seen.append(list(items)) or x)
    print(items, seen)


for n in (5, 120):
    for _ in range(30):
        result = keyed(n)
    print(result)
for _ in range(3):
    keyed_errors()
