"""Generators: functions that stop and go on, with everything they know."""


def countdown(start):
    print("starts at", start)
    while start > 0:
        yield start
        start -= 1
    print("done")
    return "nothing left"


print("-- nothing runs before the first item is asked for")
numbers = countdown(2)
print(type(numbers).__name__)
print(next(numbers))
print(next(numbers))
try:
    next(numbers)
except StopIteration as stop:
    print("StopIteration with", stop.value)
print(next(numbers, "exhausted for ever"))


def averager():
    total = count = 0
    average = None
    while True:
        total += yield average
        count += 1
        average = total / count


print("-- values go in as well")
average = averager()
next(average)
print([average.send(value) for value in (10, 20, 60)])


def guarded():
    try:
        while True:
            try:
                yield "waiting"
            except ValueError as error:
                yield f"caught {error}"
    finally:
        print("cleaned up")


print("-- so do exceptions, and closing runs finally")
guard = guarded()
print(next(guard), guard.throw(ValueError("oops")), next(guard))
guard.close()
guard = guarded()
next(guard)
del guard
print("after the last reference")


def tree(depth):
    if depth:
        yield from tree(depth - 1)
        yield depth
        yield from tree(depth - 1)


def outer():
    result = yield from countdown(1)
    yield f"the inner one returned {result!r}"


print("-- yield from hands everything on")
print(list(tree(3)))
print(list(outer()))

print("-- endless, and taken from as needed")


def primes():
    found = []
    candidate = 2
    while True:
        if all(candidate % prime for prime in found if prime * prime <= candidate):
            found.append(candidate)
            yield candidate
        candidate += 1


source = primes()
print([next(source) for _ in range(10)])
print(next(prime for prime in primes() if prime > 1000))

print("-- generator expressions; range is no generator, and no iterator either")
squares = (number * number for number in range(5))
print(sum(squares), list(squares))
span = range(3)
print(list(span), list(span), hasattr(span, "__next__"), iter(span) is span)
try:
    next(span)
except TypeError as error:
    print(error)

print("-- what a generator says about itself")
named = countdown(1)
print(named.gi_frame is not None, named.gi_running, named.gi_code.co_name)
print(list(named), named.gi_frame)


def stops():
    yield 1
    raise StopIteration("not like this")


try:
    list(stops())
except RuntimeError as error:
    print(type(error.__cause__).__name__, "became:", error)
