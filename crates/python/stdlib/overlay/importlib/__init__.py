"""Importing modules by name. The import system itself is native: there are no finders and loaders to extend it with."""

import sys

__all__ = ["__import__", "import_module", "invalidate_caches", "reload"]

__import__ = __import__


def invalidate_caches():
    """There are no caches."""


def import_module(name, package=None):
    """Import a module; a relative name needs the package that it is relative to."""
    level = len(name) - len(name.lstrip("."))
    if level:
        if not package:
            text = "the 'package' argument is required to perform a relative import for %r"
            raise TypeError(text % name)
        parts = package.rsplit(".", level - 1)
        if len(parts) < level:
            raise ImportError("attempted relative import beyond top-level package")
        name = (parts[0] + "." + name[level:]).rstrip(".")
    __import__(name)
    return sys.modules[name]


def reload(module):
    """Run a module's source again, in its namespace."""
    name = getattr(module, "__name__", None)
    if sys.modules.get(name) is not module:
        raise ImportError("module %r not in sys.modules" % (name,), name=name)
    file = getattr(module, "__file__", None)
    if file is None or file.startswith("<lib>"):
        raise NotImplementedError("reloading %s is not supported yet" % name)
    with open(file, "rb") as source:
        exec(compile(source.read(), file, "exec"), module.__dict__)
    return sys.modules[name]
