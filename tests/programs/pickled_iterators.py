"""Iterators and built-in functions as calls that make them again."""
import operator
import pickle


def advanced(iterator, count=1):
    for _ in range(count):
        next(iterator)
    return iterator


def pairs():
    d = {"a": 1, "b": 2, "c": 3}
    yield advanced(iter([1, 2, 3]))
    yield advanced(iter((1, 2, 3)))
    yield advanced(iter("a\u20acc"))
    yield advanced(iter(b"abc"))
    yield advanced(iter(range(5)), 2)
    yield advanced(iter(range(1 << 70, (1 << 70) + 3)))
    yield advanced(iter(d))
    yield advanced(iter(d.items()))
    yield advanced(reversed(d.values()))
    yield advanced(iter({7}), 0)
    yield advanced(enumerate("xyz", 5))
    yield advanced(zip("ab", [1, 2], strict=True))
    yield advanced(map(operator.add, [1, 2], [3, 4]))
    yield advanced(filter(None, [1, 0, 2]))


for iterator in pairs():
    copy = pickle.loads(pickle.dumps(iterator))
    print(type(iterator).__name__, list(copy), list(iterator))

for function in len, [].append, "a".upper, str.upper, dict.fromkeys:
    print(pickle.loads(pickle.dumps(function)).__name__, function.__reduce__()[0])

iterator = iter([1, 2, 3])
iterator.__setstate__(99)
print(list(iterator), iterator.__reduce__())
