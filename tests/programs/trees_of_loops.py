"""Loops with branches that come back: objects, counts, kinds and frames that differ from branch to branch."""
import sys


class Vec:
    def __init__(self, x, y):
        self.x = x
        self.y = y

    def __eq__(self, other):
        return isinstance(other, Vec) and self.x == other.x and self.y == other.y

    def __add__(self, other):
        if other.x > 5:
            return Vec(self.x + other.x, self.y)
        return Vec(self.x, self.y + other.y)


class Loud:
    gone = 0

    def __init__(self, number):
        self.number = number

    def __del__(self):
        Loud.gone = Loud.gone * 31 + self.number & 0xFFFF


class Source:
    """A generator of numbers whose state lies in fields, with branches inside a method."""

    def __init__(self):
        self.i, self.j = 4, 16
        self.cells = [float(n * n % 19) for n in range(17)]

    def step(self):
        i, j, cells = self.i, self.j, self.cells
        k = cells[i] - cells[j]
        if k < 0:
            k += 19.0
        cells[j] = k
        if i == 0:
            i = 16
        else:
            i -= 1
        self.i = i
        if j == 0:
            j = 16
        else:
            j -= 1
        self.j = j
        return k / 19


def fields(n):
    source, inside = Source(), 0
    for _ in range(n):
        x = source.step()
        y = source.step()
        if x * x + y * y <= 1.0:
            inside += 1
    return inside, source.i, source.j, source.cells[:3]


def made_in_branches(n):
    kept, total, other = Vec(0, 0), 0, Vec(1, 1)
    for i in range(n):
        vec = Vec(i % 7, i % 3)
        if vec == other:
            kept = vec
        elif vec.x > 3:
            kept = kept + vec
            if kept.y > 40:
                kept = Vec(0, kept.x & 7)
        total += kept.x - kept.y
    return total, kept.x, kept.y


def dying(n):
    held, log = None, 0
    for i in range(n):
        if i % 3 == 0:
            held = Loud(i)
        elif i % 5 == 0:
            Loud(i)
        elif i % 7 == 0:
            held = None
        log = (log * 3 + Loud.gone) & 0xFFFFF
    held = None
    return log, Loud.gone


def caught(n):
    found, table = 0, {1: "one", 4: "four", 6: "six"}
    for i in range(n):
        try:
            name = table[i % 8]
        except KeyError as error:
            found += error.args[0]
            continue
        found += len(name)
    return found


def steps(n):
    for i in range(n):
        if i & 1:
            yield i
        elif i % 6 == 0:
            yield (i, i + 1)
        else:
            yield str(i)


def mixed_kinds(n):
    ints, pairs, text = 0, 0, ""
    for item in steps(n):
        if type(item) is int:
            ints += item
        elif type(item) is tuple:
            first, second = item
            pairs += first * second
        else:
            text += item
    return ints, pairs, len(text), text[-9:]


def moved_into_lists(n):
    kept, dropped, word = [], 0, "w"
    for i in range(n):
        fresh = word + str(i % 50)
        if i % 4 == 0:
            kept.append(fresh)
        elif i % 4 == 1:
            kept.append(fresh)
            kept.append(fresh)
            dropped += len(kept.pop())
        elif kept and i % 3 == 0:
            kept.insert(0, fresh)
            fresh = None
        if len(kept) > 60:
            del kept[::2]
    return len(kept), dropped, kept[0], kept[-1]


def references(n):
    thing, seen = [], 0
    alone = sys.getrefcount(thing)
    for i in range(n):
        also = thing
        if i % 2:
            more = also
            seen += sys.getrefcount(thing) - alone
            more = None
        else:
            seen += 5 * (sys.getrefcount(also) - alone)
        also = None
    return seen, sys.getrefcount(thing) - alone


def deep(i, level):
    if level == 0:
        if i % 3:
            return i
        return -i
    if i & level:
        return deep(i, level - 1) + 1
    return deep(i, level - 1)


def frames(n):
    return sum([deep(i, 3) for i in range(n)])


def left_from_within(n):
    rounds = 0
    for outer in range(n):
        i = 0
        while True:
            i += 1
            if i * outer % 11 == 10:
                break
            if i > 12:
                if outer & 1:
                    break
                i += 5
                if i > 40:
                    break
            rounds += i & 3
    return rounds


def floats_or_ints(n):
    total, step = 0, 1
    for i in range(n):
        if i % 16 == 15:
            step = 0.5 if step == 1 else 1
        total += step
    return total, step


for function in (
    fields, made_in_branches, dying, caught, mixed_kinds, moved_into_lists, references, frames, left_from_within, floats_or_ints
):
    print(function.__name__, function(50), function(700))
