"""Numbers, strings and byte strings as programs use them: derived classes, loops, errors that are caught."""


class Celsius(float):
    def __str__(self):
        return f"{float(self):.1f} °C"


class Flags(int):
    def __or__(self, other):
        return Flags(int(self) | int(other))

    def __repr__(self):
        return f"Flags({int(self):#06b})"


class Name(str):
    def shout(self):
        return self.upper() + "!"


class Money:
    def __init__(self, cents):
        self.cents = cents

    def __index__(self):
        return self.cents

    def __format__(self, spec):
        return f"{self.cents / 100:{spec or '.2f'}} EUR"


print(Celsius(21.55), repr(Celsius(1) + 1), type(Celsius(1) + 1).__name__)
print(Flags(1) | 4, Flags(3) + 1, [Flags(n) for n in range(3)], sorted([Flags(3), 2, True]))
print(Name("ada").shout(), type(Name("x") + "y").__name__, {Name("k"): 1}["k"])
print(f"{Money(1234)} {Money(5):08.3f}", hex(Money(255)), "%d" % Money(7), [10, 20, 30][Money(1)])

# Integers of every size: factorials, Fibonacci numbers, modular powers, bits.
product = 1
for n in range(1, 41):
    product *= n
print(product, product % 1_000_000_007, product.bit_length(), len(str(product)))
a, b = 0, 1
for _ in range(300):
    a, b = b, a + b
print(a, a >> 200, a & 0xFFFF_FFFF, hash(a), -a // 7, -a % 7)
print(pow(7, -1, 1009), [pow(3, n, 7) for n in range(8)], (1 << 100).to_bytes(13, "big").hex())
print([round(x, -1) for x in (5, 15, 25, -5, -15)], [round(x) for x in (0.5, 1.5, 2.5, -0.5)], round(2.675, 2))
print(0.1 + 0.2, 1e16, 1e-5, 123456789.0, -0.0, 1 / 3, 1e300 * 1e10, float("nan"))
print([(x // 3, x % 3) for x in (-7, 7, -7.5, 7.5)], divmod(-7, 3), divmod(7.5, -2))
print((1 + 2j) * (3 - 1j), abs(3 - 4j), (1j) ** 2, complex("1-2j").conjugate())

# Text.
text = "The quick brown fox, jumps over: the lazy dog"
words = text.replace(",", "").replace(":", "").lower().split()
counts = {}
for letter in "".join(words):
    counts[letter] = counts.get(letter, 0) + 1
print(sorted(counts.items(), key=lambda item: (-item[1], item[0]))[:5])
print(" ".join(word.capitalize() for word in words), text.title().swapcase())
print([text.find(word) for word in words], text.partition(", "), text.rsplit(" ", 2))
table = str.maketrans("aeiou", "AEIOU", " ,:")
print(text.translate(table), "x".join(["1", "2", "3"]), "-" * 10)
for row in [("apple", 3, 0.5), ("fig", 12, 1.25), ("banana", 7, 10)]:
    print("{:<8}|{:>4d}|{:8.2f}".format(*row), "%-8s|%4d|%8.2f" % row)
print("naïve café 中文 😀".encode(), "naïve".encode("latin-1"), b"na\xc3\xafve".decode(), ascii("é😀"))
print("ß".upper(), "ΣΑΣ".lower(), "ǆ".title(), "²".isdigit(), "Ⅷ".isnumeric(), "中".isalpha())
data = bytearray(b"hello")
data[0] = ord("J")
data += b" world"
del data[5:6]
data[-5:] = b"WORLD"
print(data, bytes(data).hex(" ", 2), data.find(b"W"), data.count(b"l"), bytes(reversed(data)))
built = ""
for n in range(2000):
    built += chr(97 + n % 26)
print(len(built), built[:5], built[-5:], built.count("abc"), hash(built) == hash("".join(list(built))))


def attempt(action):
    try:
        return action()
    except Exception as error:
        return f"{type(error).__name__}: {error}"


for action in [
    lambda: int("12x"),
    lambda: 1 // 0,
    lambda: "a" + 1,
    lambda: "abc"[5],
    lambda: "%d" % "x",
    lambda: "{} {}".format(1),
    lambda: "é".encode("ascii"),
    lambda: b"\xff".decode(),
    lambda: bytes([256]),
    lambda: float("1.2.3"),
    lambda: 10.0**400,
    lambda: 1 << -1,
    lambda: "a".join([1]),
    lambda: "abc".index("z"),
    lambda: format(1.5, "d"),
    lambda: int("9" * 5000),
]:
    print(attempt(action))
