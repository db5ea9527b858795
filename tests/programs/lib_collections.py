"""What `collections` answers, printed for comparison with CPython."""

from collections import Counter, OrderedDict, defaultdict, deque, namedtuple

queue = deque([1, 2, 3], maxlen=4)
queue.extend([4, 5])
queue.appendleft(0)
queue.rotate(1)
print(queue, queue.pop(), queue.popleft(), 2 in queue, list(reversed(queue)), queue[0], len(queue))
groups = defaultdict(list)
for word in ("apple", "bean", "avocado"):
    groups[word[0]].append(word)
print(groups, dict(groups), groups.default_factory)
ordered = OrderedDict(a=1, b=2, c=3)
ordered.move_to_end("a")
print(ordered, ordered.popitem(last=False), list(ordered), OrderedDict(a=1, b=2) == OrderedDict(b=2, a=1))
print(Counter("mississippi").most_common(2))
Point = namedtuple("Point", "x y", defaults=[0])
point = Point(3)
print(point, point.x, point._replace(y=9), Point._fields, point._asdict())
