"""async and await: coroutines, what they wait for, and the loop that drives them, here one of twenty lines."""

from collections import deque
from types import coroutine


@coroutine
def pause():
    """Lets the others go first; a coroutine made of a generator."""
    yield


class Result:
    """Something that can be awaited, and that somebody fills in later."""

    def __init__(self):
        self.value = None
        self.done = False

    def __await__(self):
        while not self.done:
            yield
        return self.value


def run(*coroutines):
    """Drives coroutines in turn until all have returned; what they returned, in order."""
    waiting = deque(enumerate(coroutines))
    results = {}
    while waiting:
        number, current = waiting.popleft()
        try:
            current.send(None)
        except StopIteration as stop:
            results[number] = stop.value
        else:
            waiting.append((number, current))
    return [results[number] for number in sorted(results)]


async def worker(name, steps):
    for step in range(steps):
        print(name, step)
        await pause()
    return name.upper()


print("-- two at a time")
print(run(worker("a", 2), worker("b", 3)))


async def producer(result):
    await pause()
    result.value = 42
    result.done = True
    return "produced"


async def consumer(result):
    print("waits")
    value = await result
    return f"consumed {value}"


print("-- one waits for the other")
shared = Result()
print(run(consumer(shared), producer(shared)))


class Resource:
    def __init__(self, name):
        self.name = name

    async def __aenter__(self):
        await pause()
        print("open", self.name)
        return self

    async def __aexit__(self, kind, error, traceback):
        await pause()
        print("close", self.name, kind and kind.__name__)
        return kind is ValueError


class Countdown:
    def __init__(self, start):
        self.left = start

    def __aiter__(self):
        return self

    async def __anext__(self):
        await pause()
        if not self.left:
            raise StopAsyncIteration
        self.left -= 1
        return self.left


async def ticks(count):
    try:
        for tick in range(count):
            await pause()
            yield tick
    finally:
        print("ticks end")


async def everything():
    async with Resource("one") as one, Resource("two"):
        print("inside", one.name)
        raise ValueError("swallowed")
    async for number in Countdown(2):
        print("number", number)
    else:
        print("no more")
    squares = [tick * tick async for tick in ticks(4) if tick != 1]
    lengths = {name: len(await worker(name, 0)) for name in ("x", "yy")}
    return squares, lengths


print("-- with, for and comprehensions")
print(run(everything()))


async def fails():
    await pause()
    raise KeyError("lost")


async def careful():
    try:
        await fails()
    except KeyError as error:
        return f"caught {error!r}"


print("-- exceptions go to whoever awaits")
print(run(careful()))

print("-- what is refused")
try:
    run(worker("never", 1).__await__())
    print("an awaitable's iterator can be driven")
    await_me = worker("c", 0)
    run(await_me)
    run(await_me)
except RuntimeError as error:
    print(type(error).__name__, error)


async def wrong():
    await 5


try:
    run(wrong())
except TypeError as error:
    print(type(error).__name__, error)
