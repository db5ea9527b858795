"""Keys that are equal to themselves alone: instances, classes, functions; and classes that change their minds about it."""

import copy


class Plain:
    def __init__(self, name):
        self.name = name

    def __repr__(self):
        return f"<{self.name}>"


class Equal(Plain):
    def __eq__(self, other):
        return True

    def __hash__(self):
        return hash(objects[0])


class Unhashable(Plain):
    def __eq__(self, other):
        return self is other


class Slotted:
    __slots__ = ("x",)


class Meta(type):
    def __eq__(cls, other):
        return cls.__name__[0] == getattr(other, "__name__", " ")[0]

    def __hash__(cls):
        return 5


class Apple(metaclass=Meta):
    pass


class Apricot(metaclass=Meta):
    pass


objects = [Plain(name) for name in "abc"]


def function():
    pass


def lookups(n):
    table = {item: number for number, item in enumerate(objects)}
    table[Plain] = "class"
    table[function] = "function"
    table[Slotted] = "slots"
    found = 0
    for _ in range(n):
        for item in objects:
            found += table[item]
            found += item in table
        found += table[Plain] == "class"
        found += table[function] == "function"
        found += Plain("a") in table
        found += objects.index(objects[2]) + objects.count(objects[1]) + (Plain in (Slotted, Plain))
        found += len({Slotted(), Slotted(), Plain, Slotted, Plain, *objects, *objects})
    return found, table.get(Equal("z")), table.get("a"), {1: 2}.get(objects[0])


def mixed():
    print({Equal("x"), objects[0], objects[1]}, objects[0] in [Equal("y")], [objects[0]].count(Equal("y")))
    print(len({Apple, Apricot}), Apple in {Apricot: 1}, Apple in [Apricot], Plain in [Apple], int in {Apple: 1})
    try:
        {Unhashable("u"): 1}
    except TypeError as error:
        print(error)


class Turning(Plain):
    pass


def turning(n):
    # A class gains comparison and hash while its instances are keys, and loses them again.
    one, two = Turning("one"), Turning("two")
    answers = []
    for step in range(n):
        if step == n // 3:
            Turning.__eq__ = lambda self, other: isinstance(other, Turning)
            Turning.__hash__ = lambda self: 7
        if step == 2 * n // 3:
            del Turning.__eq__, Turning.__hash__
        answers.append((len({one, two}), one in [two], {one: 1}.get(two), hash(one) == hash(two)))
    return [answers[0], answers[n // 3], answers[-1], len(set(answers))]


def growing(n):
    items = []
    for _ in range(n):
        items += [1, 2, 3]
        items.extend((4, 5))
    return len(items), sum(items)


for n in 3, 900:
    print(lookups(n), turning(n), growing(n))
mixed()
changed = objects[1]
changed.__class__ = Equal
print(changed in [objects[2]], [objects[2]].count(changed), hash(changed) == hash(objects[0]))
print(copy.copy(function) is function, copy.copy(Plain) is Plain, copy.deepcopy([Plain, int])[0] is Plain)
