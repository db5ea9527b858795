"""Branches that follow the data: which way they go changes all the time and cannot be predicted."""


def run(n):
    state = 12345
    low = middle = high = 0
    total = 0
    for _ in range(n):
        state = (state * 1664525 + 1013904223) & 0xFFFFFFFF
        value = state >> 24
        if value < 64:
            low += 1
            total += value
        elif value < 192:
            middle += 1
            if value & 1:
                total -= value
            else:
                total ^= value
        else:
            high += 1
            while value > 200:
                value -= 13
                total += 1
    return (low * 100003 + middle) * 100003 + high + total


SIZE = 150000
EXPECTED = 376250060244712

if __name__ == "__main__":
    from measuring import main

    main("data_branches", run, SIZE, EXPECTED)
