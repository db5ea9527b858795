"""A branch in a method: behind it the caller's variable is known to be the method's `self`, whose fields were read already."""


class Counter:
    def __init__(self):
        self.number = 0
        self.items = [1, 2, 3, 4]

    def step(self):
        items = self.items
        if self.number & 1:
            self.number += items[0]
        else:
            self.number += items[2]
        return self.items[0]


def run(counter, n):
    total = 0
    i = 0
    while i < n:
        total += counter.step()
        i += 1
    return total


counter = Counter()
assert run(counter, 2000) == 2000
assert counter.number == 4000, counter.number
