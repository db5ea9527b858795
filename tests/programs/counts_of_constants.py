"""A trace that takes a count of an object under one name and drops it under another: the built-in itself, once a guard has
shown that the global is that built-in."""


def permute(items, start, found):
    if start == len(items):
        found.append(items[0] * 100 + items[-1])
        return
    for i in range(start, len(items)):
        items[start], items[i] = items[i], items[start]
        permute(items, start + 1, found)
        items[start], items[i] = items[i], items[start]


for size in 3, 5, 6:
    found = []
    permute(list(range(size)), 0, found)
    print(size, len(found), sum(found))
