"""A global that is not rebound while the loop runs is a constant of the trace."""

STEP = 7


def run(n):
    i = 0
    total = 0
    while i < n:
        total += STEP
        i += 1
    return total


assert run(1000) == 7000
