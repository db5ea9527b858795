"""Calls of small methods on one object, from a loop and from another method."""


class Counter:
    def __init__(self):
        self.count = 0

    def step(self, amount):
        self.count += amount
        return self.count

    def twice(self, amount):
        self.step(amount)
        return self.step(amount + 1)

    def get(self):
        return self.count


def run(n):
    counter = Counter()
    total = 0
    for i in range(n):
        total = (total * 3 + counter.twice(i & 7)) & 0xFFFFF
        total ^= counter.get() + i
    return total


SIZE = 120000
EXPECTED = 1379104

if __name__ == "__main__":
    from measuring import main

    main("method_calls", run, SIZE, EXPECTED)
