"""An object per iteration that dies at once: the allocation that a good compiler removes."""


class Point:
    def __init__(self, x, y):
        self.x = x
        self.y = y

    def moved(self, dx, dy):
        return Point(self.x + dx, self.y + dy)

    def distance(self):
        return abs(self.x) + abs(self.y)


def run(n):
    total = 0
    position = Point(0, 0)
    for i in range(n):
        position = position.moved(1, -1)
        total += Point(i, total & 255).moved(position.x & 3, 1).distance()
        pair = (i, total)
        total = pair[1] - pair[0] // 2
    return total + position.distance()


SIZE = 50000
EXPECTED = 631603991

if __name__ == "__main__":
    from measuring import main

    main("allocation", run, SIZE, EXPECTED)
