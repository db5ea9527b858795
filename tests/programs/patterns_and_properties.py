"""Patterns that ask only for what they need, and the documentation of properties."""
import collections
import collections.abc


class Endless(collections.abc.Sequence):
    def __getitem__(self, index):
        print("item", index)
        return index

    def __len__(self):
        return 42


match Endless():
    case [first, *_, last]:
        print(first, last)

counts = collections.defaultdict(int, {0: 1})
match counts:
    case {1: 0}:
        print("made")
    case {**rest}:
        print(rest, counts)


class Mapped(collections.UserDict, collections.abc.Sequence):
    pass


match Mapped():
    case [*_]:
        print("sequence")
    case {}:
        print("mapping")


class Point:
    __match_args__ = ("x",)
    x = 1


try:
    match Point():
        case Point(1, x=1):
            pass
except TypeError as error:
    print(error)

for source in "case {1: a, 1.0: b}: pass", "case {'k': a, 'k': b}: pass", "case 0 * 1j: pass":
    try:
        compile("match x:\n " + source, "<case>", "exec")
    except SyntaxError as error:
        print(error.msg)


class Documented(property):
    """The class."""


class Holder:
    @Documented
    def value(self):
        """The getter."""

    plain = Documented(lambda self: 1)
    explicit = Documented(lambda self: 1, doc="given")


print(Holder.value.__doc__, Holder.plain.__doc__, Holder.explicit.__doc__, Holder.value.__name__)
try:
    1j < 2
except TypeError as error:
    print(error)
