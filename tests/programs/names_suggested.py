"""Which of some names was probably meant: what the module behind the hints of tracebacks answers, and hints that ask the same."""

import _suggestions
import keyword


def show(*args):
    try:
        print(_suggestions._generate_suggestions(*args))
    except TypeError as error:
        print(error)


for word in "of fro imprt elss whille Tru noen classe lambad FOR rturn".split() + ["", "x" * 50]:
    show(keyword.kwlist, word)

show([], "a")
show(["abc", "abd"], "abc")
show(["abc"] * 749, "abd")
show(["abc"] * 750, "abd")
show(["é", "e"], "ê")
show(["naïve"], "naive")
show(["x" * 41], "x" * 40 + "y")
show(["Abc", "abx"], "abc")

show(("a",), "b")
show(["a", 1], "b")
show(["a"], 1)


def with_long_name(*, a_name_that_is_quite_a_bit_longer_than_forty_letters):
    pass


try:
    with_long_name(a_name_that_is_quite_a_bit_longer_than_forty_lettres=1)
except TypeError as error:
    print(error)
