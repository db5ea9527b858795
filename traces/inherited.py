"""A branch on an attribute: the side that the loop does not take need not ask again of which class the object is."""


class Cell:
    def __init__(self, flag):
        self.flag = flag
        self.count = 0


def run(cells, n):
    i = 0
    while i < n:
        cell = cells[i & 1]
        if cell.flag:
            cell.count += 1
        else:
            cell.count += 2
        i += 1


cells = [Cell(True), Cell(False)]
run(cells, 2000)
assert [cell.count for cell in cells] == [1000, 2000]
