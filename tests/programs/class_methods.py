"""Class methods and static methods, through classes and objects, inherited, shadowed and replaced."""

import functools


class Shape:
    made = 0

    def __init__(self, *sides):
        self.sides = sides

    @classmethod
    def square(cls, side):
        cls.made += 1
        return cls(side, side)

    @classmethod
    def name(cls, *args, sep="-", **named):
        return sep.join([cls.__name__, *map(str, args), *sorted(named)])

    @staticmethod
    def double(x):
        return 2 * x


class Tile(Shape):
    made = 0

    @classmethod
    def square(cls, side):
        tile = super().square(side + 1)
        tile.tiled = True
        return tile


def through_classes():
    total = 0
    for i in range(500):
        shape, tile = Shape.square(i), Tile.square(i)
        total += sum(shape.sides) + sum(tile.sides) + Shape.double(i) + tile.double(i)
    print(total, Shape.made, Tile.made, type(tile).__name__, tile.tiled)
    print(Shape.name(1, 2), Tile.name(3, sep="+", z=1, a=2), tile.name(), shape.name("x"))


def through_objects():
    names = []
    for i in range(400):
        each = (Shape, Tile)[i % 2](i)
        if i == 350:
            each.name = lambda *args: "own"
        names.append(each.name(i % 3))
    print(names[:4], names[350], len(set(names)))


def replaced():
    class A:
        @classmethod
        def f(cls):
            return "A.f", cls.__name__

        g = classmethod(functools.partial(lambda *args: ("partial", len(args))))
        h = classmethod(len)

    class B(A):
        pass

    out = []
    for i in range(600):
        out.append((A.f(), B.f(), B().f()))
        if i == 200:
            B.f = classmethod(lambda cls: ("B.f", cls.__name__))
        if i == 300:
            A.f = staticmethod(lambda: "static")
        if i == 400:
            del B.f
        if i == 500:
            A.f = lambda *args: ("plain", len(args))
    print([out[i] for i in (0, 201, 301, 401, 501)])
    print(A.g()[0], A.g(1), B().g())
    try:
        A.h()
    except TypeError as error:
        print(error)


class Meta(type):
    def described(cls):
        return f"described {cls.__name__}"

    @classmethod
    def of_meta(mcs):
        return mcs.__name__


class WithMeta(metaclass=Meta):
    @classmethod
    def own(cls):
        return cls.described(), cls.of_meta()


def metaclasses():
    seen = set()
    for _ in range(300):
        seen.add((WithMeta.own(), WithMeta().own(), WithMeta.described(), Meta.of_meta()))
    print(seen)


class List(list):
    @classmethod
    def of(cls, *items):
        return cls(items)

    def total(self):
        return sum(self)


def of_subclasses():
    total = 0
    for i in range(300):
        items = List.of(i, 1, 2)
        total += items.total() + items.of(1).total()
    print(total, type(items.of()).__name__)


def errors():
    for call in (lambda: Shape.square(), lambda: Shape.square(1, 2), lambda: Shape(1).name(sep=1), lambda: Shape.missing()):
        try:
            call()
        except (TypeError, AttributeError) as error:
            print(type(error).__name__, error)


def initialised_again():
    """A descriptor that gets another function after many calls of the one before."""

    class A:
        @staticmethod
        def static():
            return 1

        @classmethod
        def of_class(cls):
            return cls.__name__

        @property
        def value(self):
            return "first"

    class B(A):
        pass

    out, a, b = [], A(), B()
    for i in range(600):
        out.append((a.static(), B.static(), a.of_class(), B.of_class(), a.value, b.value))
        if i == 300:
            vars(A)["static"].__init__(lambda: 2)
            vars(A)["of_class"].__init__(lambda cls: "new " + cls.__name__)
            vars(A)["value"].__init__(lambda self: "second")
            junk = [lambda: i for _ in range(50)]
    print(out[0], out[300], out[301], out[599], len(set(out)), len(junk))


for part in initialised_again, through_classes, through_objects, replaced, metaclasses, of_subclasses, errors:
    print("--", part.__name__)
    part()
