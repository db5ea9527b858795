"""What `typing` and `types` are built on: generic aliases, unions, type variables, `Generic`."""

import sys


def _idfunc(value, /):
    return value


class _NoDefaultType:
    """The type of `NoDefault`, the default of type parameters that have none."""

    __slots__ = ()

    def __new__(cls):
        return NoDefault

    def __repr__(self):
        return "typing.NoDefault"

    def __reduce__(self):
        return "NoDefault"


NoDefault = object.__new__(_NoDefaultType)
_NoDefaultType.__name__ = _NoDefaultType.__qualname__ = "NoDefaultType"
_NoDefaultType.__module__ = "typing"


def _caller_module(depth=2):
    return sys._getframe(depth).f_globals.get("__name__")


def _shown(item):
    """How an argument of a generic shows in `repr`."""
    if item is Ellipsis:
        return "..."
    if item is type(None):
        return "None"
    if isinstance(item, list):
        return "[%s]" % ", ".join(map(_shown, item))
    if isinstance(item, type) and not isinstance(item, GenericAlias):
        module, name = item.__module__, item.__qualname__
        return name if module == "builtins" else "%s.%s" % (module, name)
    return repr(item)


def _parameters(args):
    """The type parameters in arguments, each once, in the order of their appearance."""
    found = []
    for arg in args:
        if isinstance(arg, type):
            continue
        if isinstance(arg, (tuple, list)):
            more = _parameters(arg)
        elif hasattr(type(arg), "__typing_subst__"):
            more = (arg,)
        else:
            more = getattr(arg, "__parameters__", ())
        if isinstance(more, tuple):
            found.extend(one for one in more if one not in found)
    return tuple(found)


def _substitute(alias, parameters, items):
    """The alias's arguments with its parameters replaced by `items`."""
    if not parameters:
        raise TypeError("%r is not a generic class" % (alias,))
    items = items if isinstance(items, tuple) else (items,)
    for parameter in parameters:
        prepare = getattr(parameter, "__typing_prepare_subst__", None)
        if prepare is not None:
            items = prepare(alias, items)
    if len(items) != len(parameters):
        many = "many" if len(items) > len(parameters) else "few"
        text = "Too %s arguments for %r; actual %d, expected %d"
        raise TypeError(text % (many, alias, len(items), len(parameters)))
    return _replaced(alias.__args__, dict(zip(parameters, items)))


def _replaced(args, values):
    new = []
    for arg in args:
        if isinstance(arg, type):
            new.append(arg)
        elif isinstance(arg, (tuple, list)):
            new.append(type(arg)(_replaced(arg, values)))
        elif hasattr(type(arg), "__typing_subst__"):
            value = arg.__typing_subst__(values[arg])
            new.extend(value) if isinstance(arg, TypeVarTuple) else new.append(value)
        else:
            inner = getattr(arg, "__parameters__", ())
            value = arg[tuple(values[one] for one in inner)] if inner else arg
            unpacked = getattr(value, "__typing_unpacked_tuple_args__", None)
            new.extend(unpacked) if unpacked is not None and inner else new.append(value)
    return tuple(new)


class _AliasIterator:
    """Gives an alias once, starred."""

    __slots__ = ("_alias",)

    def __init__(self, alias):
        self._alias = alias

    def __iter__(self):
        return self

    def __next__(self):
        alias, self._alias = self._alias, None
        if alias is None:
            raise StopIteration
        starred = type(alias)(alias._origin, alias._args)
        object.__setattr__(starred, "_starred", True)
        return starred

    def __reduce__(self):
        import builtins

        # Looking the function up may run Python, which may end this iterator.
        function = builtins.__dict__["iter"]
        return function, (() if self._alias is None else self._alias,)


_AliasIterator.__name__ = _AliasIterator.__qualname__ = "generic_alias_iterator"
_AliasIterator.__module__ = "builtins"


