"""What random programs about structures begin with: nodes that hold each other, whose deaths are counted. No collector runs: where cycles
are made they stay."""

import gc

gc.disable()

DEAD = [0, 0]


class Node:
    made = 0

    def __init__(self, next=None):
        Node.made += 1
        self.value = Node.made
        self.next = next
        self.kids = [None, None]
        self.pair = (None, self.value)
        self.weight = 0.5

    def __del__(self):
        DEAD[0] += 1
        DEAD[1] += self.value

    def bump(self, by):
        self.value += by
        return self

    def kid(self, at):
        return self.kids[at]

    def swap(self, other):
        self.kids, other.kids = other.kids, self.kids


class Other(Node):
    def bump(self, by):
        self.kids[0] = None
        return self.kids[1]


def put(nodes, at, node):
    nodes[at] = node


def cut(node):
    if node is not None:
        node.next = None


