"""Iteration by the built-in tools: range, enumerate, zip, map, filter, reversed, sum, any, all, min, max."""


class Countdown:
    def __init__(self, start):
        self.left = start

    def __iter__(self):
        return self

    def __next__(self):
        if self.left == 0:
            raise StopIteration
        self.left -= 1
        return self.left


def run(n):
    numbers = list(range(60))
    total = 0
    for step in range(n):
        for index, value in enumerate(numbers):
            total += index ^ value
        for a, b in zip(numbers, reversed(numbers)):
            total += a * b
        total += sum(map(lambda x: x + step, numbers))
        total += len(list(filter(lambda x: x % 3 == step % 3, numbers)))
        total += min(numbers, key=lambda x: (x - step) % 60)
        total += max(x % 17 for x in numbers)
        if any(x == step for x in numbers) and all(x >= 0 for x in numbers):
            total += 1
        for value in Countdown(20):
            total -= value
    return total


SIZE = 1500
EXPECTED = 121253310

if __name__ == "__main__":
    from measuring import main

    main("iteration", run, SIZE, EXPECTED)
