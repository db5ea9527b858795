"""Lists: append, pop, insert, slices, comprehensions, membership, reversal, unpacking."""


def run(n):
    stack = []
    total = 0
    for i in range(n):
        stack.append(i)
        if i % 3 == 0:
            total += stack.pop()
        if i % 50 == 0:
            stack.insert(0, i)
            total += stack[-1] + len(stack[1:20:3])
        first, second, *rest = [i, i + 1, i + 2, i + 3]
        total += first * second + rest[-1]
    squares = [x * x for x in stack if x % 5]
    pairs = [(a, b) for a in range(20) for b in range(20) if a < b]
    squares.reverse()
    total += squares[0] + squares[len(squares) // 2] + sum(squares[::7])
    total += sum([a * b for a, b in pairs])
    for i in range(n // 200):
        if i in stack:
            total += stack.index(i)
    merged = stack + squares
    merged[10:20] = [1, 2, 3]
    return total + len(merged) + merged[12] + min(merged) + max(merged)


SIZE = 30000
EXPECTED = 9688734004988

if __name__ == "__main__":
    from measuring import main

    main("list_ops", run, SIZE, EXPECTED)
