"""How a program is measured, and how it says what was measured.

Every figure is printed at once, as one JSON object on a line of its own (the table of events is in
crates/report/src/protocol.rs), so that a process that dies has still delivered what it measured.

One process does the following for a benchmark.

1. It runs the body once: the first run in a fresh process. What the body computed is the result, which
   has to be the same on every interpreter.
2. It warms up: it repeats the body with a growing number of loops until one run takes MIN_TIME seconds,
   at least WARMUPS runs were made and WARMUP_TIME seconds were spent.
3. It measures VALUES runs. A run that has become twice as fast as wanted counts as one more warm-up,
   and the number of loops is doubled.

The settings are words of the form PITVIPER_BENCH_NAME=VALUE: environment variables for programs that
use the stand-in for pyperf, words on the command line for the programs beside this file. LOOPS fixes
the number of loops; 0 lets the process find it.

This module imports nothing but sys and time, so that a young interpreter can run it.
"""

import sys
import time

PREFIX = "PITVIPER_BENCH_"


class Settings:
    """What the benchmark runner asks for; every field has a default for a run by hand."""

    def __init__(self, words):
        self.values = read_number(words, "VALUES", 3, int)
        self.warmups = read_number(words, "WARMUPS", 1, int)
        self.loops = read_number(words, "LOOPS", 0, int)
        self.min_time = read_number(words, "MIN_TIME", 0.05, float)
        self.warmup_time = read_number(words, "WARMUP_TIME", 0.3, float)


def read_number(words, name, default, kind):
    text = words.get(PREFIX + name)
    if text is None:
        return default
    try:
        number = kind(text)
    except ValueError:
        number = -1
    if number < 0:
        raise SystemExit("%s%s: %r is not a number that can be used" % (PREFIX, name, text))
    return number


def words_of_command_line():
    """The settings among the arguments; any other argument is refused."""
    words = {}
    for argument in sys.argv[1:]:
        name, equals, value = argument.partition("=")
        if not equals or not name.startswith(PREFIX):
            raise SystemExit("unknown argument %r; settings look like %sVALUES=5" % (argument, PREFIX))
        words[name] = value
    return words


def quote(text):
    """The text as a JSON string of ASCII characters."""
    out = []
    for char in text:
        code = ord(char)
        if char == '"' or char == "\\":
            out.append("\\" + char)
        elif 32 <= code < 127:
            out.append(char)
        elif code < 0x10000:
            out.append("\\u%04x" % code)
        else:
            code -= 0x10000
            out.append("\\u%04x\\u%04x" % (0xD800 + (code >> 10), 0xDC00 + (code & 0x3FF)))
    return '"' + "".join(out) + '"'


def emit(event, benchmark, fields=""):
    head = '{"pitviper_bench": 1, "event": "%s", "benchmark": %s' % (event, quote(benchmark))
    sys.stdout.write(head + fields + "}\n")
    sys.stdout.flush()


class Measurement:
    """One benchmark in this process. `timed(loops)` runs the body so often and returns the seconds."""

    def __init__(self, name, timed, inner_loops, settings):
        self.name = name
        self.timed = timed
        self.inner_loops = inner_loops
        self.settings = settings

    def run(self, loops):
        # A body that takes less than the clock can see counts as one tick of a nanosecond.
        return max(self.timed(loops), 1e-9)

    def report(self, event, loops, seconds):
        fields = ', "loops": %d, "inner_loops": %d, "seconds": %r'
        emit(event, self.name, fields % (loops, self.inner_loops, seconds))

    def first_run(self):
        emit("begin", self.name)
        seconds = self.run(1)
        self.report("warmup", 1, seconds)
        return seconds

    def result(self, text):
        emit("result", self.name, ', "text": ' + quote(text))

    def steady_runs(self, first):
        loops = self.warm_up(first)
        self.measure(loops)

    def end(self):
        emit("end", self.name)

    def warm_up(self, first):
        settings = self.settings
        fixed = settings.loops > 0
        loops = settings.loops if fixed else 1
        last = spent = first
        count = 0
        while True:
            short = not fixed and last < settings.min_time
            if not short and count >= settings.warmups and spent >= settings.warmup_time:
                return loops
            if short:
                loops *= 8 if last * 16.0 < settings.min_time else 2
            last = self.run(loops)
            self.report("warmup", loops, last)
            spent += last
            count += 1

    def measure(self, loops):
        settings = self.settings
        left = settings.values
        growth = 0 if settings.loops > 0 else 20
        while left > 0:
            seconds = self.run(loops)
            if growth > 0 and seconds * 2.0 < settings.min_time:
                self.report("warmup", loops, seconds)
                loops *= 2
                growth -= 1
            else:
                self.report("value", loops, seconds)
                left -= 1


def main(name, run, size, expected):
    """Measures `run(size)`, which has to return `expected` every time."""

    def timed(loops):
        start = time.perf_counter()
        for _ in range(loops):
            found = run(size)
        seconds = time.perf_counter() - start
        if found != expected:
            raise SystemExit("%s: run(%r) returned %r and not %r" % (name, size, found, expected))
        return seconds

    measurement = Measurement(name, timed, 1, Settings(words_of_command_line()))
    first = measurement.first_run()
    measurement.result(repr(expected))
    measurement.steady_runs(first)
    measurement.end()
