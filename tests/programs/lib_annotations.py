"""Template strings, type parameters, dataclasses, and annotations that name what is not there."""
import annotationlib
import typing
from dataclasses import asdict, dataclass, field, replace
from string.templatelib import Interpolation, Template

x = 3
template = t"a{x!r:>5}b{x + 1}"
print(template, template.values, [type(part).__name__ for part in template])
print(t"" + t"{x=}", isinstance(template, Template), Interpolation(1, "one"))


def first[T: int, *Ts, **P](items: list[T]) -> T:
    return items[0]


class Box[T = str]:
    def __init__(self, item: T):
        self.item = item


type Pair[A] = tuple[A, A]
print(first.__type_params__, first.__type_params__[0].__bound__, first([4]))
print(Box[int], Box.__orig_bases__, Box.__type_params__[0].__default__, Box[int](5).item)
print(Pair, Pair.__value__, Pair[int], Pair[int].__args__)


@dataclass(order=True)
class Point:
    x: int
    y: int = 2
    tags: list[str] = field(default_factory=list, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Fixed:
    name: str


point = Point(1)
print(point, point == Point(1, 2, ["t"]), point < Point(2), asdict(point), replace(point, y=9))
try:
    Fixed("a").name = "b"
except AttributeError as error:
    print(type(error).__name__, error)
print(Fixed("a"), hash(Fixed("a")) == hash(Fixed("a")))


class Later:
    known: int
    unknown: Missing


found = annotationlib.get_annotations(Later, format=annotationlib.Format.FORWARDREF)
print(found["known"], type(found["unknown"]).__name__, found["unknown"].__forward_arg__)
try:
    Later.__annotations__
except NameError as error:
    print(error)
print(typing.get_type_hints(Point), typing.Optional[int], typing.Union[int, str], typing.get_args(dict[str, int]))


class Shape(typing.Protocol):
    def area(self) -> float: ...


@typing.runtime_checkable
class Sized(typing.Protocol):
    def __len__(self) -> int: ...


print(isinstance([], Sized), isinstance(1, Sized))
