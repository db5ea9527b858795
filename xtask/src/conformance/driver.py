"""Runs one module of CPython's tests and tells what became of each test method.

    python driver.py MODULE RESULTS [PATTERN]

Every line of the file RESULTS is a JSON object with an "event": "plan" (the ids of all tests), "start" and "end" of
a test, "done". An id is what unittest gives, without the module's name. Lines are written at once, so that a process
that dies has still told which test it died in. PATTERN picks the tests whose ids contain it.
"""

import json
import os
import sys
import tempfile
import traceback
import types
import unittest

LONGEST_DETAIL = 6000

# Modules of CPython's that show its C functions to tests. Some test modules import one at their head for the sake of a few methods:
# these get one with the functions that they name, which fail, so that the other methods can run.
C_FUNCTIONS = {
    "test_bytes": ("_testlimitedcapi", ["sequence_delitem", "sequence_getitem", "sequence_setitem"]),
    "test_class": ("_testinternalcapi", ["has_inline_values"]),
}


class Results(unittest.TestResult):
    """Writes outcomes as they come; the first bad one of a test counts, subtests included."""

    def __init__(self, module, file):
        super().__init__()
        self._prefix = "test." + module + "."
        self._file = file
        self._outcome = None
        self._told = {}
        self._blocked = []

    def tell(self, event, **fields):
        self._file.write(json.dumps({"event": event, **fields}) + "\n")
        self._file.flush()

    def short(self, test):
        return test.id().removeprefix(self._prefix)

    def startTest(self, test):
        super().startTest(test)
        self._outcome = ("passed", "")
        self.tell("start", test=self.short(test))

    def stopTest(self, test):
        super().stopTest(test)
        outcome, detail = self._outcome
        self._end(self.short(test), outcome, detail)
        # Fixtures of classes and modules come between the tests.
        self._outcome = None

    def _end(self, name, outcome, detail):
        self._told[name] = outcome
        self.tell("end", test=name, outcome=outcome, detail=detail[-LONGEST_DETAIL:])

    def _found(self, test, outcome, detail):
        if self._outcome is None:
            self._blocked.append((test.id(), outcome, detail))
        elif self._outcome[0] in ("passed", "skipped"):
            self._outcome = (outcome, detail)

    def addError(self, test, err):
        self._found(test, "failed", describe(err))

    def addFailure(self, test, err):
        self._found(test, "failed", describe(err))

    def addSubTest(self, test, subtest, err):
        if err is not None:
            self._found(test, "failed", str(subtest) + "\n" + describe(err))

    def addSkip(self, test, reason):
        if self._outcome is None or self._outcome[0] == "passed" and not is_subtest(test):
            self._found(test, "skipped", reason)

    def addUnexpectedSuccess(self, test):
        self._found(test, "failed", "unexpected success")

    def finish(self, names):
        """Tells the outcome of tests that did not run, because something around them failed or was skipped."""
        for name in names:
            if name not in self._told:
                outcome, detail = self._why_not_run(name)
                self._end(name, outcome, detail)
        self.tell("done")

    def _why_not_run(self, name):
        for place, outcome, detail in self._blocked:
            owner = (place.partition("(")[2].rstrip(")") + ".").removeprefix(self._prefix)
            if name.startswith(owner) or owner + "." == self._prefix:
                return outcome, place + "\n" + detail
        return "failed", "the test did not run"


def is_subtest(test):
    return hasattr(test, "test_case")


def describe(err):
    try:
        return "".join(traceback.format_exception(*err))
    except Exception as error:
        return "%s, whose traceback cannot be formatted: %r" % (err[0].__name__, error)


def flatten(suite):
    for test in suite:
        if isinstance(test, unittest.BaseTestSuite):
            yield from flatten(test)
        else:
            yield test


def select(suite, results, pattern):
    """A suite of those tests whose ids contain the pattern, in the structure that fixtures need."""
    kept = type(suite)()
    for test in suite:
        if isinstance(test, unittest.BaseTestSuite):
            kept.addTest(select(test, results, pattern))
        elif pattern in results.short(test):
            kept.addTest(test)
    return kept


def stand_in(name, functions):
    """A module with these functions, which fail."""
    module = types.ModuleType(name)

    def failing(function):
        def fail(*args, **kwargs):
            raise NotImplementedError("%s.%s: there is no C API" % (name, function))

        return fail

    for function in functions:
        setattr(module, function, failing(function))
    return module


def main(module, path, pattern=""):
    from test import support
    from test.support import script_helper

    # Children find the package `test` by the environment, as this process does: they are not to be isolated from it.
    script_helper.__dict__["__cached_interp_requires_environment"] = True
    # As CPython's own runner has it: no network, no large files, nothing that takes minutes.
    support.use_resources = ()
    if module in C_FUNCTIONS and sys.implementation.name != "cpython":
        name, functions = C_FUNCTIONS[module]
        sys.modules[name] = stand_in(name, functions)
    with open(path, "w", encoding="utf-8") as file:
        results = Results(module, file)
        try:
            suite = unittest.defaultTestLoader.loadTestsFromName("test." + module)
        except unittest.SkipTest as reason:
            # The whole module is about something that is not here.
            results.tell("end", test="module", outcome="skipped", detail=str(reason))
            results.finish([])
            return
        if pattern:
            suite = select(suite, results, pattern)
        names = [results.short(test) for test in flatten(suite)]
        results.tell("plan", tests=names)
        before = os.getcwd()
        with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
            os.chdir(folder)
            suite.run(results)
            os.chdir(before)
        results.finish(names)


if __name__ == "__main__":
    sys.argv[0] = "driver"
    main(*sys.argv[1:])
