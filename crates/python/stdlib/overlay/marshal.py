"""Values as bytes, in the format of CPython's module of the same name, version 5. Code objects are not supported."""

import struct

version = 5

_OBJECTS = {None: b"N", True: b"T", False: b"F"}
_REFERENCE = 0x80


class _Writer:
    def __init__(self, allow_code):
        self.parts = []
        self.allow_code = allow_code

    def size(self, number):
        self.parts.append(struct.pack("<i", number))

    def sized(self, kind, data):
        self.parts.append(kind)
        self.size(len(data))
        self.parts.append(data)

    def write(self, value, depth=0):
        if depth > 2000:
            raise ValueError("object too deeply nested to marshal")
        kind = type(value)
        if value is None or kind is bool:
            self.parts.append(_OBJECTS[value])
        elif value is ...:
            self.parts.append(b".")
        elif value is StopIteration:
            self.parts.append(b"S")
        elif kind is int:
            self.integer(value)
        elif kind is float:
            self.parts.append(b"g" + struct.pack("<d", value))
        elif kind is complex:
            self.parts.append(b"y" + struct.pack("<dd", value.real, value.imag))
        elif kind is str:
            self.string(value)
        elif kind in (tuple, list, set, frozenset, dict):
            self.container(kind, value, depth + 1)
        elif kind is slice:
            self.parts.append(b":")
            for part in (value.start, value.stop, value.step):
                self.write(part, depth + 1)
        else:
            self.buffer(value)

    def integer(self, value):
        if -(1 << 31) <= value < 1 << 31:
            self.parts.append(b"i" + struct.pack("<i", value))
            return
        digits, rest = [], abs(value)
        while rest:
            digits.append(rest & 0x7FFF)
            rest >>= 15
        self.parts.append(b"l")
        self.size(-len(digits) if value < 0 else len(digits))
        self.parts.append(struct.pack("<%dH" % len(digits), *digits))

    def string(self, value):
        if not value.isascii():
            self.sized(b"u", value.encode("utf-8", "surrogatepass"))
        elif len(value) < 256:
            self.parts.append(b"z" + bytes([len(value)]) + value.encode())
        else:
            self.sized(b"a", value.encode())

    def container(self, kind, value, depth):
        if kind is dict:
            self.parts.append(b"{")
            for key, item in value.items():
                self.write(key, depth)
                self.write(item, depth)
            self.parts.append(b"0")
            return
        if kind is tuple and len(value) < 256:
            self.parts.append(b")" + bytes([len(value)]))
        else:
            self.parts.append({tuple: b"(", list: b"[", set: b"<", frozenset: b">"}[kind])
            self.size(len(value))
        for item in value:
            self.write(item, depth)

    def buffer(self, value):
        if hasattr(value, "co_code"):
            if not self.allow_code:
                raise ValueError("marshalling code objects is disallowed")
            raise NotImplementedError("marshalling code objects is not supported yet")
        try:
            data = bytes(memoryview(value))
        except TypeError:
            raise ValueError("unmarshallable object") from None
        self.sized(b"s", data)


class _Reader:
    def __init__(self, read, allow_code):
        self.read = read
        self.allow_code = allow_code
        self.known = []

    def take(self, count):
        data = self.read(count)
        if len(data) < count:
            raise EOFError("marshal data too short")
        return data

    def size(self):
        return struct.unpack("<i", self.take(4))[0]

    def value(self):
        found = self.item()
        if found is self:
            raise TypeError("NULL object in marshal data for object")
        return found

    def keep(self, flagged, value):
        if flagged:
            self.known.append(value)
        return value

    def item(self):
        """The next value; the reader itself for the mark that ends a dict."""
        first = self.read(1)
        if not first:
            raise EOFError("EOF read where object expected")
        flagged, kind = first[0] & _REFERENCE, chr(first[0] & ~_REFERENCE)
        if kind in _CONSTANTS:
            return _CONSTANTS[kind]
        if kind == "0":
            return self
        if kind == "r":
            place = self.size()
            if not 0 <= place < len(self.known):
                raise ValueError("bad marshal data (invalid reference)")
            return self.known[place]
        if kind in "([<>){:":
            return self.container(flagged, kind)
        return self.keep(flagged, self.plain(kind))

    def plain(self, kind):
        if kind == "i":
            return self.size()
        if kind == "l":
            return self.long()
        if kind == "g":
            return struct.unpack("<d", self.take(8))[0]
        if kind == "y":
            return complex(*struct.unpack("<dd", self.take(16)))
        if kind == "f":
            return float(self.take(self.take(1)[0]))
        if kind == "x":
            real = float(self.take(self.take(1)[0]))
            return complex(real, float(self.take(self.take(1)[0])))
        if kind == "s":
            return self.take(self.size())
        if kind in "zZ":
            return self.take(self.take(1)[0]).decode("latin-1")
        if kind in "aA":
            return self.take(self.size()).decode("latin-1")
        if kind in "ut":
            return self.take(self.size()).decode("utf-8", "surrogatepass")
        if kind == "c":
            if not self.allow_code:
                raise ValueError("unmarshalling code objects is disallowed")
            raise NotImplementedError("unmarshalling code objects is not supported yet")
        raise ValueError("bad marshal data (unknown type code)")

    def long(self):
        count = self.size()
        digits = struct.unpack("<%dH" % abs(count), self.take(2 * abs(count)))
        if any(digit > 0x7FFF for digit in digits):
            raise ValueError("bad marshal data (digit out of range in long)")
        if digits and not digits[-1]:
            raise ValueError("bad marshal data (unnormalized long data)")
        value = 0
        for digit in reversed(digits):
            value = value << 15 | digit
        return -value if count < 0 else value

    def container(self, flagged, kind):
        place = len(self.known)
        if flagged:
            self.known.append(None)
        if kind == "{":
            made = {}
            if flagged:
                self.known[place] = made
            while (key := self.item()) is not self:
                made[key] = self.value()
            return made
        if kind == ":":
            made = slice(self.value(), self.value(), self.value())
        else:
            count = self.take(1)[0] if kind == ")" else self.size()
            if count < 0:
                raise ValueError("bad marshal data (size out of range)")
            make = {"[": list, "<": set, ">": frozenset}.get(kind, tuple)
            made = make() if kind == "[" else None
            if made is not None:
                if flagged:
                    self.known[place] = made
                for _ in range(count):
                    made.append(self.value())
            else:
                made = make([self.value() for _ in range(count)])
        if flagged:
            self.known[place] = made
        return made


_CONSTANTS = {"N": None, "T": True, "F": False, ".": ..., "S": StopIteration}


def dumps(value, version=version, /, *, allow_code=True):
    """Return the bytes object that would be written to a file by dump(value, file)."""
    writer = _Writer(allow_code)
    writer.write(value)
    return b"".join(writer.parts)


def dump(value, file, version=version, /, *, allow_code=True):
    """Write the value on the open file."""
    return file.write(dumps(value, version, allow_code=allow_code))


def loads(bytes, /, *, allow_code=True):
    """Convert the bytes-like object to a value."""
    data, at = memoryview(bytes).tobytes(), 0

    def read(count):
        nonlocal at
        at += count
        return data[at - count:at]

    return _Reader(read, allow_code).value()


def load(file, /, *, allow_code=True):
    """Read one value from the open file and return it."""
    return _Reader(file.read, allow_code).value()
