"""Code objects that run once and die: what the next one at the same address does is its own."""

import gc


class Node:
    def __init__(self, name):
        self.name = name
        self.parent = None
        self.names = self.generate()

    def generate(self):
        while not self.parent:
            yield self.name
        for name in self.parent.names:
            yield name

    def find(self):
        return next(self.names)


SOURCES = [
    "made = [Node(name) for name in names]",
    "for node in made:\n    for _ in range(3):\n        seen.append(node.find())",
    "while 1:\n    for node in made:\n        seen.append(node.find())\n    if len(seen) > 99:\n        break",
    "found = [name for name in seen if name in names]",
    "for number in range(len(names)):\n    total += number\n    seen.append(str(number))",
    "table = {name: len(name) for name in seen}",
    "for name in table:\n    if name in names:\n        total += table[name]",
    "total += sum(len(name) for name in found)",
    "while seen and total > -1:\n    total += len(seen.pop())",
]


def run(namespace, sources):
    for source in sources:
        exec(compile(source, "<once>", "exec"), namespace)


def main():
    results = set()
    for turn in range(60):
        names = ["abcdefghij"[i : i + 1 + turn % 3] for i in range(9)]
        namespace = {"Node": Node, "names": names, "seen": [], "total": 0}
        sources = SOURCES if turn % 4 else SOURCES[:6] + SOURCES[7:]
        run(namespace, sources)
        results.add((turn % 4 == 0, turn % 3, namespace["total"], len(namespace["found"]), len(namespace["table"])))
        if turn % 10 == 0:
            gc.collect()
    for result in sorted(results):
        print(result)


main()
