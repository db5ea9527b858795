"""Strings as programs use them: split, join, replace, find, strip, slices, formatting."""

TEXT = "the quick brown fox jumps over the lazy dog and runs away from the angry hound "


def shout(words):
    out = []
    for word in words:
        if word.startswith("th"):
            out.append(word.upper())
        elif word.endswith("y"):
            out.append(word.capitalize())
        else:
            out.append(word[::-1])
    return " ".join(out)


def run(n):
    total = 0
    text = TEXT
    for i in range(n):
        line = shout(text.strip().split(" "))
        line = line.replace("eht", "the").replace("o", "0")
        key = "%d:%s" % (i, line[3:9])
        label = f"{key!r:>20}|{i:05d}|{i / 4:.2f}"
        total += line.find("kciuq") + label.count("0") + len(label) + line.index("xof".replace("o", "0"))
        if "z" in line and key != label:
            total += ord(line[i % len(line)])
    return total


SIZE = 3000
EXPECTED = 420566

if __name__ == "__main__":
    from measuring import main

    main("strings", run, SIZE, EXPECTED)
