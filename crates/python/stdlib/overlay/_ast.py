"""The node classes of the abstract grammar. There is no parser behind them yet: nothing makes trees of source text."""

PyCF_ONLY_AST = 1024
PyCF_TYPE_COMMENTS = 4096
PyCF_ALLOW_TOP_LEVEL_AWAIT = 8192
PyCF_OPTIMIZED_AST = 33792


class AST:
    """The base of all nodes."""

    _fields = ()
    _attributes = ()
    __match_args__ = ()

    def __init__(self, *args, **keywords):
        if len(args) > len(self._fields):
            name, count = type(self).__name__, len(self._fields)
            plural = "" if count == 1 else "s"
            raise TypeError("%s constructor takes at most %d positional argument%s" % (name, count, plural))
        for field, value in zip(self._fields, args):
            if field in keywords:
                raise TypeError("%s got multiple values for argument %r" % (type(self).__name__, field))
            setattr(self, field, value)
        for field, value in keywords.items():
            setattr(self, field, value)

    def __repr__(self):
        shown = ", ".join("%s=%r" % (field, getattr(self, field)) for field in self._fields if hasattr(self, field))
        return "%s(%s)" % (type(self).__name__, shown)


# Base class, and the classes derived from it with their fields.
_GRAMMAR = {
    "AST": """
        alias(name, asname); arg(arg, annotation, type_comment); arguments(posonlyargs, args, vararg,
        kwonlyargs, kw_defaults, kwarg, defaults); boolop; cmpop; comprehension(target, iter, ifs,
        is_async); excepthandler; expr; expr_context; keyword(arg, value); match_case(pattern, guard, body);
        mod; operator; pattern; stmt; type_ignore; type_param; unaryop; withitem(context_expr,
        optional_vars)
    """,
    "operator": """
        Add; BitAnd; BitOr; BitXor; Div; FloorDiv; LShift; MatMult; Mod; Mult; Pow; RShift; Sub
    """,
    "boolop": """
        And; Or
    """,
    "stmt": """
        AnnAssign(target, annotation, value, simple); Assert(test, msg); Assign(targets, value,
        type_comment); AsyncFor(target, iter, body, orelse, type_comment); AsyncFunctionDef(name, args,
        body, decorator_list, returns, type_comment, type_params); AsyncWith(items, body, type_comment);
        AugAssign(target, op, value); Break; ClassDef(name, bases, keywords, body, decorator_list,
        type_params); Continue; Delete(targets); Expr(value); For(target, iter, body, orelse, type_comment);
        FunctionDef(name, args, body, decorator_list, returns, type_comment, type_params); Global(names);
        If(test, body, orelse); Import(names); ImportFrom(module, names, level); Match(subject, cases);
        Nonlocal(names); Pass; Raise(exc, cause); Return(value); Try(body, handlers, orelse, finalbody);
        TryStar(body, handlers, orelse, finalbody); TypeAlias(name, type_params, value); While(test, body,
        orelse); With(items, body, type_comment)
    """,
    "expr": """
        Attribute(value, attr, ctx); Await(value); BinOp(left, op, right); BoolOp(op, values); Call(func,
        args, keywords); Compare(left, ops, comparators); Constant(value, kind); Dict(keys, values);
        DictComp(key, value, generators); FormattedValue(value, conversion, format_spec); GeneratorExp(elt,
        generators); IfExp(test, body, orelse); Interpolation(value, str, conversion, format_spec);
        JoinedStr(values); Lambda(args, body); List(elts, ctx); ListComp(elt, generators); Name(id, ctx);
        NamedExpr(target, value); Set(elts); SetComp(elt, generators); Slice(lower, upper, step);
        Starred(value, ctx); Subscript(value, slice, ctx); TemplateStr(values); Tuple(elts, ctx);
        UnaryOp(op, operand); Yield(value); YieldFrom(value)
    """,
    "expr_context": """
        Del; Load; Store
    """,
    "cmpop": """
        Eq; Gt; GtE; In; Is; IsNot; Lt; LtE; NotEq; NotIn
    """,
    "excepthandler": """
        ExceptHandler(type, name, body)
    """,
    "mod": """
        Expression(body); FunctionType(argtypes, returns); Interactive(body); Module(body, type_ignores)
    """,
    "unaryop": """
        Invert; Not; UAdd; USub
    """,
    "pattern": """
        MatchAs(pattern, name); MatchClass(cls, patterns, kwd_attrs, kwd_patterns); MatchMapping(keys,
        patterns, rest); MatchOr(patterns); MatchSequence(patterns); MatchSingleton(value); MatchStar(name);
        MatchValue(value)
    """,
    "type_param": """
        ParamSpec(name, default_value); TypeVar(name, bound, default_value); TypeVarTuple(name,
        default_value)
    """,
    "type_ignore": """
        TypeIgnore(lineno, tag)
    """,
}
_PLACED = ("stmt", "expr", "excepthandler", "pattern", "type_param")
_PLACE = ("lineno", "col_offset", "end_lineno", "end_col_offset")


def _make(base, row):
    name, _, fields = row.partition("(")
    fields = tuple(field.strip() for field in fields.rstrip(")").split(",") if field.strip())
    body = {"_fields": fields, "__match_args__": fields, "__module__": "ast"}
    if name in _PLACED or name in ("alias", "arg", "keyword"):
        body["_attributes"] = _PLACE
    globals()[name] = type(name, (globals()[base],), body)


for _base, _rows in _GRAMMAR.items():
    for _row in _rows.split(";"):
        _make(_base, " ".join(_row.split()))
AST.__module__ = "ast"
