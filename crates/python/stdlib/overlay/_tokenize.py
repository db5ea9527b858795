"""The tokenizer below `tokenize`.

It works line by line over the text that `readline` gives. A joined string is a mode of its own: the stack of modes says
whether a character belongs to the text of such a string, to its format specification, or to a program.
"""

import token as _token

_ENDMARKER, _NAME, _NUMBER, _STRING = _token.ENDMARKER, _token.NAME, _token.NUMBER, _token.STRING
_NEWLINE, _INDENT, _DEDENT, _OP = _token.NEWLINE, _token.INDENT, _token.DEDENT, _token.OP
_NL, _COMMENT = _token.NL, _token.COMMENT
_JOINED = {
    "f": (_token.FSTRING_START, _token.FSTRING_MIDDLE, _token.FSTRING_END),
    "t": (_token.TSTRING_START, _token.TSTRING_MIDDLE, _token.TSTRING_END),
}
_OPERATORS = sorted(_token.EXACT_TOKEN_TYPES, key=len, reverse=True)
_OPERATORS_BY_FIRST = {}
for _operator in _OPERATORS:
    _OPERATORS_BY_FIRST.setdefault(_operator[0], []).append(_operator)
_PREFIXES = {"", "r", "b", "u", "f", "t", "br", "rb", "fr", "rf", "tr", "rt"}
_CLOSING = {")": "(", "]": "[", "}": "{"}
_KEYWORDS_BEHIND_NUMBERS = ("and", "else", "for", "if", "in", "is", "not", "or")


class _Joined:
    """A joined string that is being read."""

    def __init__(self, kind, raw, quote, place):
        self.start, self.middle, self.end = _JOINED[kind]
        self.kind = kind
        self.raw = raw
        self.quote = quote
        self.place = place
        # Depth of brackets outside of each replacement field that is open, innermost last, and whether its specification is read.
        self.fields = []
        self.in_spec = []


