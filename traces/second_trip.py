"""Items that were ints when the loop was recorded and are floats since: the bridge comes back to a version of the loop for floats."""


def run(values):
    total = 0.0
    for value in values:
        total += value * 0.5
    return total


assert run([1] * 200) == 100.0
for _ in range(20):
    assert run([1.5] * 200) == 150.0
