"""sys.monitoring: tools, events of all code and of some, DISABLE, and what is refused."""
import sys
m = sys.monitoring; E = m.events
names = {v: k for k, v in vars(E).items()}
log = []
def f(x):
    y = len([x])
    for i in range(2):
        y += i
    try:
        int('z')
    except ValueError:
        pass
    return y
def g():
    yield 1
    yield 2
def boom():
    raise KeyError
m.use_tool_id(3, "tool")
def cb(name):
    def call(code, *args):
        def show(a):
            if isinstance(a, (int, str)): return a
            if isinstance(a, BaseException): return type(a).__name__
            if a is m.MISSING: return 'MISSING'
            return getattr(a, '__name__', type(a).__name__)
        if name == 'LINE': args = (args[0] - code.co_firstlineno,)
        else: args = args[1:]
        print(code.co_name, name, *map(show, args))
    return call
wanted = "PY_START PY_RESUME PY_RETURN PY_YIELD CALL LINE RAISE EXCEPTION_HANDLED PY_UNWIND C_RETURN C_RAISE".split()
total = 0
for w in wanted:
    total |= getattr(E, w)
    print(m.register_callback(3, getattr(E, w), cb(w)))
codes = [f.__code__, g.__code__, boom.__code__]
for c in codes: m.set_local_events(3, c, total & (E.PY_START|E.PY_RESUME|E.PY_RETURN|E.PY_YIELD|E.LINE|E.CALL|E.C_RETURN|E.C_RAISE))
f(3); list(g())
for c in codes: m.set_local_events(3, c, 0)
print(m.get_local_events(3, f.__code__), m.get_events(3), m.get_tool(3), m.get_tool(2))
m.set_events(3, E.PY_UNWIND | E.RAISE | E.EXCEPTION_HANDLED)
try: boom()
except KeyError: pass
m.set_events(3, 0)
def once(code, line):
    print('once', line - code.co_firstlineno)
    return m.DISABLE
m.register_callback(3, E.LINE, once)
m.set_local_events(3, f.__code__, E.LINE)
f(1); f(1)
m.restart_events()
f(1)
m.set_local_events(3, f.__code__, 0)
m.free_tool_id(3)
for bad in (lambda: m.use_tool_id(9, 'x'), lambda: m.get_events(3), lambda: m.use_tool_id(1, 2), lambda: m.register_callback(3, 3, None), lambda: m.register_callback(3, 1<<20, None)):
    try: bad()
    except Exception as e: print(type(e).__name__, e)
m.use_tool_id(1, 'x')
for bad in (lambda: m.set_events(1, E.C_RAISE), lambda: m.set_events(1, 1<<30), lambda: m.set_local_events(1, 3, 0), lambda: m.use_tool_id(1, 'y')):
    try: bad()
    except Exception as e: print(type(e).__name__, e)
m.free_tool_id(1)
print(m.get_tool(1))
