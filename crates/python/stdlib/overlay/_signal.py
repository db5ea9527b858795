"""Signals by number and name (Linux). The handler of SIGINT can be changed, those of other signals not yet."""

import sys

SIG_DFL = 0
SIG_IGN = 1
NSIG = 65

_NAMES = (
    "HUP INT QUIT ILL TRAP ABRT BUS FPE KILL USR1 SEGV USR2 PIPE ALRM TERM STKFLT CHLD CONT STOP TSTP TTIN TTOU URG "
    "XCPU XFSZ VTALRM PROF WINCH IO PWR SYS"
).split()

for _number, _name in enumerate(_NAMES, 1):
    globals()["SIG" + _name] = _number
SIGIOT = SIGABRT
SIGCLD = SIGCHLD
SIGPOLL = SIGIO
SIGRTMIN = 34
SIGRTMAX = 64

del _number, _name


def default_int_handler(signalnum, frame, /):
    """The default handler for SIGINT installed by Python."""
    raise KeyboardInterrupt


def _check(signalnum):
    if not 1 <= signalnum < NSIG:
        raise ValueError("signal number out of range")


_interrupt_handler = default_int_handler


def _interrupted():
    """Called where the program stands when SIGINT has come; is KeyboardInterrupt to be raised there?"""
    if _interrupt_handler is default_int_handler:
        return True
    if _interrupt_handler != SIG_IGN:
        _interrupt_handler(SIGINT, sys._getframe(1))
    return False


def getsignal(signalnum, /):
    """Return the current action for the given signal."""
    _check(signalnum)
    if signalnum == SIGINT:
        return _interrupt_handler
    return SIG_IGN if signalnum in (SIGPIPE, SIGXFSZ) else SIG_DFL


def signal(signalnum, handler, /):
    """Set the action for the given signal: for others than SIGINT only the one it has, so far."""
    global _interrupt_handler
    if not callable(handler) and handler not in (SIG_DFL, SIG_IGN):
        raise TypeError(
            "signal handler must be signal.SIG_IGN, signal.SIG_DFL, or a callable object"
        )
    current = getsignal(signalnum)
    if signalnum == SIGINT and (callable(handler) or handler == SIG_IGN):
        _interrupt_handler = handler
    elif handler != current:
        raise NotImplementedError("changing the handler of a signal is not supported yet")
    return current


def valid_signals():
    """Return a set of valid signal numbers on this platform."""
    return {*range(1, 32), *range(SIGRTMIN, SIGRTMAX + 1)}


def strsignal(signalnum, /):
    """Return the system description of the given signal."""
    _check(signalnum)
    texts = {SIGINT: "Interrupt", SIGTERM: "Terminated", SIGKILL: "Killed", SIGSEGV: "Segmentation fault"}
    if signalnum in texts:
        return texts[signalnum]
    raise NotImplementedError("descriptions of signals are not supported yet")
