"""Objects of a list, unpacked from tuples, by a `for` loop."""


class Item:
    def __init__(self, value):
        self.value = value


def run(pairs):
    total = 0
    for name, item in pairs:
        total += item.value
    return total, name


assert run([(str(i), Item(i)) for i in range(1000)]) == (499500, "999")
