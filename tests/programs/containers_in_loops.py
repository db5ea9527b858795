"""Built-in containers in hot loops: searches, slices, methods, iterators, and where only Python can decide."""


class Key:
    """Equal to a text, with its hash: only Python can tell."""

    calls = 0

    def __init__(self, text):
        self.text = text

    def __hash__(self):
        return hash(self.text)

    def __eq__(self, other):
        Key.calls += 1
        return self.text == (other.text if isinstance(other, Key) else other)


def lookups():
    plain = {"a": 1, 2: "two", (3, "x"): 3.5, None: 4, 5.0: 5, b"k": 6, frozenset([1]): 7}
    total = 0
    for round in range(60):
        for key in ("a", 2, (3, "x"), None, 5, b"k", 2.0, "absent", (3, "y"), 10**30):
            if key in plain:
                total += len(str(plain[key]))
            else:
                total += plain.get(key, 100) + (plain.get(key) is None)
                try:
                    plain[key]
                except KeyError as error:
                    assert error.args == (key,)
        plain[round % 7, round] = round
        plain["a"] = round
    print(total, len(plain), plain["a"])


def asked():
    table = {Key("k%d" % n): n for n in range(5)}
    members = {Key("k%d" % n) for n in range(5)}
    hits = 0
    for round in range(50):
        for name in ("k1", "k4", "k9"):
            hits += name in table
            hits += name in members
            hits += table.get(name, 0)
            try:
                hits += table[name]
            except KeyError:
                hits += 1000
            table[name] = table.get(name, 0)
            members.add(name)
        del table["k9"]
        members.discard("k9")
    print(hits, len(table), len(members), sorted(type(key).__name__ for key in table), Key.calls > 0)
    found = 0
    items = [Key("a"), "b", Key("c")]
    for round in range(50):
        for name in ("a", "b", "c", "d"):
            found += name in items
            found += name in tuple(items)
            try:
                found += items.index(name)
            except ValueError:
                found += 10
    print(found)


class Changing:
    """Changes the dict that it is looked for in."""

    def __init__(self, table):
        self.table = table

    def __hash__(self):
        return hash("x")

    def __eq__(self, other):
        self.table["y"] = self.table.get("y", 0) + 1
        return False


def changing():
    table = {"y": 0}
    table[Changing(table)] = 0
    count = 0
    for round in range(100):
        count += "x" in table
        count += table.get("x", 1)
    print(count, table["y"], len(table))


def slices():
    items, out = list(range(10)), []
    for round in range(80):
        k = round % 10
        out.append(len(items[k:]) + len(items[:k]) + len(items[-k:]) + len(items[k:-1]) + len(items[3:1]))
        items[: k + 1] = items[k::-1]
        items[2:4] = [round, -round]
        out.append(sum(items[::3]) + sum(items[::-2]) + sum(items[8:2:-1]) + sum(items[-100:100:7]))
    print(sum(out), items, out[:6])
    for round in range(60):
        items[1:1] = [round]
        items[-1:] = []
        items[:] = items[:12]
    print(items)
    for round in range(40):
        items[1:3] = items
        del items[12:]
        items[4:2] = (round,)
        items[5:] = range(5)
    print(items)
    text, pair = "abcdef" * 3, (1, 2, 3, 4, 5)
    length = 0
    for round in range(50):
        length += len(text[round % 20 :]) + len(text[:-3]) + len(pair[round % 6 :]) + len(pair[-2:]) + len(text[::2])
    print(length, text[2:5], pair[1:-1])
    for bad in (0, "x", 1.5):
        try:
            for _ in range(30):
                items[::bad]
        except (ValueError, TypeError) as error:
            print(error)


class Dying:
    log = []

    def __init__(self, name):
        self.name = name

    def __del__(self):
        Dying.log.append(self.name)


