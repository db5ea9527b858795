"""What `string.Formatter` is built on: taking format strings and field names apart."""

from itertools import count


def formatter_field_name_split(name, /):
    """The first part of a field name, a number if it looks like one, and an iterator over the rest.

    The iterator gives pairs: whether it is an attribute, and the attribute's name or the item's key.
    """
    if not isinstance(name, str):
        raise TypeError("expected str, got %s" % type(name).__name__)
    end = next((at for at, letter in enumerate(name) if letter in ".["), len(name))
    return _number(name[:end]), _parts(name, end)


def _number(text):
    return int(text) if text.isascii() and text.isdigit() else text


def _parts(name, at):
    while at < len(name):
        opening = name[at]
        at += 1
        if opening == ".":
            end = next((place for place in range(at, len(name)) if name[place] in ".["), len(name))
            if end == at:
                raise ValueError("Empty attribute in format string")
            yield True, name[at:end]
            at = end
        elif opening == "[":
            end = name.find("]", at)
            if end < 0:
                raise ValueError("Missing ']' in format string")
            if end == at:
                raise ValueError("Empty attribute in format string")
            yield False, _number(name[at:end])
            at = end + 1
        else:
            raise ValueError("Only '.' or '[' may follow ']' in format field specifier")


def formatter_parser(text, /):
    """An iterator over the pieces of a format string: literal text, field name, specification, conversion."""
    if not isinstance(text, str):
        raise TypeError("expected str, got %s" % type(text).__name__)
    return _pieces(text)


def _pieces(text):
    at = 0
    while at < len(text):
        literal, at, is_field = _literal(text, at)
        if not is_field:
            yield literal, None, None, None
            continue
        name, spec, conversion, at = _field(text, at)
        yield literal, name, spec, conversion


def _literal(text, at):
    """Text up to a field, a doubled brace or the end; where to go on; whether a field follows."""
    start = at
    while at < len(text) and text[at] not in "{}":
        at += 1
    if at == len(text):
        return text[start:], at, False
    brace = text[at]
    if text[at + 1 : at + 2] == brace:
        return text[start : at + 1], at + 2, False
    if brace == "}":
        raise ValueError("Single '}' encountered in format string")
    if at + 1 == len(text):
        raise ValueError("Single '{' encountered in format string")
    return text[start:at], at + 1, True


def _field(text, at):
    start, bracket = at, False
    for at in count(at):
        if at >= len(text):
            raise ValueError("expected '}' before end of string")
        letter = text[at]
        if bracket:
            bracket = letter != "]"
        elif letter == "[":
            bracket = True
        elif letter == "{":
            raise ValueError("unexpected '{' in field name")
        elif letter in "}:!":
            break
    name, conversion = text[start:at], None
    if text[at] == "!":
        conversion, at = _conversion(text, at + 1)
    if text[at] == "}":
        return name, "", conversion, at + 1
    return name, *_specification(text, at + 1, conversion)


def _conversion(text, at):
    if at >= len(text):
        raise ValueError("end of string while looking for conversion specifier")
    if at + 1 >= len(text):
        raise ValueError("unmatched '{' in format spec")
    if text[at + 1] not in ":}":
        raise ValueError("expected ':' after conversion specifier")
    return text[at], at + 1


def _specification(text, at, conversion):
    start, depth = at, 1
    while at < len(text):
        depth += {"{": 1, "}": -1}.get(text[at], 0)
        at += 1
        if depth == 0:
            return text[start : at - 1], conversion, at
    raise ValueError("unmatched '{' in format spec")
