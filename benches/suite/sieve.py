"""The sieve of Eratosthenes over a list of flags, and over a slice assignment."""


def run(n):
    flags = [True] * (n + 1)
    flags[0] = flags[1] = False
    i = 2
    while i * i <= n:
        if flags[i]:
            for j in range(i * i, n + 1, i):
                flags[j] = False
        i += 1
    count = 0
    total = 0
    for number, prime in enumerate(flags):
        if prime:
            count += 1
            total += number
    marks = [1] * (n + 1)
    for i in range(2, int(n ** 0.5) + 1):
        if marks[i]:
            marks[i * i :: i] = [0] * len(range(i * i, n + 1, i))
    return total * 10000 + count + sum(marks[2:])


SIZE = 200000
EXPECTED = 17096008165968

if __name__ == "__main__":
    from measuring import main

    main("sieve", run, SIZE, EXPECTED)
