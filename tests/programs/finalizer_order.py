"""Finalisers run in CPython's order, each to its end before the next one begins."""


class Noisy:
    def __init__(self, name, *more):
        self.name = name
        self.more = more

    def __del__(self):
        parts = []
        for turn in range(3):
            parts.append(str(self.name))
        print("".join(parts), end=" ")


def in_list():
    held = [Noisy(1), Noisy(2), Noisy(3)]


def in_tuple():
    held = (Noisy(1), Noisy(2), Noisy(3))


def in_dict():
    held = {1: Noisy(1), 2: Noisy(2)}


def in_attributes():
    held = Noisy(9)
    held.a = Noisy(1)
    held.b = Noisy(2)


def in_locals():
    first = Noisy(1)
    second = Noisy(2)


def nested():
    held = [[Noisy(1, Noisy(5)), Noisy(2)], [Noisy(3), Noisy(4, [Noisy(6), Noisy(7)])]]


def part_of_a_list():
    held = [Noisy(1), Noisy(2), Noisy(3)]
    del held[0:2]
    print("-", end=" ")


def cleared():
    held = [Noisy(1), Noisy(2)]
    held.clear()
    print("-", end=" ")
    held = {1: Noisy(3), 2: Noisy(4)}
    held.clear()
    print("-", end=" ")


def replaced():
    held = [Noisy(1), Noisy(2)]
    held[:] = [0]
    print("-", end=" ")


def in_a_generator():
    def held(first, second):
        third = Noisy(3)
        yield first
        yield second, third

    waiting = held(Noisy(1, Noisy(5)), Noisy(2))
    next(waiting)
    del waiting
    print("-", end=" ")


def in_a_loop():
    held = None
    for turn in range(4):
        held = (Noisy(1), [Noisy(2), Noisy(3)], Noisy(4))
        held = None
        print("-", end=" ")
        pair = Noisy(1, Noisy(2)), turn
    pair = None


def carried_round_a_loop():
    pair = None
    for turn in range(60):
        pair = (turn, 0)
        if turn % 2:
            pair = (Noisy(1), Noisy(2))
    pair = None


for case in (
    in_a_loop,
    carried_round_a_loop,
    in_list,
    in_tuple,
    in_dict,
    in_attributes,
    in_locals,
    nested,
    part_of_a_list,
    cleared,
    replaced,
    in_a_generator,
):
    for turn in range(3):
        case()
        print(case.__name__)
