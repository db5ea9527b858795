"""Traces that begin in a function and end in whichever frame it returns or raises to."""


def fib(n):
    if n < 2:
        return n
    return fib(n - 1) + fib(n - 2)


def ackermann(m, n):
    if m == 0:
        return n + 1
    if n == 0:
        return ackermann(m - 1, 1)
    return ackermann(m - 1, ackermann(m, n - 1))


class Node:
    def __init__(self, left, right, value):
        self.left = left
        self.right = right
        self.value = value

    def total(self):
        result = self.value
        if self.left is not None:
            result += self.left.total()
        if self.right is not None:
            result += self.right.total()
        return result

    def __iter__(self):
        if self.left is not None:
            yield from self.left
        yield self.value
        if self.right is not None:
            for value in self.right:
                yield value


def tree(depth, value=1):
    if depth == 0:
        return None
    return Node(tree(depth - 1, 2 * value), tree(depth - 1, 2 * value + 1), value)


def find(items, wanted):
    for index, item in enumerate(items):
        if item == wanted:
            return index
    return -1


def searches():
    items = list(range(20))
    total = 0
    for wanted in range(400):
        total += find(items, wanted % 25)
    return total


def fails(n, at):
    if n == at:
        raise ValueError(n)
    if n == 0:
        return "ended"
    return fails(n - 1, at)


def catches():
    seen = {}
    for turn in range(300):
        try:
            result = fails(8, turn % 12)
        except ValueError as error:
            result = error.args[0]
        seen[result] = seen.get(result, 0) + 1
    return sorted(seen.items(), key=str)


def passes_on(n):
    try:
        return fails(n, 3)
    finally:
        trail.append(n)


def rethrows(n):
    try:
        return passes_on(n)
    except ValueError as error:
        depth = 0
        entry = error.__traceback__
        while entry is not None:
            depth += 1
            entry = entry.tb_next
        return depth


trail = []
print(fib(18), ackermann(2, 9))
root = tree(7)
print([root.total() for _ in range(20)][-1], sum(root), list(root)[:10])
print(searches())
print(catches())
print(sum(rethrows(3 + turn % 4) for turn in range(300)), len(trail))
