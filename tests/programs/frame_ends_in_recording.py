"""A recording that a function's return or exception ends, in a driver that native code has started."""


def gives_a_float(*rest):
    for index in range(4):
        pass
    return 0.5


def gives_nothing(*rest):
    for index in range(4):
        pass


def raises(*rest):
    for index in range(4):
        pass
    raise ValueError(index)


def yields(*rest):
    for index in range(4):
        yield index
    return 1.5


def caught(function, *rest):
    try:
        return function(*rest)
    except ValueError as error:
        return error.args


for function in (gives_a_float, gives_nothing, raises):
    print(list(map(caught, [function] * 5, (1, 2, 3, 4, 5))))
for turn in range(5):
    print(list(yields(*(1, 2))), [*yields()])
