"""The items of a list, added up by index."""


def run(values):
    i = 0
    total = 0
    while i < len(values):
        total += values[i]
        i += 1
    return total


assert run([2] * 1000) == 2000
