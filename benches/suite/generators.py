"""Generators: a loop over one, a chain of them, `yield from`, `send`, early exit."""


def count(n):
    i = 0
    while i < n:
        yield i
        i += 1


def odd(numbers):
    for number in numbers:
        if number % 2:
            yield number


def tree(depth):
    if depth > 0:
        yield from tree(depth - 1)
        yield depth
        yield from tree(depth - 1)


def averager():
    total = 0
    seen = 0
    mean = 0
    while True:
        value = yield mean
        total += value
        seen += 1
        mean = total // seen


def run(n):
    total = 0
    for value in odd(count(n * 4)):
        total += value
    total += sum(x * x % 7 for x in count(n))
    for node in tree(8):
        total = total * 3 % 1000003 + node
    mean = averager()
    next(mean)
    for value in count(n):
        total += mean.send(value)
    for value in count(1000000):
        if value > n:
            break
        total ^= value
    return total


SIZE = 25000
EXPECTED = 156809350

if __name__ == "__main__":
    from measuring import main

    main("generators", run, SIZE, EXPECTED)
