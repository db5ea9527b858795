"""What programs ask for to import by hand."""

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
    """There are no bytecode files, as sys.implementation.cache_tag says."""
    raise NotImplementedError("sys.implementation.cache_tag is None")


def source_from_cache(path):
    """There are no bytecode files, as sys.implementation.cache_tag says."""
    raise NotImplementedError("sys.implementation.cache_tag is None")


def decode_source(source_bytes):
    """The text of a source file, by its declared encoding, with universal newlines."""
    import io
    import tokenize

    encoding, _ = tokenize.detect_encoding(io.BytesIO(source_bytes).readline)
    return io.IncrementalNewlineDecoder(None, True).decode(source_bytes.decode(encoding))
