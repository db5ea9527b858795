"""What pyperformance's programs compute, in a form that interpreters can be compared by.

A program that is measured by `bench_func` may return what it computed. One that is measured by
`bench_time_func` returns only a time; for those, and for those whose return value says nothing,
`RESULTS` names a function that calls parts of the program again, on small inputs of ours, *after* the
measurement: so code that was compiled while it was measured is what gives the answer.

Floats are rounded to ten digits: mathematical libraries differ in the last ones.
"""


def describe(value):
    """The value as a short text, or None if it has no text that is the same everywhere."""
    text = plain(value)
    if text is None or len(text) <= 120:
        return text
    return "%s... %d characters, checksum %d" % (text[:60], len(text), checksum(text.encode()))


def plain(value):
    """The text of numbers, texts and of lists and tuples of them; None for anything else."""
    kind = type(value)
    if kind is float:
        return "%.10g" % value
    if kind in (bool, int, str, bytes):
        return repr(value)
    if kind in (list, tuple):
        parts = [plain(item) for item in value]
        if None not in parts:
            return "[" + ", ".join(parts) + "]"
    return None


def checksum(numbers):
    total = 0
    for number in numbers:
        total = (total * 31 + number) % 1000000007
    return total


def chaos(program):
    import random

    random.seed(7)
    vector = program.GVector
    points = [vector(1.5, 3.25, 0.0), vector(1.75, 4.0, 0.0), vector(2.0, 5.5, 0.0), vector(2.5, 4.5, 0.0)]
    game = program.Chaosgame([program.Spline(points, 3, [0, 0, 0, 1, 1, 1])], 0.25)
    point = vector(2.0, 4.5, 0.0)
    for _ in range(60):
        point = game.transform_point(point)
    return [point.x, point.y]


def float_points(program):
    point = program.benchmark(1000)
    return [point.x, point.y, point.z]


def generators(program):
    return list(program.tree(range(100)))


def meteor_contest(program):
    return program.SOLUTIONS


def nbody(program):
    bodies = [(position[:], speed[:], mass) for position, speed, mass in START_OF_NBODY]
    pairs = program.combinations(bodies)
    program.advance(0.01, 100, bodies, pairs)
    return [program.report_energy(bodies, pairs), bodies[1][0]]


START_OF_NBODY = [
    ([0.0, 0.0, 0.0], [0.0, 0.0, 0.0], 40.0),
    ([4.75, -1.25, -0.125], [0.625, 2.75, -0.0625], 0.0375),
    ([8.25, 4.125, -0.375], [-1.0, 1.75, 0.0078125], 0.01125),
]


def nqueens(program):
    return [list(solution) for solution in program.n_queens(6)]


def raytrace(program):
    canvases = []
    original = program.Canvas

    def canvas(width, height):
        canvases.append(original(width, height))
        return canvases[-1]

    program.Canvas = canvas
    try:
        program.bench_raytrace(1, 16, 16, None)
    finally:
        program.Canvas = original
    return checksum(canvases[0].bytes)


def scimark_fft(program):
    data = program.Random(7).RandomVector(64)
    program.FFT_transform(64, data)
    transformed = sum(data[::3])
    program.FFT_inverse(64, data)
    return [transformed, data[5]]


def scimark_lu(program):
    matrix = program.Random(7).RandomMatrix(program.ArrayList(12, 12))
    factors = program.ArrayList(12, 12)
    pivot = [0] * 12
    program.LU(factors, matrix, pivot)
    return [pivot, [factors[i][i] for i in range(12)]]


def scimark_monte_carlo(program):
    return program.MonteCarlo(2000)


def scimark_sor(program):
    grid = program.Random(7).RandomMatrix(program.Array2D(12, 12))
    program.SOR_execute(1.25, grid, 4, program.Array2D)
    return [grid[5, 5], grid[1, 10], sum(grid.data)]


def scimark_sparse_mat_mult(program):
    values = [0.5 * i for i in range(12)]
    columns = [(i * 5) % 4 for i in range(12)]
    result = [0.0] * 4
    program.SparseCompRow_matmult(4, result, values, [0, 3, 6, 9, 12], columns, [1.0, 2.0, 3.0, 4.0], 2)
    return result


def spectral_norm(program):
    vector = [1] * 12
    for _ in range(4):
        vector = program.eval_AtA_times_u(vector)
    return vector


RESULTS = {
    "chaos": chaos,
    "float": float_points,
    "generators": generators,
    "meteor_contest": meteor_contest,
    "nbody": nbody,
    "nqueens": nqueens,
    "raytrace": raytrace,
    "scimark_fft": scimark_fft,
    "scimark_lu": scimark_lu,
    "scimark_monte_carlo": scimark_monte_carlo,
    "scimark_sor": scimark_sor,
    "scimark_sparse_mat_mult": scimark_sparse_mat_mult,
    "spectral_norm": spectral_norm,
}
