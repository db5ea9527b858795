"""Context variables: values that belong to a context, such as a task's."""

_MISSING = object()


class Token:
    """What `ContextVar.set` returns: undoes the setting."""

    __slots__ = ("_context", "_var", "_old_value", "_used")

    MISSING = type("Token.MISSING", (), {"__slots__": (), "__repr__": lambda self: "<Token.MISSING>"})()

    def __new__(cls, *args, **keywords):
        raise RuntimeError("Tokens can only be created by ContextVars")

    @property
    def var(self):
        return self._var

    @property
    def old_value(self):
        return Token.MISSING if self._old_value is _MISSING else self._old_value

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self._var.reset(self)

    def __repr__(self):
        used = " used" if self._used else ""
        return "<Token%s var=%r at %#x>" % (used, self._var, id(self))

    def __class_getitem__(cls, item):
        import types

        return types.GenericAlias(cls, item)


class Context:
    """A mapping of context variables to their values."""

    __slots__ = ("_values", "_previous", "_entered", "__weakref__")

    def __init__(self):
        self._values = {}
        self._previous = None
        self._entered = False

    def run(self, callable, /, *args, **keywords):
        """Calls a function with this context as the current one."""
        global _current
        if self._entered:
            raise RuntimeError("cannot enter context: %r is already entered" % (self,))
        self._previous, self._entered, _current = _current, True, self
        try:
            return callable(*args, **keywords)
        finally:
            _current, self._previous, self._entered = self._previous, None, False

    def copy(self):
        """A copy, not entered."""
        copied = Context()
        copied._values = self._values.copy()
        return copied

    def __getitem__(self, var):
        return self._values[_checked(var)]

    def __contains__(self, var):
        return _checked(var) in self._values

    def __iter__(self):
        return iter(self._values)

    def __len__(self):
        return len(self._values)

    def __eq__(self, other):
        return self._values == other._values if isinstance(other, Context) else NotImplemented

    __hash__ = None

    def get(self, var, default=None, /):
        return self._values.get(_checked(var), default)

    def keys(self):
        return self._values.keys()

    def values(self):
        return self._values.values()

    def items(self):
        return self._values.items()


_current = Context()
_current._entered = True


def _checked(var):
    if not isinstance(var, ContextVar):
        raise TypeError("a ContextVar key was expected, got %r" % (var,))
    return var


class ContextVar:
    """A variable whose value depends on the current context."""

    __slots__ = ("_name", "_default", "__weakref__")

    def __init__(self, name, *, default=_MISSING):
        if not isinstance(name, str):
            raise TypeError("context variable name must be a str")
        self._name = name
        self._default = default

    @property
    def name(self):
        return self._name

    def get(self, default=_MISSING, /):
        """The value in the current context, or the default, or the variable's default."""
        value = _current._values.get(self, _MISSING)
        if value is _MISSING:
            value = self._default if default is _MISSING else default
        if value is _MISSING:
            raise LookupError(self)
        return value

    def set(self, value, /):
        """Sets the value in the current context; the token undoes it."""
        token = object.__new__(Token)
        token._context, token._var, token._used = _current, self, False
        token._old_value = _current._values.get(self, _MISSING)
        _current._values[self] = value
        return token

    def reset(self, token, /):
        """Restores the value from before the `set` that returned the token."""
        if not isinstance(token, Token):
            raise TypeError("expected an instance of Token, got %r" % (token,))
        if token._used:
            raise RuntimeError("%r has already been used once" % (token,))
        if token._var is not self:
            raise ValueError("%r was created by a different ContextVar" % (token,))
        if token._context is not _current:
            raise ValueError("%r was created in a different Context" % (token,))
        token._used = True
        if token._old_value is _MISSING:
            del _current._values[self]
        else:
            _current._values[self] = token._old_value

    def __repr__(self):
        default = "" if self._default is _MISSING else " default=%r" % (self._default,)
        return "<ContextVar name=%r%s at %#x>" % (self._name, default, id(self))

    def __class_getitem__(cls, item):
        import types

        return types.GenericAlias(cls, item)


def copy_context():
    """A copy of the current context."""
    return _current.copy()