class GenericAlias:
    """Represent a PEP 585 generic type, as `list[int]`."""

    def __new__(cls, origin, args, /):
        self = object.__new__(cls)
        put = object.__setattr__
        put(self, "_origin", origin)
        put(self, "_args", args if isinstance(args, tuple) else (args,))
        put(self, "_starred", False)
        return self

    __origin__ = property(lambda self: self._origin)
    __args__ = property(lambda self: self._args)
    __parameters__ = property(lambda self: _parameters(self._args))
    __unpacked__ = property(lambda self: self._starred)

    @property
    def __typing_unpacked_tuple_args__(self):
        return self._args if self._starred and self._origin is tuple else None

    def __getattr__(self, name):
        if name in ("_origin", "__bases__", "__copy__", "__deepcopy__"):
            raise AttributeError(name)
        return getattr(self._origin, name)

    def __setattr__(self, name, value):
        setattr(self._origin, name, value)

    def __call__(self, /, *args, **keywords):
        made = self._origin(*args, **keywords)
        try:
            made.__orig_class__ = self
        except (AttributeError, TypeError):
            # Not every object takes attributes.
            pass
        return made

    def __getitem__(self, items):
        alias = type(self)(self._origin, _substitute(self, self.__parameters__, items))
        object.__setattr__(alias, "_starred", self._starred)
        return alias

    def __mro_entries__(self, bases):
        return (self._origin,)

    def __iter__(self):
        return _AliasIterator(self)

    def __instancecheck__(self, instance):
        raise TypeError("isinstance() argument 2 cannot be a parameterized generic")

    def __subclasscheck__(self, cls):
        raise TypeError("issubclass() argument 2 cannot be a parameterized generic")

    def __or__(self, other):
        return _union(self, other)

    def __ror__(self, other):
        return _union(other, self)

    def __eq__(self, other):
        if not isinstance(other, GenericAlias):
            return NotImplemented
        mine = (self._origin, self._args, self._starred)
        return mine == (other._origin, other._args, other._starred)

    def __hash__(self):
        return hash(self._origin) ^ hash(self._args)

    def __reduce__(self):
        if self._starred:
            return next, (iter(type(self)(self._origin, self._args)),)
        return type(self), (self._origin, self._args)

    def __dir__(self):
        return sorted(set(dir(self._origin)) | {"__origin__", "__args__", "__parameters__", "__unpacked__"})

    def __repr__(self):
        args = ", ".join(map(_shown, self._args)) or "()"
        return "%s%s[%s]" % ("*" if self._starred else "", _shown(self._origin), args)


GenericAlias.__module__ = "types"


def _is_member(value):
    return value is None or isinstance(value, (type, GenericAlias, Union, TypeVar, ParamSpec, TypeAliasType)) or (
        hasattr(value, "__origin__") or hasattr(type(value), "__ror__") and type(value).__module__ == "typing"
    )


def _union(left, right):
    """`left | right` of types; NotImplemented where one of them is none."""
    if not (_is_member(left) and _is_member(right)):
        return NotImplemented
    return _make_union((left, right))


def _make_union(args):
    flat, hashable, unhashable = [], set(), []
    for arg in args:
        arg = type(None) if arg is None else arg
        for one in arg.__args__ if isinstance(arg, Union) else (arg,):
            try:
                known = one in hashable
            except TypeError:
                if one in unhashable:
                    continue
                unhashable.append(one)
            else:
                if known:
                    continue
                hashable.add(one)
            flat.append(one)
    if len(flat) == 1:
        return flat[0]
    union = object.__new__(Union)
    union._args, union._hashable, union._unhashable = tuple(flat), frozenset(hashable), unhashable
    return union


