"""A short loop inside a loop, with a branch that follows the data: the Collatz sequence."""


def run(n):
    longest = 0
    where = 0
    steps_of_all = 0
    for start in range(1, n):
        value = start
        steps = 0
        while value != 1:
            if value % 2 == 0:
                value //= 2
            else:
                value = 3 * value + 1
            steps += 1
        steps_of_all += steps
        if steps > longest:
            longest = steps
            where = start
    return steps_of_all * 1000000 + longest * 1000 + where


SIZE = 7000
EXPECTED = 568046267171

if __name__ == "__main__":
    from measuring import main

    main("collatz", run, SIZE, EXPECTED)