def deaths():
    for round in range(20):
        items = [Dying(n) for n in range(4)]
        items[1:3] = [None, None]
        items.pop(0)
        items.remove(items[-1])
        items = None
    print(Dying.log[:8], len(Dying.log))


def methods():
    items, seen = [], set()
    for round in range(200):
        items.insert(0, round)
        items.insert(-1, -round)
        items.insert(1000, round * 2)
        if len(items) > 20:
            items.pop(3)
            items.pop(-2)
            items.pop()
        seen.add(round % 13)
        seen.add((round % 3, "t"))
        seen.add(str(round % 5))
        if round % 4 == 0:
            seen.discard(round % 13)
            seen.discard("none")
        if len(items) > 5 and items[5] in items:
            items.remove(items[5])
        copy = items.copy()
        assert copy == items and copy is not items
    print(items, sorted(map(str, seen)))
    for action in (lambda: items.pop(100), lambda: items.pop("x"), lambda: items.remove("gone"), lambda: items.index("gone")):
        try:
            for _ in range(10):
                action()
        except Exception as error:
            print(type(error).__name__, error)
    while items:
        items.pop()
    try:
        items.pop()
    except IndexError as error:
        print(error)
    try:
        seen.remove("gone")
    except KeyError as error:
        print(repr(error))


class Odd(list):
    def pop(self, *args):
        return "odd"


def subclasses():
    out = []
    for round in range(40):
        for each in (Odd([1, 2, 3]), [1, 2, 3]):
            out.append(each.pop(0))
            out.append(each[0:2])
    print(out[:4], len(out))


def iterators():
    total = 0
    for round in range(30):
        for index, value in enumerate([3, 4, 5]):
            total += index * value
        for index, value in enumerate((7, 8), round):
            total += index * value
        for a, b in zip([1, 2, 3], (4, 5)):
            total += a * b
        for a, b, c in zip(range(3), [1, 2, 3], "abc"):
            total += a * b + ord(c)
        shared = iter([1, 2, 3, 4, 5])
        for a, b in zip(shared, shared):
            total += a * 10 + b
        for key in {"k": 1, "l": 2}:
            total += ord(key)
        for key, value in {1: 2, 3: 4}.items():
            total += key * value
        for value in {1: 2, 3: 4}.values():
            total += value
        for value in {10, 20, 30}:
            total += value
        for char in "xyz":
            total += ord(char)
        for byte in b"\1\2\3":
            total += byte
    print(total)


def leftovers():
    for round in range(20):
        first, second = iter([1, 2, 3]), iter([4])
        pairs = list(zip(first, second))
        rest = list(first)
        again = enumerate([5, 6])
        for index, value in again:
            break
        tail = list(again)
        chars = iter("ab")
        for char in chars:
            break
        chars = list(chars)
    print(pairs, rest, index, value, tail, chars)


def changed_sizes():
    out = []
    for round in range(20):
        for container in ({1: 1, 2: 2}, {1, 2}):
            try:
                for each in container:
                    if isinstance(container, dict):
                        container[each + 10] = 0
                    else:
                        container.add(each + 10)
            except RuntimeError as error:
                out.append(str(error))
        items = [1, 2, 3]
        for index, each in enumerate(items):
            if index < 5:
                items.append(each)
        out.append(len(items))
    print(out[:3], len(out))


def ranges():
    total = 0
    for start in range(-3, 4):
        for stop in (-5, 0, 3, 7):
            for step in (1, 2, 3, -1, -2, -7):
                each = range(start, stop, step)
                total = total * 3 % 1000003 + len(each) + sum(each)
                for value in each:
                    total += value
    print(total)
    for arguments in ((1, 2, 0), (1.0,), (), (1, 2, 3, 4), ("x",)):
        try:
            for _ in range(20):
                range(*arguments)
        except (ValueError, TypeError) as error:
            print(error)
    big = 2**61
    lengths = 0
    for round in range(30):
        lengths += len(range(-big, big - 1, 2**40)) + (True in range(2)) + len(range(True, 5))
    print(lengths, range(-big, big)[-1], list(range(0)), bool(range(3, 3)))


