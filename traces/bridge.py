"""A branch that depends on data: the side that the loop's trace does not take is a bridge back into the loop."""


def run(values):
    i = 0
    small = 0
    large = 0
    while i < len(values):
        if values[i] < 10:
            small += 1
        else:
            large += 3
        i += 1
    return small, large


assert run([5, 5, 5, 50] * 500) == (1500, 1500)
