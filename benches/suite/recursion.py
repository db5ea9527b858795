"""Recursion of several shapes: Ackermann, Hanoi, permutations, mutual recursion."""


def ackermann(m, n):
    if m == 0:
        return n + 1
    if n == 0:
        return ackermann(m - 1, 1)
    return ackermann(m - 1, ackermann(m, n - 1))


def hanoi(n, source, target, spare):
    if n == 0:
        return 0
    moves = hanoi(n - 1, source, spare, target)
    return moves + 1 + hanoi(n - 1, spare, target, source)


def permutations(items, start, found):
    if start == len(items):
        found.append(items[0] * 100 + items[-1])
        return
    for i in range(start, len(items)):
        items[start], items[i] = items[i], items[start]
        permutations(items, start + 1, found)
        items[start], items[i] = items[i], items[start]


def is_even(n):
    return True if n == 0 else is_odd(n - 1)


def is_odd(n):
    return False if n == 0 else is_even(n - 1)


def run(n):
    found = []
    permutations(list(range(n)), 0, found)
    total = sum(found) + len(found)
    total += ackermann(2, n * 3) * 100000
    total += hanoi(n * 2, "a", "b", "c") * 10
    for i in range(n * 5):
        total += 1 if is_even(i * 3) else 2
    return total


SIZE = 8
EXPECTED = 20048850

if __name__ == "__main__":
    from measuring import main

    main("recursion", run, SIZE, EXPECTED)
