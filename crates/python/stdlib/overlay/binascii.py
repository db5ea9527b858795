"""Bytes as hexadecimal digits and in base 64, and the checksum CRC-32."""

_ALPHABET = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
_VALUES = {byte: value for value, byte in enumerate(_ALPHABET)}


class Error(ValueError):
    pass


class Incomplete(Exception):
    pass


def _data(data):
    if isinstance(data, str):
        try:
            return data.encode("ascii")
        except UnicodeEncodeError:
            raise ValueError("string argument should contain only ASCII characters") from None
    return _buffer(data)


def _buffer(data):
    try:
        return bytes(memoryview(data))
    except TypeError:
        raise TypeError(f"a bytes-like object is required, not '{type(data).__name__}'") from None


def hexlify(data, sep="", bytes_per_sep=1):
    """Hexadecimal digits of bytes."""
    data = _buffer(data)
    text = data.hex(sep, bytes_per_sep) if sep else data.hex()
    return text.encode()


def unhexlify(hexstr, /):
    """The bytes that hexadecimal digits spell."""
    digits = _data(hexstr)
    if len(digits) % 2:
        raise Error("Odd-length string")
    try:
        text = digits.decode()
        if not text.isalnum() and text:
            raise ValueError
        return bytes.fromhex(text)
    except ValueError:
        raise Error("Non-hexadecimal digit found") from None


b2a_hex, a2b_hex = hexlify, unhexlify


def b2a_base64(data, /, *, newline=True):
    """Bytes in base 64."""
    data, out = _buffer(data), bytearray()
    for at in range(0, len(data), 3):
        part = data[at : at + 3]
        number = int.from_bytes(part + bytes(3 - len(part)), "big")
        digits = bytes(_ALPHABET[number >> shift & 63] for shift in (18, 12, 6, 0))
        out += digits[: len(part) + 1] + b"=" * (3 - len(part))
    if newline:
        out += b"\n"
    return bytes(out)


def a2b_base64(data, /, *, strict_mode=False):
    """The bytes that a text in base 64 spells."""
    if strict_mode:
        raise NotImplementedError("binascii.a2b_base64 in strict mode is not supported yet")
    out, number, count, pads = bytearray(), 0, 0, 0
    for byte in _data(data):
        value = _VALUES.get(byte)
        if byte == 61:
            pads += 1
            if count >= 2 and count + pads >= 4:
                break
        elif value is not None:
            number, count, pads = number << 6 | value, count + 1, 0
            if count == 4:
                out += number.to_bytes(3, "big")
                number = count = 0
    if count == 1:
        quads = len(out) // 3 * 4 + 1
        text = "Invalid base64-encoded string: number of data characters (%d) cannot be 1 more than a multiple of 4"
        raise Error(text % quads)
    if count and count + pads < 4:
        raise Error("Incorrect padding")
    if count:
        out += (number << 6 * (4 - count)).to_bytes(3, "big")[: count - 1]
    return bytes(out)


def _table():
    for number in range(256):
        for _ in range(8):
            number = number >> 1 ^ (0xEDB88320 if number & 1 else 0)
        yield number


_CRC = tuple(_table())


def crc32(data, crc=0, /):
    """The checksum CRC-32, going on from `crc`."""
    crc ^= 0xFFFFFFFF
    for byte in bytes(data):
        crc = crc >> 8 ^ _CRC[(crc ^ byte) & 255]
    return crc ^ 0xFFFFFFFF
