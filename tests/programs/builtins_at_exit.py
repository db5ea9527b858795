"""What a program has put into builtins and sys is let go at the end too, with the built-in functions back in their places."""
import builtins
import sys


class Loud:
    def __init__(self, name):
        self.name = name

    def __del__(self):
        print("bye", self.name, len("four"))


builtins.added = Loud("added")
builtins.len = Loud("len")
sys.modules["loud"] = Loud("no module")
sys.path_hooks = Loud("hooks")
print("end")
