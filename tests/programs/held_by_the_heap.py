"""What the heap holds: loops over objects in lists, tuples and attributes, while some of them go."""
import weakref

log = []


class Node:
    def __init__(self, name, next=None):
        self.name = name
        self.next = next
        self.items = [name, name + 1]

    def __del__(self):
        log.append(self.name)


def chain(n):
    head = None
    for i in range(n):
        head = Node(i, head)
    return head


def walk(head):
    total = 0
    node = head
    while node is not None:
        total += node.name + node.items[1]
        node = node.next
    return total


def cut(head, at):
    """Cuts the list behind the node called `at` while walking: what was behind dies there and then."""
    node = head
    seen = []
    while node is not None:
        following = node.next
        if node.name == at:
            node.next = None
            seen.append(len(log))
            following = None
            seen.append(len(log))
        node = following
    return seen


def cut_itself(head, at):
    node = head
    while node is not None:
        if node.name == at:
            head = None
            node.next = None
        node = node.next
    return len(log)


def pairs_of(rows):
    total = 0
    for (a, b), c in rows:
        total += a[0] * b[1] - c
        a[0] = (a[0] + 1) % 7
    return total


def drop_while_walking(rows):
    """The list loses the item that is being looked at."""
    out = []
    for i in range(len(rows)):
        row = rows[i]
        node = row[0]
        if i % 3 == 2:
            rows[i] = None
            out.append(len(log))
            row = None
            out.append(len(log))
            out.append(node.name)
            node = None
            out.append(len(log))
    return out


def replace_in_place(box, n):
    out = []
    for i in range(n):
        node = box.items[0]
        items = node.items
        if i % 5 == 4:
            box.items[0] = Node(1000 + i)
            out.append(len(log))
        out.append(items[0])
    return out


def clear_under(rows, n):
    """Somebody else empties the list."""
    out = []
    for i in range(n):
        inner = rows[i % len(rows)]
        item = inner[0]
        if i == n - 3:
            inner.clear()
        out.append(item.name)
    return out


def keep_last(rows):
    last = None
    for node in rows:
        last = node
    rows.clear()
    return last


def swap(rows, n):
    a = rows[0]
    b = rows[1]
    for i in range(n):
        a, b = b, a
        rows[0] = a
        c = rows[1].items
        if i % 50 == 49:
            rows[1] = Node(2000 + i)
            a = rows[1]
    return a.name, b.name, c, rows[0].name


def refs(rows, n):
    out = []
    for i in range(n):
        node = rows[i % len(rows)]
        ref = weakref.ref(node)
        if i == n - 2:
            rows[i % len(rows)] = rows[0]
            node = None
            out.append(ref() is None)
        else:
            out.append(ref() is node)
    return out.count(True), out.count(False)


class Holder:
    pass


def deep(n):
    holder = Holder()
    holder.inner = Holder()
    holder.inner.leaf = Node(5000)
    out = []
    for i in range(n):
        inner = holder.inner
        leaf = inner.leaf
        name = leaf.name
        if i % 60 == 59:
            holder.inner = fresh = Holder()
            fresh.leaf = Node(5000 + i)
            out.append(len(log))
            inner = None
            out.append(len(log))
            out.append(leaf.name)
            leaf = None
            out.append(len(log))
        out.append(name)
    return out


def main():
    for turn in range(3):
        print(walk(chain(300)), len(log))
        head = chain(300)
        print(cut(head, 150), len(log))
        del head
        print(len(log))
        print(cut_itself(chain(300), 120), len(log))
        rows = [(([i, i + 1], (i, i + 2)), i) for i in range(300)]
        print(pairs_of(rows), pairs_of(rows))
        print(sum(drop_while_walking([(Node(i), i) for i in range(300)])), len(log))
        box = Node(7)
        box.items[0] = Node(8)
        print(sum(replace_in_place(box, 300)), len(log))
        print(sum(clear_under([[Node(i)] for i in range(10)], 300)), len(log))
        print(keep_last([Node(i) for i in range(300)]).name, len(log))
        print(swap([Node(1), Node(2)], 300), len(log))
        print(refs([Node(i) for i in range(20)], 300), len(log))
        print(sum(deep(300)), len(log))
        print(hash(tuple(log)) == hash(tuple(list(log))), sum(i * v for i, v in enumerate(log)))


main()
