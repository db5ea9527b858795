"""An interpreter in the interpreter: a small stack machine with a dispatch on strings and one on a dict."""

PROGRAM = [
    ("push", 0),
    ("store", "total"),
    ("load", "n"),
    ("jump_if_zero", 13),
    ("load", "total"),
    ("load", "n"),
    ("add", None),
    ("store", "total"),
    ("load", "n"),
    ("push", -1),
    ("add", None),
    ("store", "n"),
    ("jump", 2),
    ("halt", None),
]


class Machine:
    def __init__(self, n):
        self.stack = []
        self.names = {"n": n}
        self.pc = 0
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
        while True:
            operation, operand = program[self.pc]
            self.pc += 1
            if operation == "halt":
                return self.names["total"]
            if operation == "jump":
                self.pc = operand
            elif operation == "jump_if_zero":
                if self.stack.pop() == 0:
                    self.pc = operand
            else:
                self.handlers[operation](operand)


def run(n):
    return Machine(n).run(PROGRAM)


SIZE = 15000
EXPECTED = 112507500

if __name__ == "__main__":
    from measuring import main

    main("vm", run, SIZE, EXPECTED)
