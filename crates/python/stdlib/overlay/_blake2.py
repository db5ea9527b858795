"""The BLAKE2 functions: not there yet."""


class blake2b:
    """Says that it is not there."""

    SALT_SIZE, PERSON_SIZE, MAX_KEY_SIZE, MAX_DIGEST_SIZE = 16, 16, 64, 64

    def __new__(cls, data=b"", /, **options):
        raise NotImplementedError("the hash function %s is not supported yet" % cls.__name__)


class blake2s(blake2b):
    """Says that it is not there."""

    SALT_SIZE, PERSON_SIZE, MAX_KEY_SIZE, MAX_DIGEST_SIZE = 8, 8, 32, 32
