"""Files: text and bytes, encodings, line ends, positions, errors, and streams written in Python."""
import io
import os

NAME = "lib_io.%d.tmp" % os.getpid()


def attempt(function, *args, **kwargs):
    try:
        print(function(*args, **kwargs))
    except Exception as error:
        print(type(error).__name__, str(error).replace(NAME, "NAME"))


def write(data):
    with open(NAME, "wb") as file:
        return file.write(data)


def text_files():
    with open(NAME, "w") as file:
        print(file.write("first\nsecond é€😀\n"), file.tell(), file.writable(), file.readable(), file.mode, file.encoding)
        print("third", 3, file=file)
        file.writelines(["a\n", "b"])
    print(file.closed)
    attempt(file.write, "x")
    with open(NAME) as file:
        print(repr(file.readline()), file.tell(), repr(file.read(9)), file.tell(), repr(file.readline()))
        print(file.readlines(), repr(file.read()), file.seek(0), repr(file.read(3)))
        attempt(file.write, "x")
    with open(NAME) as file:
        print([line.strip() for line in file])
    with open(NAME, "a") as file:
        print(file.tell(), file.write("end"))
    with open(NAME, "r+", encoding="latin-1") as file:
        text = file.read()
        print(len(text), text[-4:], ascii(text[13:17]))
        file.seek(0)
        file.write("FIRST")
    print(open(NAME, "rb").read()[:8])
    with open(NAME, "w", encoding="utf-16") as file:
        file.write("a\n")
        file.write("b\n")
    print(open(NAME, "rb").read(), list(open(NAME, encoding="utf-16")))


def encodings():
    write("caf\u00e9 \u20ac\n".encode("utf-8"))
    attempt(open(NAME, encoding="ascii").read)
    for errors in ["ignore", "replace", "backslashreplace", "surrogateescape"]:
        print(ascii(open(NAME, encoding="ascii", errors=errors).read()))
    attempt(open, NAME, encoding="no-such-encoding")
    with open(NAME, "w", encoding="ascii") as file:
        attempt(file.write, "\u00e9")
        print(file.write("fine"))
    with open(NAME, "w", encoding="ascii", errors="xmlcharrefreplace") as file:
        file.write("\u20ac")
    print(open(NAME).read())
    write(b"ok\n\xff\xfe\n")
    attempt(open(NAME, encoding="utf-8").readline)
    long = "é" * 9000 + "\n" + "x" * 9000 + "\n"
    with open(NAME, "w", encoding="utf-8") as file:
        print(file.write(long))
    with open(NAME, encoding="utf-8") as file:
        print([len(line) for line in file])
    with open(NAME, encoding="utf-8") as file:
        print(len(file.read(8999)), repr(file.read(3)), file.tell(), len(file.read()))


def line_ends():
    write(b"one\rtwo\r\nthree\nfour\r")
    for newline in [None, "", "\n", "\r", "\r\n"]:
        with open(NAME, newline=newline) as file:
            print(repr(newline), list(file), file.newlines)
    with open(NAME) as file:
        print(repr(file.read(4)), repr(file.read(4)), repr(file.read()), file.newlines)
    for newline in [None, "", "\n", "\r", "\r\n"]:
        with open(NAME, "w", newline=newline) as file:
            file.write("a\nb\r\n")
        print(repr(newline), open(NAME, "rb").read())
    attempt(open, NAME, newline="x")


def binary_files():
    with open(NAME, "wb") as file:
        print(type(file).__name__, file.write(b"0123456789"), file.tell(), file.mode)
        attempt(file.write, "text")
        attempt(file.read)
    with open(NAME, "rb") as file:
        print(type(file).__name__, file.read(3), file.peek(1)[:2], file.tell(), file.seek(-2, 2), file.read(), file.read())
        print(file.seek(2), file.seek(1, 1), file.read(1), file.read1(2), file.readable(), file.seekable())
        buffer = bytearray(4)
        file.seek(0)
        print(file.readinto(buffer), buffer)
    with open(NAME, "r+b") as file:
        print(type(file).__name__, file.read(2), file.write(b"AB"), file.read(2), file.seek(0), file.read())
        print(file.truncate(5), file.seek(0), file.read())
    with open(NAME, "ab") as file:
        file.write(b"\nend\n")
    with open(NAME, "rb", buffering=0) as file:
        print(type(file).__name__, file.mode, file.read(2), file.tell(), file.readall())
    print(list(open(NAME, "rb")), open(NAME, "rb").readlines(3))
    file = io.FileIO(NAME)
    print(file.name == NAME, file.closefd, file.fileno() > 2)
    file.close()
    attempt(file.read)


def failures():
    attempt(open, "no/such/file")
    attempt(open, ".")
    attempt(open, NAME, "x")
    for mode in ["", "q", "rw", "rbt", "r++", "U"]:
        attempt(open, NAME, mode)
    attempt(open, NAME, "rb", encoding="utf-8")
    attempt(open, NAME, buffering=0)
    attempt(open, 3.5)
    attempt(open, 999)
    try:
        open("no/such/file")
    except FileNotFoundError as error:
        print(error.errno, error.strerror, error.filename)
    print(issubclass(io.UnsupportedOperation, (OSError, ValueError)), io.UnsupportedOperation.__module__)


class Raw(io.RawIOBase):
    def __init__(self, data):
        self.data = data

    def readable(self):
        return True

    def readinto(self, buffer):
        part, self.data = self.data[: len(buffer)], self.data[len(buffer) :]
        buffer[: len(part)] = part
        return len(part)


class Upper(io.TextIOBase):
    def __init__(self):
        self.parts = []

    def write(self, text):
        self.parts.append(text.upper())
        return len(text)


def own_streams():
    print(Raw(b"abc").read(2), Raw(b"abc").read(), Raw(b"x\ny\n").readlines())
    with Raw(b"line one\nline two\n") as raw:
        reader = io.BufferedReader(raw, 4)
        print(reader.readline(), io.TextIOWrapper(reader).read())
    stream = Upper()
    print("hello", 1, file=stream)
    print(stream.parts, stream.writable(), stream.closed, isinstance(stream, io.IOBase))
    attempt(stream.read)
    attempt(stream.fileno)
    stream.close()
    print(stream.closed)
    wrapped = io.TextIOWrapper(io.BytesIO(b"a\r\nb"), encoding="ascii")
    print(wrapped.readline(), wrapped.read(), wrapped.buffer.getvalue())
    memory = io.BytesIO()
    writer = io.TextIOWrapper(memory, encoding="utf-8", newline="\r\n")
    writer.write("é\n")
    writer.flush()
    print(memory.getvalue(), isinstance(memory, io.BufferedIOBase), isinstance(writer, io.TextIOBase))
    print(writer.detach() is memory)
    attempt(writer.flush)
    decoder = io.IncrementalNewlineDecoder(None, True)
    print(repr(decoder.decode("a\r")), repr(decoder.decode("\nb\r", True)), decoder.newlines)


try:
    for part in [text_files, encodings, line_ends, binary_files, failures, own_streams]:
        print("--", part.__name__)
        part()
finally:
    os.remove(NAME)
