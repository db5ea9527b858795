"""Exceptions raised and caught: in the same function, from a callee, with `finally`, with `with`."""


class Refused(Exception):
    def __init__(self, amount):
        super().__init__("refused")
        self.amount = amount


class Guard:
    def __init__(self):
        self.left = 0

    def __enter__(self):
        return self

    def __exit__(self, kind, value, traceback):
        self.left += 1
        return kind is KeyError


def check(value):
    if value % 3 == 0:
        raise Refused(value)
    return value


def run(n):
    total = 0
    small = {1: 10, 2: 20}
    guard = Guard()
    for i in range(n):
        try:
            total += check(i)
        except Refused as refused:
            total -= refused.amount // 2
        finally:
            total += 1
        if i % 4 == 0:
            with guard:
                total += small[i % 5]
        try:
            if i % 8 == 7:
                raise ValueError(i)
        except (TypeError, ValueError):
            total ^= 5
        else:
            total += 2
    return total + guard.left * 1000000


SIZE = 40000
EXPECTED = 10400143356

if __name__ == "__main__":
    from measuring import main

    main("exceptions", run, SIZE, EXPECTED)
