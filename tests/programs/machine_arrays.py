"""Items of array.array in loops: every type, both ends of its range, and what does not fit."""

from array import array

LIMITS = {
    "b": (-(2**7), 2**7 - 1), "B": (0, 2**8 - 1), "h": (-(2**15), 2**15 - 1), "H": (0, 2**16 - 1),
    "i": (-(2**31), 2**31 - 1), "I": (0, 2**32 - 1), "l": (-(2**63), 2**63 - 1), "L": (0, 2**64 - 1),
    "q": (-(2**63), 2**63 - 1), "Q": (0, 2**64 - 1),
}


def try_store(target, index, value):
    try:
        target[index] = value
    except Exception as raised:
        return type(raised).__name__
    return target[index]


def integers():
    for code, (least, most) in LIMITS.items():
        target = array(code, [0] * 8)
        seen = []
        for round in range(30):
            for value in (least, most, 0, 1, least - 1, most + 1, True, 2.0, "x"):
                seen.append(try_store(target, round % 8, value))
                seen.append(try_store(target, -1 - round % 8, value))
        print(code, sum(1 for each in seen if isinstance(each, str)), sum(each for each in seen if not isinstance(each, str)))
        print(code, seen[:18], list(target))


def signs():
    total = 0
    for code in "bh":
        target = array(code, [0, 0])
        for value in range(-120, 120):
            target[0] = value
            target[1] = -value
            total += target[0] * 3 + target[1] * 5
            if target[0] != value or target[1] != -value:
                print("wrong", code, value, target)
    print("signs", total)


def doubles():
    target = array("d", [0.0] * 5)
    other = array("f", [0.5] * 5)
    for round in range(200):
        at = round % 5
        target[at] = target[at - 1] * 0.5 + round
        other[at] = target[at] + other[at]
        target[at - 1] += 1
    print(list(target), list(other))
    for value in (1e300, -1e300, 1e-310, float("inf"), 2**60 + 1, True, 10**400, "no", None):
        print("store", repr(value)[:12], try_store(target, 2, value))
    extremes = array("d", [1e300, 1e-300, 1e100])
    total = 0.0
    for _ in range(50):
        for at in range(3):
            extremes[at] = extremes[at] * 0.5
            total += extremes[at]
    print(extremes, total)


def bounds():
    target, hits = array("i", range(10)), 0
    for index in range(-15, 15):
        for _ in range(4):
            try:
                target[index] += 1
                hits += 1
            except IndexError as error:
                last = str(error)
    print(hits, list(target), last)


class Counting(array):
    def __getitem__(self, index):
        return array.__getitem__(self, index) + 100


def subclasses():
    plain, counting = array("i", [1, 2, 3]), Counting("i", [1, 2, 3])
    total = 0
    for round in range(60):
        for each in (plain, counting, [1, 2, 3], (1, 2, 3), b"\1\2\3"):
            total += each[round % 3]
    counting.extra = "attribute"
    print(total, counting[0], counting, counting.extra, type(counting).__mro__[1])


def growth():
    target = array("h")
    for value in range(1000):
        target.append(value)
        if value % 7 == 0:
            target.pop(0)
        if value % 11 == 0:
            target.insert(len(target) // 2, -value)
        if value % 101 == 0:
            del target[::3]
    print(len(target), sum(target), target[:5], target[::-100])
    view = memoryview(target)
    total = 0
    for index in range(len(target)):
        view[index] = index
        total += target[index]
    try:
        target.append(1)
    except BufferError as error:
        print(total, error)
    view.release()
    target.append(1)
    while target:
        target.pop()
    print(target, bool(target), len(target))


def truth():
    count = 0
    for round in range(100):
        for each in (array("i"), array("i", [1]), {}, {1: 2}, set(), {3}, frozenset()):
            if each:
                count += len(each)
    print(count)


for test in (integers, signs, doubles, bounds, subclasses, growth, truth):
    test()
print(array.__module__, array.__name__, array, type(iter(array("b"))).__name__)
