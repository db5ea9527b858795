"""Functions to call when the program ends; the interpreter calls `_run_exitfuncs`."""

_functions = []


def register(func, /, *args, **kwargs):
    """Has a function called at the end, the last registered first. Returns the function."""
    if not callable(func):
        raise TypeError("the first argument must be callable")
    _functions.append((func, args, kwargs))
    return func


def unregister(func, /):
    """Forgets a function, however often it was registered."""
    _functions[:] = [entry for entry in _functions if entry[0] is not func and entry[0] != func]


def _clear():
    _functions.clear()


def _ncallbacks():
    return len(_functions)


def _run_exitfuncs():
    while _functions:
        func, args, kwargs = _functions.pop()
        try:
            func(*args, **kwargs)
        except BaseException as error:
            _report(func, error)


def _report(func, error):
    import sys
    import traceback

    print("Exception ignored in atexit callback %r:" % (func,), file=sys.stderr)
    traceback.print_exception(error)
