"""sys.settrace and sys.setprofile: which events come, in which order, with which lines."""
import sys
log = []
base = 0
def tracer(frame, event, arg):
    code = frame.f_code
    if event == 'exception': arg = arg[0].__name__
    elif event == 'return' and not isinstance(arg, (int, str, type(None))): arg = type(arg).__name__
    print(code.co_name, event, frame.f_lineno - code.co_firstlineno, arg)
    return tracer
def run(f, *args):
    sys.settrace(tracer)
    try: f(*args)
    except Exception as e: print('raised', type(e).__name__)
    finally: sys.settrace(None)
    print('--')
def simple():
    x = 1
    y = 2
    return x + y
run(simple)
def loop():
    for i in range(2):
        x = i
    while x > 0:
        x -= 1
    return x
run(loop)
def callee(a): return a * 2
def caller():
    a = callee(1)
    b = callee(
        a)
    return b
run(caller)
def raising():
    try:
        1/0
    except ZeroDivisionError:
        pass
    finally:
        y = 1
    raise KeyError
run(raising)
def deep():
    raising()
run(deep)
def gen():
    yield 1
    yield 2
def usegen():
    for x in gen():
        pass
run(usegen)
def comp():
    return [
        x
        for x in range(2)
    ]
run(comp)
def cond(a):
    if a:
        b = 1
    else:
        b = 2
    if b == 1: c = 1
    return b
run(cond, 0)
def nested():
    def inner():
        return 1
    class A:
        x = 1
        def m(self): pass
    A().m()
    return inner()
run(nested)
def srt():
    return sorted([3, 1], key=lambda v: -v)
run(srt)
def off():
    sys.settrace(None)
    x = 1
run(off)
def nolocal(frame, event, arg):
    print(frame.f_code.co_name, event)
    return None
sys.settrace(nolocal); simple(); sys.settrace(None)
def bad(frame, event, arg):
    if event == 'line': raise ValueError('in tracer')
    return bad
sys.settrace(bad)
try: simple()
except ValueError as e: print(e, sys.gettrace())
def opc(frame, event, arg):
    frame.f_trace_lines = False
    print(event)
    return opc
sys.settrace(opc); simple(); sys.settrace(None)
f = sys._getframe()
print(f.f_trace, f.f_trace_lines, f.f_trace_opcodes)
try: f.f_lineno = 3
except ValueError as e: print(e)
def setlocal():
    sys.settrace(tracer)
    sys._getframe().f_trace = tracer
    x = 1
    sys.settrace(None)
setlocal()
def prof(frame, event, arg):
    print(frame.f_code.co_name, event, arg.__name__ if event[0] == 'c' and event != 'call' else arg if isinstance(arg, (int, type(None))) else type(arg).__name__)
def profiled():
    callee(2)
    len([1])
    try: int('x')
    except ValueError: pass
    [].append(1)
    return sum(i for i in range(2))
sys.setprofile(prof); profiled(); sys.setprofile(None)
print(sys.getprofile())
hot = 0
def count(frame, event, arg):
    global hot
    hot += 1
    return count
def work(n):
    t = 0
    for i in range(n):
        t += i
    return t
work(50000)
sys.settrace(count); work(100); sys.settrace(None)
print(hot)
work(50000)
def back():
    return sys._getframe().f_back.f_code.co_name, sys._getframe().f_back.f_lineno - caller2.__code__.co_firstlineno
def caller2():
    x = back()
    return x
print(caller2())
