"""Reference counting: an object dies at the statement that drops the last reference to it."""

import sys


class Loud:
    def __init__(self, name):
        self.name = name
        print("made", name)

    def __del__(self):
        print("gone", self.name)


def count(value):
    """How many references there are beside the ones that this call makes."""
    return sys.getrefcount(value)


def scope():
    first = Loud("first local")
    second = Loud("second local")
    print("inside")
    return first.name + " and " + second.name


print("-- names come and go")
one = Loud("one")
other = one
del one
print("still there:", other.name)
other = None
print("after the last name")

print("-- rebinding drops the old value after the new one is there")
value = Loud("old")
value = Loud("new")
value = 0

print("-- a temporary dies within its statement")
Loud("temporary")
print("next statement")

print("-- locals die when the function returns")
print("result:", scope())

print("-- counts move by one")
data = ["some", "list"]
before = count(data)
alias = data
print(count(data) - before)
box = (data, {"key": data})
print(count(data) - before)
del alias, box
print(count(data) - before)

print("-- containers give their items up in order")
items = [Loud("item 0"), Loud("item 1"), Loud("item 2")]
items.pop(1)
print("popped")
del items[0]
items.clear()
pair = (Loud("left"), Loud("right"))
del pair

print("-- an exception keeps what its frames hold, until it is handled")


def fails():
    precious = Loud("held by the frame")
    raise ValueError("no")


try:
    fails()
except ValueError as error:
    print("caught", error)
print("after the handler")

print("-- a loop drops each object before it makes the next but one")
for number in range(3):
    each = Loud(f"round {number}")
del each

print("-- a finaliser may bring its object back, once")
kept = []


class Phoenix:
    def __del__(self):
        print("reborn")
        kept.append(self)


Phoenix()
print("kept", len(kept))
kept.clear()
print("now it is gone for good")

print("-- what is left dies with the program")
last = Loud("global")
