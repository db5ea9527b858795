"""Modules that await: code compiled with the flag of `ast` that allows it is a coroutine's."""

import ast
import inspect
import types

FLAG = ast.PyCF_ALLOW_TOP_LEVEL_AWAIT


class Ready:
    def __await__(self):
        yield "step"
        return 42


class Counter:
    def __init__(self):
        self.left = 3

    def __aiter__(self):
        return self

    async def __anext__(self):
        if not self.left:
            raise StopAsyncIteration
        self.left -= 1
        return self.left


def drive(coroutine):
    steps = []
    try:
        while True:
            steps.append(coroutine.send(None))
    except StopIteration as end:
        return steps, end.value


for source in (
    "a = await Ready()",
    "async for item in Counter(): a = item",
    "a = [item async for item in Counter()]",
    "a = [await Ready() for _ in (1, 2)]",
    "async def f(x=await Ready()): return x\na = f.__defaults__",
    "class C(*[object for _ in [await Ready()]]): a = 1\na = C.a",
):
    code = compile(source, "<source>", "exec", FLAG)
    space = {"Ready": Ready, "Counter": Counter}
    coroutine = eval(code, space)
    print(code.co_flags & inspect.CO_COROUTINE, type(coroutine).__name__, drive(coroutine), space["a"])
    made = types.FunctionType(code, {"Ready": Ready, "Counter": Counter})
    print(drive(made()), "a" in made.__globals__)
print(drive(eval(compile("await Ready() + 1", "<source>", "eval", FLAG))))
print(compile("1", "<source>", "exec", FLAG).co_flags & inspect.CO_COROUTINE)
for source in ("lambda: [await x for x in y]", "def f(): await x", "type T = [await x for x in y]", "class C: await x"):
    try:
        compile(source, "<source>", "exec", FLAG)
    except SyntaxError as error:
        print(error.msg)
