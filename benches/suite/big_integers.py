"""Integers that grow: factorials, powers, division with remainder, conversion to decimal digits."""


def run(n):
    factorial = 1
    for i in range(1, n + 1):
        factorial *= i
    total = 0
    rest = factorial
    while rest > 0:
        rest, digit = divmod(rest, 1000000007)
        total = (total * 3 + digit) % 998244353
    total += pow(3, n * 10, 1000003) + len(str(factorial))
    a, b = 0, 1
    for _ in range(n * 5):
        a, b = b, a + b
    total += a % 1000000009 + (a >> 100) % 1009
    return total


SIZE = 1200
EXPECTED = 1659372670

if __name__ == "__main__":
    from measuring import main

    main("big_integers", run, SIZE, EXPECTED)
