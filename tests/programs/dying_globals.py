"""What functions give back of their globals and constants, used when function and namespace are gone."""

log = []


class Tracked:
    def __init__(self, name):
        self.name = name
        self.kid = None

    def __del__(self):
        log.append(self.name)


def made(text, **names):
    """The function `f` that a text defines, which alone keeps its globals."""
    namespace = dict(names)
    exec(text, namespace)
    return namespace.pop("f")


def of_a_global():
    return made("v = Tracked('v')\nv.kid = 41\ndef f(): return v", Tracked=Tracked)


def of_a_kid():
    return made("v = Tracked('parent')\nv.kid = Tracked('kid')\ndef f(): return v", Tracked=Tracked)


def of_a_constant():
    return eval("lambda: (1, 'abc', 12345678901234567890)")


def keep(makers):
    """The global outlives its function, while others are made."""
    out = []
    while makers:
        f = makers.pop()
        kept = f()
        f = None
        other = Tracked("other")
        out.append((kept.kid, len(log)))
        kept = None
        out.append(len(log))
        other = None
        out.append(len(log))
    return out[-3:], len(log)


def keep_kid(makers):
    out = []
    while makers:
        f = makers.pop()
        kid = f().kid
        f = None
        out.append((len(log), kid.name))
        kid = None
        out.append(len(log))
    return out[-2:], len(log)


def keep_behind_a_call(makers):
    out = []
    while makers:
        f = makers.pop()
        kept = f()
        [2, 1].sort(key=lambda x: x)
        f = None
        out.append(len(log))
        kept = None
        out.append(len(log))
    return out[-2:], len(log)


def keep_constant(makers):
    last = None
    i = 0
    while makers:
        last = None
        f = makers.pop()
        kept = f()
        f = None
        last = ((i, i, i), kept)
        kept = None
        i += 1
    return last


def keep_round(makers):
    """What a trip leaves in a local is from a namespace that is gone in the next one."""
    kept = None
    names = 0
    for f in makers:
        names += len(kept.name) if kept is not None else 0
        kept = f()
    makers.clear()
    f = None
    before = len(log)
    kept = None
    return names, before, len(log)


for turn in range(3):
    print(keep([of_a_global() for _ in range(300)]))
    print(keep([of_a_global()] * 300))
    print(keep_kid([of_a_kid() for _ in range(300)]))
    print(keep_kid([of_a_kid()] * 300))
    print(keep_behind_a_call([of_a_global()] * 300))
    print(keep_constant([of_a_constant() for _ in range(300)]))
    print(keep_constant([of_a_constant()] * 300))
    print(keep_round([of_a_global() for _ in range(300)]))
    print(keep_round([of_a_global()] * 300))
    print(len(log), {name: log.count(name) for name in sorted(set(log))})
