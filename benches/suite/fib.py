"""Recursive calls: the naive Fibonacci function.

The cost is that of a call with one argument, a comparison and two additions.
"""


def fib(n):
    if n < 2:
        return n
    return fib(n - 1) + fib(n - 2)


def run(n):
    return fib(n)


SIZE = 27
EXPECTED = 196418

if __name__ == "__main__":
    from measuring import main

    main("fib", run, SIZE, EXPECTED)
