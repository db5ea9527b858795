"""Floats of a list, accumulated by a `for` loop."""


def run(values):
    total = 0.0
    for value in values:
        total += value * 0.5
    return total


assert run([1.0] * 1000) == 500.0
