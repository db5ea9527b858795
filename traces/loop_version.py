"""A sum of ints, then of floats: the loop has a version for either, and the second tests for floats alone."""


def run(values, n):
    total = values[0]
    i = 1
    while i < n:
        total += values[i]
        i += 1
    return total


for _ in range(20):
    assert run([1] * 100, 100) == 100
    assert run([0.5] * 100, 100) == 50.0
