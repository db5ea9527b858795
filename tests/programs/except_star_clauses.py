"""What an except* clause handles, raises and raises again."""
import sys


def shape(error):
    if isinstance(error, BaseExceptionGroup):
        return "%s(%s)" % (error.message, ", ".join(shape(each) for each in error.exceptions))
    return repr(error)


def run(body):
    try:
        body()
    except BaseException as error:
        print(body.__name__, shape(error), "from", shape(error.__context__) if error.__context__ else None)


def handled():
    try:
        raise ExceptionGroup("eg", [ValueError(1), TypeError(2)])
    except* ValueError:
        print(shape(sys.exception()))
    except* TypeError as error:
        print(sys.exception() is error)
    print(sys.exception())


def again():
    try:
        raise ExceptionGroup("eg", [ValueError(1), TypeError(2), ExceptionGroup("in", [ValueError(3), OSError(4)])])
    except* ValueError:
        raise
    except* TypeError:
        pass


def other():
    try:
        raise ExceptionGroup("eg", [ValueError(1), TypeError(2)])
    except* ValueError:
        raise KeyError(3)


def plain():
    try:
        raise ValueError(42)
    except* ValueError:
        raise


class Bad(ExceptionGroup):
    def split(self, condition):
        return (self,)


def bad():
    try:
        raise Bad("bad", [ValueError(1)])
    except* TypeError:
        pass


for body in handled, again, other, plain, bad:
    run(body)
