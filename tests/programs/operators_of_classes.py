"""Operators, comparisons and subscripts that classes define, in loops: results, refusals, reflection, errors, order of calls."""


class Vec:
    def __init__(self, x, y):
        self.x = x
        self.y = y

    def __add__(self, other):
        if not isinstance(other, Vec):
            return NotImplemented
        return Vec(self.x + other.x, self.y + other.y)

    def __radd__(self, other):
        return Vec(self.x + other, self.y + other)

    def __mul__(self, k):
        return Vec(self.x * k, self.y * k)

    def __rmul__(self, k):
        return self * k

    def __isub__(self, other):
        self.x -= other.x
        self.y -= other.y
        return self

    def __eq__(self, other):
        if not isinstance(other, Vec):
            return NotImplemented
        return self.x == other.x and self.y == other.y

    def __lt__(self, other):
        if type(other) is str:
            return NotImplemented
        return self.x < (other.x if isinstance(other, Vec) else other)

    def __getitem__(self, index):
        return (self.x, self.y)[index]

    def __setitem__(self, index, value):
        if index:
            self.y = value
        else:
            self.x = value

    def __repr__(self):
        return f"Vec({self.x}, {self.y})"


class Sub(Vec):
    def __radd__(self, other):
        return "Sub.__radd__"

    def __gt__(self, other):
        return "Sub.__gt__"


class Odd:
    """Comparisons that answer what is no bool."""

    def __init__(self, n):
        self.n = n

    def __lt__(self, other):
        return [1] * (self.n % 2)

    def __eq__(self, other):
        return self.n % 3

    def __iadd__(self, other):
        return NotImplemented

    def __add__(self, other):
        return (self.n, "add", other)

    def __gt__(self, other):
        if self.n % 5 == 0:
            raise ValueError(self.n)
        return True


def arithmetic(n):
    total = Vec(0, 0)
    for i in range(n):
        total = total + Vec(i, 1)
        total = 2 * total * 1
        total.x %= 1000
        total -= Vec(1, 2)
        if i % 7 == 0:
            total = 1 + total
        total[0] = total[1] + i
        total[1] %= 5
    return total


def comparisons(n):
    less = equal = other = 0
    smallest = Vec(n, 0)
    for i in range(n):
        here = Vec((i * 7) % 13, i % 2)
        if here < smallest:
            smallest = here
            less += 1
        if here == Vec(3, 1):
            equal += 1
        if here == i:
            other += 1
        if here != Vec(3, 1):
            other += 2
        if 5 > here:
            other += 4
        value = here < 4
        other += value
    return less, equal, other, smallest


def odd(n):
    counts = [0, 0, 0, 0]
    for i in range(n):
        thing = Odd(i)
        if thing < 0:
            counts[0] += 1
        if thing == 0:
            counts[1] += 1
        while not thing < 0:
            thing.n += 1
        try:
            if thing > 1:
                counts[2] += 1
        except ValueError as error:
            counts[3] += error.args[0]
        if i == n - 1:
            thing += 1
            print(thing, Odd(2) < 1, Odd(4) == 1)
    return counts


def errors():
    for action in (
        lambda: Vec(1, 2) + "a",
        lambda: Vec(1, 2) < "a",
        lambda: Vec(1, 2) - 1,
        lambda: Vec(1, 2)[5],
        lambda: Odd(1) <= 3,
    ):
        try:
            print(action())
        except (TypeError, IndexError) as error:
            print(type(error).__name__, error)


def mixed(n):
    kinds = {}
    operands = [Vec(1, 2), Sub(3, 4), 5, Vec(6, 7)]
    for i in range(n):
        a, b = operands[i % 4], operands[(i * 3 + i // 4) % 4]
        try:
            key = repr(a + b)
        except TypeError as error:
            key = str(error)
        kinds[key] = kinds.get(key, 0) + 1
        try:
            key = str(a < b)
        except TypeError as error:
            key = str(error)
        kinds[key] = kinds.get(key, 0) + 1
    return sorted(kinds.items())


class Deep:
    def __add__(self, other):
        return self + other


for n in 3, 400:
    print(arithmetic(n))
    print(comparisons(n))
    print(odd(n))
    print(mixed(n))
errors()
try:
    Deep() + 1
except RecursionError as error:
    print(error)


def changing(n):
    seen = []
    for i in range(n):
        if i == n // 2:
            Vec.__add__ = lambda self, other: "changed"
        result = Vec(1, 1) + Vec(2, 2)
        if i in (0, n // 2 - 1, n // 2, n - 1):
            seen.append(result)
    return seen


print(changing(600))
