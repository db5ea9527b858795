"""`yield from` over generators that delegate themselves: what an inner delegation ends with is not the outer one's end."""


def tree(depth):
    if depth > 0:
        yield from tree(depth - 1)
        yield depth
        yield from tree(depth - 1)


def inner(log):
    got = yield from ()
    log.append(got)
    got = yield "first"
    log.append(got)
    got = yield from [1, 2]
    log.append(got)
    return "inner result"


def middle(log):
    result = yield from inner(log)
    log.append(result)
    yield from iter("ab")
    return "middle result"


def outer(log):
    result = yield from middle(log)
    log.append(result)
    yield "last"


class Walk:
    """An iterator in Python whose steps delegate."""

    def __init__(self):
        self.left = 3

    def __iter__(self):
        return self

    def __next__(self):
        self.left -= 1
        if self.left < 0:
            raise StopIteration(list(tree(2)))
        return list(tree(self.left))


def walking():
    result = yield from Walk()
    yield "ended", result


async def awaited(depth):
    if depth:
        return await awaited(depth - 1) + 1
    return 0


print(list(tree(4)))
log = []
print(list(outer(log)), log)
log = []
generator = outer(log)
print(next(generator), generator.send("sent"), next(generator), log)
print(list(generator), log)
print(list(walking()))
coroutine = awaited(5)
try:
    coroutine.send(None)
except StopIteration as stop:
    print(stop.value)
