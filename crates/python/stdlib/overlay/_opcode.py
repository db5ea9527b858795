"""What `opcode` and `dis` ask about CPython's bytecode. Pitviper's is another one, so there is nothing to tell."""


ENABLE_SPECIALIZATION = ENABLE_SPECIALIZATION_FT = False


def _no(opcode, /):
    return False


has_arg = has_const = has_name = has_jump = has_free = has_local = has_exc = is_valid = _no


def stack_effect(opcode, oparg=None, /, *, jump=None):
    raise NotImplementedError("there is no CPython bytecode to have a stack effect")


def get_executor(*, code, offset):
    raise NotImplementedError("there is no CPython bytecode to have an executor")


def get_specialization_stats():
    return None


def get_intrinsic1_descs():
    return []


def get_intrinsic2_descs():
    return []


def get_special_method_names():
    return ["__enter__", "__exit__", "__aenter__", "__aexit__"]


def get_nb_ops():
    return []
