"""A branch that the data decide: both sides add up."""


def run():
    total = 0
    small = 0
    values = [1, 20, 3, 40]
    i = 0
    while i < 400:
        item = values[i & 3]
        if item < 10:
            small += 1
            total += item
        else:
            total += item + item
        i += 1
    return total, small


print(run())
