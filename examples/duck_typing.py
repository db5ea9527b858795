"""Duck typing: whatever has the right methods will do; what has not is found out when it is used."""


class Deck:
    """A sequence, since it has __len__ and __getitem__."""

    def __init__(self, cards):
        self.cards = cards

    def __len__(self):
        return len(self.cards)

    def __getitem__(self, index):
        return self.cards[index]


class Countdown:
    """An iterable, since __iter__ gives something with __next__."""

    def __init__(self, start):
        self.start = start

    def __iter__(self):
        self.left = self.start
        return self

    def __next__(self):
        if self.left == 0:
            raise StopIteration
        self.left -= 1
        return self.left


class Adder:
    """A function, since it can be called."""

    def __init__(self, amount):
        self.amount = amount

    def __call__(self, value):
        return value + self.amount


class Tag:
    """A context, since it can be entered and left."""

    def __init__(self, name):
        self.name = name

    def __enter__(self):
        print(f"<{self.name}>")
        return self

    def __exit__(self, kind, error, traceback):
        print(f"</{self.name}>")


class Money:
    """A number, as far as it goes."""

    def __init__(self, cents):
        self.cents = cents

    def __add__(self, other):
        return Money(self.cents + other.cents) if isinstance(other, Money) else NotImplemented

    def __radd__(self, other):
        return self if other == 0 else NotImplemented

    def __mul__(self, factor):
        return Money(self.cents * factor)

    __rmul__ = __mul__

    def __eq__(self, other):
        return isinstance(other, Money) and self.cents == other.cents

    def __lt__(self, other):
        return self.cents < other.cents

    def __hash__(self):
        return hash(self.cents)

    def __bool__(self):
        return self.cents != 0

    def __format__(self, spec):
        return f"{self.cents / 100:{spec or '.2f'}}"

    def __repr__(self):
        return f"Money({self.cents})"


print("-- a sequence")
deck = Deck(["ace", "king", "queen"])
print(len(deck), deck[0], deck[-1], deck[1:], "king" in deck, list(reversed(deck)))
first, *rest = deck
print(first, rest, [card[0] for card in deck], bool(Deck([])))

print("-- an iterable")
print(list(Countdown(3)), sum(Countdown(5)), max(Countdown(4)), sorted(Countdown(3)), tuple(zip("ab", Countdown(9))))

print("-- a function, a context, a number")
print(list(map(Adder(10), [1, 2])), callable(Adder(1)), callable(deck))
with Tag("b") as tag:
    print(tag.name)
purse = [Money(250), Money(99), Money(1)]
print(sum(purse), max(purse), sorted(purse), 2 * purse[1], f"{purse[0]} and {purse[2]:.3f}", not Money(0))
print({Money(5): "five"}[Money(5)], Money(5) == 5)


class Duck:
    def speak(self):
        return "quack"


class Robot:
    def speak(self):
        return "beep"


class Stone:
    pass


print("-- one loop over all that speak, and one that does not")
talk = {}
for number in range(300):
    each = (Duck, Robot)[number % 2]()
    talk[each.speak()] = talk.get(each.speak(), 0) + 1
print(talk)

for thing in (Duck(), Stone(), Robot()):
    try:
        print(thing.speak())
    except AttributeError as error:
        print(error)

print("-- what is missing is named")
for use in (
    lambda: len(Stone()),
    lambda: Stone()[0],
    lambda: Stone() + 1,
    lambda: Stone()(),
    lambda: iter(Stone()),
    lambda: 1 in Stone(),
    lambda: Money(1) + 1,
    lambda: Stone() < Stone(),
):
    try:
        use()
    except TypeError as error:
        print(error)
try:
    with Stone():
        pass
except TypeError as error:
    print(error)
