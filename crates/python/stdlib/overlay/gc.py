"""The interface of the cycle collector. There is no collector yet: nothing is found, and cycles stay."""

DEBUG_STATS, DEBUG_COLLECTABLE, DEBUG_UNCOLLECTABLE, DEBUG_SAVEALL, DEBUG_LEAK = 1, 2, 4, 32, 38

garbage = []
callbacks = []
_enabled = True
_threshold = (2000, 10, 0)
_debug = 0


def enable():
    global _enabled
    _enabled = True


def disable():
    global _enabled
    _enabled = False


def isenabled():
    return _enabled


def collect(generation=2):
    """Finds no cycles; returns how many objects were collected."""
    if not 0 <= generation <= 2:
        raise ValueError("invalid generation")
    return 0


def get_threshold():
    return _threshold


def set_threshold(threshold0, threshold1=10, threshold2=0, /):
    global _threshold
    _threshold = (threshold0, threshold1, threshold2)


def get_count():
    return (0, 0, 0)


def get_stats():
    return [{"collections": 0, "collected": 0, "uncollectable": 0} for _ in range(3)]


def get_debug():
    return _debug


def set_debug(flags, /):
    global _debug
    _debug = flags


def freeze():
    """Does nothing: nothing is ever collected."""


def unfreeze():
    """Does nothing: nothing is ever collected."""


def get_freeze_count():
    return 0


def is_tracked(obj, /):
    return not isinstance(obj, (int, float, str, bytes, complex, type(None)))


def get_objects(generation=None):
    raise NotImplementedError("gc.get_objects is not supported yet")


def get_referrers(*objs):
    raise NotImplementedError("gc.get_referrers is not supported yet")


def get_referents(*objs):
    raise NotImplementedError("gc.get_referents is not supported yet")
