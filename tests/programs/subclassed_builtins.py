"""Objects of subclasses of built-in types: their operations are the built-in ones until a class, or an object, says otherwise."""

from collections import Counter, OrderedDict, defaultdict, namedtuple


class Stack(list):
    pass


class Table(dict):
    pass


class Bag(set):
    pass


def stack(make, n):
    items = make()
    for i in range(n):
        items.append(i)
    total = 0
    for i in range(len(items)):
        total += items[i]
        items[i] = total
    if items:
        total += items.pop() + items.pop(0)
    items.insert(1, "x")
    found = items.index("x"), "x" in items, None in items
    items.remove("x")
    copied = items.copy()
    while items:
        total += items.pop()
    return total, found, type(copied).__name__, len(items)


def lists():
    print(stack(list, 600) == stack(Stack, 600), stack(Stack, 600))
    tagged = Stack("abc")
    tagged.colour = "red"
    out = []
    for i in range(300):
        if i == 250:
            tagged.append = lambda item: out.append(("own", item))
        tagged.append(i)
    print(len(tagged), len(out), out[0])
    del tagged.append
    tagged.append("end")
    print(tagged[-1], tagged.colour, len(tagged))


class Loud(list):
    def __len__(self):
        return 5

    def __getitem__(self, index):
        return ("item", index)

    def __setitem__(self, index, value):
        super().__setitem__(index, ("set", value))

    def __contains__(self, item):
        return item == "yes"

    def __iter__(self):
        return iter("iter")


class Empty(list):
    def __bool__(self):
        return False


def overridden():
    loud = Loud([1, 2, 3])
    seen = []
    for i in range(300):
        loud[0] = i
        seen.append((len(loud), loud[0], loud[7], "yes" in loud, 2 in loud, bool(loud)))
    print(seen[0] == seen[-1], seen[-1], list.__getitem__(loud, 0), [x for x in loud])
    empty = Empty([1])
    print(sum(1 for _ in range(300) if empty), len(empty))


def changed_later():
    class Base(list):
        pass

    class Derived(Base):
        pass

    items = Derived(range(10))
    out = []
    for i in range(600):
        out.append((len(items), items[3], 3 in items, bool(items)))
        if i == 300:
            Base.__len__ = lambda self: 99
            Base.__getitem__ = lambda self, index: "got"
        if i == 400:
            Derived.__contains__ = lambda self, item: "contained"
            Derived.__bool__ = lambda self: False
        if i == 500:
            del Base.__len__, Base.__getitem__
    print([item for i, item in enumerate(out) if i % 100 == 99 or i in (301, 401, 501)])
    Base.append = lambda self, item: out.append("appended")
    for _ in range(5):
        items.append(1)
    print(out[-1], len(items))


class Missing(dict):
    def __missing__(self, key):
        return ("missing", key)


def dicts():
    table, missing, default, ordered, counter = Table(), Missing(), defaultdict(list), OrderedDict(), Counter()
    hits = 0
    for i in range(600):
        key = i % 37
        table[key] = table.get(key, 0) + i
        missing[key] = missing[key + 1]
        default[key].append(i)
        ordered[key] = i
        ordered.move_to_end(key, last=i % 3 == 0)
        counter[key] += i
        hits += (key in table) + (key + 1 in missing) + (99 in ordered)
    print(hits, table[36], str(missing[0])[:60], len(default[5]), list(ordered)[:5], counter.most_common(2))
    try:
        table["nothing"]
    except KeyError as error:
        print("KeyError", error)
    print(missing["nothing"], default["new"], counter["nothing"], len(counter))


Point = namedtuple("Point", "x y")


class Pair(tuple):
    __slots__ = ()

    @property
    def total(self):
        return self[0] + self[1]


def tuples():
    total = 0
    for i in range(500):
        point, pair = Point(i, 2 * i), Pair((i, 1))
        total += point.x + point[1] + pair.total + len(pair) + (i in pair) + point.index(2 * i) + pair.count(1)
    print(total, point, pair[-1], Point(1, 2)._replace(x=7))
    try:
        pair[2]
    except IndexError as error:
        print(error)


def sets():
    bag = Bag()
    for i in range(500):
        bag.add(i % 50)
        bag.discard(i % 7)
        if i % 50 in bag:
            bag.note = i
    print(len(bag), bag.note, sorted(bag)[:4], bool(bag), type(bag | {1}).__name__)


class Word(str):
    def upper(self):
        return "own upper"


def strings():
    word, plain = Word("some text"), "some text"
    out = set()
    for i in range(400):
        out.add((word[i % 9] == plain[i % 9], word.upper(), word.find("t"), word.split()[1], len(word), "x" in word))
    print(sorted(out))


for part in lists, overridden, changed_later, dicts, tuples, sets, strings:
    print("--", part.__name__)
    part()
