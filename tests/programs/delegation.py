"""Generators that delegate, and built-ins that consume generators: values, errors, frames and what tracebacks show."""

import builtins
import sys


def show(f, *arguments):
    try:
        print(getattr(f, '__name__', f), repr(f(*arguments)))
    except BaseException as error:
        print(getattr(f, '__name__', f), type(error).__name__, error, places(error))


def places(error):
    found, entry = ([], error.__traceback__)
    while entry:
        found.append((entry.tb_frame.f_code.co_name, entry.tb_lineno - entry.tb_frame.f_code.co_firstlineno))
        entry = entry.tb_next
    return found


def inner():
    try:
        x = (yield 1)
        print('got', x)
        y = (yield 2)
        print('got', y)
        return 'done'
    finally:
        print('inner finally')


def outer():
    r = (yield from inner())
    print('r', r)
    try:
        r = (yield from inner())
    except ValueError as e:
        print('caught', e)
        yield 'after'
    return 7


def drive():
    g = outer()
    print(next(g), g.send('a'), g.send('b'))
    print(g.throw(ValueError('boom')))
    try:
        next(g)
    except StopIteration as e:
        print('stop', e.value)


def drive_close():
    g = outer()
    next(g)
    g.close()
    g = outer()
    next(g)
    del g


for _ in range(3):
    drive()
    drive_close()


def raises(n):
    if n == 0:
        yield 0
        raise KeyError('deep')
    yield from raises(n - 1)


def tb():
    for x in raises(3):
        pass


show(tb)
show(tb)


def already():
    global G
    yield next(G)


G = already()
show(next, G)


def chain(n):
    if n:
        yield from chain(n - 1)
    else:
        yield next(H)


H = chain(3)
show(next, H)


def consumers(n):
    g = lambda: (i * 3 % 7 for i in range(n))
    yield sum(g()), sum(g(), 10), sum(i / 7 for i in g()), max(g()), min(g())
    yield any(i > 100 for i in g()), any(g()), all(i < 7 for i in g()), all(g())
    yield tuple(g()), list(g()), sorted(g()), sorted(set(g())), sorted(frozenset(g()))
    yield ",".join(str(i) for i in g())


for n in (1, 5, 12):
    print(*consumers(n))
for n in range(300):
    r = list(consumers(6))
print(r)


def empty():
    return
    yield


show(max, empty())
show(min, empty())
show(sum, empty())
show(tuple, empty())
show(sorted, empty())
print(''.join(empty()) == '', list(empty()), set(empty()), all(empty()), any(empty()))
show(sum, (c for c in 'ab'))
show(sum, (c for c in 'ab'), '')
show(sum, ([c] for c in 'ab'), [])
show(sum, (x for x in [1, 2.5, 3, True, 10 ** 30, 0.1]))
show(sum, (x for x in [0.1] * 10))
show(sum, [0.1] * 10)
show(sum, (x for x in [1e+308, 1e+308, -1e+308]))
show(sum, [1e+308, 1e+308, -1e+308])
show(sum, (x for x in [1, 2j, 0.1, 0.2]))
show(sum, [1, 2j, 0.1, 0.2])
show(sum, (x for x in [0.1, 10 ** 400]))
show(sum, [0.1, 10 ** 400])
show(sorted, (x for x in [3, 'a']))
show(max, (x for x in [3, 'a']))
show(list, ([] for _ in range(2)))
show(lambda: ','.join((x for x in ['a', 1])))


def names():
    yield sys._getframe(0).f_code.co_name
    f = sys._getframe(1)
    yield f.f_code.co_name
    yield (f.f_lineno > 0)


def hidden():
    return tuple(names())


for _ in range(3):
    print(hidden(), list(names()), next(names()))


def bad():
    yield 1
    raise OSError('x')


for f in (sum, all, list, tuple, set, frozenset, sorted, max, min):
    show(f, bad())
    show(lambda: f(bad()))


def bad2():
    yield 'a'
    1 / 0


def join():
    return ''.join((x for x in bad2()))


show(join)
l = [1]
l.extend((x for x in range(5)))
print(l)


def ext():
    l = []

    def g():
        for i in range(4):
            yield len(l)
    l.extend(g())
    return l


print(ext())
print(type(sum), sum.__name__, sum.__text_signature__)
saved = builtins.tuple


def patched():
    builtins.tuple = None
    try:
        return list(saved((x for x in 'abc')))
    finally:
        builtins.tuple = saved


print(patched())


async def co(n):
    if n == 0:
        return 1
    return await co(n - 1) + 1


def run(c):
    try:
        c.send(None)
    except StopIteration as e:
        return e.value


print([run(co(n)) for n in range(20)])


class Aw:

    def __await__(self):
        r = (yield 'x')
        return r


async def wait():
    a = await Aw()
    b = await Aw()
    return (a, b)


c = wait()
print(c.send(None), c.send(1))
try:
    c.send(2)
except StopIteration as e:
    print(e.value)


def recurse(n):
    yield n
    yield from recurse(n + 1)


def deep():
    m = 0
    try:
        for m in recurse(0):
            pass
    except RecursionError as e:
        print('RecursionError', 400 < m < 1000)


deep()


def excs():
    try:
        raise ValueError('v')
    except ValueError:
        yield sys.exception()
        yield from excs2()
        print(repr(sys.exception()))


def excs2():
    print('in2', repr(sys.exception()))
    try:
        raise KeyError('k')
    except KeyError:
        yield repr(sys.exception())
    print('in2 after', repr(sys.exception()))
    yield 3


for x in excs():
    print(repr(x), sys.exception())
