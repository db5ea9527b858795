"""An object that does not outlive its pass through the loop."""


class Point:
    def __init__(self, x, y):
        self.x = x
        self.y = y


def run(n):
    i = 0
    total = 0
    while i < n:
        point = Point(i, 2)
        total += point.x + point.y
        i += 1
    return total


assert run(1000) == 501500
