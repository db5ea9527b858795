"""Numbers from anything that shows bytes, and codecs at their edges."""


def outcome(function, *args):
    try:
        return function(*args)
    except Exception as error:
        return type(error).__name__, str(error)


inf, nan = float("inf"), float("nan")
print(float(memoryview(b"12.3A")[1:4]), int(memoryview(b"42")), float(bytearray(b" 1.5 ")))
print(outcome(float, b"123\xa0"), outcome(int, b"12\x85"), outcome(float, []))
print(0.0 ** -inf, (-0.0) ** -inf, outcome(pow, 0.0, -1.0), 0.5 ** -inf)
print(1 / complex(inf, nan), 1 / complex(nan, inf), 1 / complex(-inf, inf), 2.0 / (1 + 2j), inf / (1 + 0j), inf / (0.0 + 1j))
print(outcome(lambda: 1.0 / 0j), outcome(float.__getformat__, 1))
print(outcome(lambda: "%*r" % (-(2**63), 1)), "%-5c|%c" % ("x", 109), outcome(lambda: "%c" % 1.5))


class Index:
    def __index__(self):
        return 109


class Other:
    def __bytes__(self):
        return b"other"


print("%c" % Index(), b"%c" % Index(), b"%b" % Other(), outcome(lambda: b"%c" % Other()), outcome(lambda: b"%c" % b"ab"))
iterator = iter(range(2**70))
print(outcome(iterator.__setstate__, 1.0), iterator.__setstate__(5), next(iterator))
print(outcome(str, 1, 1), outcome(str, b"x", b"ascii"), outcome(str, "x", "ascii"), outcome(str, 1, "ascii"))
print("éé".__sizeof__() - "".__sizeof__(), "a".__getnewargs__())

for text in ("A\u2262\u0391.", "Hi Mom -\u263a-!", "+", "+-", "++--", "\\?", "\U000abcde", "\ud801x", "\ud801\U000abcde", "a£+b", ""):
    data = text.encode("utf-7")
    print(data, data.decode("utf-7") == text)
for data in (b"+\xc1", b"+@", b"+AKM", b"+AK", b"+2AE-x", b"+AKN-", b"a\x80b", b"+AKMx", b"+2AHab9ze-", b"+2AE"):
    print(data, ascii(outcome(data.decode, "utf-7")), ascii(data.decode("utf-7", "replace")))
import codecs

decoder = codecs.getincrementaldecoder("utf-7")()
print([decoder.decode(bytes([byte])) for byte in b"a+AKM-b+2m/c3g-"], [decoder.decode(b"", True)])

for data in (rb"\N{BULLET}x", rb"\N{foo}xx", rb"\N", rb"\N{", rb"\N{}", rb"\Nx", rb"\x4", rb"\u12", rb"\U00110000z", b"\\"):
    print(data, ascii(outcome(data.decode, "unicode_escape")), ascii(data.decode("unicode_escape", "replace")))
decoder = codecs.getincrementaldecoder("unicode_escape")()
print([decoder.decode(bytes([byte])) for byte in rb"\x41\N{BULLET}\n"])
print(ascii(rb"\u20ac\x41".decode("raw_unicode_escape")), outcome(rb"\u20".decode, "raw_unicode_escape"))
