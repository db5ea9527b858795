"""One call site that meets four classes, and one that meets mostly one of them."""


class Shape:
    def area(self):
        raise NotImplementedError

    def scaled(self, factor):
        return self.area() * factor


class Square(Shape):
    def __init__(self, side):
        self.side = side

    def area(self):
        return self.side * self.side


class Rectangle(Shape):
    def __init__(self, width, height):
        self.width = width
        self.height = height

    def area(self):
        return self.width * self.height


class Triangle(Shape):
    def __init__(self, base, height):
        self.base = base
        self.height = height

    def area(self):
        return self.base * self.height // 2


class Nothing(Shape):
    def area(self):
        return 0


def run(n):
    mixed = [Square(3), Rectangle(2, 5), Triangle(6, 4), Nothing(), Rectangle(7, 1), Square(2)]
    biased = [Square(i) for i in range(31)] + [Triangle(3, 4)]
    total = 0
    for i in range(n):
        total += mixed[i % 6].scaled(2)
        total += biased[i & 31].area()
        for shape in mixed:
            total += shape.area()
    return total


SIZE = 25000
EXPECTED = 8789187

if __name__ == "__main__":
    from measuring import main

    main("polymorphism", run, SIZE, EXPECTED)
