"""Generic aliases and unions of built-in types; codecs by name; context variables; format strings taken apart."""
import codecs
import contextvars
import string
import types

alias = list[int]
print(alias, alias.__origin__, alias.__args__, type(alias) is types.GenericAlias, alias == list[int], alias("ab"))
print(dict[str, list[int]], tuple[()], tuple[int, ...], alias.append is list.append, hash(alias) == hash(list[int]))
union = int | str
print(union, int | None, union == (str | int), type(union) is types.UnionType, union.__args__)
print(isinstance(1, union), isinstance(1.5, union), issubclass(bool, int | str), isinstance(None, int | None))
print(int | str | int, (int | str) | float, list[int] | None)
for wrong in [lambda: int | 5, lambda: isinstance([], list[int]), lambda: int[str]]:
    try:
        print(wrong())
    except TypeError as error:
        print(error)


class Child(list[int]):
    pass


print(Child.__bases__, Child.__orig_bases__)

print("é€".encode("cp1252"), b"\x80\xe9".decode("cp1252"), codecs.encode("abc", "rot13"), codecs.lookup("L1").name)
try:
    "x".encode("no-such")
except LookupError as error:
    print(error)
print(codecs.getincrementaldecoder("utf-8")().decode(b"a\xc3"), b"\xff\xfea\x00".decode("utf-16"))
codecs.register_error("question", lambda error: ("¿?", error.end))
print("abc\u20ac".encode("iso8859-15"), "a\u4e00b".encode("cp1252", "backslashreplace"))
print(codecs.escape_decode(rb"a\n\x41\101")[0], "tab\t\u20ac".encode("unicode_escape"), rb"\u20ac\n".decode("unicode_escape"))

var = contextvars.ContextVar("var", default=5)
token = var.set(6)


def inner():
    var.set(7)
    return var.get()


context = contextvars.copy_context()
print(var.get(), context.run(inner), var.get(), context[var], var in context)
var.reset(token)
print(var.get(), token.old_value is contextvars.Token.MISSING)

formatter = string.Formatter()
print(list(formatter.parse("a{{b{0.x[1]!r:>{w}}c}}")), formatter.format("{} {a[0]} {0!r}" if 0 else "{0} {a[0]} {0!r}", "x", a=[9]))
