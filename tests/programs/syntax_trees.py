"""Syntax trees: parsing to them, writing them out, compiling them, and what a malformed one is told."""
import ast, sys, copy
srcs = [
 'f"a{x}b{y!r:>{w}}c" "d" f"{z=}" f"{q=!s}" f"{q = :>10}"', 'u"a" "b"', "f''", "f'{x:}'", 't"a{x}b{y=}" t"{z!r:>10}"',
 'f"""a\n{x}\n  b {y:\n}"""', "rf'\\d{x}\\n'", "x = 'é' + y", "b'a' b'c'", "f'{{}}{x}'", 'f"{x}" u"a"', 'u"a" f"{x}"',
 '@a\n# c\n\n@b(1)\nasync def f(a, b=1, /, c: int=2, *d, e, f=3, **g) -> int: pass', '@d\nclass A[T: int, *Ts, **P](B, metaclass=M, *a, **k):\n  "doc"\n  x: int = 1\n  (y): int\n  a.b: str\n',
 'if a: pass\nelif b:\n  pass\nelif c: pass\nelse:\n  x\n', 'try:\n  a\nexcept* (A, B) as e: pass\nelse: b\nfinally: c', 'with (a as b, c): pass', 'with (a, b): pass','with (a): pass', 'with a, b as (c, d): pass', 'async def f():\n  async with a: pass\n  async for x in y: pass\n  return [x async for x in y if z if w]',
 'match x:\n case [1, *_, a] | {"b": 1, **a}: pass\n case P(1, x=2) as q if z: pass\n case -1+2j | None | True: pass\n case a.b: pass\n case (1, 2): pass\n case "a" "b": pass\n case [*rest]: pass\n case 1,: pass\n case {}: pass\n case (x): pass', 'match y:\n case _: pass',
 'f(x for x in y)', 'f(a, *b, c=1, **d)', 'a[1:2, ::3, *b]', 'a[b, c]', 'a[*b]', '(yield)', 'x = yield from y', 'lambda: 0', 'lambda a, *, b=1: (a, b)', '{1: 2, **a}', '{1, 2}', '{a: b for a, b in c}', 'a if b else c', 'not a', 'a < b <= c is not d not in e', 'x = y = 1, 2', 'x, *y = z', 'del a, b[0], c.d, (e, f)', 'import a.b as c, d', 'from .. import x as y, z', 'from . import *', 'from a.b import (c, d)', 'global a, b', 'type X[T] = int', 'raise A from b', 'assert a, b', 'x @= 1; y //= 2', 'while 1: break\nelse: pass', 'for x, in y: continue', '0x10 + 1_000 + 1e5 + 3j + 10**100 + 123456789012345678901234567890', '...', '(a := 1)', '((a))', '(a,)', '()', 'a.b.c(d)[e]', '"""doc"""\nx', 'def f():\n\t"""d"""', 'x: "a"', 'await_ = 1', 'print(*a, sep="")', 'f(**a, b=1)', 'class A: pass', 'class A(): pass', 'a and b and c or d', '-1 ** 2', 'try: pass\nexcept A, B: pass', 'def f[T](x: T) -> T: ...', 'class C[T = int]: pass',
 'f"{a}{b!a}" "x" f"y{c:{d}e{f}}"', 'f"{x!r}"', "f'{lambda_ }'", "f'{ x = }'", "f'{x = !r:^20}'", 'f"{a:{b:{c}}}"', 'f"é{x}é"', 'x = "\\N{BULLET}"', "if 1:\n  x = '''a\nb'''\n", "f'''{\nx\n}'''", 'async def f(): await x', 'f(a)(b)', 'x[a:b]', 'x[a]', 'x[:, 1]',
]
def shape(code):
    """What does not depend on whose bytecode it is."""
    inner = [shape(c) for c in code.co_consts if hasattr(c, "co_name") and not c.co_name.startswith(("<generic", "__ann"))]
    return code.co_name, code.co_firstlineno, code.co_argcount, inner
def alike(a, b):
    """The same code, wherever it says that the names of what it defines stand."""
    same = (a.co_code, a.co_names, a.co_varnames, a.co_firstlineno) == (b.co_code, b.co_names, b.co_varnames, b.co_firstlineno)
    pairs = [(c, d) for c, d in zip(a.co_consts, b.co_consts) if hasattr(c, "co_name")]
    return same and all(alike(c, d) for c, d in pairs)
