"""Ways to call: defaults, keywords, `*args`, `**kwargs`, bound methods kept in variables, partial lists."""


def plain(a, b, c):
    return a + b * c


def defaults(a, b=2, *, scale=3):
    return (a + b) * scale


def gather(*args, **kwargs):
    total = 0
    for value in args:
        total += value
    for name in kwargs:
        total += kwargs[name] * len(name)
    return total


class Box:
    def __init__(self, value):
        self.value = value

    def add(self, amount):
        return self.value + amount

    def __call__(self, amount):
        return self.value - amount

    def __len__(self):
        return self.value & 15


def run(n):
    total = 0
    box = Box(77)
    add = box.add
    extra = {"x": 4, "yy": 5}
    for i in range(n):
        total += plain(i, 2, c=3)
        total += defaults(i) + defaults(i, scale=1) + defaults(b=i, a=1)
        total += gather(i, 1, 2, key=i)
        total += gather(*(i, i + 1), **extra)
        total += add(i) - box(i) + len(box)
    return total


SIZE = 25000
EXPECTED = 5001000000

if __name__ == "__main__":
    from measuring import main

    main("calls", run, SIZE, EXPECTED)
