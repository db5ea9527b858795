"""The names that class bodies offer to scopes inside, asked for from comprehensions, lambdas and methods."""

def tried(text):
    try:
        exec(text, {})
    except NameError as error:
        print(error)
    else:
        print("fine")


for name in ("__class__", "__classdict__", "__conditional_annotations__"):
    tried(f"class i: [{name} for x in [1]]")
    tried(f"class i: [lambda: {name} for x in [1]]")
    tried(f"class i:\n f = lambda: {name}\ni.f()")
    tried(f"class i:\n def f(self): return {name}\ni().f()")
    tried(f"def g():\n class i:\n  def f(self): return {name}\n i().f()\ng()")
    tried(f"class i:\n if True:\n  x: int\n def f(self): return {name}\ni().f()")
