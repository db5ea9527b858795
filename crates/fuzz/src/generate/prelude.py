"""What every random program begins with: exceptions, a context manager, objects whose death shows, and digests of values."""

PRIME = 1000003
GONE = 0
SHARED = 0


class Fault(Exception):
    def __init__(self, code):
        super().__init__(code)
        self.code = code


class Noisy:
    def __init__(self, name):
        self.name = name

    def __del__(self):
        global GONE
        GONE = (GONE * 31 + self.name + 1) % PRIME


class Watched:
    def __init__(self, swallow):
        self.swallow = swallow
        self.x = 0

    def __enter__(self):
        self.x += 1
        return self

    def __exit__(self, kind, value, where):
        self.x += 2 if kind is None else 5
        return self.swallow and kind is not None and issubclass(kind, ArithmeticError)


def digest(value):
    if isinstance(value, (int, bool)):
        return type(value).__name__ + str(value % PRIME)
    if isinstance(value, str):
        total = len(value)
        for letter in value:
            total = (total * 31 + ord(letter)) % PRIME
        return "str" + str(total)
    if isinstance(value, (list, tuple)):
        total = ""
        for item in value:
            total += digest(item) + " "
            if len(total) > 120:
                total = digest(total)
        return type(value).__name__ + "[" + total + "]"
    if isinstance(value, dict):
        return "dict" + digest([pair for pair in value.items()])
    if hasattr(value, "x"):
        return type(value).__name__ + "<" + digest(value.x) + " " + digest(value.y) + ">"
    return repr(value)


def show(*values):
    print(*[digest(value) for value in values], GONE)


