"""A loop over `enumerate`: neither the pair nor its iterator is made in the loop."""


def run(items):
    total = 0
    for index, item in enumerate(items):
        total += index * item
    return total


assert run([2] * 1000) == 999000