class TokenizerIter:
    """Iterates over tokens: type, text, start, end, line."""

    def __init__(self, readline, *, encoding=None, extra_tokens=False):
        self._readline = readline
        self._encoding = encoding
        self._extra = extra_tokens
        self._tokens = self._run()

    def __iter__(self):
        return self

    def __next__(self):
        return next(self._tokens)

    # -- Lines --------------------------------------------------------------------------------------------------------

    def _next_line(self):
        """Makes the next line the current one; False at the end."""
        try:
            line = self._readline()
        except StopIteration:
            line = ""
        if isinstance(line, bytes):
            line = line.decode(self._encoding or "utf-8")
        self._at = 0
        if not line:
            self._line = ""
            return False
        self._number += 1
        self._line = line
        self._last = line
        return True

    def _fail(self, message, column=None, line=None, number=None, kind=SyntaxError):
        column = self._at if column is None else column
        text = self._line if line is None else line
        raise kind(message, ("<string>", number or self._number, column, text.rstrip("\r\n"), number or self._number, column))

    def _token(self, kind, text, start, line=None):
        return kind, text, (self._number, start), (self._number, start + len(text)), self._line if line is None else line

    def _run(self):
        self._number, self._line, self._at, self._last = 0, "", 0, ""
        self._brackets = []
        self._joined = []
        indents = [0]
        alternatives = [0]
        while self._next_line():
            yield from self._indentation(indents, alternatives)
            if self._at < len(self._line):
                yield from self._logical_line()
        if self._last and not self._last.endswith(("\n", "\r")) and self._open_line:
            yield _NEWLINE, "", (self._number, len(self._last)), (self._number, len(self._last) + 1), self._last
        end = self._number + 1, 0
        for _ in indents[1:]:
            yield _DEDENT, "", end, end, ""
        yield _ENDMARKER, "", end, end, ""

    # -- Indentation --------------------------------------------------------------------------------------------------

    def _indentation(self, indents, alternatives):
        """Reads the start of a logical line; blank lines and those with a comment alone are read to their end."""
        column = alternative = 0
        line, at = self._line, 0
        self._open_line = False
        while at < len(line):
            if line[at] == " ":
                column += 1
                alternative += 1
            elif line[at] == "\t":
                column = column // 8 * 8 + 8
                alternative += 1
            elif line[at] == "\f":
                column = alternative = 0
            elif line[at] == "\\" and line[at + 1:].strip("\r\n") == "" and line[at + 1:]:
                self._at = at + 1
                if not self._next_line():
                    self._fail_unclosed()
                line, at = self._line, -1
            else:
                break
            at += 1
        self._at = at
        rest = line[at:]
        if rest[:1] in ("#", "\n", "\r", ""):
            yield from self._blank(rest)
            return
        self._open_line = True
        if column == indents[-1]:
            if alternative != alternatives[-1]:
                self._fail("inconsistent use of tabs and spaces in indentation", kind=TabError)
        elif column > indents[-1]:
            if alternative <= alternatives[-1]:
                self._fail("inconsistent use of tabs and spaces in indentation", kind=TabError)
            indents.append(column)
            alternatives.append(alternative)
            yield _INDENT, line[:at], (self._number, 0), (self._number, at), line
        else:
            while column < indents[-1]:
                indents.pop()
                alternatives.pop()
                if column > indents[-1]:
                    details = ("<string>", self._number, len(line.rstrip("\r\n")) + 1, line.rstrip("\r\n"), None, None)
                    raise IndentationError("unindent does not match any outer indentation level", details)
                yield _DEDENT, "", (self._number, at), (self._number, at), line

    def _blank(self, rest):
        at = self._at
        body = rest.rstrip("\r\n")
        ending = rest[len(body):]
        if body and self._extra:
            yield self._token(_COMMENT, body, at)
        at += len(body)
        if self._extra and (ending or body):
            end = at + (len(ending) or 1)
            yield _NL, ending, (self._number, at), (self._number, end), self._line
        self._at = len(self._line)

    # -- Tokens -------------------------------------------------------------------------------------------------------

    def _logical_line(self):
        """Reads tokens to the NEWLINE that ends the line."""
        while True:
            if self._joined and not self._in_field():
                yield from self._text()
                continue
            line, at = self._line, self._at
            while at < len(line) and line[at] in " \t\f":
                at += 1
            self._at = at
            char = line[at:at + 1]
            if not char:
                if not self._brackets and not self._joined:
                    return
                yield from self._end_inside()
                continue
            if char == "#":
                body = line[at:].rstrip("\r\n")
                self._at += len(body)
                if self._extra:
                    yield self._token(_COMMENT, body, at)
                continue
            if char in "\r\n":
                inside = self._brackets or self._joined
                self._at = len(line)
                kind = _NL if inside else _NEWLINE
                if self._extra or not inside:
                    yield self._token(kind, line[at:], at)
                if not inside:
                    self._open_line = False
                    return
                self._continue_inside()
                continue
            if char == "\\":
                self._backslash()
                continue
            yield from self._one(char)

    def _end_inside(self):
        """The last line of the text ends inside of brackets."""
        if self._extra:
            yield _NL, "", (self._number, self._at), (self._number, self._at + 1), self._line
        self._fail_unclosed()

    def _continue_inside(self):
        last = self._line
        if not self._next_line():
            self._line = last
            self._fail_unclosed()

    def _fail_unclosed(self):
        error = SyntaxError("unexpected EOF in multi-line statement")
        error.lineno, error.offset = self._number, len(self._line) + 1 if self._joined else 0
        raise error

    def _backslash(self):
        line, at = self._line, self._at
        if line[at + 1:at + 2] not in ("\n", "\r"):
            if at + 1 >= len(line):
                self._fail_unclosed()
            self._fail("unexpected character after line continuation character", at + 2)
        if not self._next_line():
            self._fail_unclosed()

    def _in_field(self):
        joined = self._joined[-1]
        return bool(joined.fields) and not (joined.in_spec[-1] and len(self._brackets) == joined.fields[-1] + 1)

    def _one(self, char):
        line, at = self._line, self._at
        if char.isidentifier() or ord(char) >= 128:
            end = at + 1
            while end < len(line) and (line[end].isalnum() or line[end] == "_" or ord(line[end]) >= 128):
                end += 1
            word = line[at:end]
            if line[end:end + 1] in ("'", '"') and line[end:end + 1] and word.lower() in _PREFIXES:
                yield from self._string(at, end, word.lower())
                return
            if not word.isidentifier():
                wrong = next(i for i in range(len(word)) if not word[:i + 1].isidentifier())
                found = word[wrong]
                self._fail(f"invalid character '{found}' (U+{ord(found):04X})", at + wrong + 1)
            self._at = end
            yield self._token(_NAME, word, at)
        elif char.isdigit() or char == "." and line[at + 1:at + 2].isdigit():
            yield self._number_token(at)
        elif char in "'\"":
            yield from self._string(at, at, "")
        else:
            yield self._operator(at, char)

    def _operator(self, at, char):
        line = self._line
        text = next((op for op in _OPERATORS_BY_FIRST.get(char, ()) if line.startswith(op, at)), char)
        field = self._joined and self._joined[-1].fields and len(self._brackets) == self._joined[-1].fields[-1] + 1
        if field:
            if char == ":":
                self._joined[-1].in_spec[-1] = True
                text = ":"
        if char in "([{":
            self._brackets.append((char, self._number, at))
        elif char in ")]}":
            if not self._brackets:
                if not self._extra:
                    self._fail(f"unmatched '{char}'", at + 1)
                self._brackets.append((_CLOSING[char], self._number, at))
            opening, number, _ = self._brackets[-1]
            if _CLOSING[char] != opening and not self._extra:
                if number != self._number:
                    self._fail(f"closing parenthesis '{char}' does not match opening parenthesis '{opening}' on line {number}", at + 1)
                self._fail(f"closing parenthesis '{char}' does not match opening parenthesis '{opening}'", at + 1)
            self._brackets.pop()
            if field:
                self._joined[-1].fields.pop()
                self._joined[-1].in_spec.pop()
        self._at = at + len(text)
        kind = _OP if self._extra else _token.EXACT_TOKEN_TYPES.get(text, _OP)
        return self._token(kind, text, at)

    # -- Numbers ------------------------------------------------------------------------------------------------------

    def _digits(self, at, allowed):
        """The end of digits with single underscores between them."""
        line = self._line
        while True:
            start = at
            while at < len(line) and line[at] in allowed:
                at += 1
            if line[at:at + 1] != "_" or at == start and line[at - 1:at] != "_":
                return at
            if line[at + 1:at + 2] == "" or line[at + 1] not in allowed:
                return at
            at += 1

    def _number_token(self, start):
        line, at = self._line, start
        decimal = "0123456789"
        base = line[at + 1:at + 2].lower() if line[at] == "0" else ""
        if base and base in "xob":
            kind, allowed = {"x": ("hexadecimal", "0123456789abcdefABCDEF"), "o": ("octal", "01234567"),
                             "b": ("binary", "01")}[base]
            at += 2
            if line[at:at + 1] == "_":
                at += 1
            end = self._digits(at, allowed)
            if end == at:
                self._fail(f"invalid {kind} literal", end)
            if line[end:end + 1].isdigit():
                self._fail(f"invalid digit '{line[end]}' in {kind} literal", end + 1)
            self._check_number_end(end, kind)
            self._at = end
            return self._token(_NUMBER, line[start:end], start)
        kind = "decimal"
        at = self._digits(at, decimal)
        if line[at:at + 1] == ".":
            at = self._digits(at + 1, decimal)
        if line[at:at + 1] in ("e", "E"):
            sign = at + 1 + (line[at + 1:at + 2] in ("+", "-") and bool(line[at + 1:at + 2]))
            if line[sign:sign + 1].isdigit():
                at = self._digits(sign, decimal)
            elif sign > at + 1:
                self._fail("invalid decimal literal", sign)
        if line[at:at + 1] in ("j", "J"):
            at += 1
            kind = "imaginary"
        self._check_number_end(at, kind)
        self._at = at
        return self._token(_NUMBER, line[start:at], start)

    def _check_number_end(self, at, kind):
        """A number may be followed by a keyword that can stand behind it, and by nothing else of letters."""
        line = self._line
        following = line[at:at + 1]
        if not following or not (following.isidentifier() or ord(following) >= 128 or following == "_"):
            return
        if following != "_" and any(line.startswith(word, at) for word in _KEYWORDS_BEHIND_NUMBERS):
            return
        self._fail(f"invalid {kind} literal", at if following != "_" else at + 1)

    # -- Strings ------------------------------------------------------------------------------------------------------

    def _string(self, start, at, prefix):
        line = self._line
        quote = line[at:at + 3] if line[at:at + 3] in ("'''", '"""') else line[at]
        if "f" in prefix or "t" in prefix:
            kind = "f" if "f" in prefix else "t"
            self._at = at + len(quote)
            self._joined.append(_Joined(kind, "r" in prefix, quote, (self._number, start)))
            self._joined[-1].depth = len(self._brackets)
            yield self._token(self._joined[-1].start, line[start:self._at], start)
            return
        number, text, at = self._number, line, at + len(quote)
        from_line = start
        parts = []
        while True:
            if line.startswith(quote, at):
                at += len(quote)
                break
            char = line[at:at + 1]
            if char == "\\":
                at += 2 if line[at + 1:at + 3] != "\r\n" else 3
            elif char and (len(quote) == 3 or char not in "\r\n"):
                at += 1
            if at >= len(line):
                unfinished = len(quote) == 1 and not (len(line) > 1 and line.rstrip("\r\n").endswith("\\"))
                parts.append(line[from_line:])
                if unfinished or not self._next_line():
                    if self._joined:
                        self._fail(f"{self._joined[-1].kind}-string: expecting '}}'", start + 1, text, number)
                    if len(quote) == 1:
                        self._fail(f"unterminated string literal (detected at line {number})", start + 1, text, number)
                    self._fail(f"unterminated triple-quoted string literal (detected at line {self._number})", start + 1, text, number)
                line, at, from_line = self._line, 0, 0
                text += line
            elif char and char in "\r\n" and len(quote) == 1:
                self._fail(f"unterminated string literal (detected at line {number})", start + 1, text, number)
        parts.append(line[from_line:at])
        self._at = at
        yield _STRING, "".join(parts), (number, start), (self._number, at), text

    def _text(self):
        """Reads the text of a joined string to the next replacement field or to its end."""
        joined = self._joined[-1]
        in_spec = bool(joined.in_spec) and joined.in_spec[-1]
        line, at = self._line, self._at
        number, start, lines, text = self._number, at, line, ""
        while True:
            char = line[at:at + 1]
            if not char:
                self._at = at
                if not self._next_line():
                    self._unterminated(joined)
                line, at = self._line, 0
                lines += line
                continue
            if not in_spec and line.startswith(joined.quote, at):
                break
            if in_spec and len(joined.quote) == 1 and line.startswith(joined.quote, at):
                break
            if char in "\r\n" and len(joined.quote) == 1:
                if not in_spec:
                    self._unterminated(joined)
                break
            if char == "\\":
                following = line[at + 1:at + 2]
                if following == "N" and line[at + 2:at + 3] == "{" and not joined.raw:
                    close = line.find("}", at)
                    end = close + 1 if close >= 0 else at + 3
                    yield joined.middle, text + line[at:end], (number, start), (self._number, end), lines
                    at = end
                    number, start, lines, text = self._number, at, line, ""
                elif following in ("{", "}") and following:
                    text += char
                    at += 1
                else:
                    end = at + (3 if line[at + 1:at + 3] == "\r\n" else 2)
                    text += line[at:end]
                    at = end
                continue
            if char == "{":
                if line[at + 1:at + 2] == "{" and not in_spec:
                    yield joined.middle, text + "{", (number, start), (self._number, at + 1), lines
                    at += 2
                    number, start, lines, text = self._number, at, line, ""
                    continue
                break
            if char == "}":
                if in_spec:
                    break
                if line[at + 1:at + 2] == "}":
                    yield joined.middle, text + "}", (number, start), (self._number, at + 1), lines
                    at += 2
                    number, start, lines, text = self._number, at, line, ""
                    continue
                self._fail(f"{joined.kind}-string: single '}}' is not allowed", at + 1)
            text += char
            at += 1
        self._at = at
        if text or in_spec and char == "}":
            yield joined.middle, text, (number, start), (self._number, at), lines
        yield from self._after_text(joined, in_spec, char)

    def _after_text(self, joined, in_spec, char):
        at = self._at
        if char == "{":
            joined.fields.append(len(self._brackets))
            joined.in_spec.append(False)
            self._brackets.append(("{", self._number, at))
            self._at += 1
            yield self._token(_OP if self._extra else _token.LBRACE, "{", at)
        elif in_spec and char == "}":
            yield self._operator(at, "}")
        elif in_spec:
            self._fail(f"{joined.kind}-string: expecting '}}'", at + 1)
        else:
            self._joined.pop()
            self._at += len(joined.quote)
            yield self._token(joined.end, joined.quote, at)

    def _unterminated(self, joined):
        triple = "triple-quoted " if len(joined.quote) == 3 else ""
        number, column = joined.place
        self._fail(f"unterminated {triple}{joined.kind}-string literal (detected at line {self._number})", column + 1, self._last, number)
