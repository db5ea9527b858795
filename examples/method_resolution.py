"""Method resolution: in which order classes are asked for an attribute, and what super() means."""


class Base:
    def who(self):
        return ["Base"]


class Left(Base):
    def who(self):
        return ["Left", *super().who()]


class Right(Base):
    def who(self):
        return ["Right", *super().who()]


class Bottom(Left, Right):
    def who(self):
        return ["Bottom", *super().who()]


print("-- a diamond: every class once, subclasses before bases")
print([cls.__name__ for cls in Bottom.__mro__])
print(Bottom().who())
print(Bottom.mro() == list(Bottom.__mro__), Left.__bases__ == (Base,))

print("-- the same class asks others in another hierarchy")


class Mixed(Right, Left):
    pass


print(Mixed().who(), Left().who())

print("-- orders that cannot be")
for bases in ((Base, Left), (Bottom, Mixed), (Left, Left)):
    try:
        type("Wrong", bases, {})
    except TypeError as error:
        print(" ".join(str(error).split()))


class Loud:
    def __getattr__(self, name):
        if name.startswith("loud_"):
            return lambda: name[5:].upper()
        raise AttributeError(f"{type(self).__name__} cannot say {name}")


class Both(Loud, Bottom):
    value = "the class's"

    def __init__(self):
        self.value = "the instance's"


print("-- the instance, then the classes in order, then __getattr__, then AttributeError")
both = Both()
print(both.value, Both.value, both.loud_hello(), both.who()[0])
try:
    both.quiet
except AttributeError as error:
    print(error)
try:
    Base().missing
except AttributeError as error:
    print(error)


class Field:
    """A data descriptor goes before the instance's own attributes."""

    def __set_name__(self, owner, name):
        self.name = name

    def __get__(self, instance, owner):
        return f"{self.name} of {owner.__name__}" if instance is None else instance.__dict__.get(self.name, "unset")

    def __set__(self, instance, value):
        instance.__dict__[self.name] = f"<{value}>"


class Record:
    field = Field()

    @property
    def computed(self):
        return "computed"

    def method(self):
        return "method"


print("-- descriptors")
record = Record()
record.field = 1
record.__dict__["computed"] = record.__dict__["method"] = "own"
print(Record.field, record.field, record.computed, record.method)
try:
    record.computed = 2
except AttributeError as error:
    print(error)

print("-- super in a class method, from outside, and beyond the end")


class Named(Bottom):
    @classmethod
    def make(cls):
        return super().__new__(cls)

    def beyond(self):
        return super(Base, self).who()


print(type(Named.make()).__name__, super(Left, Named()).who(), super(Bottom, Named).who(Named()))
try:
    Named().beyond()
except AttributeError as error:
    print(error)
