"""What programs ask for to import by hand."""

import os
import sys

import _imports
from _imports import ModuleSpec

__all__ = [
    "cache_from_source", "decode_source", "find_spec", "module_from_spec", "resolve_name", "source_from_cache",
    "spec_from_file_location", "spec_from_loader",
]

MAGIC_NUMBER = b""


def resolve_name(name, package):
    """The absolute name of a relative one."""
    if not name.startswith("."):
        return name
    if not package:
        raise ImportError("no package specified for %r (required for relative module names)" % name)
    level = len(name) - len(name.lstrip("."))
    parts = package.rsplit(".", level - 1)
    if len(parts) < level:
        raise ImportError("attempted relative import beyond top-level package")
    return (parts[0] + "." + name[level:]).rstrip(".")


def find_spec(name, package=None):
    """The spec of a module, or None where there is no such module."""
    full = resolve_name(name, package)
    loaded = sys.modules.get(full)
    if loaded is not None:
        spec = getattr(loaded, "__spec__", None)
        return spec if spec is not None else _imports.spec_of(loaded)
    parent, _, _ = full.rpartition(".")
    path = None
    if parent:
        path = getattr(__import__(parent, fromlist=["__path__"]), "__path__", None)
    return _imports.find_spec(full, path)


def spec_from_file_location(name, location=None, *, loader=None, submodule_search_locations=None):
    """The spec of a module in a given file."""
    loader = loader or _imports.SourceFileLoader(name, str(location))
    spec = ModuleSpec(name, loader, origin=str(location))
    spec.has_location = True
    spec.submodule_search_locations = submodule_search_locations
    return spec


def spec_from_loader(name, loader, *, origin=None, is_package=None):
    """The spec of a module with a given loader."""
    return ModuleSpec(name, loader, origin=origin, is_package=is_package)


def module_from_spec(spec):
    """A fresh module for a spec, not run yet."""
    module = type(sys)(spec.name)
    module.__spec__, module.__loader__, module.__package__ = spec, spec.loader, spec.parent
    if spec.has_location:
        module.__file__ = spec.origin
    if spec.submodule_search_locations is not None:
        module.__path__ = spec.submodule_search_locations
    return module


def cache_from_source(path, debug_override=None, *, optimization=None):
    """Where the bytecode file of a source file would be. None are written."""
    path = os.fspath(path)
    tag = sys.implementation.cache_tag
    if tag is None:
        raise NotImplementedError("sys.implementation.cache_tag is None")
    if debug_override is not None:
        if optimization is not None:
            raise TypeError("debug_override or optimization must be set to None")
        optimization = "" if debug_override else 1
    if optimization is None:
        optimization = sys.flags.optimize or ""
    level = str(optimization)
    if level and not level.isalnum():
        raise ValueError("%r is not alphanumeric" % level)
    folder, file = os.path.split(path)
    base, dot, rest = file.rpartition(".")
    name = "%s%s%s%s.pyc" % (base or rest, dot or ".", tag, ".opt-" + level if level else "")
    if sys.pycache_prefix is not None:
        return os.path.join(sys.pycache_prefix, os.path.abspath(folder).lstrip(os.sep), name)
    return os.path.join(folder, "__pycache__", name)


def source_from_cache(path):
    """The source file whose bytecode file would be there."""
    if sys.implementation.cache_tag is None:
        raise NotImplementedError("sys.implementation.cache_tag is None")
    folder, file = os.path.split(os.fspath(path))
    outer, cache = os.path.split(folder)
    if cache != "__pycache__":
        raise ValueError("__pycache__ not bottom-level directory in %r" % path)
    parts = file.split(".")
    if len(parts) not in (3, 4):
        raise ValueError("expected only 2 or 3 dots in %r" % file)
    if len(parts) == 4:
        level = parts[2]
        if not level.startswith("opt-"):
            raise ValueError("optimization portion of filename does not start with 'opt-'")
        if not level[4:].isalnum():
            raise ValueError("optimization level %r is not an alphanumeric value" % level)
    return os.path.join(outer, parts[0] + ".py")


def decode_source(source_bytes):
    """The text of a source file, by its declared encoding, with universal newlines."""
    import io
    import tokenize

    encoding, _ = tokenize.detect_encoding(io.BytesIO(source_bytes).readline)
    return io.IncrementalNewlineDecoder(None, True).decode(source_bytes.decode(encoding))
