"""Sets: adding, membership, union, intersection, difference."""


def run(n):
    seen = set()
    duplicates = 0
    value = 1
    for _ in range(n):
        value = (value * 1103515245 + 12345) % 2147483648
        key = value >> 18
        if key in seen:
            duplicates += 1
        else:
            seen.add(key)
    even = {key for key in seen if key % 2 == 0}
    third = {key for key in seen if key % 3 == 0}
    both = len(even & third) + len(even | third) * 2 + len(even - third) * 3 + len(even ^ third)
    return duplicates * 1000000 + len(seen) + both


SIZE = 50000
EXPECTED = 41829032657

if __name__ == "__main__":
    from measuring import main

    main("sets", run, SIZE, EXPECTED)
