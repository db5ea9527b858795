"""What programs ask about how modules are found. The native import system does not use these classes."""

import _imports

ModuleSpec = _imports.ModuleSpec
SOURCE_SUFFIXES = [".py"]
BYTECODE_SUFFIXES = DEBUG_BYTECODE_SUFFIXES = OPTIMIZED_BYTECODE_SUFFIXES = []
EXTENSION_SUFFIXES = []


def all_suffixes():
    """The suffixes of files that are modules."""
    return SOURCE_SUFFIXES + BYTECODE_SUFFIXES + EXTENSION_SUFFIXES


class BuiltinImporter:
    """The modules inside the executable."""

    _ORIGIN = "built-in"


class FrozenImporter:
    """There are no frozen modules."""

    _ORIGIN = "frozen"


class PathFinder:
    """Finds modules along a path."""

    @classmethod
    def find_spec(cls, fullname, path=None, target=None):
        return _imports.find_spec(fullname, path)

    @staticmethod
    def invalidate_caches():
        """There are no caches."""


class WindowsRegistryFinder:
    """There is no registry to search."""

    @classmethod
    def find_spec(cls, fullname, path=None, target=None):
        return None


class FileFinder:
    """Finds modules in one folder."""

    def __init__(self, path, *loader_details):
        self.path = path

    def find_spec(self, fullname, target=None):
        return _imports.find_spec(fullname, [self.path])


SourceFileLoader = _imports.SourceFileLoader


class SourcelessFileLoader(SourceFileLoader):
    """There is no bytecode in files."""


class ExtensionFileLoader(SourceFileLoader):
    """There are no extension modules."""


class AppleFrameworkLoader(ExtensionFileLoader):
    """There are no frameworks."""


class NamespaceLoader:
    """There are no namespace packages."""
