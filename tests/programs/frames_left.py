"""Where a frame stood when an exception left it: at the end of a `finally` or of the clauses that did not match, not where it was raised."""


def no_clause():
    try:
        1 / 0
    except TypeError as error:
        pass


def after_finally():
    try:
        1 / 0
    finally:
        pass


def in_clause():
    try:
        1 / 0
    except Exception:
        1 / 0
        pass


def in_named_clause(x=3):
    try:
        1 / 0
    except Exception as error:
        1 / 0
        pass


class Manager:
    def __enter__(self):
        return self

    def __exit__(self, *what):
        return False


def in_with():
    with Manager():
        1 / 0
        pass


def nested():
    try:
        try:
            1 / 0
        finally:
            x = 1
    except ValueError:
        pass
    except KeyError:
        pass


def generator():
    try:
        yield 1 / 0
    finally:
        pass


def in_generator():
    return list(generator())


def lines(function):
    for turn in range(3):
        found = []
        try:
            function()
        except ZeroDivisionError as error:
            entry = error.__traceback__.tb_next
            while entry:
                frame = entry.tb_frame
                first = frame.f_code.co_firstlineno
                found.append((frame.f_code.co_name, entry.tb_lineno - first, frame.f_lineno - first))
                entry = entry.tb_next
    return found


for function in (no_clause, after_finally, in_clause, in_named_clause, in_with, nested, in_generator):
    print(lines(function))

for source in (b"X\x80", b"\xc3\xa9X\x80 = 1\nb", b"a\n\xc3\xa9X\x80z"):
    try:
        compile(source, "source", "exec")
    except SyntaxError as error:
        print(error.msg, error.args[1][1:])
