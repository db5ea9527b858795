"""What `bisect` answers, printed for comparison with CPython."""

import bisect

scores = [10, 20, 20, 30]
print(bisect.bisect(scores, 20), bisect.bisect_left(scores, 20), bisect.bisect_left(scores, 25, 1, 3))
bisect.insort(scores, 15)
print(scores, bisect.bisect_left(["a", "BB"], 2, key=len))
