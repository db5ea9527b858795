"""An exception that is raised and caught within the loop."""


def run(n):
    i = 0
    caught = 0
    while i < n:
        try:
            raise ValueError
        except ValueError:
            caught += 1
        i += 1
    return caught


assert run(1000) == 1000