class Union:
    """Represent a union type, as `int | str`."""

    __slots__ = ("_args", "_hashable", "_unhashable", "__weakref__")

    def __new__(cls, *args, **keywords):
        raise TypeError("cannot create 'typing.Union' instances")

    def __init_subclass__(cls, **keywords):
        raise TypeError("type 'typing.Union' is not an acceptable base type")

    def __class_getitem__(cls, items):
        import typing

        items = items if isinstance(items, tuple) else (items,)
        if not items:
            raise TypeError("Cannot take a Union of no types.")
        text = "Union[arg, ...]: each arg must be a type."
        return _make_union([typing._type_check(item, text) for item in items])

    __args__ = property(lambda self: self._args)
    __origin__ = property(lambda self: Union)
    __parameters__ = property(lambda self: _parameters(self._args))
    __name__ = "Union"
    __qualname__ = "Union"

    def __getitem__(self, items):
        return _make_union(_substitute(self, self.__parameters__, items))

    def __or__(self, other):
        return _union(self, other)

    def __ror__(self, other):
        return _union(other, self)

    def __eq__(self, other):
        if not isinstance(other, Union):
            return NotImplemented
        ours, theirs = self._unhashable, other._unhashable
        if self._hashable != other._hashable or len(ours) != len(theirs):
            return False
        return all(one in theirs for one in ours)

    def __hash__(self):
        if self._unhashable:
            for one in self._unhashable:
                hash(one)
            count = len(self._unhashable)
            raise TypeError("union contains %d unhashable element%s" % (count, "s" if count > 1 else ""))
        return hash(self._hashable)

    def __instancecheck__(self, instance):
        _check_plain(self._args, "isinstance() argument 2 cannot be a parameterized generic")
        return any(isinstance(instance, one) for one in self._args)

    def __subclasscheck__(self, cls):
        _check_plain(self._args, "issubclass() argument 2 cannot be a parameterized generic")
        return any(issubclass(cls, one) for one in self._args)

    def __mro_entries__(self, bases):
        raise TypeError("Cannot subclass %r" % (self,))

    def __reduce__(self):
        return _make_union, (self._args,)

    def __repr__(self):
        return " | ".join(map(_shown, self._args))


Union.__module__ = "typing"


def _check_plain(args, message):
    if any(isinstance(arg, GenericAlias) for arg in args):
        raise TypeError(message)


class _Later:
    """Stands for a value that is computed when it is asked for, in one of the formats of `annotationlib`."""

    def __init__(self, evaluate):
        self.evaluate = evaluate


class _Frozen(type):
    """The metaclass of classes that cannot be changed."""

    def __setattr__(cls, name, value):
        text = "cannot set %r attribute of immutable type '%s.%s'"
        raise TypeError(text % (name, cls.__module__, cls.__name__))


class _ConstEvaluator(metaclass=_Frozen):
    """Evaluates to a value that is known already."""

    __slots__ = ("_value",)

    def __new__(cls, *args, **keywords):
        raise TypeError("cannot create '_typing._ConstEvaluator' instances")

    def __call__(self, format):
        if format != 4:
            return self._value
        value = self._value
        if not isinstance(value, tuple):
            return _source(value)
        return "(%s%s)" % (", ".join(map(_source, value)), "," if len(value) == 1 else "")

    def __repr__(self):
        return "<constevaluator %r>" % (self._value,)


def _source(value):
    """A type as it is written in an annotation."""
    return "None" if value is type(None) else _shown(value)


def _constant(value):
    evaluator = object.__new__(_ConstEvaluator)
    evaluator._value = value
    return evaluator


class _Lazy:
    """An attribute whose value may be a `_Later`. `evaluator` is the attribute that gives the function behind the value."""

    def __init__(self, place, absent=None):
        self._place = place
        self._absent = absent

    def _held(self, owner):
        return getattr(owner, self._place)

    def value(self, owner):
        held = self._held(owner)
        if not isinstance(held, _Later):
            return held
        value = held.evaluate(1)
        setattr(owner, self._place, value)
        # The function is asked again in other formats.
        setattr(owner, self._place + "_by", held.evaluate)
        return value

    def evaluator(self, owner):
        held = self._held(owner)
        if isinstance(held, _Later):
            return held.evaluate
        kept = getattr(owner, self._place + "_by", None)
        if kept is not None or held is self._absent or self._absent == () and held == ():
            return kept
        return _constant(held)


