"""Frames pushed where a trace has left an inlined callee's registers behind: what lies there must not be taken for theirs."""


class Machine:
    def __init__(self, n):
        self.stack = []
        self.names = {"n": n, "total": 0}
        self.handlers = {"push": self.push, "load": self.load, "store": self.store, "add": self.add}

    def push(self, value):
        self.stack.append(value)

    def load(self, name):
        self.stack.append(self.names[name])

    def store(self, name):
        self.names[name] = self.stack.pop()

    def add(self, _):
        right = self.stack.pop()
        self.stack.append(self.stack.pop() + right)

    def run(self, program):
        at = 0
        while True:
            operation, operand = program[at]
            at += 1
            if operation == "halt":
                return self.names["total"]
            if operation == "jump":
                at = operand
            elif operation == "jump_if_zero":
                if self.stack.pop() == 0:
                    at = operand
            else:
                self.handlers[operation](operand)


PROGRAM = [
    ("load", "n"),
    ("jump_if_zero", 11),
    ("load", "total"),
    ("load", "n"),
    ("add", None),
    ("store", "total"),
    ("load", "n"),
    ("push", -1),
    ("add", None),
    ("store", "n"),
    ("jump", 0),
    ("halt", None),
]

for n in 10, 600, 2000:
    print(n, Machine(n).run(PROGRAM))
