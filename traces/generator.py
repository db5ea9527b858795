"""A generator that a `for` loop consumes, resumed within the trace."""


def numbers(n):
    i = 0
    while i < n:
        yield i
        i += 1


def run(n):
    total = 0
    for number in numbers(n):
        total += number
    return total


assert run(1000) == 499500
