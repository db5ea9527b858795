"""Dictionaries: string keys, integer keys, counting, deleting, iterating, nested look-ups."""


def run(n):
    words = ["alpha", "beta", "gamma", "delta", "epsilon", "zeta", "eta", "theta", "iota", "kappa"]
    counts = {}
    squares = {}
    table = {word: {"hits": 0, "last": -1} for word in words}
    for i in range(n):
        word = words[i * 7 % 10]
        counts[word] = counts.get(word, 0) + i % 3
        squares[i] = i * i
        if i >= 1000:
            del squares[i - 1000]
        entry = table[word]
        entry["hits"] += 1
        entry["last"] = i
    total = 0
    for key, value in squares.items():
        total += key ^ value
    for word in counts:
        total += counts[word] * table[word]["hits"] + table[word]["last"]
    return total + len(squares)


SIZE = 60000
EXPECTED = 3540635171113

if __name__ == "__main__":
    from measuring import main

    main("dicts", run, SIZE, EXPECTED)
