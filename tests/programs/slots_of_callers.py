"""Registers of a caller above the window of its call: what a trace leaves behind there must not be taken for theirs when an exception
passes. (Shrunk from a random program.)"""


class Watched:
    def __init__(self, swallow):
        pass

    def __enter__(self):
        pass

    def __exit__(self, kind, value, where):
        pass


def digest(value):
    if isinstance(value, (int, bool)):
        pass


def show(*values):
    print * [digest(1) for value in values]


class C0:
    def __init__(self, x, y=0):
        pass

    @classmethod
    def build(cls, x, y):
        pass


def f0(p0, p1, p2):
    v1 = 1 & 18446744073709551615
    v2 = 1 % 4611686018427387904
    v3 = ([v1, v2][v2 & 3 :])[:16]
    v4 = C0.build(1 % 4611686018427387904, 1.5)
    v5 = 1 % 1000000000000000000000000
    v6 = 1
    with Watched(1) as w8:
        with Watched(1) as w10:
            pass
    show(v6, v5, v4, v3, v2, v1, p2)


def last(traceback):
    depth = 0
    while traceback is not None:
        traceback, depth = traceback.tb_next, depth + 1
    return depth


for turn in range(3):
    try:
        show(f0(1 & 2147483647, (repr(3.0))[-24:], p2=1))
    except Exception as error:
        print(turn, type(error).__name__, last(error.__traceback__))
