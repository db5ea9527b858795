"""Sorting: quicksort and heapsort written in Python, and the list's own sort with and without a key."""


def quicksort(items, low, high):
    while low < high:
        pivot = items[(low + high) // 2]
        i, j = low, high
        while i <= j:
            while items[i] < pivot:
                i += 1
            while items[j] > pivot:
                j -= 1
            if i <= j:
                items[i], items[j] = items[j], items[i]
                i += 1
                j -= 1
        quicksort(items, low, j)
        low = i


def sift(heap, start, end):
    root = start
    while 2 * root + 1 < end:
        child = 2 * root + 1
        if child + 1 < end and heap[child] < heap[child + 1]:
            child += 1
        if heap[root] >= heap[child]:
            return
        heap[root], heap[child] = heap[child], heap[root]
        root = child


def heapsort(heap):
    for start in range(len(heap) // 2 - 1, -1, -1):
        sift(heap, start, len(heap))
    for end in range(len(heap) - 1, 0, -1):
        heap[0], heap[end] = heap[end], heap[0]
        sift(heap, 0, end)


def run(n):
    state = 42
    items = []
    for _ in range(n):
        state = (state * 1103515245 + 12345) % 2147483648
        items.append(state % 10007)
    first = items[:]
    quicksort(first, 0, len(first) - 1)
    second = items[:]
    heapsort(second)
    third = sorted(items)
    fourth = items[:]
    fourth.sort(key=lambda x: (x % 10, -x), reverse=True)
    if not first == second == third:
        return -1
    total = 0
    for i in range(n):
        total = (total * 31 + first[i] * 7 + fourth[i]) % 1000000007
    return total


SIZE = 10000
EXPECTED = 299189983

if __name__ == "__main__":
    from measuring import main

    main("sorting", run, SIZE, EXPECTED)
