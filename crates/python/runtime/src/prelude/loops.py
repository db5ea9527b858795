"""What built-in functions and classes do with items that Python code makes, one function for each; `mod.rs` names them.

The names that these functions use are given to them there and nowhere else.
"""


def all(items):
    for item in items:
        if not item:
            return False
    return True


def any(items):
    for item in items:
        if item:
            return True
    return False


def extend(target, items):
    for item in items:
        target.append(item)


def join(separator, items):
    return separator.join([item for item in items])


def make_frozenset(items):
    return frozenset({item for item in items})


def make_list(items):
    return [item for item in items]


def make_set(items):
    return {item for item in items}


def make_tuple(items):
    return tuple([item for item in items])


def max(items):
    for best in items:
        break
    else:
        raise ValueError("max() iterable argument is empty")
    for item in items:
        if item > best:
            best = item
    return best


def max_by(items, key):
    items = iter(items)
    for best in items:
        break
    else:
        raise ValueError("max() iterable argument is empty")
    highest = key(best)
    for item in items:
        rank = key(item)
        if rank > highest:
            best = item
            highest = rank
    return best


def min(items):
    for best in items:
        break
    else:
        raise ValueError("min() iterable argument is empty")
    for item in items:
        if item < best:
            best = item
    return best


def min_by(items, key):
    items = iter(items)
    for best in items:
        break
    else:
        raise ValueError("min() iterable argument is empty")
    lowest = key(best)
    for item in items:
        rank = key(item)
        if rank < lowest:
            best = item
            lowest = rank
    return best


def sort_by(target, key):
    # The list is empty meanwhile, and has its items again whatever happens.
    items = detach(target)
    try:
        order(items, [key(item) for item in items])
    except BaseException:
        attach(target, items, False)
        raise
    attach(target, items, True)


def sorted(items):
    result = [item for item in items]
    result.sort()
    return result


def sorted_by(items, key):
    result = list(items)
    order(result, [key(item) for item in result])
    return result


def sum(items, total):
    # Ints as long as there is nothing else, then, if that makes a float, floats with their rounding error carried along (Neumaier's
    # way), then anything.
    for item in items:
        total = total + item
        kind = type(item)
        if kind is not int and kind is not bool:
            break
    else:
        return total
    if type(total) is float:
        error = 0.0
        for item in items:
            if type(item) is not float:
                if not isinstance(item, int):
                    break
                item = float(item)
            following = total + item
            if abs(total) >= abs(item):
                error += (total - following) + item
            else:
                error += (item - following) + total
            total = following
        else:
            return total + error if error and abs(error) < infinity else total
        if error and abs(error) < infinity:
            total = total + error
        total = total + item
    for item in items:
        total = total + item
    return total


def sum_of_ints(items, total):
    for item in items:
        total = total + item
        kind = type(item)
        if kind is not int and kind is not bool:
            return sum_on(items, total)
    return total