class _Parameter:
    """What the three kinds of type parameters have in common."""

    def __init_subclass__(cls, **keywords):
        if cls.__module__ != __name__:
            name = cls.__mro__[1].__name__
            raise TypeError("type 'typing.%s' is not an acceptable base type" % name)

    def _start(self, name, default):
        if not isinstance(name, str):
            text = "%s() argument 'name' must be str, not %s"
            raise TypeError(text % (type(self).__name__.lower(), type(name).__name__))
        self.__name__ = name
        self._default = default
        module = _caller_module(3)
        if module != "typing":
            self.__module__ = module

    def _set_variance(self, covariant, contravariant, infer_variance):
        if covariant and contravariant:
            raise ValueError("Bivariant types are not supported.")
        if infer_variance and (covariant or contravariant):
            raise ValueError("Variance cannot be specified with infer_variance.")
        self.__covariant__ = bool(covariant)
        self.__contravariant__ = bool(contravariant)
        self.__infer_variance__ = bool(infer_variance)

    _default_kept = _Lazy("_default", NoDefault)
    __default__ = property(_default_kept.value)
    evaluate_default = property(_default_kept.evaluator)

    def has_default(self):
        return self._default is not NoDefault

    def __mro_entries__(self, bases):
        raise TypeError("Cannot subclass an instance of %s" % type(self).__name__)

    def __or__(self, other):
        return _union_with(self, other)

    def __ror__(self, other):
        return _union_with(other, self)

    def __copy__(self):
        return self

    def __deepcopy__(self, memo):
        return self

    def __reduce__(self):
        return self.__name__

    def __repr__(self):
        if self.__infer_variance__:
            return self.__name__
        sign = "+" if self.__covariant__ else "-" if self.__contravariant__ else "~"
        return sign + self.__name__


def _union_with(left, right):
    import typing

    return typing.Union[left, right]


class TypeVar(_Parameter):
    """Type variable."""

    def __init__(
        self,
        name,
        *constraints,
        bound=None,
        default=NoDefault,
        covariant=False,
        contravariant=False,
        infer_variance=False,
    ):
        self._start(name, default)
        self._set_variance(covariant, contravariant, infer_variance)
        if constraints and bound is not None:
            raise TypeError("Constraints cannot be combined with bound=...")
        if len(constraints) == 1:
            raise TypeError("A single constraint is not allowed")
        if constraints or bound is not None:
            import typing

            bound = None if bound is None else typing._type_check(bound, "Bound must be a type.")
            text = "TypeVar(name, constraint, ...): constraints must be types."
            constraints = tuple(typing._type_check(one, text) for one in constraints)
        self._bound = bound
        self._constraints = constraints

    _bound_kept, _constraints_kept = _Lazy("_bound"), _Lazy("_constraints", ())
    __bound__ = property(_bound_kept.value)
    evaluate_bound = property(_bound_kept.evaluator)
    __constraints__ = property(_constraints_kept.value)
    evaluate_constraints = property(_constraints_kept.evaluator)

    def __typing_subst__(self, arg):
        import typing

        return typing._typevar_subst(self, arg)

    def __typing_prepare_subst__(self, alias, args):
        parameters = alias.__parameters__
        place = parameters.index(self)
        if place < len(args):
            return args
        if place == len(args) and self.has_default():
            return (*args, self.__default__)
        text = "Too few arguments for %s; actual %d, expected %d"
        raise TypeError(text % (alias, len(args), len(parameters)))


class ParamSpec(_Parameter):
    """Parameter specification variable."""

    def __init__(
        self,
        name,
        *,
        bound=None,
        default=NoDefault,
        covariant=False,
        contravariant=False,
        infer_variance=False,
    ):
        self._start(name, default)
        self._set_variance(covariant, contravariant, infer_variance)
        self.__bound__ = bound

    args = property(lambda self: ParamSpecArgs(self))
    kwargs = property(lambda self: ParamSpecKwargs(self))

    def __typing_subst__(self, arg):
        import typing

        return typing._paramspec_subst(self, arg)

    def __typing_prepare_subst__(self, alias, args):
        import typing

        return typing._paramspec_prepare_subst(self, alias, args)


