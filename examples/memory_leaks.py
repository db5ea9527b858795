"""Memory leaks, and weak references against them: what nobody needs goes at once."""

import gc
import weakref


class Tree:
    """A tree whose nodes know their parent by a weak reference behind a property."""

    def __init__(self, name, parent=None):
        self.name = name
        self.children = []
        self._parent = None
        if parent is not None:
            self.parent = parent
            parent.children.append(self)

    @property
    def parent(self):
        return None if self._parent is None else self._parent()

    @parent.setter
    def parent(self, node):
        self._parent = weakref.ref(node)

    def __repr__(self):
        return f"Tree({self.name})"


gc.disable()

print("-- a weak back-reference makes no cycle")
root = Tree("root")
leaf = Tree("leaf", root)
print(leaf.parent, root.children)
del root
print("the root is gone at once:", leaf.parent)
print("nothing to collect:", gc.collect() == 0 or leaf.parent is None)

print("-- references and proxies")
node = Tree("node")
reference, proxy = weakref.ref(node), weakref.proxy(node)
print(reference(), reference() is node, proxy.name, weakref.getweakrefcount(node))
print(weakref.ref(node) is reference)
del node
print(reference())
try:
    proxy.name
except ReferenceError as error:
    print("ReferenceError:", error)

print("-- a cache that holds nothing alive")
cache = weakref.WeakValueDictionary()


def load(name):
    found = cache.get(name)
    if found is None:
        print("loading", name)
        cache[name] = found = Tree(name)
    return found


first = load("page")
print(load("page") is first, len(cache), list(cache))
del first
print(len(cache), "page" in cache)
load("page")
print(len(cache))

print("-- notes about objects that go with them")
notes = weakref.WeakKeyDictionary()
subject = Tree("subject")
notes[subject] = "a note"
print(notes[subject], len(notes))
del subject
print(len(notes))

print("-- a set of listeners")
listeners = weakref.WeakSet()


class Listener:
    def __init__(self, name):
        self.name = name

    def hear(self, event):
        print(self.name, "hears", event)


ear = Listener("ear")
listeners.add(ear)
listeners.add(Listener("nobody"))
for listener in listeners:
    listener.hear("a bell")
print(len(listeners))

print("-- a bound method dies at once, WeakMethod does not")
print(weakref.ref(ear.hear)(), weakref.WeakMethod(ear.hear)() == ear.hear)

print("-- finalize: tidy up when an object goes, once")
resource = Tree("resource")
finalizer = weakref.finalize(resource, print, "closing", "resource")
print(finalizer.alive)
del resource
print(finalizer.alive, finalizer())

print("-- a self-reference leaks until the collector runs")
loop = Tree("loop")
loop.children.append(loop)
watch = weakref.ref(loop)
del loop
print(watch())
gc.collect()
print(watch())

print("-- so do two objects")
one, two = Tree("one"), Tree("two")
one.children.append(two)
two.children.append(one)
watch = weakref.ref(one)
del one, two
print(watch())
gc.collect()
print(watch())

print("-- and a program without cycles leaks nothing with the collector off")
gc.collect()


def work():
    return sum(len(Tree(str(n)).children) for n in range(1000))


def sizes():
    before = len(gc.get_objects())
    work()
    return len(gc.get_objects()) - before


work()
print(sizes() <= 1, sizes() <= 1)

print("-- finalizers run at the end of the program as well")
keep = Tree("kept")
weakref.finalize(keep, print, "the program ends")
