"""Where a frame stood when an exception left it: at the end of a `finally` or of the clauses that did not match, not where it was raised."""


import sys


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


def bare_raise():
    try:
        1 / 0
    except ZeroDivisionError:
        x = 1
        raise


def bare_raise_in_try():
    try:
        try:
            1 / 0
        except ZeroDivisionError:
            raise
    finally:
        y = 2


def finally_in_with():
    with Manager():
        try:
            1 / 0
        finally:
            z = 3


def with_in_finally():
    try:
        with Manager():
            1 / 0
    finally:
        x = 1
        y = 2


def comprehension(x=1):
    [
        1 / 0
        for x in (1, 2)
    ]


def comprehension_in_try():
    try:
        [1 / 0 for x in (1, 2)]
    except ValueError:
        pass


def known_frame():
    kept.append(sys._getframe())
    try:
        1 / 0
    except ZeroDivisionError:
        x = 1
        raise


kept = []


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


for function in (no_clause, after_finally, in_clause, in_named_clause, in_with, nested, in_generator, bare_raise):
    print(lines(function))
for function in (bare_raise_in_try, finally_in_with, with_in_finally, comprehension, comprehension_in_try, known_frame):
    print(lines(function))
print([frame.f_lineno - frame.f_code.co_firstlineno for frame in kept])
