"""A `while` loop over integers."""


def run(n):
    i = 0
    total = 0
    while i < n:
        total = total + i
        i = i + 1
    return total


assert run(1000) == 499500
