"""The SHA-3 functions: not there yet."""


def _missing(name):
    def function(data=b"", /, *, usedforsecurity=True, string=None):
        raise NotImplementedError("the hash function %s is not supported yet" % name)

    function.__name__ = function.__qualname__ = name
    return function


sha3_224, sha3_256, sha3_384, sha3_512, shake_128, shake_256 = map(
    _missing, ("sha3_224", "sha3_256", "sha3_384", "sha3_512", "shake_128", "shake_256")
)
