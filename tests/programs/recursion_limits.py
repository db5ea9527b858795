"""The recursion limit holds in compiled recursion, also when it changes after the code was compiled."""

import sys


def depth(n):
    if n == 0:
        return 0
    return depth(n - 1) + 1


def deepest():
    low, high = 1, 100000
    while low < high:
        middle = (low + high + 1) // 2
        try:
            depth(middle)
            low = middle
        except RecursionError:
            high = middle - 1
    return low


def even(n):
    return True if n == 0 else odd(n - 1)


def odd(n):
    return False if n == 0 else even(n - 1)


for _ in range(30):
    depth(500)
first = deepest()
sys.setrecursionlimit(300)
second = deepest()
sys.setrecursionlimit(2000)
third = deepest()
print(first - second, third - first)
print(even(1500), odd(1001))
try:
    even(2500)
except RecursionError as error:
    print(error)
