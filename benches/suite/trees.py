"""Objects that live: binary trees are built, walked and dropped."""


class Node:
    def __init__(self, left, right):
        self.left = left
        self.right = right

    def count(self):
        if self.left is None:
            return 1
        return 1 + self.left.count() + self.right.count()


def build(depth):
    if depth == 0:
        return Node(None, None)
    return Node(build(depth - 1), build(depth - 1))


def run(n):
    keep = build(n)
    total = 0
    for depth in range(2, n + 1, 2):
        for _ in range(1 << (n - depth)):
            total += build(depth).count()
    return total * 10000 + keep.count()


SIZE = 13
EXPECTED = 955756383

if __name__ == "__main__":
    from measuring import main

    main("trees", run, SIZE, EXPECTED)
