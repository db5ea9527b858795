"""Locals that change places and back within a trip round a loop, with calls in between that write them home."""
import sys


class Thing:
    def __init__(self, number):
        self.number = number


def bits(seed=[511242053]):
    seed[0] = (seed[0] * 1103515245 + 12345) & 0x7FFFFFFF
    return seed[0] >> 8


def count(n, thing):
    if n == 0:
        return thing.number
    if bits() & 1:
        return count(n - 1, thing) + 1
    return count(n - 1, thing) ^ 1


def swapped(rounds, one, other):
    total, first, second, i = 0, other, None, 0
    while i < rounds:
        i = i + 1
        if i == 2:
            total += len(repr(total))
        second = one
        for _ in [1, 2]:
            if str(total) is None:
                pass
            else:
                second, first = first, second
        total += count(1, other)
    return total, first is other, second is one


def parked(rounds, thing):
    total, place = 0, thing
    for i in range(rounds):
        if i == 5:
            total += 1
        kept = place
        place = None
        total += len(str(i))
        place = kept
        if bits() % 3:
            total += place.number
        kept = None
    return total


def emptied(rounds, thing):
    total, place = 0, thing
    for i in range(rounds):
        if i == 3:
            total += 1
        kept = place
        del place
        total += len(repr(kept.number))
        place = kept
        if bits() & 3 == 0:
            total -= count(2, place)
        del kept
    return total


for number in range(4):
    one, other = Thing(number), Thing(number + 1)
    alone = sys.getrefcount(one), sys.getrefcount(other)
    print(swapped(60, one, other), parked(90, one), emptied(90, other))
    print(sys.getrefcount(one) - alone[0], sys.getrefcount(other) - alone[1])
