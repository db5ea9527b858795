"""An operator that a class defines, inlined."""


class Amount:
    def __init__(self, value):
        self.value = value

    def __add__(self, other):
        return self.value + other


def run(amount, n):
    i = 0
    total = 0
    while i < n:
        total += amount + i
        i += 1
    return total


assert run(Amount(1), 1000) == 500500
