"""The node classes of the abstract grammar.

One table says all there is to say of them: base, name and fields, each field with what it may hold (`?`: it may be
absent; `*`: a list). From it come the classes, the texts that describe them, what their constructors check, and
what `compile` demands of a tree.
"""

PyCF_ONLY_AST = 1024
PyCF_TYPE_COMMENTS = 4096
PyCF_ALLOW_TOP_LEVEL_AWAIT = 8192
PyCF_OPTIMIZED_AST = 33792

_PLACE = ("lineno", "col_offset", "end_lineno", "end_col_offset")

# Bases whose subclasses have a place in the source, then classes that have one themselves.
_PLACED = ("stmt", "expr", "excepthandler", "pattern", "type_param", "arg", "keyword", "alias")

_GRAMMAR = {
    "mod": (
        "Module(stmt* body, type_ignore* type_ignores)",
        "Interactive(stmt* body)",
        "Expression(expr body)",
        "FunctionType(expr* argtypes, expr returns)",
    ),
    "stmt": (
        "FunctionDef(identifier name, arguments args, stmt* body, expr* decorator_list, expr? returns, "
        "string? type_comment, type_param* type_params)",
        "AsyncFunctionDef(identifier name, arguments args, stmt* body, expr* decorator_list, expr? returns, "
        "string? type_comment, type_param* type_params)",
        "ClassDef(identifier name, expr* bases, keyword* keywords, stmt* body, expr* decorator_list, "
        "type_param* type_params)",
        "Return(expr? value)",
        "Delete(expr* targets)",
        "Assign(expr* targets, expr value, string? type_comment)",
        "TypeAlias(expr name, type_param* type_params, expr value)",
        "AugAssign(expr target, operator op, expr value)",
        "AnnAssign(expr target, expr annotation, expr? value, int simple)",
        "For(expr target, expr iter, stmt* body, stmt* orelse, string? type_comment)",
        "AsyncFor(expr target, expr iter, stmt* body, stmt* orelse, string? type_comment)",
        "While(expr test, stmt* body, stmt* orelse)",
        "If(expr test, stmt* body, stmt* orelse)",
        "With(withitem* items, stmt* body, string? type_comment)",
        "AsyncWith(withitem* items, stmt* body, string? type_comment)",
        "Match(expr subject, match_case* cases)",
        "Raise(expr? exc, expr? cause)",
        "Try(stmt* body, excepthandler* handlers, stmt* orelse, stmt* finalbody)",
        "TryStar(stmt* body, excepthandler* handlers, stmt* orelse, stmt* finalbody)",
        "Assert(expr test, expr? msg)",
        "Import(alias* names)",
        "ImportFrom(identifier? module, alias* names, int? level)",
        "Global(identifier* names)",
        "Nonlocal(identifier* names)",
        "Expr(expr value)",
        "Pass",
        "Break",
        "Continue",
    ),
    "expr": (
        "BoolOp(boolop op, expr* values)",
        "NamedExpr(expr target, expr value)",
        "BinOp(expr left, operator op, expr right)",
        "UnaryOp(unaryop op, expr operand)",
        "Lambda(arguments args, expr body)",
        "IfExp(expr test, expr body, expr orelse)",
        "Dict(expr?* keys, expr* values)",
        "Set(expr* elts)",
        "ListComp(expr elt, comprehension* generators)",
        "SetComp(expr elt, comprehension* generators)",
        "DictComp(expr key, expr value, comprehension* generators)",
        "GeneratorExp(expr elt, comprehension* generators)",
        "Await(expr value)",
        "Yield(expr? value)",
        "YieldFrom(expr value)",
        "Compare(expr left, cmpop* ops, expr* comparators)",
        "Call(expr func, expr* args, keyword* keywords)",
        "FormattedValue(expr value, int conversion, expr? format_spec)",
        "Interpolation(expr value, constant str, int conversion, expr? format_spec)",
        "JoinedStr(expr* values)",
        "TemplateStr(expr* values)",
        "Constant(constant value, string? kind)",
        "Attribute(expr value, identifier attr, expr_context ctx)",
        "Subscript(expr value, expr slice, expr_context ctx)",
        "Starred(expr value, expr_context ctx)",
        "Name(identifier id, expr_context ctx)",
        "List(expr* elts, expr_context ctx)",
        "Tuple(expr* elts, expr_context ctx)",
        "Slice(expr? lower, expr? upper, expr? step)",
    ),
    "expr_context": ("Load", "Store", "Del"),
    "boolop": ("And", "Or"),
    "operator": ("Add", "Sub", "Mult", "MatMult", "Div", "Mod", "Pow", "LShift", "RShift", "BitOr", "BitXor", "BitAnd",
                 "FloorDiv"),
    "unaryop": ("Invert", "Not", "UAdd", "USub"),
    "cmpop": ("Eq", "NotEq", "Lt", "LtE", "Gt", "GtE", "Is", "IsNot", "In", "NotIn"),
    "comprehension": "comprehension(expr target, expr iter, expr* ifs, int is_async)",
    "excepthandler": ("ExceptHandler(expr? type, identifier? name, stmt* body)",),
    "arguments": "arguments(arg* posonlyargs, arg* args, arg? vararg, arg* kwonlyargs, expr?* kw_defaults, arg? kwarg, "
                 "expr* defaults)",
    "arg": "arg(identifier arg, expr? annotation, string? type_comment)",
    "keyword": "keyword(identifier? arg, expr value)",
    "alias": "alias(identifier name, identifier? asname)",
    "withitem": "withitem(expr context_expr, expr? optional_vars)",
    "match_case": "match_case(pattern pattern, expr? guard, stmt* body)",
    "pattern": (
        "MatchValue(expr value)",
        "MatchSingleton(constant value)",
        "MatchSequence(pattern* patterns)",
        "MatchMapping(expr* keys, pattern* patterns, identifier? rest)",
        "MatchClass(expr cls, pattern* patterns, identifier* kwd_attrs, pattern* kwd_patterns)",
        "MatchStar(identifier? name)",
        "MatchAs(pattern? pattern, identifier? name)",
        "MatchOr(pattern* patterns)",
    ),
    "type_ignore": ("TypeIgnore(int lineno, string tag)",),
    "type_param": (
        "TypeVar(identifier name, expr? bound, expr? default_value)",
        "ParamSpec(identifier name, expr? default_value)",
        "TypeVarTuple(identifier name, expr? default_value)",
    ),
}