class TypeVarTuple(_Parameter):
    """Type variable tuple."""

    def __init__(self, name, *, default=NoDefault):
        self._start(name, default)

    def __iter__(self):
        import typing

        yield typing.Unpack[self]

    def __typing_subst__(self, arg):
        import typing

        return typing._typevartuple_subst(self, arg) if hasattr(typing, "_typevartuple_subst") else arg

    def __typing_prepare_subst__(self, alias, args):
        import typing

        return typing._typevartuple_prepare_subst(self, alias, args)

    def __repr__(self):
        return self.__name__


class _ParamSpecPart:
    __slots__ = ("__origin__", "__weakref__")

    def __init__(self, origin):
        self.__origin__ = origin

    def __eq__(self, other):
        return self.__origin__ == other.__origin__ if type(other) is type(self) else NotImplemented

    def __hash__(self):
        return hash((type(self), self.__origin__))

    def __mro_entries__(self, bases):
        raise TypeError("Cannot subclass an instance of %s" % type(self).__name__)


class ParamSpecArgs(_ParamSpecPart):
    """The args for a ParamSpec object."""

    __slots__ = ()

    def __repr__(self):
        return "%s.args" % self.__origin__.__name__


class ParamSpecKwargs(_ParamSpecPart):
    """The kwargs for a ParamSpec object."""

    __slots__ = ()

    def __repr__(self):
        return "%s.kwargs" % self.__origin__.__name__


class TypeAliasType:
    """Type alias."""

    def __init__(self, name, value, *, type_params=()):
        self.__name__ = name
        self._value = value
        self.__type_params__ = type_params
        self.__module__ = _caller_module()

    _value_kept = _Lazy("_value", _Later)
    __value__ = property(_value_kept.value)
    evaluate_value = property(_value_kept.evaluator)

    @property
    def __parameters__(self):
        return self.__type_params__

    def __getitem__(self, items):
        if not self.__type_params__:
            raise TypeError("Only generic type aliases are subscriptable")
        return GenericAlias(self, items)

    def __or__(self, other):
        return _union(self, other)

    def __ror__(self, other):
        return _union(other, self)

    def __repr__(self):
        return self.__name__


class Generic:
    """Abstract base class for generic types."""

    __slots__ = ()
    _is_protocol = False

    def __class_getitem__(cls, *args):
        import typing

        return typing._generic_class_getitem(cls, *args)

    def __init_subclass__(cls, *args, **keywords):
        import typing

        typing._generic_init_subclass(cls, *args, **keywords)


# What the syntax of type parameters and aliases calls.


def _of_caller(made):
    made.__module__ = _caller_module(3)
    return made


def _type_var(name):
    return _of_caller(TypeVar(name, infer_variance=True))


def _type_var_with_bound(name, evaluate):
    var = _of_caller(TypeVar(name, infer_variance=True))
    var._bound = _Later(evaluate)
    return var


def _type_var_with_constraints(name, evaluate):
    var = _of_caller(TypeVar(name, infer_variance=True))
    var._constraints = _Later(evaluate)
    return var


def _param_spec(name):
    return _of_caller(ParamSpec(name, infer_variance=True))


def _type_var_tuple(name):
    return _of_caller(TypeVarTuple(name))


def _set_default(parameter, evaluate):
    parameter._default = _Later(evaluate)
    return parameter


def _subscript_generic(parameters):
    import typing

    return Generic[tuple(typing.Unpack[one] if isinstance(one, TypeVarTuple) else one for one in parameters)]


def _type_alias(name, parameters, evaluate):
    return _of_caller(TypeAliasType(name, _Later(evaluate), type_params=parameters or ()))


for _class in (TypeVar, ParamSpec, TypeVarTuple, ParamSpecArgs, ParamSpecKwargs, TypeAliasType, Generic):
    _class.__module__ = "typing"
del _class
