"""Character by character: ord, chr, indexing, building a string by pieces and by `+=`."""


def rotate(text, shift):
    out = []
    for char in text:
        code = ord(char)
        if 97 <= code <= 122:
            out.append(chr((code - 97 + shift) % 26 + 97))
        else:
            out.append(char)
    return "".join(out)


def run(n):
    text = "abcdefghijklmnopqrstuvwxyz, again!"
    total = 0
    grown = ""
    for i in range(n // 10):
        text = rotate(text, i % 25 + 1)
        grown += text[i % len(text)]
        for j in range(0, len(text), 3):
            total = (total * 31 + ord(text[j])) % 65521
    return total + len(grown) * 100000 + ord(grown[-1])


SIZE = 30000
EXPECTED = 300033165

if __name__ == "__main__":
    from measuring import main

    main("characters", run, SIZE, EXPECTED)
