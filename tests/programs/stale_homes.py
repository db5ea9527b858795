"""What calls write to a frame's slots in one trip round a loop must not be there in the next, whichever branch made the call."""


class Shown:
    def __init__(self, number):
        self.number = number

    def __repr__(self):
        return "<%d>" % self.number


class Same:
    def __eq__(self, other):
        return other is self


def restored(rounds, thing, limit, held, same):
    total = 0
    for i in range(rounds):
        if [same] == held:
            total += 1
        if i == limit:
            return thing.number
        if i % 4 == 3:
            kept = thing
            thing = Shown(i)
            repr(thing)
            thing = kept
            kept = None
        total += 1
    return total


def plainly_restored(rounds, thing, limit):
    for i in range(rounds):
        if i > limit:
            return thing.number
        kept = thing
        thing = Shown(i)
        repr(thing)
        thing = kept
        kept = None
    return thing.number


def leaf():
    one = Shown(1)
    both = [one, one]
    text = repr(both)
    return text


def called_in_a_branch(rounds, limit, which, held, same):
    total = 0
    for i in range(rounds):
        if [same] == held:
            total += 1
        total += 1
        if i & 7 == which:
            leaf()
        if total == limit:
            return i, (total, (which, (rounds, (limit, (total, (i, [total, i]))))))
    return total


def first(value):
    if value and type(value) in (tuple, list):
        return value[0]


def tested_twice(rounds):
    """A test of a kind that a stronger one has replaced: what fails it may need a count."""
    value = (1, 2)
    for i in range(rounds):
        if i % 3 == 2:
            for _ in (1, 2, 3):
                value = first(value)
            value = [0 for _ in range(1)]
    return value


for limit in (91, 92, 93):
    print(restored(120, Shown(1000), limit, [Same()], Same()), plainly_restored(600, Shown(7), limit * 5))
for which in range(8):
    for limit in (60, 93, 101):
        print(called_in_a_branch(110, limit, which, [Shown(5)], Same()))
for _ in range(3):
    print(tested_twice(400))
