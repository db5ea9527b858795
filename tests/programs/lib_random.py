"""What `random` answers, printed for comparison with CPython."""

import random

random.seed(12345)
print(random.random(), random.randint(1, 6), random.getrandbits(70), random.uniform(1, 2))
items = list(range(10))
random.shuffle(items)
print(items, random.choice("abc"), random.sample(range(100), 5), random.gauss(0, 1))
random.seed("text")
print(random.random())
