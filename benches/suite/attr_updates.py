"""Reads and writes of instance attributes in a loop, no calls."""


class Body:
    def __init__(self, x, v):
        self.x = x
        self.v = v
        self.bounces = 0


def run(n):
    body = Body(0, 3)
    for _ in range(n):
        body.x = body.x + body.v
        if body.x > 1000:
            body.v = -body.v - 1
            body.x = 1000
            body.bounces = body.bounces + 1
        elif body.x < 0:
            body.v = -body.v + 2
            body.x = 0
            body.bounces = body.bounces + 1
    return body.x + body.v * 10000 + body.bounces * 100000000


SIZE = 250000
EXPECTED = 24620492550000

if __name__ == "__main__":
    from measuring import main

    main("attr_updates", run, SIZE, EXPECTED)
