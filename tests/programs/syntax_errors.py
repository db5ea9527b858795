"""What is said of programs that are none: the message, and where the fault is."""

import warnings


def tell(source, mode="exec"):
    try:
        compile(source, "<source>", mode)
    except SyntaxError as error:
        print(type(error).__name__, error.lineno, error.offset, error.msg)
    else:
        print("accepted", source)


# The braces of f-strings and t-strings.
for source in (
    "f'{}'", "f'{ !r}'", "f'{:2}'", "f'{=}'", "f'{.}'", "f'{+;'", "f'{a $ b}'", "f'{a b}'", "f'{a;}'", "f'{a = b}'",
    "f'{a!}'", "f'{a!x}'", "f'{a!3}'", "f'{a!r{b}}'", "f'{a:'", "f'{a'", "f'{'", "f'{a#}'", "f'{)}'", "f'{(}'",
    "f'{a[4)}'", "f'{1, lambda: x}'", "f'{a:{b:{c:{d}}}}'", "f'}'", "f'{a:\n}'", "f'''\n{\n}'''", "x = f'''\nabc", "t'{}'",
    "f'\\N'", "f'a{b}\\xZ'", "'\\N{'", "uf''", "x = bu'a'", "tf''",
):
    tell(source)

# Brackets: the whole source is read before one is missed.
for source in (
    "(1,\n2", "(\nraise x\n)", "[1, 2)", "f(\n  a=['unclosed], # a quote'\n  b=2,\n)\n", "x = (1 +\ny z\n", "(a b)", "print 1 +",
    "with(0,,):\n\x01", "print\x17('a')", "0b1_2", "0o9", "1jspam", "x if 0xfelse y", "a = 3 \\ 4",
):
    tell(source)

# Type parameters, comprehensions, indentation, statements of older versions, futures.
for source in (
    "def f[**P: int](): pass", "class C[*Ts: (int, str)]: pass", "[a, b for a, b in c]", "if 1:\n  a\n b", "if 1:\n        a\n\tb",
    "print {1:(foo.)}", "print a, b; c", "from __future__ import barry_as_FLUFL\n1 <> 2",
    "from __future__ import barry_as_FLUFL\n1 != 2", "from __future__ import barry_as_FLUFL; a <> b", "1 <> 2",
):
    tell(source)

# The line is told where it is known.
for source in ("f'{a b}'", "x = (\n", "return 'ä'"):
    try:
        compile(source, "<source>", "exec")
    except SyntaxError as error:
        print(error.offset, error.end_offset, repr(error.text))

# Escapes that mean nothing, where they stand; they are told of a program that is none, too.
for source in ("'''\n\\z'''", "f'\\{6*7}'", "f'{x:\\_}'", "'\\e' $", "[(lambda x: x) [i, j]]"):
    for action in ("always", "error"):
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter(action)
            try:
                compile(source, "<source>", "exec")
            except SyntaxError as error:
                print(error.lineno, error.msg)
            for warning in caught:
                print(warning.lineno, warning.message)

# The place that an error is made with.
for place in (("f", 1, 2), ("f", 1, 2, 4, 5), ("f", 1, 2, 4, 5, 6, 7, 8), ["f", 1, 2, "t"]):
    try:
        print(SyntaxError("message", place).args[0])
    except TypeError as error:
        print(error)
error = SyntaxError("message", ("f", 1, 2, "t", 3, 4))
error.__init__("other", ("f", 1, 2, "t"))
print(error.msg, error.end_lineno, error.end_offset)
try:
    raise ValueError
except Exception as caught:
    try:
        try:
            raise caught
        except (ValueError, 42):
            pass
    except TypeError as error:
        print(error)

# Bytes that are no UTF-8: the line is quoted whole.
for source in (b"X\x80", b"\xc3\xa9X\x80 = 1\nb", b"a\n\xc3\xa9X\x80z"):
    try:
        compile(source, "<source>", "exec")
    except SyntaxError as error:
        print(error.msg, error.args[1][1:])
