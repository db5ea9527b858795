"""Tokens: every kind, positions, lines, joined strings, indentation, and errors."""
import tokenize, io
for s in ["x", "x\n", "if a:\n  b\n\n# c\n  d\ne", "x = 1 # c\r\ny\r\n", "a = '''b\nc''' + d\n", "f'a{{b}}{x!r:>{w}}c' f'{y=}'\n", "x = \\\n  1\n", "(a,\n b)\n", "f'''a\n{x:\n}b\n'''\n", "\n\n", "", "a\n\tb", "rf'\\{x}\\N{1}' f'\\N{BULLET}{a}'\n", "t'a{x}'\n", "1if 2else 3\n", "x=1e5j+0x_f+.5\n", "ä = 'é'+ü\n", "async def f(): await x\n", "    # c\n    x\n", "if x:\n    y\n    # c\n# d\nz\n", "x;y\\\n\n", "f'{a:{b}}'", "f'{{'","f'}}'", "f'{x}}}{{{y}'", "f'a\\\nb{x}'", "f''\n", "@a->b:=c...!=d\n","a\f\n","x = (1 # c\n)\n","if 1:\n  a\n b\n", "'abc", "(", "'''a", "$", "f'{a", "1_", "0777", "x?", "f'{a!x}'", "f'{'", "\\", "a\n  b", ")"]:
    print(repr(s))
    try:
        for t in tokenize.generate_tokens(io.StringIO(s).readline):
            print('  ', t.type, tokenize.tok_name[t.exact_type], repr(t.string), t.start, t.end, repr(t.line))
    except Exception as e: print('  ', type(e).__name__, e.args)
