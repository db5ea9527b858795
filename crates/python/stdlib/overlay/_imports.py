"""Specs of modules, for `importlib`: where a module would come from."""

import os
import sys


class ModuleSpec:
    """What is known of a module before it is imported."""

    def __init__(self, name, loader, *, origin=None, loader_state=None, is_package=None):
        self.name = name
        self.loader = loader
        self.origin = origin
        self.loader_state = loader_state
        self.submodule_search_locations = [] if is_package else None
        self.has_location = False
        self.cached = None

    @property
    def parent(self):
        return self.name.rpartition(".")[0] if self.submodule_search_locations is None else self.name

    def __repr__(self):
        return "ModuleSpec(name=%r, loader=%r, origin=%r)" % (self.name, self.loader, self.origin)


ModuleSpec.__module__ = "importlib.machinery"


class SourceFileLoader:
    """Runs a module's source file."""

    def __init__(self, fullname, path):
        self.name = fullname
        self.path = path

    def create_module(self, spec):
        return None

    def exec_module(self, module):
        exec(self.get_code(), module.__dict__)

    def get_code(self, fullname=None):
        return compile(self.get_data(self.path), self.path, "exec")

    def get_source(self, fullname=None):
        return self.get_data(self.path).decode()

    def get_filename(self, fullname=None):
        return self.path

    def get_data(self, path):
        with open(path, "rb") as file:
            return file.read()


SourceFileLoader.__module__ = "importlib.machinery"


def find_spec(name, path=None):
    """Looks for a file along a path; a module that only the executable has is found by importing it."""
    last = name.rpartition(".")[2]
    for folder in sys.path if path is None else path:
        base = os.path.join(folder or ".", last)
        for file, is_package in ((os.path.join(base, "__init__.py"), True), (base + ".py", False)):
            if os.path.isfile(file):
                spec = ModuleSpec(name, SourceFileLoader(name, file), origin=file, is_package=is_package)
                spec.has_location = True
                if is_package:
                    spec.submodule_search_locations = [base]
                return spec
    if name in sys.builtin_module_names:
        return ModuleSpec(name, None, origin="built-in")
    try:
        __import__(name)
    except ModuleNotFoundError as error:
        if error.name != name:
            raise
        return None
    return spec_of(sys.modules[name])


def spec_of(module):
    """The spec of a loaded module."""
    file = getattr(module, "__file__", None)
    spec = ModuleSpec(module.__name__, None, origin=file or "built-in")
    spec.has_location = file is not None
    spec.submodule_search_locations = getattr(module, "__path__", None)
    return spec
