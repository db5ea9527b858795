"""Signals by number and name (Linux). Handlers cannot be changed yet; Ctrl-C raises KeyboardInterrupt all the same."""

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


def getsignal(signalnum, /):
    """Return the current action for the given signal."""
    _check(signalnum)
    if signalnum == SIGINT:
        return default_int_handler
    return SIG_IGN if signalnum in (SIGPIPE, SIGXFSZ) else SIG_DFL


def signal(signalnum, handler, /):
    """Set the action for the given signal: only the one it has, so far."""
    if not callable(handler) and handler not in (SIG_DFL, SIG_IGN):
        raise TypeError(
            "signal handler must be signal.SIG_IGN, signal.SIG_DFL, or a callable object"
        )
    current = getsignal(signalnum)
    if handler != current:
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
