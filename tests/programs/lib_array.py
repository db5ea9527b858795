"""What `array` answers, printed for comparison with CPython."""

from array import array

numbers = array("d", [1, 2.5, 3])
numbers.append(4)
numbers[0] = -1
print(numbers, len(numbers), numbers[-1], numbers[1:3], sum(numbers), 2.5 in numbers)
small = array("b", range(-3, 3))
small.extend([7])
small.insert(0, 9)
small.reverse()
print(small, small.tolist(), small.index(9), small.count(0), small.pop(), small.itemsize, small.typecode)
small[1:3] = array("b", [0] * 4)
del small[0]
print(small, small * 2 == small + small, array("I", b"\1\0\0\0"), array("q") == array("q"))
for make in (lambda: array("b", [200]), lambda: array("x"), lambda: array("i", [1.5]), lambda: numbers[9]):
    try:
        make()
    except (OverflowError, ValueError, TypeError, IndexError) as error:
        print(type(error).__name__, error)
