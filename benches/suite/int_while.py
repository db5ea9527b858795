"""Integer arithmetic in a `while` loop: add, multiply, remainder, compare.

Nothing is called and nothing is allocated: the cost is that of dispatch and of small integers.
"""


def run(n):
    total = 0
    i = 0
    while i < n:
        total = (total + i * 3) % 1000003
        i = i + 1
    return total


SIZE = 500000
EXPECTED = 125006

if __name__ == "__main__":
    from measuring import main

    main("int_while", run, SIZE, EXPECTED)
