"""A generator expression that a built-in consumes: the loop of the prelude is the trace, and the generator is resumed within it."""


def run(n):
    return sum(i * 2 for i in range(n))


assert run(1000) == 999000
assert run(1000) == 999000
