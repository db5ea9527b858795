"""Support for template string literals (t-strings)."""

import types


class Interpolation:
    """What stands in braces in a template string."""

    __slots__ = ("_parts",)
    __match_args__ = ("value", "expression", "conversion", "format_spec")

    def __new__(cls, value, expression="", conversion=None, format_spec=""):
        if conversion not in (None, "s", "r", "a"):
            raise ValueError("Interpolation() argument 'conversion' must be one of 's', 'a' or 'r'")
        self = object.__new__(cls)
        object.__setattr__(self, "_parts", (value, expression, conversion, format_spec))
        return self

    def __init_subclass__(cls):
        raise TypeError("type 'string.templatelib.Interpolation' is not an acceptable base type")

    def __setattr__(self, name, value):
        raise AttributeError("readonly attribute" if name in self.__match_args__ else name)

    value = property(lambda self: self._parts[0])
    expression = property(lambda self: self._parts[1])
    conversion = property(lambda self: self._parts[2])
    format_spec = property(lambda self: self._parts[3])
    __class_getitem__ = classmethod(types.GenericAlias)

    def __reduce__(self):
        return Interpolation, self._parts

    def __repr__(self):
        return "Interpolation(%s)" % ", ".join(map(repr, self._parts))


class Template:
    """A template string: strings, and interpolations between them."""

    __slots__ = ("_strings", "_interpolations")

    def __new__(cls, *args):
        strings, interpolations = [""], []
        for part in args:
            if isinstance(part, str):
                strings[-1] += part
            elif isinstance(part, Interpolation):
                interpolations.append(part)
                strings.append("")
            else:
                text = "Template.__new__ *args need to be of type 'str' or 'Interpolation', got %s"
                raise TypeError(text % type(part).__name__)
        self = object.__new__(cls)
        object.__setattr__(self, "_strings", tuple(strings))
        object.__setattr__(self, "_interpolations", tuple(interpolations))
        return self

    def __init_subclass__(cls):
        raise TypeError("type 'string.templatelib.Template' is not an acceptable base type")

    def __setattr__(self, name, value):
        raise AttributeError("readonly attribute")

    strings = property(lambda self: self._strings)
    interpolations = property(lambda self: self._interpolations)

    @property
    def values(self):
        return tuple(one.value for one in self._interpolations)

    def __iter__(self):
        for at, string in enumerate(self._strings):
            if string:
                yield string
            if at < len(self._interpolations):
                yield self._interpolations[at]

    def __add__(self, other):
        if not isinstance(other, Template):
            text = "can only concatenate string.templatelib.Template (not \"%s\") to string.templatelib.Template"
            raise TypeError(text % type(other).__name__)
        return Template(*self, *other)

    def __reduce__(self):
        return _template_unpickle, (self._strings, self._interpolations)

    def __repr__(self):
        return "Template(strings=%r, interpolations=%r)" % (self._strings, self._interpolations)


def convert(obj, /, conversion):
    """Convert *obj* using formatted string literal semantics."""
    if conversion is None:
        return obj
    functions = {"r": repr, "s": str, "a": ascii}
    if conversion not in functions:
        raise ValueError("invalid conversion specifier: %s" % conversion)
    return functions[conversion](obj)


def _template_unpickle(strings, interpolations):
    parts = [strings[0]]
    for interpolation, string in zip(interpolations, strings[1:]):
        parts += [interpolation, string]
    return Template(*parts)
