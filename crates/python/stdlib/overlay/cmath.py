"""Functions of complex numbers, made of those of real ones. Infinite arguments follow the formulas, not C's tables."""

import math

pi, e, tau, inf, nan = math.pi, math.e, math.tau, math.inf, math.nan
infj, nanj = complex(0.0, inf), complex(0.0, nan)


def _complex(x):
    return x if type(x) is complex else complex(x)


def isfinite(z, /):
    z = _complex(z)
    return math.isfinite(z.real) and math.isfinite(z.imag)


def isinf(z, /):
    z = _complex(z)
    return math.isinf(z.real) or math.isinf(z.imag)


def isnan(z, /):
    z = _complex(z)
    return math.isnan(z.real) or math.isnan(z.imag)


def isclose(a, b, *, rel_tol=1e-09, abs_tol=0.0):
    """Whether two numbers are close in value."""
    if rel_tol < 0.0 or abs_tol < 0.0:
        raise ValueError("tolerances must be non-negative")
    a, b = _complex(a), _complex(b)
    if a == b:
        return True
    if isinf(a) or isinf(b):
        return False
    difference = abs(a - b)
    return difference <= rel_tol * abs(b) or difference <= rel_tol * abs(a) or difference <= abs_tol


def phase(z, /):
    """The argument of a number: its angle in the plane."""
    z = _complex(z)
    return math.atan2(z.imag, z.real)


def polar(z, /):
    z = _complex(z)
    return abs(z), phase(z)


def rect(r, phi, /):
    """A number from its polar coordinates."""
    if not phi:
        return complex(r, r * phi)
    return complex(r * math.cos(phi), r * math.sin(phi))


def exp(z, /):
    z = _complex(z)
    length = math.exp(z.real)
    return complex(length * math.cos(z.imag), length * math.sin(z.imag)) if z.imag else complex(length, z.imag)


def log(z, base=None, /):
    """The natural logarithm, or that to a base."""
    z = _complex(z)
    if not z:
        raise ValueError("math domain error")
    found = complex(math.log(abs(z)), phase(z))
    return found if base is None else found / log(base)


def log10(z, /):
    found = log(z)
    return complex(found.real / math.log(10.0), found.imag / math.log(10.0))


def sqrt(z, /):
    z = _complex(z)
    if not z:
        return complex(0.0, z.imag)
    half = math.sqrt((abs(z.real) + abs(z)) / 2.0)
    other = abs(z.imag) / (2.0 * half)
    if z.real >= 0.0:
        return complex(half, math.copysign(other, z.imag))
    return complex(other, math.copysign(half, z.imag))


def cosh(z, /):
    z = _complex(z)
    return complex(math.cos(z.imag) * math.cosh(z.real), math.sin(z.imag) * math.sinh(z.real))


def sinh(z, /):
    z = _complex(z)
    return complex(math.cos(z.imag) * math.sinh(z.real), math.sin(z.imag) * math.cosh(z.real))


def tanh(z, /):
    z = _complex(z)
    if abs(z.real) > 350.0:
        return complex(math.copysign(1.0, z.real), 4.0 * math.sin(z.imag) * math.cos(z.imag) * math.exp(-2.0 * abs(z.real)))
    tangent, height = math.tan(z.imag), math.tanh(z.real)
    scale = 1.0 / math.cosh(z.real)
    product = tangent * height
    divisor = 1.0 + product * product
    return complex(height * (1.0 + tangent * tangent) / divisor, tangent / divisor * scale * scale)


def _turned(function, z):
    """A trigonometric function by its hyperbolic one: f(z) = -i g(iz)."""
    found = function(complex(-z.imag, z.real))
    return complex(found.imag, -found.real)


def cos(z, /):
    z = _complex(z)
    return cosh(complex(-z.imag, z.real))


def sin(z, /):
    return _turned(sinh, _complex(z))


def tan(z, /):
    return _turned(tanh, _complex(z))


def acosh(z, /):
    z = _complex(z)
    low, high = sqrt(z - 1.0), sqrt(z + 1.0)
    return complex(math.asinh(low.real * high.real + low.imag * high.imag), 2.0 * math.atan2(low.imag, high.real))


def acos(z, /):
    z = _complex(z)
    low, high = sqrt(1.0 - z), sqrt(1.0 + z)
    return complex(2.0 * math.atan2(low.real, high.real), math.asinh(high.real * low.imag - high.imag * low.real))


def asinh(z, /):
    z = _complex(z)
    low, high = sqrt(complex(1.0 + z.imag, -z.real)), sqrt(complex(1.0 - z.imag, z.real))
    return complex(
        math.asinh(low.real * high.imag - high.real * low.imag),
        math.atan2(z.imag, low.real * high.real - low.imag * high.imag),
    )


def asin(z, /):
    return _turned(asinh, _complex(z))


def atanh(z, /):
    z = _complex(z)
    if z.real < 0.0:
        return -atanh(-z)
    if z.imag == 0.0 and z.real == 1.0:
        raise ValueError("math domain error")
    square = z.imag * z.imag
    return complex(
        math.log1p(4.0 * z.real / ((1.0 - z.real) ** 2 + square)) / 4.0,
        -math.atan2(-2.0 * z.imag, (1.0 - z.real) * (1.0 + z.real) - square) / 2.0,
    )


def atan(z, /):
    return _turned(atanh, _complex(z))
