"""What `math` answers, printed for comparison with CPython."""

import math

def attempt(function, *args):
    try:
        return function(*args)
    except (ValueError, OverflowError, TypeError, ZeroDivisionError) as error:
        return type(error).__name__ + ": " + str(error)

for name in ("sqrt", "log", "gamma", "acos", "exp", "floor", "isqrt", "factorial"):
    for value in (0, 1, -1, 2.5, 1e308, float("inf"), "x"):
        print(name, repr(value), attempt(getattr(math, name), value))
print(math.comb(100, 50), math.perm(20, 5), math.gcd(84, 36, 120), math.lcm(4, 6, 10))
print(math.fsum([0.1] * 10), math.hypot(1, 2, 3), math.dist((0, 0), (3, 4)), math.prod([1, 2, 3.5]))
print(attempt(math.log, 8, 2), attempt(math.log, 2, 1), attempt(math.pow, 2, 0.5), attempt(math.fmod, 7, 0))
print(math.isclose(1.0, 1.0 + 1e-10), math.copysign(1, -0.0), math.ulp(1.0), math.nextafter(0.0, 1.0))
print(math.pi, math.e, math.tau, math.inf, math.nan)