for s in srcs:
    try: t = ast.parse(s)
    except SyntaxError as e: print(s, e); continue
    print(repr(s)); print(ast.dump(t, include_attributes=True))
    print(ast.unparse(t))
    try: made = compile(t, 'f', 'exec')
    except SyntaxError as e: print(e.msg); continue
    print(shape(made))
    if 'f\'' not in s and 'f"' not in s and 't"' not in s:
        assert alike(made, compile(s, 'f', 'exec')), s
import copy
print(ast.Name('x').__reduce_ex__(2))
print(ast.AST.__module__, ast.Name.__module__, ast.Name._attributes, ast.expr_context._attributes, ast.AST._attributes)
def t(s, mode='exec'):
    try: print(type(compile(s, 'f', mode)))
    except Exception as e: print(type(e).__name__, e)
t(ast.Module([ast.Expr(None, lineno=1, col_offset=0)], []))
t(ast.Module([ast.Expr(5, lineno=1, col_offset=0)], []))
t(ast.Module([ast.Expr(ast.Constant(1))], []))
t(ast.Module(5, []))
t(ast.Module([None], []))
t(ast.Module([ast.FunctionDef('f', ast.arguments(), [], [], lineno=1, col_offset=0)], []))
t(ast.Name('x', ast.Load()))
t(ast.Expression(ast.Name('x', ast.Store(),lineno=1, col_offset=0)), 'eval')
t(ast.Expression(ast.Name(5, ast.Load(),lineno=1, col_offset=0)), 'eval')
t(ast.Expression(ast.Name('x', 5,lineno=1, col_offset=0)), 'eval')
t(ast.Expression(ast.Name('True', ast.Load(),lineno=1, col_offset=0)), 'eval')
t(ast.Expression(ast.Constant([1],lineno=1, col_offset=0)), 'eval')
t(ast.Expression(ast.BinOp(ast.Constant(1,lineno=1, col_offset=0),None,ast.Constant(1,lineno=1, col_offset=0),lineno=1, col_offset=0)), 'eval')
t(ast.Expression(ast.Constant(1,lineno='a', col_offset=0)), 'eval')
t(ast.Expression(ast.Constant(1,lineno=3, end_lineno=2, col_offset=0)), 'eval')
t(ast.Interactive([]), 'single')
t(ast.Interactive([]), 'exec')
t(ast.Expression(ast.Constant(1,kind=5,lineno=3, end_lineno=3, col_offset=0)), 'eval')

import warnings
with warnings.catch_warnings(record=True) as w:
    warnings.simplefilter("always")
    ast.Expr(); ast.Name(); ast.Constant(1, foo=2)
    class Mine(ast.expr):
        _fields = ("a",)
    Mine()
for x in w: print(x.message)
for f in (lambda: ast.Name(1, 2, 3), lambda: ast.Name(1, id=2), lambda: ast.Load(1)):
    try: f()
    except TypeError as e: print(e)
print(repr(ast.parse("x = f(1, 2, 3, 4)\ny\nz")))
print(ast.dump(ast.parse("a + 1", mode="eval")), ast.dump(ast.parse("a; b", mode="exec"), indent=2))
print(ast.literal_eval("{'a': [1, -2.5, 3+4j], 'b': (None, True, b'x')}"))
for bad in ("f(x)", "a", "1 + x"):
    try: ast.literal_eval(bad)
    except ValueError as e: print(e)
tree = ast.parse("def f(n):\n    return n * 2\nr = f(21)\nraise KeyError(r)")
class Triple(ast.NodeTransformer):
    def visit_BinOp(self, node):
        return ast.copy_location(ast.BinOp(node.left, ast.Add(), ast.Constant(7)), node)
tree = ast.fix_missing_locations(Triple().visit(tree))
try: exec(compile(tree, "<made>", "exec"))
except KeyError as e: print(e, e.__traceback__.tb_next.tb_lineno)
print(eval(compile(ast.Expression(ast.Constant("\ud800", lineno=1, col_offset=0)), "f", "eval")) == "\ud800")
exec(compile(ast.parse("1 + 1; 'x'", mode="single"), "f", "single"))
print(copy.deepcopy(tree).body[0].name, copy.replace(tree.body[0], name="g").name)
match ast.parse("a.b", mode="eval").body:
    case ast.Attribute(ast.Name(id), attr): print(id, attr)
