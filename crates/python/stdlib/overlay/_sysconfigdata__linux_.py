"""What the module sysconfig knows of how this Python was built: nothing was compiled from C."""

build_time_vars = {
    "CC": "",
    "CFLAGS": "",
    "CONFIG_ARGS": "",
    "EXT_SUFFIX": "",
    "Py_DEBUG": 0,
    "Py_GIL_DISABLED": 0,
    "SHLIB_SUFFIX": "",
    "WITH_DOC_STRINGS": 1,
}
