"""Globals, builtins and code objects that change while loops that read them run hot: stores, deletions, shadowing, namespaces."""

import sys
import types

STEP = 1
TABLE = [1, 2, 3]
count = 0


def step():
    return STEP


def plain(n):
    global STEP
    total = 0
    for i in range(n):
        if i == n // 2:
            STEP = 10
        total += STEP + step()
    STEP = 1
    return total


def through_dict(n):
    total = 0
    names = globals()
    for i in range(n):
        names["STEP"] = i & 3
        total += STEP
    names["STEP"] = 1
    return total


def by_exec(n):
    total = 0
    for i in range(n):
        if i % 50 == 49:
            exec("STEP = STEP + 1", globals())
        total += step()
    globals()["STEP"] = 1
    return total


def by_attribute(n):
    module = sys.modules[__name__]
    total = 0
    for i in range(n):
        if i % 100 == 3:
            module.STEP = i
        total += step()
    module.STEP = 1
    return total


def shadowing(n):
    global len
    total = 0
    for i in range(n):
        if i == n // 3:
            len = lambda x: 100
        if i == 2 * n // 3:
            del len
        total += len(TABLE)
    return total


def deleting(n):
    global TEMPORARY
    TEMPORARY = 5
    total = 0
    for i in range(n):
        if i == n - 2:
            del TEMPORARY
        try:
            total += TEMPORARY
        except NameError as error:
            print(i, error)
    return total


def counting(n):
    global count
    for i in range(n):
        count += 1
        if count % 5 == 0:
            count += i & 1
    return count


def one():
    return 1


def two():
    return 2


def codes(n):
    total = 0
    original = one.__code__
    for i in range(n):
        if i == n // 2:
            one.__code__ = two.__code__
        total += one()
    one.__code__ = original
    return total


def namespaces(n):
    source = "def f(n):\n    t = 0\n    for i in range(n):\n        t += K\n    return t\n"
    code = compile(source, "<namespaces>", "exec")
    results = []
    for k in range(4):
        space = {"K": k}
        exec(code, space)
        results.append(space["f"](n))
        space["K"] = "x"
        try:
            space["f"](3)
        except TypeError as error:
            results.append(str(error))
    return results


def redefined(n):
    total = 0
    for i in range(n):
        if i % 120 == 60:
            exec(f"def step(): return {i}", globals())
        total += step()
    return total


for n in 6, 700:
    for test in plain, through_dict, by_exec, by_attribute, shadowing, deleting, counting, codes, namespaces, redefined:
        print(test.__name__, test(n))

total = 0
for index in range(1000):
    total += index * STEP
    if index == 900:
        STEP = 3
print(total, index, STEP)


def one_code_two_namespaces():
    # A module's names and an ordinary dict's, which changes until it has changed as often as anything else.
    other = {"mode": "other"}
    there = types.FunctionType(read_mode.__code__, other)
    answers = set()
    for number in range(4000):
        answers.add((read_mode(), there()))
        other[number] = None
    return answers


def read_mode():
    return mode


mode = "mine"
print(one_code_two_namespaces())

namespace = {"base": 1}
exec("def add(n):\n    total = 0\n    for _ in range(n):\n        total += base\n    return total", namespace)
print(namespace["add"](500))
namespace["base"] = 2
print(namespace["add"](500), sorted(key for key in namespace if key != "__builtins__"))
del namespace["base"]
try:
    namespace["add"](1)
except NameError as error:
    print(error)
namespace.update(base=3)
print(namespace["add"](500), namespace.pop("base"), "base" in namespace)
