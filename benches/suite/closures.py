"""Closures: captured variables read and rebound, functions made, passed and called."""


def make_counter(step):
    count = 0

    def counter(amount=1):
        nonlocal count
        count += amount * step
        return count

    return counter


def compose(f, g):
    return lambda x: f(g(x))


def run(n):
    counter = make_counter(3)
    chain = compose(lambda x: x + 1, compose(lambda x: x * 2, lambda x: x - 3))
    total = 0
    for i in range(n):
        total += chain(i & 1023)
        counter()
        if i % 100 == 0:
            counter = make_counter(i % 7)
            chain = compose(chain, lambda x, i=i: (x ^ i) & 1023) if i % 300 == 0 else lambda x: x + 5
    return total + counter(1000)


SIZE = 100000
EXPECTED = 41659301

if __name__ == "__main__":
    from measuring import main

    main("closures", run, SIZE, EXPECTED)
