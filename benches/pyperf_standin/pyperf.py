"""A stand-in for the module `pyperf`, for measuring programs that were written for it.

It offers what pyperformance's programs use: `Runner` with `argparser`, `parse_args`, `args`, `metadata`,
`bench_func`, `bench_time_func`, `bench_async_func`, `bench_command` and `timeit`; and `perf_counter`.
It starts no worker processes: one process measures once, as the environment asks, and prints what
`measuring` prints. Comparing and averaging processes is the work of `pitviper bench`.

Modules that only some programs need (argparse, asyncio, subprocess) are imported when they are needed.
"""

import os
import sys
from time import perf_counter

from measuring import Measurement, Settings
from results import RESULTS, describe

__version__ = "2.0"
__all__ = ["Runner", "perf_counter", "python_has_jit", "python_implementation"]


def python_implementation():
    return sys.implementation.name


def python_has_jit():
    """Whether a program should adapt itself to a JIT; the measuring protocol does that already."""
    return False


# What is known of the result of a program that returns only times.
NOTHING = [None]


class Arguments:
    """The parsed arguments of a program that declares none."""


class Runner:
    """Runs the benchmarks of one program in this process.

    `add_cmdline_args` and the figures that pyperf's runner takes (values, warmups, loops, processes)
    are accepted and not used: the environment says how much to measure.
    """

    def __init__(self, add_cmdline_args=None, program_args=None, **figures):
        self.metadata = {}
        self.args = None
        self._parser = None
        self._settings = Settings(os.environ)

    @property
    def argparser(self):
        if self._parser is None:
            import argparse

            self._parser = argparse.ArgumentParser()
        return self._parser

    def parse_args(self, args=None):
        if self.args is None:
            words = sys.argv[1:] if args is None else args
            if self._parser is None and not words:
                self.args = Arguments()
            else:
                self.args = self.argparser.parse_args(words)
        return self.args

    def bench_time_func(self, name, time_func, *args, inner_loops=None, metadata=None):
        """Measures `time_func(loops, *args)`, which returns the seconds that it took."""
        self._bench(name, lambda loops: time_func(loops, *args), inner_loops, NOTHING)

    def bench_func(self, name, func, *args, inner_loops=None, metadata=None):
        """Measures calls `func(*args)`; what the last call returns is the program's result."""
        returned = [None]

        def timed(loops):
            start = perf_counter()
            for _ in range(loops):
                value = func(*args)
            seconds = perf_counter() - start
            returned[0] = value
            return seconds

        self._bench(name, timed, inner_loops, returned)

    def bench_async_func(self, name, func, *args, inner_loops=None, metadata=None, loop_factory=None):
        """Measures awaiting `func(*args)` in an event loop."""
        import asyncio

        returned = [None]

        async def awaited(loops):
            start = perf_counter()
            for _ in range(loops):
                value = await func(*args)
            seconds = perf_counter() - start
            returned[0] = value
            return seconds

        def timed(loops):
            if loop_factory is None:
                return asyncio.run(awaited(loops))
            with asyncio.Runner(loop_factory=loop_factory) as runner:
                return runner.run(awaited(loops))

        self._bench(name, timed, inner_loops, returned)

    def bench_command(self, name, command, metadata=None):
        """Measures a command from start to end; it has to succeed."""
        import subprocess

        def timed(loops):
            start = perf_counter()
            for _ in range(loops):
                subprocess.run(command, stdout=subprocess.DEVNULL, check=True)
            return perf_counter() - start

        self._bench(name, timed, None, NOTHING)

    def timeit(self, name, stmt, setup="pass", teardown="pass", inner_loops=None, globals=None, metadata=None):
        """Measures a statement, given as text."""
        source = (
            "def timed(loops):\n"
            "    {setup}\n"
            "    start = perf_counter()\n"
            "    for _ in range(loops):\n"
            "        {stmt}\n"
            "    seconds = perf_counter() - start\n"
            "    {teardown}\n"
            "    return seconds\n"
        )
        parts = {"setup": indent(setup, 4), "stmt": indent(stmt, 8), "teardown": indent(teardown, 4)}
        namespace = {} if globals is None else dict(globals)
        namespace["perf_counter"] = perf_counter
        exec(source.format(**parts), namespace)
        self._bench(name, namespace["timed"], inner_loops, NOTHING)

    def _bench(self, name, timed, inner_loops, returned):
        self.parse_args()
        measurement = Measurement(name, timed, inner_loops or 1, self._settings)
        measurement.steady_runs(measurement.first_run())
        probe = RESULTS.get(name)
        text = describe(returned[0] if probe is None else probe(sys.modules["__main__"]))
        if text is not None:
            measurement.result(text)
        measurement.end()


def indent(source, columns):
    """The lines of a statement, each but the first moved right; a sequence of lines is joined."""
    if not isinstance(source, str):
        source = "\n".join(source)
    return source.replace("\n", "\n" + " " * columns)