def _warn(message):
    import warnings
    warnings.warn(message, DeprecationWarning, 3)


class AST:
    _fields = ()
    _attributes = ()
    __match_args__ = ()
    __module__ = "ast"

    def __init__(self, *args, **kwargs):
        cls = type(self)
        fields = cls._fields
        if len(args) > len(fields):
            plural = "" if len(fields) == 1 else "s"
            raise TypeError(f"{cls.__name__} constructor takes at most {len(fields)} positional argument{plural}")
        missing = dict.fromkeys(fields)
        for field, value in zip(fields, args):
            setattr(self, field, value)
            missing.pop(field, None)
        for field, value in kwargs.items():
            if field in fields:
                if field not in missing:
                    raise TypeError(f"{cls.__name__} got multiple values for argument {field!r}")
                del missing[field]
            elif field not in cls._attributes:
                _warn(f"{cls.__name__}.__init__ got an unexpected keyword argument {field!r}. "
                      "Support for arbitrary keyword arguments is deprecated and will be removed in Python 3.15.")
            setattr(self, field, value)
        if missing:
            self._fill(cls, missing)

    def _fill(self, cls, missing):
        types = getattr(cls, "_field_types", None)
        if types is None:
            return
        for field in missing:
            if field not in types:
                _warn_at(f"Field {field!r} is missing from {cls.__name__}._field_types. "
                         "This will become an error in Python 3.15.")
                continue
            kind = types[field]
            if kind is expr_context:
                setattr(self, field, _singletons["Load"])
            elif getattr(kind, "__origin__", None) is list:
                setattr(self, field, [])
            elif not _is_optional(kind):
                _warn_at(f"{cls.__name__}.__init__ missing 1 required positional argument: {field!r}. "
                         "This will become an error in Python 3.15.")

    def __repr__(self):
        return _show(self, 3)

    def __reduce__(self):
        state = self.__dict__
        known = [None for field in type(self)._fields if field in state]
        return type(self), tuple(known), dict(state)

    def __reduce_ex__(self, protocol):
        return self.__reduce__()

    def __replace__(self, **changes):
        cls = type(self)
        known = (*cls._fields, *cls._attributes)
        values = {name: self.__dict__[name] for name in known if name in self.__dict__}
        for name in changes:
            if name not in known:
                raise TypeError(f"{cls.__name__}.__replace__ got an unexpected keyword argument {name!r}.")
        types = getattr(cls, "_field_types", {})
        missing = [name for name in cls._fields if name not in values and name not in changes
                   and not _is_optional(types.get(name))]
        if missing:
            shown = ", ".join(repr(name) for name in missing)
            plural = "" if len(missing) == 1 else "s"
            raise TypeError(f"{cls.__name__}.__replace__ missing {len(missing)} keyword argument{plural}: {shown}.")
        return cls(**{**values, **changes})


