"""A sum that begins as an int and goes on as a float: the loop has a version for either."""


def run(n):
    total = 0
    i = 0
    while i < n:
        total += 0.5
        i += 1
    return total


for _ in range(3):
    assert run(1000) == 500.0
