"""Powers and ranges that are computed in place, at the borders of where they are."""

BASES = (-3, -2.5, -1, 0, 0.0, -0.0, 1, 1.5, 2, 10**9, 10**10, -(10**10), 2**40, 2**61 - 1, float("inf"), float("nan"))


def attempt(compute, *arguments):
    try:
        return repr(compute(*arguments))
    except (ZeroDivisionError, OverflowError, ValueError, TypeError) as error:
        return f"{type(error).__name__}: {error}"


def powers(x):
    return [
        attempt(lambda: x**0),
        attempt(lambda: x**1),
        attempt(lambda: x**2),
        attempt(lambda: x**3),
        attempt(lambda: x**4),
        attempt(lambda: x**5),
        attempt(lambda: x**-1),
        attempt(lambda: x**0.5),
        attempt(lambda: x**2.0),
        attempt(lambda: (x * 1e100) ** 4),
    ]


def squares(values):
    total = 0
    for _ in range(60):
        for value in values:
            total += value**2
    return total


def ranges(start, stop, step):
    made = range(start, stop, step)
    return [repr(made), list(made[:3]), len(made), bool(made)]


def lengths():
    total = 0
    for _ in range(100):
        for stop in (-1, 0, 1, 7):
            total += len(range(stop)) + sum(range(3, stop)) + len(range(7, stop, -2)) + len(range(stop, 7, 3))
    return total


class Tracked:
    def __index__(self):
        return 4


for _ in range(40):
    table = [powers(base) for base in BASES]
for base, row in zip(BASES, table):
    print(base, row)
print(squares([3, -4, 5]), squares([1.5, -2.5]), squares([2, -0.5, 10**6]))
for _ in range(40):
    rows = [ranges(a, b, c) for a in (-3, 0, 5, 2**60) for b in (-4, 0, 6, 2**60 + 3) for c in (1, -1, 2, -3, 2**60)]
for row in rows:
    print(row)
print(lengths())
print(list(range(Tracked())), attempt(range, 1, 2, 0), attempt(range, 1.5), attempt(range), attempt(range, 1, 2, 3, 4))
# Ranges that only live for a loop, and ranges that stay.
kept = []
for size in range(300):
    for _ in range(size % 3):
        kept.append(range(size, size + 2))
print(len(kept), sum(sum(one) for one in kept), kept[0], kept[-1])
