"""What `itertools` answers, printed for comparison with CPython."""

from itertools import (accumulate, batched, chain, combinations, combinations_with_replacement, compress, count, cycle,
                       dropwhile, filterfalse, groupby, islice, pairwise, permutations, product, repeat, starmap,
                       takewhile, tee, zip_longest)

print(list(chain("ab", [1, 2])), list(chain.from_iterable(["ab", "cd"])))
print(list(islice(count(3, 2), 4)), list(islice(cycle("abc"), 7)), list(repeat("x", 3)))
print(list(combinations("abcd", 2)), list(permutations("abc", 2)))
print(list(combinations_with_replacement("ab", 3)), list(product("ab", repeat=2)))
print(list(accumulate([1, 2, 3, 4])), list(accumulate([3, 1, 2], max)), list(accumulate([1, 2], initial=10)))
print([(key, list(group)) for key, group in groupby("aaabbc")])
print([(key, list(group)) for key, group in groupby(range(10), lambda n: n // 4)])
print(list(takewhile(lambda n: n < 3, range(9))), list(dropwhile(lambda n: n < 3, range(6))))
print(list(filterfalse(lambda n: n % 2, range(6))), list(compress("abcd", [1, 0, 1, 1])))
print(list(starmap(pow, [(2, 3), (3, 2)])), list(zip_longest("abc", "x", fillvalue="-")))
print(list(pairwise("abcd")), list(batched("abcdefg", 3)))
first, second = tee(iter(range(4)))
print(next(first), next(first), list(second), list(first))
print(count(5), repeat(1, 2), count(1, 2))
for make in (lambda: islice([], -1), lambda: permutations([], -1), lambda: batched("a", 0), lambda: count("a")):
    try:
        make()
    except (ValueError, TypeError) as error:
        print(type(error).__name__, error)
