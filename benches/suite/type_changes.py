"""A variable whose type changes: ints turn into floats and back, lists hold a bit of everything."""


def add(a, b):
    return a + b


def run(n):
    value = 0
    switches = 0
    for i in range(n):
        value = add(value, 1)
        if i % 1000 == 999:
            value = value + 0.5
            switches += 1
        if value > 5000:
            value = int(value) % 97
            switches += 1
    mixed = [1, 2.5, "three", None, (4, 5), True, [6]]
    total = 0.0
    for i in range(n // 4):
        item = mixed[i % 7]
        if item is None:
            total += 1
        elif isinstance(item, str):
            total += len(item)
        elif isinstance(item, (tuple, list)):
            total += item[0]
        else:
            total += item
    return repr((value, switches, total))


SIZE = 150000
EXPECTED = '(1651.0, 180, 109819.5)'

if __name__ == "__main__":
    from measuring import main

    main("type_changes", run, SIZE, EXPECTED)
