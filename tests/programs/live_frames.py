"""Frame objects: one for each activation, its variables as they are now, written through, and what is left of it afterwards."""

import sys
import traceback


def same():
    return sys._getframe() is sys._getframe()


print(same())


def reading():
    a = 1
    frame = sys._getframe()
    names = frame.f_locals
    b = 2
    print(names["a"], names["b"], "c" in names, list(names), len(names))
    del a
    print(sorted(names), type(names).__name__)
    return frame


frame = reading()
print(frame.f_locals["b"], repr(frame)[:7], frame.f_back is sys._getframe(), frame.f_lineno - frame.f_code.co_firstlineno)
frame.clear()
print(frame.f_locals)


def writing():
    x = y = 1
    captured = 1

    def inner():
        return captured

    names = sys._getframe().f_locals
    names["x"] = 10
    names["captured"] = 20
    names["other"] = 30
    print(x, y, inner(), names["other"], "other" in locals(), names.get("none", "default"))
    try:
        del names["x"]
    except ValueError as e:
        print(e)
    try:
        names["unknown"]
    except KeyError as e:
        print(e)
    print(names.pop("other"), names.setdefault("more", 5), names == dict(names), sorted(names | {"z": 1}))
    names.update(x=1) if False else names.update({"x": 11})
    return x


print(writing())


def change(depth, name, value):
    sys._getframe(depth + 1).f_locals[name] = value


def loop(n):
    total = step = 0
    for i in range(n):
        if i % 100 == 50:
            change(0, "step", step + 1)
        total += step
    return total


print(loop(2000))


def nested(n):
    total = 0
    step = 1

    def helper():
        change(1, "step", step + 1)

    for i in range(n):
        if i % 300 == 299:
            helper()
        total += step
    return total, step


print(nested(2000))


def assigned(n):
    x = 0
    for i in range(n):
        x = overwrite(i)
    return x


def overwrite(i):
    sys._getframe(1).f_locals["x"] = "lost"
    return i


print(assigned(500))


def kept(i):
    local = i * 2
    frame = sys._getframe()
    local += 1
    return frame


def keeping(n):
    return [kept(i) for i in range(n)]


frames = keeping(300)
print(len({id(frame) for frame in frames}), all(f.f_locals["local"] == 2 * i + 1 for i, f in enumerate(frames)))
print(frames[0].f_back.f_code.co_name, frames[0].f_back is frames[1].f_back, frames[0].f_back.f_back is sys._getframe())


def deep(n):
    if n == 0:
        return sys._getframe()
    return deep(n - 1)


frame = deep(5)
names = []
while frame.f_code.co_name == "deep":
    names.append(frame.f_locals["n"])
    frame = frame.f_back
print(names)


def lines():
    frame = sys._getframe()
    first = frame.f_lineno
    second = frame.f_lineno
    return second - first, frame


difference, frame = lines()
print(difference, frame.f_lineno - frame.f_code.co_firstlineno)


def caught():
    try:
        raise ValueError
    except ValueError as e:
        return e, e.__traceback__.tb_frame is sys._getframe()


print(caught()[1])


def raising():
    a = 1
    frame = sys._getframe()
    holder.append(frame)
    raise ValueError


holder = []
try:
    raising()
except ValueError as e:
    inner = e.__traceback__.tb_next.tb_frame
    print(inner is holder[0], inner.f_locals["a"], inner.f_back is sys._getframe(), e.__traceback__.tb_frame is sys._getframe())


def generator(a):
    b = a + 1
    yield sys._getframe()
    b += 1
    yield b


steps = generator(1)
print(steps.gi_frame is steps.gi_frame, steps.gi_frame.f_locals)
frame = next(steps)
print(frame is steps.gi_frame, frame.f_locals, frame.f_back)
frame.f_locals["b"] = 40
print(next(steps), frame.f_locals)
try:
    frame.clear()
except RuntimeError as e:
    print(e)
print(list(steps), steps.gi_frame)


def outlived():
    a = 42
    yield sys._getframe().f_locals


print(next(outlived()))


def executing():
    try:
        sys._getframe().clear()
    except RuntimeError as e:
        print(e)


executing()


class Noted:
    def __del__(self):
        print("gone")


def dropping(value):
    yield


steps = dropping(Noted())
steps.gi_frame.clear()
print(steps.gi_frame)


def overwritten():
    value = Noted()
    sys._getframe().f_locals["value"] = None
    print("still")


overwritten()
print(len(traceback.extract_stack(deep(4))))


class Body:
    a = 1
    sys._getframe().f_locals["b"] = 2


print(Body.b)
sys._getframe().f_locals["module_variable"] = 3
print(module_variable)
print((x for x in [1]).gi_frame.f_locals.keys())


def handled(n):
    frames = set()
    for i in range(n):
        try:
            raise KeyError(i)
        except KeyError as e:
            frames.add(e.__traceback__.tb_frame)
    return len(frames)


print(handled(100))
