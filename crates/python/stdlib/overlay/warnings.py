"""Warnings: categories filtered by action, shown on standard error.

A small implementation with the interface of CPython's module. Filters match category, message prefix and module name
as plain text, not as regular expressions.
"""

import sys

__all__ = ["warn", "warn_explicit", "showwarning", "formatwarning", "filterwarnings", "simplefilter",
           "resetwarnings", "catch_warnings", "deprecated"]

filters = [
    ("default", None, DeprecationWarning, "__main__", 0),
    ("ignore", None, DeprecationWarning, None, 0),
    ("ignore", None, PendingDeprecationWarning, None, 0),
    ("ignore", None, ImportWarning, None, 0),
    ("ignore", None, ResourceWarning, None, 0),
]
defaultaction = "default"
onceregistry = {}
_ACTIONS = ("default", "error", "ignore", "always", "all", "module", "once")


class WarningMessage:
    """What is known of one warning."""

    def __init__(self, message, category, filename, lineno, file=None, line=None, source=None):
        self.message = message
        self.category = category
        self.filename = filename
        self.lineno = lineno
        self.file = file
        self.line = line
        self.source = source
        self._category_name = category.__name__ if category else None

    def __str__(self):
        return ("{message : %r, category : %r, filename : %r, lineno : %s, line : %r}"
                % (self.message, self._category_name, self.filename, self.lineno, self.line))


def formatwarning(message, category, filename, lineno, line=None):
    """The text that is shown."""
    text = f"{filename}:{lineno}: {category.__name__}: {message}\n"
    if line:
        text += f"  {line.strip()}\n"
    return text


def showwarning(message, category, filename, lineno, file=None, line=None):
    """Writes a warning to a file, or to standard error."""
    stream = sys.stderr if file is None else file
    if stream is not None:
        stream.write(formatwarning(message, category, filename, lineno, line))


def _add(item, append):
    if item in filters:
        if append:
            return
        filters.remove(item)
    if append:
        filters.append(item)
    else:
        filters.insert(0, item)


def filterwarnings(action, message="", category=Warning, module="", lineno=0, append=False):
    """Adds a filter."""
    if action not in _ACTIONS:
        raise ValueError(f"invalid action: {action!r}")
    _add((action, message or None, category, module or None, lineno), append)


def simplefilter(action, category=Warning, lineno=0, append=False):
    """Adds a filter that matches all modules and messages."""
    if action not in _ACTIONS:
        raise ValueError(f"invalid action: {action!r}")
    _add((action, None, category, None, lineno), append)


def resetwarnings():
    """Removes all filters."""
    filters.clear()


def _action(text, category, module, lineno):
    for action, prefix, wanted, place, line in filters:
        if ((prefix is None or text.lower().startswith(prefix.lower()))
                and issubclass(category, wanted)
                and (place is None or place == module)
                and line in (0, lineno)):
            return action
    return defaultaction


def warn(message, category=None, stacklevel=1, source=None, *, skip_file_prefixes=()):
    """Gives a warning, or ignores it, or raises it, as the filters say."""
    if isinstance(message, Warning):
        category = message.__class__
    if category is None:
        category = UserWarning
    if not (isinstance(category, type) and issubclass(category, Warning)):
        raise TypeError(f"category must be a Warning subclass, not '{type(category).__name__}'")
    try:
        frame = sys._getframe(max(stacklevel, 1))
    except (AttributeError, ValueError):
        filename, lineno, module, registry = "<sys>", 0, "sys", None
    else:
        filename, lineno = frame.f_code.co_filename, frame.f_lineno
        module = frame.f_globals.get("__name__", "<string>")
        registry = frame.f_globals.setdefault("__warningregistry__", {})
    warn_explicit(message, category, filename, lineno, module, registry, source=source)


def warn_explicit(message, category, filename, lineno, module=None, registry=None, module_globals=None, source=None):
    """As warn, for a given place."""
    if isinstance(message, Warning):
        text, category = str(message), message.__class__
    else:
        text, message = message, category(message)
    registry = {} if registry is None else registry
    key = (text, category, lineno)
    if registry.get(key):
        return
    action = _action(text, category, module or filename, lineno)
    if action == "ignore":
        return
    if action == "error":
        raise message
    if action == "once":
        if onceregistry.get((text, category)):
            return
        onceregistry[(text, category)] = 1
    elif action == "module":
        if registry.get((text, category, 0)):
            return
        registry[(text, category, 0)] = 1
    elif action == "default":
        registry[key] = 1
    _showwarnmsg(WarningMessage(message, category, filename, lineno, source=source))


_recording = []


def _showwarnmsg(found):
    if _recording and _recording[-1] is not None:
        _recording[-1].append(found)
    else:
        showwarning(found.message, found.category, found.filename, found.lineno, found.file, found.line)


class catch_warnings:
    """Restores the filters at the end of a with statement; may record warnings instead of showing them."""

    def __init__(self, *, record=False, module=None, action=None, category=Warning, lineno=0, append=False):
        self._record = record
        self._filter = None if action is None else (action, category, lineno, append)

    def __enter__(self):
        self._saved = filters[:]
        log = [] if self._record else None
        _recording.append(log if self._record else (_recording[-1] if _recording else None))
        if self._filter is not None:
            simplefilter(*self._filter)
        return log

    def __exit__(self, *exc_info):
        filters[:] = self._saved
        _recording.pop()


class deprecated:
    """Marks a class or function as deprecated: using it gives a warning."""

    def __init__(self, message, /, *, category=DeprecationWarning, stacklevel=1):
        if not isinstance(message, str):
            raise TypeError(f"Expected an object of type str for 'message', not {type(message).__name__!r}")
        self.message = message
        self.category = category
        self.stacklevel = stacklevel

    def __call__(self, target, /):
        message, category, stacklevel = self.message, self.category, self.stacklevel
        target_is_class = isinstance(target, type)
        function = target.__init__ if target_is_class else target
        if category is None:
            target.__deprecated__ = message
            return target

        def wrapper(*args, **kwargs):
            warn(message, category=category, stacklevel=stacklevel + 1)
            return function(*args, **kwargs)

        wrapper.__deprecated__ = message
        if target_is_class:
            target.__init__ = wrapper
            target.__deprecated__ = message
            return target
        for name in ("__module__", "__name__", "__qualname__", "__doc__"):
            setattr(wrapper, name, getattr(target, name))
        wrapper.__wrapped__ = target
        return wrapper


def _deprecated(name, message="{name!r} is deprecated and slated for removal in Python {remove}", *, remove, _version=None):
    text = message.format(name=name, remove=".".join(str(part) for part in remove))
    warn(text, DeprecationWarning, stacklevel=3)
