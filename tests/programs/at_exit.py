"""What happens at the end: exit functions, then the globals' finalisers; files that nobody closed are written."""
import atexit
import os

NAME = "at_exit.%d.tmp" % os.getpid()


class Loud:
    def __init__(self, name):
        self.name = name

    def __del__(self):
        print("bye", self.name)


class Remover:
    def __init__(self, file):
        self.file = file

    def __del__(self):
        self.file.close()
        print(open(NAME).read())
        os.remove(NAME)


@atexit.register
def first_registered():
    print("last called", kept.name)


atexit.register(print, "called", "first", sep="-")
forgotten = atexit.register(lambda: print("never"))
atexit.unregister(forgotten)
kept = Loud("kept")
_private = Loud("private")
print("end")
