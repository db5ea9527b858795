"""`break`, `continue` and `return` in `finally`: what was about to be returned is given up at once, and nothing else."""

import sys
import warnings

warnings.simplefilter("ignore", SyntaxWarning)


class Counted:
    alive = 0

    def __init__(self):
        Counted.alive += 1

    def __del__(self):
        Counted.alive -= 1


def compiled(source):
    namespace = {"Counted": Counted}
    exec(source, namespace)
    return namespace["f"]


SOURCES = {
    "break": """
def f(leave):
    for i in [1, 2]:
        try:
            return Counted()
        finally:
            if leave:
                break
    return Counted.alive, i
""",
    "continue": """
def f(leave):
    for i in [1, 2]:
        try:
            return Counted()
        finally:
            if leave:
                continue
    return Counted.alive, i
""",
    "return": """
def f(leave):
    try:
        return Counted()
    finally:
        if leave:
            return Counted.alive, "returned"
""",
    "while": """
def f(leave):
    n = 0
    while n < 3:
        n += 1
        try:
            try:
                return Counted()
            finally:
                if leave:
                    continue
        finally:
            n += 10
    return Counted.alive, n
""",
    "inner loop": """
def f(leave):
    for i in [1, 2]:
        try:
            for j in [Counted(), Counted()]:
                return Counted()
        finally:
            if leave:
                break
    del j
    return Counted.alive, i
""",
    "handler": """
def f(leave):
    for i in [1, 2]:
        try:
            raise ValueError(Counted())
        except ValueError as error:
            try:
                return error
            finally:
                if leave:
                    break
    return Counted.alive, i
""",
    "raised": """
def f(leave):
    while True:
        try:
            raise ValueError(Counted())
        finally:
            if leave:
                break
    return Counted.alive, 0
""",
    "generator": """
def f(leave):
    def steps():
        for i in [1, 2]:
            try:
                yield i
                return Counted()
            finally:
                if leave:
                    continue
    return Counted.alive, list(steps()), Counted.alive
""",
}


for name, source in SOURCES.items():
    function = compiled(source)
    results = {function(True) for _ in range(300)} if name != "generator" else {str(function(True)) for _ in range(300)}
    print(name, results, Counted.alive, sys.exception())
    try:
        kept = function(False)
    except ValueError as error:
        kept = error
    print(name, type(kept).__name__, Counted.alive)
    del kept
