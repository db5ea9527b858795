"""An attribute read and written in a loop: the object's shape is checked once, before the loop."""


class Counter:
    def __init__(self):
        self.count = 0


def run(counter, n):
    i = 0
    while i < n:
        counter.count = counter.count + 2
        i = i + 1
    return counter.count


assert run(Counter(), 1000) == 2000
