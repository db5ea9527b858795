"""Wrappers that carry attributes: lru_cache, partial, wraps."""
import functools


@functools.lru_cache(maxsize=None)
def fib(n):
    "Fibonacci's numbers."
    return n if n < 2 else fib(n - 1) + fib(n - 2)


print(fib(80), fib.cache_info(), fib.__name__, fib.__doc__, fib.__wrapped__.__name__)
fib.label = "x"
print(fib.label, "label" in fib.__dict__, fib.cache_parameters())
del fib.label
print(hasattr(fib, "label"))


class Shape:
    @functools.lru_cache
    def area(self, n):
        return n * n

    @functools.cached_property
    def once(self):
        print("computed")
        return 5


shape = Shape()
print(shape.area(4), shape.area(4), Shape.area.cache_info().hits, shape.once, shape.once)
binary = functools.partial(int, base=2)
binary.note = "binary"
print(binary("101"), binary.__dict__, binary.func, binary.args, binary.keywords)
