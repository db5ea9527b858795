"""compile, exec and eval take over the caller's __future__ imports; sources in encodings of the library; groups of plain exceptions; input()."""
from __future__ import annotations

import ast

source = "def f(x: undefined): pass"
namespace = {}
exec(source, namespace)
print(namespace["f"].__annotations__)
exec(compile(source, "name", "exec"), namespace)
print(namespace["f"].__annotations__)
exec(compile(source, "name", "exec", dont_inherit=True), namespace)
try:
    print(namespace["f"].__annotations__)
except NameError as error:
    print(error, error.name)
print(eval(b'# -*- coding: iso8859-15 -*-\n"\xa4"'))
try:
    eval(b'# -*- coding: no-such-codec -*-\n1')
except SyntaxError as error:
    print(error.args[0])
target = ast.Constant(value=1)
named = ast.Expression(ast.NamedExpr(target=target, value=ast.Constant(value=3)))
try:
    compile(ast.fix_missing_locations(named), "name", "eval")
except TypeError as error:
    print(error.args[0])


def naked():
    try:
        raise Exception(42)
    except* Exception:
        raise


try:
    naked()
except* Exception as group:
    entry = group.__traceback__
    while entry is not None:
        print(entry.tb_frame.f_code.co_name, entry.tb_lineno - naked.__code__.co_firstlineno)
        entry = entry.tb_next


import io
import sys

for name in ["stdin", "stdout", "stderr"]:
    saved = getattr(sys, name)
    delattr(sys, name)
    try:
        input()
    except RuntimeError as error:
        message = str(error)
    setattr(sys, name, saved)
    print(message)
sys.stdin = io.StringIO("line\n")


class Sink:
    def write(self, text):
        pass


saved, sys.stdout = sys.stdout, Sink()
line = input("prompt")
sys.stdout = saved
print(line)
