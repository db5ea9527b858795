"""Matrices as lists of lists: product, transposition, trace, integers and floats."""


def product(a, b):
    columns = [list(column) for column in zip(*b)]
    return [[dot(row, column) for column in columns] for row in a]


def dot(x, y):
    total = 0
    for i in range(len(x)):
        total += x[i] * y[i]
    return total


def run(n):
    a = [[(i * j + 1) % 7 for j in range(n)] for i in range(n)]
    b = [[(i - j) % 5 * 0.5 for j in range(n)] for i in range(n)]
    c = product(a, b)
    d = product(a, a)
    trace = 0
    for i in range(n):
        trace += c[i][i] * 2 + d[i][i]
    corner = c[0][-1] * 4 + d[-1][0]
    return trace * 1000 + corner


SIZE = 80
EXPECTED = 105513560.0

if __name__ == "__main__":
    from measuring import main

    main("matrix", run, SIZE, EXPECTED)
