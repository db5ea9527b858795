"""How a list is built: an array that grows by steps, so that appending is cheap and any item is one step away."""

import sys


def growths(count):
    """The lengths at which a list that is appended to gets a larger array."""
    items, last, steps = [], sys.getsizeof([]), []
    for number in range(count):
        items.append(number)
        size = sys.getsizeof(items)
        if size != last:
            steps.append(number + 1)
            last = size
    return steps


print("-- the array grows seldom, and the more seldom the longer it is")
steps = growths(10000)
print(len(steps) < 100, all(later > earlier for earlier, later in zip(steps, steps[1:])))
gaps = [later - earlier for earlier, later in zip(steps, steps[1:])]
print(gaps[-1] > gaps[len(gaps) // 2] >= gaps[0])

print("-- appending, inserting, taking away")
items = []
for number in range(10):
    items.append(number * number)
print(items, len(items))
items.insert(0, "first")
items.insert(-1, "last but one")
items[3:5] = ["three", "four", "five"]
print(items)
print(items.pop(), items.pop(0), items.pop(2), items)
del items[::2]
print(items, items.index(81) if 81 in items else "no 81")

print("-- a list holds references, not copies")
row = [0] * 3
shared = [row] * 2
shared[0][1] = 5
print(shared, shared[0] is shared[1])
own = [[0] * 3 for _ in range(2)]
own[0][1] = 5
print(own)

print("-- items lie in order: any of them is reached at once, from either end")
numbers = list(range(100000))
print(numbers[0], numbers[-1], numbers[50000], numbers[-50000])
print(sum(numbers[index] for index in range(0, 100000, 1000)))

print("-- what cannot be")
for wrong in ("items[100]", "items['0']", "[].pop()", "items.remove(-1)", "items[::2] = [1]"):
    try:
        exec(wrong, {"items": [0, 1, 2, 3]})
    except Exception as error:
        print(f"{wrong}: {type(error).__name__}: {error}")

print("-- sorting is stable, and does not lose what was in order")
words = "one two three four five six seven eight nine ten".split()
print(sorted(words, key=len))
words.sort(key=len, reverse=True)
print(words)
