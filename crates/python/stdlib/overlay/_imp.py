"""What the import system tells of modules that are not files. There are no frozen modules, and no extension modules are loaded."""

import sys

check_hash_based_pycs = "default"
pyc_magic_number_token = 0


def acquire_lock():
    """Acquires the interpreter's import lock: there is one thread."""


def release_lock():
    """Releases the interpreter's import lock."""


def lock_held():
    return False


def is_builtin(name, /):
    return 1 if name in sys.builtin_module_names else 0


def is_frozen(name, /):
    return False


def is_frozen_package(name, /):
    raise ImportError("No such frozen object named %s" % name, name=name)


def find_frozen(name, /, *, withdata=False):
    return None


def get_frozen_object(name, data=None, /):
    raise ImportError("No such frozen object named %s" % name, name=name)


def extension_suffixes():
    return []


def _frozen_module_names():
    return []


def _override_frozen_modules_for_tests(override, /):
    """There are no frozen modules to turn on or off."""


def _override_multi_interp_extensions_check(override, /):
    return 0


def source_hash(key, source):
    raise NotImplementedError("hashes of sources are not supported: there are no bytecode files")