def texts():
    found = 0
    for round in range(60):
        for part in ("a", "bc", "", "zz", "é", "cab"):
            found += part in "abcabc"
            found += part not in "éclair"
        found += b"abc"[round % 3] + b"abc"[-1]
        try:
            b"abc"[round]
        except IndexError as error:
            last = str(error)
    try:
        for round in range(30):
            1 in "text"
    except TypeError as error:
        print(error)
    print(found, last)


def displays():
    total = 0
    for round in range(60):
        pairs = {n: n * round for n in range(5)}
        words = {str(n): [n] for n in range(3)}
        squares = [n * n for n in range(6) if n in pairs]
        odd = {n % 3 for n in range(round)}
        total += sum(pairs.values()) + len(words) + sum(squares) + len(odd)
        part = slice(1, None)
        total += len(squares[part]) + len(squares[slice(None, None, -1)])
    print(total, slice(1, 2, 3), slice(4))


for test in (
    lookups, asked, changing, slices, deaths, methods, subclasses, iterators, leftovers, changed_sizes, ranges, texts, displays,
):
    test()


class Same:
    def __init__(self, n):
        self.n = n

    def __eq__(self, other):
        return isinstance(other, Same) and self.n == other.n

    def __hash__(self):
        return self.n


def set_algebra():
    out = []
    sets = [frozenset(range(5)), {3, 4, 5, "x"}, frozenset(), {(1, 2), None, 2.0}, set(range(100)), {Same(1), Same(2), 3}, {Same(2), 1}]
    for round in range(40):
        for a in sets:
            for b in sets:
                total = len(a & b) + 3 * len(a | b) + 5 * len(a - b) + 7 * len(a ^ b)
                if a <= b:
                    total += 11
                if a < b:
                    total += 13
                if a == b:
                    total += 17
                if a != b:
                    total += 19
                if a >= b:
                    total += 23
                total += (a > b) * 29 + (a == b) * 31 + (a != b) * 37
                out.append(total)
    print(sum(out), out[:49], type(sets[0] & sets[1]).__name__, type(sets[1] | sets[0]).__name__)
    print(sorted(sets[4] - sets[0])[:5], sorted(sets[0] & sets[4]), [each for each in sets[0] | {7, 9}])


def equal_sequences():
    nan = float("nan")
    values = [(1, 2), (1, 2.0), (1, "2"), (nan,), (Same(1), 2), (Same(1), 2), [1, 2], [1, 2.0], [nan], [Same(1), 2], [], ()]
    total = []
    for round in range(30):
        for a in values:
            for b in values:
                if a == b:
                    total.append(1)
                if a != b:
                    total.append(2)
                total.append((a == b) + 2 * (a != b))
    print(sum(total), total[:40])
    try:
        for round in range(30):
            (1, 2) < (1, "x")
    except TypeError as error:
        print(error)


def tuples():
    kept = []
    for round in range(50):
        a, b = round, str(round)
        pair = (a, b)
        triple = (pair, a, [b])
        if round % 10 == 0:
            kept.append(triple)
    print(kept)


for test in (set_algebra, equal_sequences, tuples):
    test()


def concatenations():
    lists, pairs, texts, kept = [], (), "", []
    for round in range(60):
        lists = lists + [round]
        pairs = pairs + (round,)
        texts += "x"
        shared = texts
        texts += "y"
        kept.append(shared)
        other = lists
        lists += [0]
        assert other is lists and pairs + () is pairs and () + pairs is pairs
        lists = lists[-5:] + [] + lists[:2]
    print(lists, len(pairs), sum(pairs), len(texts), [len(each) for each in kept[::10]], kept[1])
    for left, right in (([1], (2,)), ((1,), [2])):
        try:
            for _ in range(20):
                left + right
        except TypeError as error:
            print(error)


concatenations()
