"""Abstract classes: what must be filled in before there can be an instance, and classes that join without inheriting."""

from abc import ABC, ABCMeta, abstractmethod


class Shape(ABC):
    """Something with an area; how large it is, only the classes below know."""

    @abstractmethod
    def area(self):
        return 0

    @property
    @abstractmethod
    def name(self): ...

    @classmethod
    @abstractmethod
    def unit(cls): ...

    @staticmethod
    @abstractmethod
    def dimensions(): ...

    def describe(self):
        return f"{self.name}: {self.area()} in {self.dimensions()} dimensions, {self.unit()}"


class Square(Shape):
    def __init__(self, side):
        self.side = side

    def area(self):
        return super().area() + self.side**2

    @property
    def name(self):
        return "a square"

    @classmethod
    def unit(cls):
        return cls()

    @staticmethod
    def dimensions():
        return 2


class Half(Shape):
    def area(self):
        return 0.5


def attempt(make, *arguments):
    try:
        return make(*arguments)
    except TypeError as error:
        return f"TypeError: {error}"


print("-- nothing can be made before everything is there")
print(attempt(Shape))
print(attempt(Half))
print(sorted(Half.__abstractmethods__), sorted(Square.__abstractmethods__))


class Unit(Square):
    def __init__(self):
        super().__init__(1)

    @classmethod
    def unit(cls):
        return cls.__name__


print(Unit().describe())
print(attempt(Square, 2).area())

print("-- one method short")


class OneShort(Square, metaclass=ABCMeta):
    @abstractmethod
    def colour(self): ...


print(attempt(OneShort, 3))

print("-- classes that were registered, and classes that have what it takes")


class Drawable(metaclass=ABCMeta):
    @abstractmethod
    def draw(self): ...

    @classmethod
    def __subclasshook__(cls, other):
        if cls is Drawable and any("draw" in base.__dict__ for base in other.__mro__):
            return True
        return NotImplemented


class Picture:
    def draw(self):
        return "drawn"


class Blank:
    pass


print(issubclass(Picture, Drawable), isinstance(Blank(), Drawable))
print(Drawable.register(Blank) is Blank, isinstance(Blank(), Drawable), Drawable in Blank.__mro__)
print(isinstance([], Shape), isinstance(Unit(), Shape), issubclass(Square, Shape))

print("-- a loop over different shapes")
total = 0
for step in range(200):
    total += (Unit() if step % 2 else Square(step)).area()
print(total)
