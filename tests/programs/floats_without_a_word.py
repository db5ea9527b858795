"""Doubles that have no immediate form come up in loops that were compiled for such as have one: huge, tiny, infinite, not a number."""

import math


def grows(steps, factor):
    x = 1.0
    y = 0.5
    for step in range(steps):
        x = x * factor
        y = y + x * 0.25 - x * 0.125
    return x, y


for factor in (1.0, 1.5, 1e10, 1e-10, 1e150, 1e-150):
    print(factor, *grows(300, factor))


def carried_and_kept(steps, factor):
    x = 1.0
    kept = [0.0] * 8
    for step in range(steps):
        x *= factor
        half = x * 0.5
        kept[step % 8] = half
        if x > 1e300:
            x = 1e-300
        elif step % 50 == 49:
            x = -x
    return x, kept


for factor in (1.25, 1e20, 1e-20, -7.5):
    print(factor, *carried_and_kept(400, factor))


class Point:
    def __init__(self, x, y):
        self.x = x
        self.y = y

    def times(self, factor):
        return Point(self.x * factor, self.y / factor)


def points(steps, factor):
    point = Point(1.0, 1.0)
    total = 0.0
    for step in range(steps):
        point = point.times(factor)
        total += point.x - point.y
        if math.isnan(total):
            total = 0.0
    return point.x, point.y, total


for factor in (1.0, 1.75, 1e12):
    print(factor, *points(400, factor))


def same_object(steps, factor):
    """A double is the same object as long as nothing else is made of it."""
    x = 1.0
    same = equal = 0
    for step in range(steps):
        x = x * factor
        y = x
        same += y is x
        equal += y == x
    return same, equal, x


for factor in (1.0, 1e30):
    print(factor, *same_object(300, factor))


def sums(values):
    total = 0.0
    for value in values:
        total = total * 0.5 + value
    return total


mixed = [1.5] * 200 + [1e308, 1e-310, math.inf, 2.5, -math.inf, 0.0, -0.0, 3, True, 1e-320] * 3
for end in range(200, len(mixed) + 1):
    print(end, sums(mixed[:end]))


def pairs(rows):
    total = 0.0
    count = 0
    for a, b, c in rows:
        total += a * 1e-3
        if b is not None:
            count += 1
        total -= c
    return total, count


rows = [(1.0, None, 0.5)] * 100 + [(1e308, 2.0, 1e-320), (1, 0.25, 2), (5e-324, 1e300, 3.5)] * 20
for end in range(100, len(rows), 7):
    print(end, *pairs(rows[:end]))


def halves(x):
    while True:
        x *= 0.5
        yield x


def through_generator(steps):
    total = 0.0
    for step, x in zip(range(steps), halves(1e10)):
        total += x
    return total, x


print(*through_generator(1200))
