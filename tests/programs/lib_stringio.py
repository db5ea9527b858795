"""What `stringio` answers, printed for comparison with CPython."""

import io

stream = io.StringIO("first\nsecond\n")
print(stream.readline(), stream.read(3), stream.tell(), list(stream))
with io.StringIO() as out:
    print("written", 1, file=out)
    out.write("more")
    print(repr(out.getvalue()))
data = io.BytesIO(b"abc")
data.seek(0, 2)
data.write(b"def")
print(data.getvalue(), data.seek(1), data.read(2))
