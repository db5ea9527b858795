"""Coroutines and async generators as objects: their methods, attributes, hooks, warnings and errors."""
import sys, types
def run(coro):
    out = []
    try:
        v = None
        while True:
            out.append(coro.send(v)); v = len(out)
    except StopIteration as e:
        return out, e.value
    except BaseException as e:
        return out, type(e).__name__, str(e)

def show(f, *args):
    try: print(f(*args))
    except BaseException as e: print(type(e).__name__, e)

@types.coroutine
def nap(x):
    y = yield x
    return y

async def gen():
    try:
        a = yield 1
        print('got', a)
        b = await nap('n')
        print('napped', b)
        yield 2
    except ValueError as e:
        print('caught', e)
        yield 'after'
    finally:
        print('finally')

async def main():
    g = gen()
    print(await g.__anext__())
    print(await g.asend('hello'))
    print(await g.athrow(ValueError('boo')))
    try:
        await g.asend(None)
    except StopAsyncIteration as e:
        print("stop", repr(e))
    await g.aclose()
    try:
        await g.__anext__()
    except StopAsyncIteration: print('stopped')
    return 'done'
print(run(main()))

async def all_of():
    return [x async for x in gen()]
print(run(all_of()))

async def closing():
    g = gen()
    await anext(g)
    await g.aclose()
    print(g.ag_frame, g.ag_running, g.ag_await, g.ag_suspended)
    print(await anext(g, 'default'))
print(run(closing()))

async def f(): return 1
c = f()
print(type(c), type(c.__await__()), type(gen()), type(gen().__anext__()), type(gen().aclose()))
c.close()
show(iter, f)
c = f(); show(iter, c); show(next, c); c.close()
c = f(); show(c.send, 1); show(c.send, None); show(c.send, None); show(c.throw, ValueError); c.close()
def pg():
    yield from f()
show(list, pg())
async def aw():
    await 5
show(run, aw())
class A:
    def __await__(self): return 7
async def aw(): await A()
show(run, aw())
class A:
    def __await__(self): return f()
show(run, aw())
class N:
    def __aiter__(self): return self
    def __anext__(self): return 3
async def an():
    async for x in N(): pass
try: an().send(None)
except TypeError as e: print(e, repr(e.__cause__))
async def ai(o):
    async for x in o: pass
show(run, ai(5))
class B:
    def __aiter__(self): return 5
show(run, ai(B()))
show(anext, 5)
show(aiter, 5)
def g1():
    raise StopIteration(3)
    yield
show(list, g1())
async def c1(): raise StopIteration(4)
show(run, c1())
async def ag1():
    raise StopAsyncIteration
    yield
async def ag2():
    raise StopIteration
    yield
show(run, ai(ag1())); show(run, ai(ag2()))
# reuse
async def reuse():
    g = gen()
    s = g.asend(None)
    await s
    try: await s
    except RuntimeError as e: print(e)
    s = g.aclose()
    await s
    try: await s
    except RuntimeError as e: print(e)
    s = gen().athrow(ValueError)
    try: await s
    except ValueError as e: print('VE')
print(run(reuse()))
async def slow():
    try:
        await nap(1)
    except GeneratorExit as e:
        print('exit in nap'); raise
    yield 1
async def running():
    g = slow()
    a = g.__anext__()
    a.send(None)
    print(g.ag_running, g.ag_await.__name__)
    for m in (g.__anext__(), g.aclose(), g.athrow(ValueError)):
        try: m.send(None)
        except RuntimeError as e: print(e)
    try: a.throw(KeyError('k'))
    except KeyError as e: print('KE', e)
    print(g.ag_running)
print(run(running()))
async def ignoring():
    try: yield 1
    except GeneratorExit: yield 2
async def ig():
    g = ignoring(); await anext(g)
    try: await g.aclose()
    except RuntimeError as e: print(e)
print(run(ig()))
def firstiter(a): print('first', a.__name__)
def fin(a): print('final', a.__name__)
old = sys.get_asyncgen_hooks()
print(old)
sys.set_asyncgen_hooks(firstiter, fin)
async def hooks():
    g = gen()
    await anext(g)
    del g
    print('end')
print(run(hooks()))
sys.set_asyncgen_hooks(*old)
show(sys.set_asyncgen_hooks, 5)
try: sys.set_asyncgen_hooks(finalizer=5)
except TypeError as e: print(e)
print(sys.get_coroutine_origin_tracking_depth())
show(sys.set_coroutine_origin_tracking_depth, -1)
sys.set_coroutine_origin_tracking_depth(2)
def mk(): return f()
c = mk(); print(c.cr_origin and [(l, n) for _, l, n in c.cr_origin]); c.close()
sys.set_coroutine_origin_tracking_depth(0)
c = f(); print(c.cr_origin, c.cr_await, c.cr_running, c.cr_suspended, c.cr_code.co_name, c.cr_frame.f_lineno); c.close(); print(c.cr_frame)
async def outer(): await nap(1)
c = outer(); c.send(None); print(c.cr_await.__name__, c.cr_suspended)
async def second(c): await c
show(run, second(c))
c.close()
def gg():
    yield from [1]
g = gg(); next(g); print(type(g.gi_yieldfrom), g.gi_suspended, g.gi_frame.f_lineno, g.gi_frame is g.gi_frame)
try: g.__name__ = 5
except TypeError as e: print(e)
import warnings
with warnings.catch_warnings(record=True) as w:
    warnings.simplefilter('always')
    f()
    gen().__anext__()
    gen().aclose()
    g = gg()
    try: g.throw(ValueError, 'x')
    except ValueError as e: print(e, e.__traceback__.tb_next.tb_lineno)
for x in w: print(x.category.__name__, x.message)
show(gg().throw, 5); show(gg().throw, ValueError('x'), 3)
def hook(u): print(u.exc_type, u.err_msg.partition(' at ')[0], u.object)
sys.unraisablehook = hook
def bad():
    try: yield
    finally: raise KeyError('in finally')
b = bad(); next(b); del b
async def badf():
    pass
sys.set_asyncgen_hooks(finalizer=lambda g: 1/0)
async def x():
    g = gen(); await anext(g); del g
run(x())
import inspect
print(inspect.iscoroutinefunction(f), inspect.isasyncgenfunction(gen), inspect.isawaitable(nap(1)), inspect.getcoroutinestate(c))
