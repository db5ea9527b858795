"""Methods of built-in objects that were bound long before they are called."""

import traceback


def lists():
    items, out = list(range(9)), []
    append, pop, insert, index, remove, extend = items.append, items.pop, items.insert, items.index, items.remove, items.extend
    for i in range(500):
        insert(i % 9, pop(0))
        append(i)
        out.append((index(i), pop()))
        if i % 100 == 0:
            extend(x for x in "ab")
            remove("a")
            remove("b")
    print(items, out[-1], len(out), append.__self__ is items)


def others():
    table, members, text = {i: str(i) for i in range(20)}, set(range(10)), "a,b,c"
    get, add, discard, split, find, join = table.get, members.add, members.discard, text.split, text.find, "-".join
    seen = []
    for i in range(400):
        add(i % 13)
        discard(i % 7)
        seen.append((get(i % 25), get(i % 25, "none"), find("c"), join(split(","))))
    print(len(members), seen[-1], len(set(seen)))


def counting():
    total = 0
    while True:
        got = yield total
        total += got or 1


def generators():
    generator = counting()
    step, send = generator.__next__, generator.send
    step()
    last = 0
    for i in range(400):
        last = send(i) if i % 3 else step()
    print(last)
    generator.close()
    for call in (step, lambda: send(None)):
        try:
            call()
        except StopIteration as stop:
            print("stopped", stop.value)


def failing(pop, get, i):
    try:
        return pop(i), get()
    except IndexError as error:
        return str(error)
    except TypeError as error:
        return str(error)


def errors():
    seen = {}
    for i in range(300):
        items = [1, 2, 3]
        seen[failing(items.pop, {}.get, i % 5)] = i
    print(seen)
    empty = [].pop
    try:
        for _ in range(3):
            empty()
    except IndexError as error:
        print([(frame.name, frame.line) for frame in traceback.extract_tb(error.__traceback__)])


class Loud:
    def __init__(self, log):
        self.log = log

    def __del__(self):
        self.log.append("gone")


def lifetimes():
    log = []
    for i in range(300):
        items = [Loud(log)]
        pop = items.pop
        del items
        if i % 2:
            pop()
        del pop
    print(len(log))


for part in lists, others, generators, errors, lifetimes:
    print("--", part.__name__)
    part()