def _warn_at(message):
    import warnings
    warnings.warn(message, DeprecationWarning, 4)


def _is_optional(kind):
    return type(None) in getattr(kind, "__args__", ())


def _show(node, depth):
    """A node and what it holds down to some depth; of long lists the first and the last item."""
    name = type(node).__name__
    if depth <= 0:
        return f"{name}(...)"
    shown = [f"{field}={_show_value(getattr(node, field), depth)}" for field in node._fields if hasattr(node, field)]
    return f"{name}({', '.join(shown)})"


def _show_value(value, depth):
    if isinstance(value, AST):
        return _show(value, depth - 1)
    if not isinstance(value, (list, tuple)):
        return repr(value)
    items = [_show(item, depth - 1) if isinstance(item, AST) else repr(item) for item in value]
    if len(items) > 2:
        items[1:-1] = ["..."]
    opening, closing = "[]" if isinstance(value, list) else "()"
    return f"{opening}{', '.join(items)}{closing}"


# All classes by name, and of those without fields that are operators or contexts the one object that trees use.
_classes = {"AST": AST}
_singletons = {}


def _define(name, base, fields, doc):
    places = _PLACE if name in _PLACED else base._attributes
    body = {"_fields": fields, "__match_args__": fields, "__module__": "ast", "__doc__": doc}
    if name in _PLACED:
        body.update(_attributes=_PLACE, end_lineno=None, end_col_offset=None)
    elif base is AST:
        body["_attributes"] = ()
    made = type(name, (base,), body)
    _classes[name] = globals()[name] = made
    return made


def _split(row):
    name, _, rest = row.partition("(")
    pairs = [field.split() for field in rest.rstrip(")").split(", ")] if rest else []
    return name, pairs


def _field_type(kind):
    plain = kind.rstrip("?*")
    found = {"identifier": str, "string": str, "int": int, "constant": object}.get(plain) or _classes[plain]
    if kind.endswith("*"):
        return list[found]
    return found | None if kind.endswith("?") else found


def _define_all():
    rows = []
    for base, alternatives in _GRAMMAR.items():
        if isinstance(alternatives, str):
            name, pairs = _split(alternatives)
            rows.append((_define(name, AST, tuple(field for _, field in pairs), alternatives), pairs))
            continue
        plain = all("(" not in row for row in alternatives)
        separator = " | " if plain else "\n" + " " * len(base) + " | "
        made = _define(base, AST, (), f"{base} = " + separator.join(alternatives))
        for row in alternatives:
            name, pairs = _split(row)
            rows.append((_define(name, made, tuple(field for _, field in pairs), row), pairs))
            if plain:
                _singletons[name] = _classes[name]()
    for made, pairs in rows:
        made._field_types = {field: _field_type(kind) for kind, field in pairs}
        made.__annotations__ = made._field_types
        for kind, field in pairs:
            if kind.endswith("?"):
                setattr(made, field, None)


AST.__doc__ = None
_define_all()
