"""What the import system warns with. The rest of `warnings` is in Python, and finds nothing else here."""

from _py_warnings import warn, warn_explicit

__all__ = ["warn", "warn_explicit"]
