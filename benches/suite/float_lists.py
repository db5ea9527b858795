"""Float arithmetic over lists: load, multiply, add, store.

One pass computes y[i] = a * x[i] + y[i] over lists of floats; the result is an inner product. All numbers
are multiples of a small power of two, so every sum is exact.
"""

LENGTH = 500


def run(n):
    x = [float(i % 16) for i in range(LENGTH)]
    y = [0.0] * LENGTH
    for step in range(n):
        a = 0.5 if step % 2 == 0 else -0.25
        for i in range(LENGTH):
            y[i] = a * x[i] + y[i]
    total = 0.0
    for i in range(LENGTH):
        total += x[i] * y[i]
    return total


SIZE = 1500
EXPECTED = 7210125.0

if __name__ == "__main__":
    from measuring import main

    main("float_lists", run, SIZE, EXPECTED)
