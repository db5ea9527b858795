"""Descriptors and folders of the system, hashes, bytes as text, and argument parsers."""
import argparse
import base64
import binascii
import hashlib
import importlib.abc
import importlib.metadata
import os
import shutil
import subprocess
import sys
import tempfile
import threading

folder = tempfile.mkdtemp()
try:
    path = os.path.join(folder, "file")
    number = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    print(os.write(number, b"hello world"), os.lseek(number, 6, os.SEEK_SET), os.read(number, 99), os.fstat(number).st_size)
    copy = os.dup(number)
    os.close(number)
    os.ftruncate(copy, 5)
    with os.fdopen(copy, "r+b") as file:
        print(file.read(), file.seek(0), file.write(b"J"))
    try:
        os.read(copy, 1)
    except OSError as error:
        print(error)
    os.mkdir(os.path.join(folder, "sub"))
    with os.scandir(folder) as entries:
        print(sorted((entry.name, entry.is_dir(), entry.is_file(), entry.path == os.path.join(folder, entry.name)) for entry in entries))
    print([(os.path.basename(top), subs, files) for top, subs, files in os.walk(folder)][1:])
    os.utime(path, (10, 20))
    print(os.stat(path).st_mtime, shutil.copy(path, path + "2") == path + "2", open(path + "2").read())
    reader, writer = os.pipe()
    os.write(writer, b"piped")
    os.close(writer)
    print(os.read(reader, 10), os.read(reader, 10))
    os.close(reader)
finally:
    shutil.rmtree(folder)
print(os.path.exists(folder))

for name in ["md5", "sha1", "sha224", "sha256"]:
    print(name, hashlib.new(name, b"abc").hexdigest(), getattr(hashlib, name)(b"x" * 1000).digest_size)
for data in [b"", b"a", b"ab", b"abc", b"\xff\x00 text"]:
    encoded = binascii.b2a_base64(data)
    print(encoded, binascii.a2b_base64(encoded), binascii.hexlify(data), binascii.crc32(data), base64.b32encode(data))
for wrong in [b"a", b"ab", b"ab="]:
    try:
        print(binascii.a2b_base64(wrong))
    except binascii.Error as error:
        print(error)

parser = argparse.ArgumentParser(prog="prog", description="A parser.", color=False)
parser.add_argument("name")
parser.add_argument("--level", type=int, default=3, help="the level")
parser.add_argument("-v", "--verbose", action="store_true")
print(parser.parse_args(["x", "--level", "7", "-v"]), parser.parse_args(["y"]))
parser.print_help()
try:
    parser.parse_args(["x", "--level", "high"])
except SystemExit as error:
    print("exit", error.code)

local = threading.local()
local.x = 5
print(local.x, threading.current_thread().name, threading.Lock().acquire())

# A child that still runs while it is written to.
child = subprocess.Popen([sys.executable, "-c", "print(input() * 2)"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
print(child.communicate("ab\n", timeout=60)[0].strip())
print(importlib.abc.MetaPathFinder.__name__, importlib.metadata.PackageNotFoundError.__mro__[1].__name__)
