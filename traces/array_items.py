"""Items of an array of doubles: a load, a multiplication, a store."""

from array import array


def run(n):
    items = array("d", [1.0] * 8)
    i = 0
    while i < n:
        items[i & 7] = items[i & 7] * 0.5
        i += 1
    return items[0]


assert run(1000) == 0.5**125
